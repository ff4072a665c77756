"""Hot spots planted and not: false alarms among what is called, and how much is found."""

from collections.abc import Callable, Iterator

import numpy as np

from bench.figures import Figure
from hotspot_simulators import AREAS, among, apart, asked, block, called

_MAPS, _RATE, _COUNT = 150, 0.05, 8.0


def figures() -> Iterator[Figure]:
    """Yield, of the analysis itself, false discoveries over many maps and the power it has."""
    nothing, _ = over_maps(lambda _: np.zeros(AREAS, dtype=bool), 1.0, _MAPS)
    yield _figure("no hot spot", nothing, "of such maps, the share on which any area is called")
    for name, plant in (("ten hot areas side by side", block), ("ten anywhere", apart)):
        for risk in (3.0, 2.0):
            false, found = over_maps(plant, risk, _MAPS)
            yield _figure(
                f"{name}, at {risk:g} times the risk",
                false,
                f"of areas that touch a hot one, {found:.0%} are called",
            )


def over_maps(
    plant: Callable[[np.random.Generator], np.ndarray], risk: float, maps: int
) -> tuple[np.ndarray, float]:
    """Return, map by map, the share of what is called that is false, and how much is found.

    What touches a hot area lies among high ones, and is no false alarm; any area called among low
    ones is one.

    Args:
        plant: Which areas are hot.
        risk: How many times the records of others they have.
        maps: How many maps are drawn.
    """
    false, power = [], []
    for seed in range(maps):
        rng = np.random.default_rng([1829, seed])
        hot = plant(rng)
        high, low = called(asked(rng.poisson(_COUNT * np.where(hot, risk, 1.0)), seed=seed))
        right = among(hot)
        false.append(((high & ~right).sum() + low.sum()) / max((high | low).sum(), 1))
        power.append(high[right].mean() if right.any() else np.nan)
    return np.array(false, float), float(np.mean(power))


def _figure(name: str, false: np.ndarray, more: str) -> Figure:
    wide = 3 * float(np.std(false)) / np.sqrt(len(false))
    return Figure(
        f"P14: false discoveries where there is {name}",
        float(np.mean(false)),
        "≤",
        _RATE + wide,
        f"{len(false)} maps of {AREAS} areas; {_RATE} and 3 standard errors allowed; {more}",
    )
