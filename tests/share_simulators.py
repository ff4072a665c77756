"""Processes of marked records whose true share is known: for coverage in tests and in figures.

Each is written down in closed form; nothing is taken from the made-up force.
"""

import numpy as np

from peelian.statistics.ratios import (
    added_by_repeats,
    both,
    degrees,
    from_records,
    interval,
    ratio,
    run_length,
    variance,
)

DAYS, PER_DAY, GROUPS = 120, 20, 256
MARKED_MEAN, OTHER_MEAN = 60.0, 40.0  # minutes


class Drawn:
    """Many periods of one process: for each record its period, day, caller, mark and minutes."""

    def __init__(self, rng, reps, period, day, caller, marked):
        self.rng, self.reps, self.period, self.day = rng, reps, period, day
        self.caller, self.marked = caller, marked
        mean = np.where(marked, MARKED_MEAN, OTHER_MEAN)
        self.minutes = mean * np.exp(rng.normal(-0.5, 1.0, len(day)))  # log-normal, mean as given

    def sums(self, cluster, clusters, values):
        at = cluster * self.reps + self.period
        flat = np.bincount(at, values, minlength=clusters * self.reps)
        return flat.reshape(clusters, self.reps)


def draw(rng, reps, share, *, ar=0.0, shock=0.0, callers=0.0, calls_each=4):
    """Draw periods: days shocked by `shock` with memory `ar`; `callers` of the calls by callers.

    A caller's calls are all marked or none, and come geometrically, `calls_each` on average; so the
    share stays what it is, and the calls of one caller are as alike as can be.
    """
    noise = rng.normal(size=(DAYS, reps))
    state = np.empty_like(noise)
    state[0] = noise[0]
    for t in range(1, DAYS):
        state[t] = ar * state[t - 1] + np.sqrt(1 - ar**2) * noise[t]
    chance = share * np.exp(shock * state - shock**2 / 2)  # its mean over days is the share
    n = rng.poisson(PER_DAY * (1 - callers), (DAYS, reps))
    day = np.repeat(np.repeat(np.arange(DAYS), reps), n.ravel())
    period = np.repeat(np.tile(np.arange(reps), DAYS), n.ravel())
    marked = rng.random(len(day)) < np.minimum(chance, 1.0)[day, period]
    caller = np.arange(len(day))
    if callers:
        people = rng.poisson(DAYS * PER_DAY * callers / calls_each, reps)
        calls = rng.geometric(1 / calls_each, people.sum())
        who = np.repeat(np.arange(people.sum()), calls)
        theirs = np.repeat(np.repeat(np.arange(reps), people), calls)
        ill = rng.random(people.sum()) < share
        day = np.concatenate([day, rng.integers(0, DAYS, len(who))])
        period, marked = np.concatenate([period, theirs]), np.concatenate([marked, ill[who]])
        caller = np.concatenate([caller, len(caller) + who])
    return Drawn(rng, reps, period, day, caller, marked)


def intervals(held, weight, *, by_caller=True, run=None):
    """Return the share and its interval in every period, as the analysis puts them together."""
    run = run or run_length(DAYS)
    clusters = -(-DAYS // run)
    every = weight * np.ones(len(held.day))
    part, whole = (held.sums(held.day // run, clusters, w) for w in (every * held.marked, every))
    found = ratio(part, whole)
    spread = variance(found.residual)
    free = degrees(found.residual)
    if by_caller:
        group = held.rng.permutation(held.caller.max() + 1)[held.caller] % GROUPS
        mine, all_ = (held.sums(group, GROUPS, w) for w in (every * held.marked, every))
        alone = from_records(
            found.value,
            *(held.sums(0 * group, 1, w)[0] for w in (every**2 * held.marked, every**2, every)),
        )
        residual = (mine - found.value * all_) / all_.sum(axis=0)
        more = added_by_repeats(residual, alone)
        free = both(spread, more, free, degrees(residual))
        spread = spread + more
    n = held.sums(0 * held.day, 1, np.ones(len(held.day)))[0]
    return found.value, *interval(found.value, spread, n, free)


def held_in(truth, low, high):
    return float(np.mean((low <= truth) & (truth <= high)))


def in_time(share):
    return share * MARKED_MEAN / (share * MARKED_MEAN + (1 - share) * OTHER_MEAN)
