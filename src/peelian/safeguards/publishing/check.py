"""What stands against publishing a release: counts, single records, words, names, pictures."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from peelian.disclosure import Register
from peelian.safeguards.audit import Log, verify
from peelian.safeguards.publishing.language import slips
from peelian.safeguards.publishing.names import speaks_of_harm, street_names
from peelian.safeguards.publishing.written import Written
from peelian.schema import TABLES, Kind, Sensitivity

# A public release speaks for at most so long; then it is asked again, or taken down.
LONGEST_DAYS = 731
# What can tell one record from another, and the words that group many of them.
_TELLING = (Kind.KEY, Kind.TEXT, Kind.NUMBER, Kind.DAY)
_GROUPS = frozenset(
    {
        "sex", "age_band", "ethnicity_self", "ethnicity_observed", "ethnicity", "programme",
        "marker", "answer", "grading",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What only a person can say.

    Args:
        weapons_shown: Whether a picture beside the release shows a weapon; None where nobody said.
        not_streets: Names that look like streets and are none.
        expires: The day until which the public release speaks.
    """

    weapons_shown: bool | None = None
    not_streets: tuple[str, ...] = ()
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against publishing.

    Args:
        check: Which check found it.
        says: What it is. It may quote the release's own words, never a record's.
        try_: What to do about it.
    """

    check: str
    says: str
    try_: str


@dataclass(frozen=True)
class Checked:
    """A release that was looked at.

    Args:
        written: The release.
        reasons: What stands against publishing it; nothing does where there is none.
        passed: The checks that found nothing.
        notes: What to know besides.
    """

    written: Written
    reasons: tuple[Reason, ...]
    passed: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def check(written: Written, answers: Answers, *, today: date, store: Path | None = None) -> Checked:
    """Is this safe and fair to publish?

    Args:
        written: The release, as it was written for the analyst.
        answers: What only a person can say.
        today: The day it is asked.
        store: The store that it was made from: its register and its log know the release. Only
            releases of open records can do without.

    Assumes:
        Small counts in columns that are marked as counts are what can give somebody away; the door
        has seen to all that follows from them when the release was made.

    Cannot show:
        That a reader who knows the place learns nothing; that words no list holds are kind; what
        is in a picture. A person must read it, and someone from the place it speaks of should.
    """
    checks: Mapping[str, Callable[[], Iterator[Reason]]] = {
        "disclosure": lambda: _disclosure(written),
        "register": lambda: _register(written, store),
        "audit log": lambda: _log(written, store),
        "single records": lambda: _rows(written),
        "language": lambda: _language(written),
        "names": lambda: _names(written, answers),
        "pictures": lambda: _pictures(written, answers),
        "expiry": lambda: _expiry(answers, today),
    }
    found = {name: tuple(run()) for name, run in checks.items()}
    return Checked(
        written,
        tuple(reason for reasons in found.values() for reason in reasons),
        tuple(name for name, reasons in found.items() if not reasons),
        tuple(_notes(written, answers, store)),
    )


def _care(release: Mapping[str, Any]) -> Sensitivity:
    return Sensitivity.named(release["sensitivity"])


def _closed(written: Written) -> list[dict[str, Any]]:
    """Return the releases whose records are not open."""
    return [release for release in written.releases if _care(release).threshold]


def _disclosure(written: Written) -> Iterator[Reason]:
    for release in _closed(written):
        below = _care(release).threshold
        for name, table in release["tables"].items():
            counts = [c["name"] for c in table["columns"] if c["role"] == "count"]
            small = sum(
                isinstance(row[column], int | float) and 0 < row[column] < below
                for row in table["rows"]
                for column in counts
            )
            if small:
                yield Reason(
                    "disclosure",
                    f"{small} counts of the table {name} are below {below}",
                    "make the release anew: the door would have held them back",
                )


def _register(written: Written, store: Path | None) -> Iterator[Reason]:
    closed = _closed(written)
    if closed and store is None:
        yield Reason(
            "register",
            f"{len(closed)} releases are of records that are not open, and no register was at hand",
            "--store STORE, the store that they were made from",
        )
    elif closed and store is not None:
        known = _registered(Register.of(store).path)
        for release in closed:
            if _identity(release["provenance"]) not in known:
                yield Reason(
                    "register",
                    f"the register does not know this {release['provenance']['analysis']}",
                    "publish what `peelian run` wrote from that store, unchanged",
                )


def _registered(path: Path) -> set[tuple[str, ...]]:
    if not path.is_file():
        return set()
    try:
        with closing(sqlite3.connect(path)) as base:
            rows = base.execute("select analysis, settings, period, generation from releases")
            return {(a, _plain(json.loads(s)), p, g) for a, s, p, g in rows}
    except (sqlite3.Error, ValueError):
        return set()  # a register that cannot be read vouches for nothing


def _identity(made: Mapping[str, Any]) -> tuple[str, ...]:
    return (made["analysis"], _plain(made["settings"]), made["period"], made["generation"])


def _plain(settings: Any) -> str:
    return json.dumps(settings, sort_keys=True)


def _log(written: Written, store: Path | None) -> Iterator[Reason]:
    if store is None:
        return
    log = Log.of(store)
    verdict = verify(log, releases=[written.folder])
    if not verdict.whole:
        yield Reason("audit log", verdict.findings[0], "peelian audit STORE --verify")
        return
    hashes = {
        line.says.get("detail", {}).get("release_sha256")
        for line in log.lines()
        if "release_sha256" in line.body
    }
    if written.sha256 not in hashes:
        yield Reason(
            "audit log",
            "the log does not know this release.json: it was changed, or written past the log",
            "publish what `peelian run` wrote from that store, unchanged",
        )


def _rows(written: Written) -> Iterator[Reason]:
    for release in written.releases:
        for name, table in release["tables"].items():
            told = sorted({c["name"] for c in table["columns"]} & _of_one_record())
            if told:
                yield Reason(
                    "single records",
                    f"the table {name} tells records apart, by {', '.join(told)}",
                    "publish counts; a table of single records is for those who may see rows",
                )


def _of_one_record() -> set[str]:
    """Return the columns that speak of one record: identifiers, exact places, words of a log."""
    found = set()
    for table in TABLES.values():
        if not table.kept_by_store and (table.timed or "subject_category" in table):
            found |= set(table.key)
            found |= {
                c.name
                for c in table.columns
                if c.sensitivity >= Sensitivity.SENSITIVE and c.kind in _TELLING
            }
            found |= {c.name for c in table.columns if c.name.endswith("_id")}
    return found - _GROUPS


def _language(written: Written) -> Iterator[Reason]:
    for slip in slips(written.texts()):
        yield Reason("language", f"{slip.where} says {slip.words!r}", slip.say)


def _names(written: Written, answers: Answers) -> Iterator[Reason]:
    texts = list(written.texts())
    if not (_most(written) >= Sensitivity.SENSITIVE or speaks_of_harm(texts)):
        return
    for name, where in street_names(texts, answers.not_streets).items():
        yield Reason(
            "names",
            f"{where} names {name!r}, and the release speaks of harm to people",
            "describe the place (a few streets near the station), or, if it is no street or "
            f"estate, --not-a-street {name!r}",
        )


def _most(written: Written) -> Sensitivity:
    return max((_care(release) for release in written.releases), default=Sensitivity.OPEN)


def _pictures(written: Written, answers: Answers) -> Iterator[Reason]:
    pictures = written.pictures()
    if not pictures or answers.weapons_shown is False:
        return
    if answers.weapons_shown is None:
        yield Reason(
            "pictures",
            f"nobody said whether a weapon is in {', '.join(pictures[:5])}",
            "look at each, then --no-weapons-shown, or take them out",
        )
    else:
        yield Reason(
            "pictures",
            "a picture shows a weapon; pictures of real knives scare more than they teach",
            "take it out, and say how few people carry one",
        )


def _expiry(answers: Answers, today: date) -> Iterator[Reason]:
    if answers.expires is None:
        says = "nobody said until when it speaks"
    elif answers.expires <= today:
        says = f"it would speak until {answers.expires}, which has passed"
    elif (answers.expires - today).days > LONGEST_DAYS:
        says = f"it would speak until {answers.expires}, longer than two years"
    else:
        return
    yield Reason("expiry", says, "--expires DATE, after today and within two years")


def _notes(written: Written, answers: Answers, store: Path | None) -> Iterator[str]:
    if store is None:
        yield "no store was named, so neither its register nor its log was asked"
    names = street_names(written.texts(), answers.not_streets)
    if names and not any(True for _ in _names(written, answers)):
        yield f"it names what may be streets or estates: {len(names)} names"
