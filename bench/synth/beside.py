"""Half a force of defaults beside real records: what lies outside, and whether it says why."""

from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.measure import measure, peelian
from peelian.records.store import Store
from peelian.records.synth.compare import answer
from peelian.records.synth.compare.measure import measure as moments_of

HALF = ("--scale", "force", "--areas", "500", "--incidents", "200000", "--years", "3")


def figures(work: Path) -> Iterator[Figure]:
    """Yield the verdicts on the defaults, and what the page costs.

    Args:
        work: Where the store and its page may go.
    """
    store = work / "beside"
    made = measure(peelian("make", store, *HALF))
    if made.code:
        raise RuntimeError(f"no store was made: exit {made.code}")
    page = measure(peelian("make", "--compare", store, "--out", work / "page"))
    yield Figure("the page of made-up beside real, exit", page.code, "=", 0,
                 f"{page.cpu_s:.0f} CPU s, {page.peak_mb:.0f} MB")  # fmt: skip
    with Store.open(store) as opened:
        names = ("crimes", "incidents", "areas", "measures", "area_measures")
        found = moments_of(*(opened.table(name) for name in names))
    judged = [b for b in answer.beside(found, made_up=True) if b.moment.judged]
    outside = [b for b in judged if b.verdict == answer.OUTSIDE]
    silent = [b.moment.name for b in outside if not b.why]
    yield Figure("moments of the defaults that cannot be told",
                 sum(b.verdict == answer.CANNOT_TELL for b in judged), "=", 0)  # fmt: skip
    yield Figure("moments outside the real range that do not say why", len(silent), "=", 0,
                 "; ".join(silent) or f"{len(judged)} moments, {len(outside)} outside")  # fmt: skip
