"""A store beside real records, as a page: `peelian make --compare STORE`."""

from collections.abc import Callable
from pathlib import Path

from peelian.catalogue import Entry
from peelian.disclosure import release
from peelian.errors import CannotAnswer
from peelian.records.store import Store
from peelian.records.synth.compare.answer import answers, beside
from peelian.records.synth.compare.measure import measure
from peelian.report import write_report
from peelian.study import provenance, sensitivity

Tell = Callable[..., None]
_COMPARISON = Entry(
    id="made_up.compare",
    question="Do these records look like real ones?",
    target="peelian.records.synth.compare.measure:measure",
)
_MADE_UP = "MADEUP"  # how the vintages of made-up areas begin


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
        level = sensitivity(store, _COMPARISON)
        releases = []
        for result in answers(beside(found, made_up=made_up), made_up=made_up):
            made = provenance(store, _COMPARISON, {}, None, result)
            releases.append(release(result.stamped(made), sensitivity=level))
    tell("Writing the page", 0, 0)
    kind = "Made-up records" if made_up else "This store's records"
    return write_report(
        releases,
        out,
        title=f"{kind} beside real ones",
        purpose="To see how far a method tried on these records was tried on something like real "
        "ones",
    )


def is_made_up(store: Store) -> bool:
    """Say whether a store's areas are made up: whether every vintage of them says so."""
    vintages = store.table("areas").select("vintage").distinct().to_pyarrow()
    names = vintages["vintage"].to_pylist()
    return bool(names) and all(name.startswith(_MADE_UP) for name in names)
