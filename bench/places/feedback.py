"""Loops that feed on themselves and loops that do not: how often each is called that."""

from collections.abc import Iterator

import numpy as np

from bench.figures import Figure
from peelian.analysis.fairness.feedback.found import feeds_on
from peelian.statistics.feedback import City, Loop, Variant, loop

_CITIES, _RUNS, _WEEKS, _AREAS = 200, 30, 80, 60


def figures() -> Iterator[Figure]:
    """Yield false alarms and power of the audit over cities drawn from a law of their own."""
    false = hit = mended = 0
    for seed in range(_CITIES):
        rates = np.random.default_rng([83, seed]).lognormal(0.5, 0.7, _AREAS)
        city = City.of(rates, 0.1, 0.4)
        still = _run(city, "no-feedback", seed)
        false += feeds_on(_run(city, "no-feedback", seed + 10_000), still)
        hit += feeds_on(_run(city, "plain", seed), still)
        mended += feeds_on(_run(city, "reports-only", seed), still)
    name = f"of {_CITIES} cities, a trailing count"
    yield Figure(f"{name} without feedback that is called feeding", false / _CITIES, "≤", 0.05)
    yield Figure(
        f"{name} that finds four in ten is called feeding",
        hit / _CITIES,
        "≥",
        0.8,
        "one event in ten is reported",
    )
    yield Figure(f"{name} of reports alone is called feeding", mended / _CITIES, "≤", 0.05)


def _run(city: City, variant: Variant, seed: int) -> Loop:
    return loop(
        city,
        variant=variant,
        periods=_WEEKS,
        runs=_RUNS,
        seed=seed,
        rule="busiest",
        memory=8,
        places=6,
    )
