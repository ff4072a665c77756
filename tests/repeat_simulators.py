"""Sources that bring events, by laws that are known. It shares nothing with our code.

Sources of one rate, of rates that differ smoothly, of a few who stand out; halves of a time between
which rates last, change for all, or are dealt anew; and months in which one event brings another
within days, or none does. Every count is of single sources and single events, one by one.
"""

import numpy as np

SOURCES = 6000  # of two halves, those that brought nothing among them


def equal(rng):
    return np.full(4000, 0.4)


def smooth(rng):
    return rng.gamma(0.7, 0.8 / 0.7, 4000)


def few(rng):
    """Fifteen of four thousand have twenty times the others' rate."""
    return np.where(np.arange(4000) < 15, 8.0, 0.4)


def top_share(counts, part):
    """The share of the busiest part of those that brought anything, by sorting every source."""
    held = np.sort(counts[counts > 0])[::-1]
    first = int(np.ceil(part * len(held)))
    return held[:first].sum() / held.sum()


def lasting(rng, rates):
    return rates


def busier(rng, rates):
    """Three in ten more of everybody: the season, not the sources."""
    return 1.3 * rates


def half_leave(rng, rates):
    """Half of the sources are replaced by any others: half of what lasts beyond others is kept."""
    return np.where(rng.uniform(size=len(rates)) < 0.5, rates, rng.permutation(rates))


def none_stays(rng, rates):
    return rng.permutation(rates)


CHANGES = {"lasting": (lasting, 1.0), "busier": (busier, 1.0), "half": (half_leave, 0.5),
           "none": (none_stays, 0.0)}  # fmt: skip


def halves(rng, rates, later_rates):
    """Count sources in both halves, with how many had each pair of numbers."""
    pairs = np.stack([rng.poisson(rates), rng.poisson(later_rates, size=len(rates))])
    cells, number = np.unique(pairs[:, pairs.any(axis=0)], axis=1, return_counts=True)
    return cells[0], cells[1], number


def two_halves(rng, change):
    """Rates of three sorts, no gamma law: mostly nearly nothing; changed in the later half."""
    rates = rng.choice([0.1, 1.0, 6.0], p=[0.9, 0.07, 0.03], size=SOURCES)
    return halves(rng, rates, change(rng, rates))


def close(who, day, within):
    """Pairs of one source, close in time: counted pair by pair."""
    same = who[:, None] == who[None, :]
    near = np.abs(day[:, None] - day[None, :]) <= within
    return (np.sum(same & near) - len(who)) / 2


def month(rng, rates, again):
    """A month of events at rates of their own, each bringing another within days, or not."""
    counts = rng.poisson(rates)
    who = np.repeat(np.arange(len(rates)), counts)
    busy = rng.uniform(0.5, 1.5, 30)  # days differ for all
    day = rng.choice(30, size=len(who), p=busy / busy.sum())
    brought = rng.uniform(size=len(who)) < again
    later = day[brought] + rng.integers(0, 4, size=brought.sum())
    inside = later < 30
    return (
        np.concatenate([who, who[brought][inside]]),
        np.concatenate([day, later[inside]]),
    )


def months(rng, again, number=3):
    """Months of sources whose rates differ, and change from one month to the next."""
    rates = rng.gamma(0.3, 1.0, 800)
    for _ in range(number):
        rates = rates * rng.uniform(0.3, 1.7, 800)
        yield month(rng, rates, again)
