"""A store beside real records, as a page: `peelian make --compare STORE`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from peelian.catalogue import Entry
from peelian.cli.speak import progress
from peelian.cli.writing import write_logged
from peelian.errors import CannotAnswer, UsageError
from peelian.records.store import Store
from peelian.records.synth.compare.answer import answers, beside
from peelian.records.synth.compare.measure import measure
from peelian.safeguards.purpose import Purpose
from peelian.study import let_out

Tell = Callable[..., None]
_COMPARISON = Entry(
    id="made_up.compare",
    question="Do these records look like real ones?",
    target="peelian.records.synth.compare.measure:measure",
)
_PURPOSE = "to see how far a method tried on these records was tried on something like real ones"
_MADE_UP = "MADEUP"  # how the vintages of made-up areas begin


def compare_only(
    store: Path, out: Path | None, *, compare: bool, making: Mapping[str, object]
) -> Path:
    """Carry out `--compare`, after making sure that nothing else was asked for.

    Args:
        store: The store to look at.
        out: Where the page goes; None for a folder beside the store.
        compare: Whether `--compare` was said, and not only `--out`.
        making: The options that make something, by name; None where they were left out.

    Raises:
        UsageError: `--out` was said alone, or something is to be made as well.
    """
    if not compare:
        raise UsageError(
            "Only the page of --compare goes to --out; a store goes to STORE.",
            found="--out without --compare",
            try_="leave --out away, or add --compare to look at a store that is there",
        )
    given = [f"--{name}" for name, value in making.items() if value]
    if given:
        raise UsageError(
            "To make a store and to compare one are two steps.",
            found=f"--compare with {', '.join(given)}",
            try_="make the store first, and then: peelian make --compare STORE",
        )
    folder = out or store.parent / f"{store.name}-beside-real"
    with progress("Working out the moments of this store") as report:
        return write_comparison(store, folder, tell=report)


def write_comparison(path: Path, out: Path, *, tell: Tell = lambda *_: None) -> Path:
    """Set a store's records beside real ones, and write the page.

    Args:
        path: Any store: one that `make` or `demo` made, or one of real records.
        out: The folder to write to.
        tell: Called with what is going on.

    Returns:
        The path of the page.

    Raises:
        CannotAnswer: The store holds neither crimes nor incidents.
    """
    with Store.open(path) as store:
        tell("Working out the moments of this store", 0, 0)
        tables = [store.table(name) for name in _COMPARISON.tables]
        found = measure(*tables)
        if not any(each.n for each in found.values()):
            raise CannotAnswer(
                "There is nothing to set beside real records.",
                found="no crimes and no incidents",
                try_="a store with records, such as one that `peelian make` made",
            )
        made_up = is_made_up(store)
        why = Purpose("training" if made_up else "data-quality", _PURPOSE)
        results = answers(beside(found, made_up=made_up), made_up=made_up)
        releases = [let_out(store, _COMPARISON, result, why) for result in results]
        tell("Writing the page", 0, 0)
        title = f"{'Made-up records' if made_up else 'These records'} beside real ones"
        purpose = f"{_PURPOSE[:1].upper()}{_PURPOSE[1:]}"
        return write_logged(releases, store, out, title, purpose, why)


def is_made_up(store: Store) -> bool:
    """Say whether a store's areas are made up: whether every vintage of them says so."""
    vintages = store.table("areas").select("vintage").distinct().to_pyarrow()
    names = vintages["vintage"].to_pylist()
    return bool(names) and all(name.startswith(_MADE_UP) for name in names)
