"""Stops at their benchmark: disparity within areas, crude disparity, and what searches find."""

from collections.abc import Iterator

import numpy as np

from bench.figures import Figure
from peelian.records.synth.period import Period
from peelian.records.synth.places import GROUPS, PlacesPlan, make_places
from peelian.records.synth.stops import make_stops
from peelian.records.synth.stops_plan import StopsPlan
from peelian.records.synth.who import Who

SEEDS = range(20)
PERIOD = Period("2022-01", 24)


def figures() -> Iterator[Figure]:
    """Yield how far stops lie from their plan over twenty forces."""
    cities = [make_places(PlacesPlan(areas=80), Who(seed=seed)) for seed in SEEDS]
    plan = StopsPlan(rate=12.0)
    for name, each, ratios in (
        ("as planted", plan, plan.rate_ratios),
        ("disparity off", plan.off(), (1.0,) * len(GROUPS)),
    ):
        drawn = [
            make_stops(each, city, PERIOD, Who(seed=seed))
            for seed, city in zip(SEEDS, cities, strict=True)
        ]
        shares = [city.group_residents for city in cities]
        counts = [
            _by_area(stops, len(city.codes)) for stops, city in zip(drawn, cities, strict=True)
        ]
        n, people = np.concatenate(counts), np.concatenate(shares).astype(float)
        found = [_within_areas(n, people, group) for group in range(len(GROUPS))]
        away = [abs(np.log(f / r)) for f, r in zip(found, ratios, strict=True)]
        worst = int(np.argmax(away))
        yield Figure(f"stops, {name}: rate ratio within areas, furthest from the plan (log)",
                     float(away[worst]), "≤", 0.15,
                     ", ".join(f"{g} {f:.2f}" for g, f in zip(GROUPS, found, strict=True)),
                     )  # fmt: skip
        rate = n.sum(axis=0) / people.sum(axis=0)
        print(f"       crude, areas forgotten: black over white {rate[3] / rate[0]:.2f}")
        hits = [np.mean(np.concatenate([s.found[s.group == g] for s in drawn])) for g in (0, 3)]
        how, target = ("≥", 0.04) if each.unequal_bar else ("≤", 0.03)
        yield Figure(f"stops, {name}: hit rate of white over black people searched",
                     float(abs(hits[0] - hits[1])), how, target,
                     f"{hits[0]:.3f} and {hits[1]:.3f}")  # fmt: skip


def _by_area(stops, areas: int) -> np.ndarray:
    counts = np.zeros((areas, len(GROUPS)))
    np.add.at(counts, (stops.area, stops.group), 1)
    return counts


def _within_areas(n: np.ndarray, people: np.ndarray, group: int) -> float:
    """Mantel-Haenszel rate ratio of a group to the first, over areas."""
    both = people[:, group] + people[:, 0]
    return (n[:, group] * people[:, 0] / both).sum() / (n[:, 0] * people[:, group] / both).sum()
