"""Spread: whether the truth of made-up cities is found, by truth, cluster width and simulator."""

from collections.abc import Iterator

from bench.figures import Figure
from spread_trials import Cell, cells

_SEEDS = 100


def figures() -> Iterator[Figure]:
    """Yield coverage, false alarms and power over every truth and width, then over heavy tails."""
    told = cells(_SEEDS)
    yield from _by_truth(told)
    yield from _verdicts(told)
    for cell in cells(_SEEDS // 2, kernel="power-law", widths=(600.0,), whole_days=True):
        yield Figure(
            f"heavy tails, streets, whole days: truth {cell.truth:g}, how far off the mean is",
            abs(cell.theta - cell.truth),
            "≤",
            0.05,
            _says(cell),
        )


def _by_truth(told: list[Cell]) -> Iterator[Figure]:
    """Yield coverage of each truth over all widths: of a hundred cities one cell is too uneven."""
    for truth in dict.fromkeys(cell.truth for cell in told):
        mine = [cell for cell in told if cell.truth == truth]
        identified = sum(cell.identified for cell in mine)
        yield Figure(
            f"truth {truth:g}: intervals that cover, where it is identified",
            sum(cell.covered for cell in mine) / max(identified, 1),
            "≥",
            0.93,
            "; ".join(
                f"{cell.width:g} m: {cell.covered} of {cell.identified}, "
                f"{cell.called['not identified']} not identified, mean {cell.theta:.3f}, "
                f"width {cell.wide:.2f}"
                for cell in mine
            ),
        )


def _verdicts(told: list[Cell]) -> Iterator[Figure]:
    for cell in told:
        called = cell.called["self-exciting"] / cell.cities
        name = f"truth {cell.truth:g}, clusters of {cell.width:g} m: called self-exciting"
        if cell.truth == 0:
            yield Figure(name, called, "≤", 0.05, _says(cell))
        if cell.truth == 0.3 and cell.width >= 1500:
            yield Figure(name, called, "≥", 0.8, _says(cell))


def _says(cell: Cell) -> str:
    called = ", ".join(f"{n} {name}" for name, n in cell.called.items())
    return f"{cell.cities} cities: {called}; mean {cell.theta:.3f}, width {cell.wide:.2f}"
