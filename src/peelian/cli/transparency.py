"""What a study and the catalogue know, as facts for the transparency record, and its writing."""

import inspect
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from peelian import __version__
from peelian.catalogue import Entry, entry
from peelian.cli.speak import say, say_json
from peelian.errors import UsageError
from peelian.records.erasing.retention import read_retention
from peelian.records.store import Store
from peelian.safeguards.transparency import Record, draft
from peelian.schema import TABLES, Sensitivity
from peelian.study import Study

# What peelian does whatever is asked of it: each is tested in `tests/`, and stands here as a fact.
_SAFEGUARDS = (
    "Counts below the threshold of the records' sensitivity are held back, and whatever would give "
    "them away with them; every release is checked against earlier ones of records that are not "
    "open.",
    "Every load, look, release and erasure is written into an audit log whose lines are chained.",
    "Each answer carries its caveats, its definitions, and what made it.",
)
_GIVEN = (
    "A report with each answer, its uncertainty, its tables and charts, what it assumes and cannot "
    "show, and how it was made.",
)


def tell_transparency(study: Path, store: Path | None, out: Path | None, *, as_json: bool) -> None:
    """Draft the transparency record of a study, and print or write it.

    Args:
        study: The study's file.
        store: A store it runs on, to say which records it reads; None to leave that open.
        out: The folder for `transparency.md` and `transparency.json`; None to print.
        as_json: Print JSON, not Markdown.

    Raises:
        UsageError: The study cannot be read, or the folder not be written.
    """
    record = draft(facts_of(Study.read(study), store))
    if out is not None:
        _write(record, out)
        say(f"The draft: {out / 'transparency.md'}; {record.left} fields need a person")
    elif as_json:
        say_json(record.as_json())
    else:
        say(record.as_markdown().rstrip("\n"))


def _write(record: Record, out: Path) -> None:
    text = json.dumps(record.as_json(), ensure_ascii=False, indent=2) + "\n"
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, words in (("md", record.as_markdown()), ("json", text)):
            (out / f"transparency.{name}").write_text(words, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise UsageError(
            f"Nothing can be written to {out.name}.",
            found=type(problem).__name__,
            try_="another --out: a folder you may write to",
        ) from problem


def facts_of(study: Study, store: Path | None = None) -> dict[str, list[str]]:
    """Return what is known of a study, by the names that the record asks for it.

    Args:
        study: The study.
        store: A store it runs on.
    """
    asked = [(question, entry(question.analysis)) for question in study.questions]
    entries = list(dict.fromkeys(one for _, one in asked))
    facts = {
        "made": [f"Drafted by peelian {__version__} on {datetime.now(UTC):%Y-%m-%d}."],
        "title": [study.title],
        "purpose": [study.purpose],
        "questions": [question.title or one.question for question, one in asked],
        "analyses": [f"{one.id}: {one.question}" for one in entries],
        "settings": [
            f"{question.analysis}: {name} = {value}"
            for question, _ in asked
            for name, value in question.settings.items()
        ],
        "period": [f"Period: {study.period}"] if study.period else [],
        "cannot_show": list(_section(entries, "Cannot show")),
        "assumes": list(_section(entries, "Assumes")),
        "methods": [f"{one.id}: {_summary(one)}" for one in entries],
        "given": list(_GIVEN),
        "software": [f"peelian {__version__}, open source under the MIT licence."],
        "tables": list(_tables(entries)),
        "safeguards": list(_SAFEGUARDS),
    }
    if store is not None:
        facts |= _of_store(store, entries)
    return facts


def _doc(one: Entry) -> str:
    return inspect.getdoc(one.function) or ""


def _summary(one: Entry) -> str:
    """Return what an analysis says it does, before its settings."""
    before = re.split(r"\n\n(?:Args|Returns|Raises|Assumes|Cannot show):", _doc(one))[0]
    return " ".join(before.split())


def _section(entries: Sequence[Entry], name: str) -> Iterable[str]:
    """Yield the paragraphs under a heading of each analysis's own words."""
    for one in entries:
        found = re.search(rf"^{name}:\n((?:[ ]+.*\n?|\n)+)", _doc(one), re.MULTILINE)
        if found:
            text = inspect.cleandoc(found[1])
            yield f"{one.id} {name.lower()}: {' '.join(text.split())}"


def _tables(entries: Sequence[Entry]) -> Iterable[str]:
    for name in dict.fromkeys(name for one in entries for name in one.tables):
        table = TABLES[name]
        special = [c.name for c in table.columns if c.sensitivity is Sensitivity.SPECIAL]
        care = f"; special: {', '.join(special)}" if special else ""
        yield f"Table {name}: a row is {table.row}{care}."


def _of_store(path: Path, entries: Sequence[Entry]) -> dict[str, list[str]]:
    read = {name for one in entries for name in one.tables}
    with Store.open(path) as store:
        loads = [load for load in store.loads() if set(load.tables) & read]
        as_at = store.data_as_at(read)
    rows: dict[str, int] = {}
    for load in loads:
        for table in set(load.tables) & read:
            rows[table] = rows.get(table, 0) + load.tables[table]
    kept = read_retention(path)
    return {
        "records": [f"{n:,} rows of {table}." for table, n in sorted(rows.items())]
        + ([f"Records up to {as_at}."] if as_at else []),
        "sources": sorted(
            {f"{load.source}, as {load.layout}: {load.sensitivity}" for load in loads}
        ),
        "retention": [
            f"{what} {name} is kept {_span(span.months, span.days)}."
            for what, spans in (("Sensitivity", kept.sensitivity), ("Table", kept.table))
            for name, span in spans.items()
        ],
    }


def _span(months: int, days: int) -> str:
    return f"{months} months" if months else f"{days} days"
