"""Forces whose true rates are known. It shares nothing with the code it tests.

Every spread has mean one and the coefficient of variation that is asked for.
"""

import math

import numpy as np


def gamma(rng, variation, size):
    """The spread that the method assumes."""
    return rng.gamma(1 / variation**2, variation**2, size)


def lognormal(rng, variation, size):
    """A longer tail than the method assumes."""
    scale = math.sqrt(math.log1p(variation**2))
    return np.exp(rng.normal(-(scale**2) / 2, scale, size))


def two_points(rng, variation, size, share=0.1):
    """A few areas at one rate and the rest at another: no smooth spread at all."""
    high = 1 + variation * math.sqrt((1 - share) / share)
    low = (1 - share * high) / (1 - share)
    return np.where(rng.random(size) < share, high, low)


SPREADS = {"gamma": gamma, "lognormal": lognormal, "two points": two_points}


def force(rng, spread, variation, expected, areas=300):
    """Return counts, person-years and true rates of areas that expect so many events on average."""
    people = rng.uniform(800, 2400, areas)
    rate = expected / 1600 * SPREADS[spread](rng, variation, areas)
    return rng.poisson(rate * people).astype(float), people, rate
