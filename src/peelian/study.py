"""A store, a period, a place: where a question is asked, stamped and passed through the door."""

import platform
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peelian import __version__
from peelian.catalogue import Entry, entry
from peelian.disclosure import Register, Release, release
from peelian.errors import CannotAnswer, UsageError, nearest
from peelian.results import Provenance, Result, SourceFile
from peelian.safeguards.audit import Log
from peelian.safeguards.audit.log import Unwritable
from peelian.safeguards.looks import log_look
from peelian.safeguards.purpose import Purpose
from peelian.schema import TABLES, Sensitivity, code_list, code_lists, own_code_lists
from peelian.toml_text import read_toml

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from peelian.records.store import Store


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, from the first day of one to the last day of another.

    >>> str(Period.read("2022-02..2023-02"))
    '2022-02..2023-02'
    """

    first: date
    last: date

    @classmethod
    def read(cls, text: str) -> "Period":
        """Read `2022-02..2023-02`, or one month, or one year.

        Raises:
            UsageError: It is not a period, or it ends before it begins.
        """
        start, dots, end = text.partition("..")
        try:
            period = cls(_first_day(start), _last_day(end if dots else start))
        except ValueError as problem:
            raise UsageError(
                "That is not a period.",
                found=text,
                try_="2022-02..2023-02, 2022-02 or 2022",
                read="how-to/write-a-study",
            ) from problem
        if period.last < period.first:
            raise UsageError(
                "The period ends before it begins.",
                found=text,
                try_=f"{end}..{start}",
                read="how-to/write-a-study",
            )
        return period

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}..{self.last:%Y-%m}"


def _first_day(text: str) -> date:
    return date(int(text), 1, 1) if len(text) == 4 else date.fromisoformat(f"{text}-01")


def _last_day(text: str) -> date:
    first = _first_day(text)
    if len(text) == 4:
        return date(first.year, 12, 31)
    year, month = divmod(first.year * 12 + first.month, 12)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)


@dataclass(frozen=True, slots=True)
class Question:
    """One call of the catalogue, with its settings; a title stands in for its question."""

    analysis: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    """What is asked, for what purpose, of which months: written once, run anywhere."""

    title: str
    purpose: str
    questions: tuple[Question, ...]
    period: Period | None = None
    health_rounding: bool = False

    @classmethod
    def read(cls, path: Path) -> "Study":
        """Read a study from its TOML file.

        Raises:
            UsageError: The file is missing, is not TOML, or says something a study cannot say.
        """
        try:
            raw = read_toml(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            raise UsageError(
                f"The study {path.name} cannot be read.",
                found=str(problem),
                try_="check the path, and that it is TOML in UTF-8",
                read="how-to/write-a-study",
            ) from problem
        return cls.from_words(raw)

    @classmethod
    def from_words(cls, raw: Mapping[str, Any]) -> "Study":
        """Make a study from what its TOML says, checking every word of it.

        Raises:
            UsageError: A part is missing, unknown, or of the wrong kind.
        """
        _only(raw, {"title", "purpose", "period", "health_rounding", "analyses"}, "The study")
        for needed in ("title", "purpose", "analyses"):
            if not raw.get(needed):
                raise UsageError(
                    f"The study needs {needed!r}.",
                    found=", ".join(raw),
                    try_=f"add {needed}",
                    read="how-to/write-a-study",
                )
        period, rounding = raw.get("period"), raw.get("health_rounding", False)
        if not isinstance(rounding, bool):
            raise UsageError(
                "health_rounding is either true or false.",
                found=type(rounding).__name__,
                try_="health_rounding = true",
                read="how-to/write-a-study",
            )
        return cls(
            str(raw["title"]),
            str(raw["purpose"]),
            tuple(_question(part) for part in raw["analyses"]),
            None if period is None else Period.read(str(period)),
            rounding,
        )


def _question(raw: Mapping[str, Any]) -> Question:
    _only(raw, {"id", "title", "settings"}, "An analysis of the study")
    if "id" not in raw:
        raise UsageError(
            "An analysis of the study has no id.",
            found=", ".join(raw),
            try_='id = "places.profile"',
            read="how-to/write-a-study",
        )
    settings = entry(raw["id"]).read_settings(raw.get("settings", {}))
    return Question(raw["id"], settings, raw.get("title", ""))


def _only(raw: Mapping[str, Any], known: set[str], what: str) -> None:
    for name in raw:
        if name not in known:
            raise UsageError(
                f"{what} has no part {name!r}.",
                found=", ".join(raw),
                try_=nearest(name, known),
                read="how-to/write-a-study",
            )


def ask(
    store: "Store", question: Question, period: Period | None = None, *, purpose: str = ""
) -> Result:
    """Ask one question of a store's records, log it, and stamp the answer with what made it.

    Args:
        store: An open store, on either engine.
        question: The analysis and its settings.
        period: The months to look at; None for all.
        purpose: Why, as `CODE: why` or in words; it goes into the audit log.

    Raises:
        CannotAnswer: The records cannot answer the question.
        AuditError: It cannot be logged, so it is not answered.
    """
    log, why = Log.of(store.path), Purpose.read(purpose)
    log.check_purpose(why)
    analysis = entry(question.analysis)
    settings = analysis.read_settings(question.settings)
    tables = [_within(store.table(name), name, period) for name in analysis.tables]
    asked = {"period": (period.first, period.last)} if period and analysis.takes_period else {}
    with own_code_lists(store.codes):
        result = analysis.function(*tables, **settings, **asked)
    if question.title:  # two askings of one analysis must be told apart on the page
        result = replace(result, question=question.title)
    return _logged(
        store, analysis, result, provenance(store, analysis, settings, period, result), why
    )


def _logged(
    store: "Store", analysis: Entry, result: Result, made: Provenance, why: Purpose
) -> Result:
    """Write down that records were looked at, and stamp the answer with what made it."""
    level = sensitivity(store, analysis)
    try:
        head = str(
            log_look(Log.of(store.path), made, why, generation=store.generation, level=level)
        )
    except Unwritable:
        if level.threshold:
            raise
        # Records that are public already may be read from where nothing can be written; the
        # release says that nobody wrote it down.
        head = ""
    return result.stamped(replace(made, audit=head))


def let_out(store: "Store", analysis: Entry, result: Result, why: Purpose) -> Release:
    """Log an answer that was worked out beside the catalogue, and let out what may be seen of it.

    Args:
        store: The store whose records it rests on.
        analysis: What was asked: its name and the tables it read.
        result: The answer, not yet stamped.
        why: The purpose, as the log keeps it.

    Raises:
        DisclosureError: Earlier releases stand against it, or the register cannot be written.
        AuditError: It cannot be logged, so it is not let out.
    """
    Log.of(store.path).check_purpose(why)
    level = sensitivity(store, analysis)
    register = Register.of(store.path) if level.threshold else None
    made = provenance(store, analysis, {}, None, result)
    stamped = _logged(store, analysis, result, made, why)
    return release(stamped, sensitivity=level, register=register)


def _within(table: "ir.Table", name: str, period: Period | None) -> "ir.Table":
    import ibis

    # A label is of the day it was given, often long after what it speaks of: it goes with its item.
    if period is None or name == "labels":
        return table
    first, last = ibis.literal(period.first), ibis.literal(period.last)
    if "period_end" in TABLES[name]:  # a count that the period holds whole, or not at all
        return table.filter(table["period_start"] >= first, table["period_end"] <= last)
    column = "month" if name == "coverage" else "local_date" if TABLES[name].timed else ""
    return table.filter(table[column].between(first, last)) if column else table


def provenance(
    store: "Store",
    analysis: Entry,
    settings: Mapping[str, Any],
    period: Period | None,
    result: Result,
) -> Provenance:
    """Return what made a result: the records, their files, the settings and the versions.

    Args:
        store: The store that was asked.
        analysis: What was asked of it.
        settings: The settings that were given.
        period: The months that were looked at; None for all.
        result: The answer, with its table `records_used`.
    """
    defaults = {name: s.default for name, s in analysis.settings.items() if not s.required}
    full = {**defaults, **settings}
    used = _records_used(result)
    return Provenance(
        analysis=analysis.id,
        settings=full,
        period=str(period) if period else "all",
        generation=store.fingerprint,
        files=tuple(
            SourceFile(
                name=load.file,
                sha256=load.sha256,
                source=load.source,
                layout=load.layout,
                loaded=load.loaded,
            )
            for load in store.loads()
            if set(load.tables) & set(analysis.tables)
        ),
        data_as_at=store.data_as_at(analysis.tables),
        records_used=used,
        engine=store.engine,
        versions=_versions(store.engine) | _own_lists(store),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=full.get("seed"),
    )


def _records_used(result: Result) -> dict[str, int]:
    """Read the table every analysis keeps of what it used: `records_used`, a row a table."""
    table = result.tables.get("records_used")
    if table is None:
        raise CannotAnswer(
            "An analysis did not say which records it used.",
            try_="report this as a fault of peelian",
        )
    rows = table.data.to_pylist()
    return {row["records"]: row["used"] for row in rows}


def _own_lists(store: "Store") -> dict[str, str]:
    """Return the version of every code list that the store holds in place of ours."""
    own = sorted(file.stem for file in store.codes.glob("*.toml"))
    known = set(code_lists())
    return {f"own {name}": code_list(name, store.codes).version for name in own if name in known}


def _versions(engine: str) -> dict[str, str]:
    runs_on = {"spark": "pyspark"}.get(engine, engine)
    libraries = (runs_on, "ibis-framework", "numpy", "scipy", "pyarrow", "deltalake")
    return {
        "peelian": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
    }


def answer(
    store: "Store",
    question: Question,
    period: Period | None = None,
    *,
    purpose: str = "",
    health: bool = False,
) -> Release:
    """Ask one question and let out what may be seen of the answer.

    Unless its records are open, the answer is checked against every earlier release of the store,
    and written into its register.

    Args:
        store: An open store, on either engine.
        question: The analysis and its settings.
        period: The months to look at; None for all.
        purpose: Why; it goes into the audit log.
        health: Whether counts are shown to the nearest five, as health partners ask.

    Raises:
        CannotAnswer: The records cannot answer the question.
        DisclosureError: Earlier releases stand against it, or the register cannot be written.
        AuditError: It cannot be logged, so it is not answered.
    """
    level = sensitivity(store, entry(question.analysis))
    register = Register.of(store.path) if level.threshold else None
    result = ask(store, question, period, purpose=purpose)
    return release(result, sensitivity=level, register=register, health=health)


def sensitivity(store: "Store", analysis: Entry) -> Sensitivity:
    """Return the most sensitive of the loads that filled the tables an analysis reads."""
    levels = [
        Sensitivity.named(load.sensitivity)
        for load in store.loads()
        if set(load.tables) & set(analysis.tables)
    ]
    return max(levels, default=Sensitivity.OPEN)


def run(
    study: Study,
    store: "Store",
    *,
    purpose: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Release, ...]:
    """Run every question of a study and return its releases, in order.

    Args:
        study: The study.
        store: An open store.
        purpose: Why it is run now, if not what the study says.
        tell: Called with a line before each question, for a progress display.
    """
    releases = []
    for question in study.questions:
        tell(entry(question.analysis).question)
        why = purpose or study.purpose
        rounding = study.health_rounding
        releases.append(answer(store, question, study.period, purpose=why, health=rounding))
    return tuple(releases)
