"""Spread: whether the truth of made-up cities is found, by truth, cluster width and simulator."""

from collections.abc import Iterator

from bench.figures import Figure
from spread_trials import Cell, cells

_SEEDS = 100


def figures() -> Iterator[Figure]:
    """Yield coverage, false alarms and power over every truth and width, then over heavy tails."""
    told = cells(_SEEDS)
    yield from _of(told, "")
    tails = cells(_SEEDS // 2, kernel="power-law", widths=(600.0,), whole_days=True)
    for cell in tails:
        yield Figure(
            f"heavy tails, streets, whole days: truth {cell.truth:g}, how far off the mean is",
            abs(cell.theta - cell.truth),
            "≤",
            0.05,
            _says(cell),
        )


def _of(told: list[Cell], where: str) -> Iterator[Figure]:
    for cell in told:
        yield Figure(
            f"truth {cell.truth:g}, clusters of {cell.width:g} m{where}: intervals that cover",
            cell.covered / max(cell.identified, 1),
            "≥",
            0.93,
            _says(cell),
        )
    for cell in told:
        if cell.truth == 0:
            yield Figure(
                f"truth 0, clusters of {cell.width:g} m{where}: called self-exciting",
                cell.called["self-exciting"] / cell.cities,
                "≤",
                0.05,
            )
        if cell.truth == 0.3 and cell.width >= 1500:
            yield Figure(
                f"truth .3, clusters of {cell.width:g} m{where}: called self-exciting",
                cell.called["self-exciting"] / cell.cities,
                "≥",
                0.8,
            )


def _says(cell: Cell) -> str:
    called = ", ".join(f"{n} {name}" for name, n in cell.called.items())
    return f"{cell.cities} cities: {called}; mean {cell.theta:.3f}, width {cell.wide:.2f}"
