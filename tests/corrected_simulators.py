"""Forces whose true share is known, and audits drawn from them. It shares nothing with our code.

A plain force errs as the methods like it: one sensitivity, one specificity, scores that mean what
they say, and flags that know nothing of the scores. A misspecified one has all that is warned of:
the flag is worth less in some classes of call, some callers ring again and again about the same
thing, what is obvious to the flag is obvious to the machine as well, and the scores are far too
sure of themselves.
"""

from dataclasses import dataclass

import numpy as np

SENSITIVITY, SPECIFICITY = 0.55, 0.985


@dataclass(frozen=True)
class Force:
    truth: np.ndarray
    flag: np.ndarray
    score: np.ndarray
    kind: np.ndarray  # class of call

    @property
    def share(self):
        return self.truth.mean()


def plain(rng, prevalence, n=40_000):
    truth = rng.random(n) < prevalence
    flag = np.where(truth, rng.random(n) < SENSITIVITY, rng.random(n) > SPECIFICITY)
    sign = rng.normal(0, 1, n) + 2.0 * truth
    odds = prevalence / (1 - prevalence) * np.exp(2.0 * sign - 2.0)
    return Force(truth, flag, odds / (1 + odds), rng.integers(0, 4, n))


def misspecified(rng, prevalence, n=40_000):
    kind = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    caller = np.minimum(rng.zipf(1.7, n), 4000)  # a handful ring thousands of times
    relative = np.array([0.3, 0.8, 1.5, 3.4])[kind] * rng.gamma(0.8, 1.25, 4001)[caller]
    chance = np.minimum(0.95, prevalence * relative / relative.mean())
    truth = rng.random(n) < chance * prevalence / chance.mean()
    obvious = rng.normal(0, 1, n)
    caught = np.array([-1.2, -0.2, 0.6, 1.4])[kind] + 1.2 * obvious
    wrong = np.quantile(rng.normal(0, 1, 10_000), 1 - np.array([0.005, 0.01, 0.02, 0.05]))[kind]
    flag = np.where(truth, caught > 0, 0.7 * obvious + 0.71 * rng.normal(0, 1, n) > wrong)
    sign = 0.8 * obvious + 0.6 * rng.normal(0, 1, n) + 1.4 * truth
    odds = 0.3 * np.exp(4.0 * sign - 4.0)
    return Force(truth, flag, odds / (1 + odds), kind)


FORCES = {"plain": plain, "misspecified": misspecified}


def strata_of(force, cuts=(0.80, 0.95)):
    """Return each log's stratum: flag by three bands of score."""
    band = np.searchsorted(np.quantile(force.score, cuts), force.score, side="right")
    return band + 3 * force.flag


def draw(rng, stratum, reads):
    """Return the positions of logs drawn at random from each stratum, so many of each."""
    order = np.argsort(stratum, kind="stable")
    ends = np.cumsum(np.bincount(stratum, minlength=len(reads)))
    starts = np.append(0, ends[:-1])
    return np.concatenate(
        [
            order[start + rng.choice(end - start, many, replace=False, shuffle=False)]
            for start, end, many in zip(starts, ends, reads, strict=True)
            if many
        ]
    )


def read_by_two(rng, truth, sensitivity=0.85, specificity=0.98, hard=0.0):
    """Return four masks: both said so, settled so, settled not so, neither said so.

    Each of two readers errs on her own; of a share of logs, `hard`, both are right but half of the
    time. A third, who is always right, settles where they differ.
    """
    right = np.where(truth, sensitivity, specificity)
    right = np.where(rng.random(truth.size) < hard, 0.5, right)
    one, other = (np.where(rng.random(truth.size) < right, truth, ~truth) for _ in range(2))
    differ = one != other
    return one & other, differ & truth, differ & ~truth, ~one & ~other
