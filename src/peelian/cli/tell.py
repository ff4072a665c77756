"""What the verbs print: loads, the ledger and the catalogue, as words or as JSON."""

import inspect
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from peelian.catalogue import CATALOGUE, Entry, entry
from peelian.cli.speak import say
from peelian.records.tally import ERASED, ERASED_ASIDE, REPLACED, in_words
from peelian.schema import TABLES

if TYPE_CHECKING:
    from peelian.records.load import LoadReport
    from peelian.records.store import Store


def tell_load(report: "LoadReport") -> None:
    """Print what a load did, a line a file, and the identity that must hold."""
    done = report.as_json()
    for file in done["files"]:
        say(f"{file['name']}: {_where_rows_went(file)}")
        for note in file["notes"]:
            say(f"  note: {note}")
    for skipped in done["not_read"]:
        say(f"not read: {skipped['name']} ({skipped['why']})")
    for table, n in sorted(done["tables"].items()):
        say(f"{n:>12,} {table}")
    say(_where_rows_went(done))


def _where_rows_went(counts: dict[str, Any]) -> str:
    return (
        f"read {counts['read']:,} = loaded {counts['loaded']:,} + quarantined "
        f"{counts['quarantined']:,} + known duplicates {counts['duplicates']:,}"
    )


def ledger_as_json(store: "Store") -> dict[str, Any]:
    """Return the ledger with the totals every reader checks first."""
    loads = [_load_as_json(load) for load in store.loads()]
    counted = ("read", "loaded", "quarantined", "duplicates")
    tables: dict[str, int] = {}
    for load in loads:
        for table, n in load["tables"].items():
            tables[table] = tables.get(table, 0) + n
    return {
        "fingerprint": store.fingerprint,
        "crs": store.crs,
        "timezone": store.timezone,
        **{name: sum(load[name] for load in loads) for name in counted},
        "replaced": sum(int(load["notes"].get(REPLACED, 0)) for load in loads),
        "erased": sum(int(load["notes"].get(ERASED, 0)) for load in loads),
        "erased_aside": sum(int(load["notes"].get(ERASED_ASIDE, 0)) for load in loads),
        "tables": tables,
        "loads": loads,
        "quarantine": quarantine_reasons(store),
    }


def _load_as_json(load: Any) -> dict[str, Any]:
    return {
        name: value if isinstance(value, int | dict | list | None) else str(value)
        for name, value in asdict(load).items()
    }


def quarantine_reasons(store: "Store") -> list[dict[str, Any]]:
    """Return how many rows were set aside for each reason; never the rows themselves."""
    rows = store.table("quarantine")
    counted = rows.group_by("load_id", "reason").aggregate(n=rows.count())
    return counted.order_by("load_id", "reason").to_pyarrow().to_pylist()


def tell_ledger(store: "Store") -> None:
    """Print the ledger."""
    told = ledger_as_json(store)
    say(f"Generation {store.fingerprint[:16]}, {store.crs}, {store.timezone}")
    for load in told["loads"]:
        say(f"{load['file']} [{load['layout']}, {load['source']}, {load['sensitivity']}]")
        say(f"  {_where_rows_went(load)}")
        for note in in_words(load["notes"]):
            say(f"  note: {note}")
    for row in told["quarantine"]:
        say(f"quarantined {row['n']:,}: {row['reason']}")
    for table, n in sorted(told["tables"].items()):
        say(f"{n:>12,} {table} ({TABLES[table].row})")
    say(_where_rows_went(told))
    if told["replaced"]:
        say(f"of the loaded, {told['replaced']:,} were replaced by later loads")
    if told["erased"] or told["erased_aside"]:
        say(
            f"of the loaded, {told['erased']:,} were erased later; of the quarantined, "
            f"{told['erased_aside']:,}"
        )


def catalogue_as_json(analysis: str | None) -> list[dict[str, Any]]:
    """Return the catalogue, or one entry of it, with every setting."""
    return [_entry_as_json(e) for e in ((entry(analysis),) if analysis else CATALOGUE)]


def _entry_as_json(one: Entry) -> dict[str, Any]:
    return {
        "id": one.id,
        "question": one.question,
        "tables": list(one.tables),
        "companions": list(one.companions),
        "settings": [
            {
                "name": s.name,
                "required": s.required,
                "default": None if s.required else _plain(s.default),
                "help": s.help,
            }
            for s in one.settings.values()
        ],
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def tell_catalogue(analysis: str | None) -> None:
    """Print the catalogue, or one analysis in full."""
    if analysis is None:
        for one in CATALOGUE:
            say(f"{one.id:<24} {one.question}")
        say("\nMore on one of them: peelian catalogue NAME")
        return
    one = entry(analysis)
    say(inspect.getdoc(one.function) or one.question)
    if one.companions:
        say(f"\nLook beside it at: {', '.join(one.companions)}")
    say("\nSettings, for --set and for a study:")
    for setting in one.settings.values():
        default = "must be given" if setting.required else f"default {_plain(setting.default)!r}"
        say(f"  {setting.name} ({default}): {setting.help}")
