"""What comes again from the same source: how few bring how much, and whether they go on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_BEYOND = 40.0  # standard deviations over which a Poisson count need not be drawn
_POWER_OF_80 = 0.8416212335729143


@dataclass(frozen=True)
class Sources:
    """How many sources brought each number of events: all that these figures need of them.

    Args:
        events: Numbers of events, shape (sizes,), none of them nought.
        sources: How many sources brought that many, shape (sizes,).
        silent: Sources that could have brought one and did not; None where nobody knows.
    """

    events: Floats
    sources: Floats
    silent: float | None = None

    @classmethod
    def of(cls, events: ArrayLike, sources: ArrayLike, silent: float | None = None) -> "Sources":
        """Gather sizes that stand more than once, in order, the largest first."""
        sizes, where = np.unique(np.asarray(events, dtype=float), return_inverse=True)
        held = np.bincount(where, np.asarray(sources, dtype=float), minlength=len(sizes))
        keep = (sizes > 0) & (held > 0)
        return cls(sizes[keep][::-1], held[keep][::-1].astype(float), silent)

    @property
    def seen(self) -> float:
        """Return how many sources brought anything."""
        return float(self.sources.sum())

    @property
    def in_all(self) -> float:
        """Return how many sources there are: those seen, and the silent ones where known."""
        return self.seen + (self.silent or 0.0)

    @property
    def total(self) -> float:
        """Return how many events they brought."""
        return float(self.events @ self.sources)

    def of_first(self, first: ArrayLike) -> Floats:
        """Return how many events the first so many sources brought, those first that brought most.

        >>> Sources.of([5, 1], [2, 90]).of_first([1, 2, 12]).tolist()
        [5.0, 10.0, 20.0]
        """
        ranks = np.concatenate([[0.0], np.cumsum(self.sources)])
        held = np.concatenate([[0.0], np.cumsum(self.events * self.sources)])
        return np.interp(np.asarray(first, dtype=float), ranks, held)

    def gini(self) -> float:
        """Return the generalised Gini coefficient over sources (Bernasco and Steenbeek 2017).

        Silent sources count where they are known. Nought where events lie as evenly as whole
        numbers allow, near one where one source brings them all.
        """
        places = self.in_all
        up = np.concatenate([[places - self.seen], self.sources[::-1]])
        held = np.concatenate([[0.0], (self.events * self.sources)[::-1]])
        share = np.cumsum(held) / self.total
        below = float((up / places) @ (share + np.concatenate([[0.0], share[:-1]])))
        return max(1.0, places / self.total) * -below + 1.0

    def from_at_least(self, events: int) -> tuple[float, float]:
        """Return how many sources brought at least so many events, and how many those were."""
        often = self.events >= events
        return float(self.sources[often].sum()), float((self.events * self.sources)[often].sum())


def equal_rate(sources: Sources) -> float:
    """Return the one rate that all sources would have: of those seen where nobody knows the others.

    Where silent sources are not known, the mean of those seen is that of a Poisson count that is
    not nought: rate/(1 - exp(-rate)) (David and Johnson 1952).

    >>> float(equal_rate(Sources.of([1, 2], [50, 50], silent=50)))
    1.0
    >>> rate = equal_rate(Sources.of([1, 2], [50, 50]))
    >>> f"{rate / (1 - np.exp(-rate)):.6f}"
    '1.500000'
    """
    if sources.silent is not None:
        return sources.total / sources.in_all
    mean = sources.total / sources.seen
    if mean <= 1:
        return 0.0
    low, high = 1e-12, mean
    for _ in range(200):
        middle = (low + high) / 2
        if middle / -np.expm1(-middle) < mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@dataclass(frozen=True)
class Beside:
    """Figures of sources beside those that one law for their rates gives.

    Args:
        value: What was found, shape (figures,).
        expected: Mean over draws of the law they stand beside.
        low: Lower end of the middle 95 in 100 of them.
        high: Upper end.
        p: How often the law gives as much or more (r+1 over R+1).
        detectable: What it would have taken to be found four times in five: the law's upper
            twentieth and .84 of its standard deviation more.
    """

    value: Floats
    expected: Floats
    low: Floats
    high: Floats
    p: Floats
    detectable: Floats


def beside_equal_rate(
    sources: Sources, figures: Callable[[Sources], ArrayLike], *, draws: int, seed: int
) -> Beside:
    """Set figures of sources beside those of sources that all had one rate.

    Each draw deals as many sources as there are a Poisson count each; where silent ones are not
    known, a count that is not nought, since a source is only seen if it brings something.

    Args:
        sources: What was counted.
        figures: What is worked out of them, each high where few bring much.
        draws: How many draws.
        seed: Where they start.

    Assumes:
        Events of one source are independent of one another, and sources of each other. What is
        beyond such draws may be lasting difference as well as dependence: see `bouts`.
    """
    rate = equal_rate(sources)
    most = int(rate + _BEYOND * np.sqrt(rate + 1)) + 2
    if rate <= 0:  # each brought one
        return _beside(sources, figures, np.eye(1, most, 1)[0], draws, seed)
    sizes = np.arange(most)
    logs = sizes * np.log(rate) - np.cumsum(np.log(np.maximum(sizes, 1)))
    return _beside(sources, figures, np.exp(logs - logs.max()), draws, seed)


def beside_gamma_rates(
    sources: Sources, figures: Callable[[Sources], ArrayLike], *, draws: int, seed: int
) -> Beside:
    """Set figures of sources beside those of sources whose rates differ smoothly.

    Rates follow a gamma law, so that counts are negative binomial (Greenwood and Yule 1920), fitted
    by maximum likelihood; counts that are not nought where silent sources are not known. What is
    beyond such draws is a few who stand out from all the others.

    Args:
        sources: What was counted.
        figures: What is worked out of them, each high where few bring much.
        draws: How many draws; the law is not fitted to each anew.
        seed: Where they start.

    Cannot show:
        That those who stand out are another kind: rates may follow a law with a longer tail.
    """
    from scipy.special import gammaln

    shape, mean = gamma_rates(sources)
    most = int(max(4 * sources.events.max(), 1000))
    sizes = np.arange(most)
    logs = gammaln(sizes + shape) - gammaln(sizes + 1.0) + sizes * np.log(mean / (mean + shape))
    return _beside(sources, figures, np.exp(logs - logs.max()), draws, seed)


def gamma_rates(sources: Sources) -> tuple[float, float]:
    """Return the shape and the mean of the gamma law of rates under which counts are likeliest.

    Args:
        sources: What was counted. A shape at its upper bound (some 20,000) says that rates are
            equal; near nought, that counts follow Fisher's logarithmic series.
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln

    n, number = sources.events, sources.sources

    def unlikely(point: Floats) -> float:
        shape, mean = np.exp(point)
        none = -shape * np.log1p(mean / shape)  # the logarithm of the chance of nought
        logs = gammaln(n + shape) - gammaln(shape) - gammaln(n + 1) + none
        logs = logs + n * np.log(mean / (mean + shape))
        if sources.silent is None:
            return -float(number @ (logs - np.log(-np.expm1(none))))
        return -float(number @ logs + sources.silent * none)

    start = np.log([1.0, max(sources.total / sources.in_all, 1e-3)])
    found = minimize(unlikely, start, method="L-BFGS-B", bounds=[(-10.0, 10.0), (-20.0, 20.0)])
    shape, mean = np.exp(found.x)
    return float(shape), float(mean)


def _beside(
    sources: Sources,
    figures: Callable[[Sources], ArrayLike],
    chance: Floats,
    draws: int,
    seed: int,
) -> Beside:
    """Set figures beside draws of sources whose counts have these chances, from nought upwards."""
    known = sources.silent is not None
    sizes = np.arange(len(chance), dtype=float)
    odds = chance if known else np.where(sizes > 0, chance, 0.0)
    rng = np.random.default_rng(seed)
    dealt = rng.multinomial(round(sources.in_all), odds / odds.sum(), size=draws)
    every = np.stack([
        np.atleast_1d(figures(Sources.of(sizes, row, float(row[0]) if known else None)))
        for row in dealt
    ])  # fmt: skip
    value = np.atleast_1d(np.asarray(figures(sources), dtype=float))
    low, top, high = np.quantile(every, [0.025, 0.95, 0.975], axis=0)
    as_much = (every >= value - 1e-12).sum(axis=0)
    return Beside(
        value,
        every.mean(axis=0),
        low,
        high,
        (as_much + 1) / (draws + 1),
        top + _POWER_OF_80 * every.std(axis=0),
    )


@dataclass(frozen=True)
class Persistence:
    """What became of the sources that brought much, in as long a time after.

    Args:
        sources: How many brought at least so many events in the first part.
        then: Events they brought in it.
        later: Events they brought in the later part.
        lasting: Events they would have brought later if every source kept its own rate: what they
            brought first, less the luck they were chosen for.
        alike: Events they would have brought later had they been like any others.
        kept: How much of what lasting rates bring over equal ones was there: 1 if rates last, 0 if
            those sources were like any others.
        low: Lower end of its 95% interval.
        high: Upper end; both NaN where too little is beyond equal rates to tell.
    """

    sources: float
    then: float
    later: float
    lasting: float
    alike: float
    kept: float
    low: float
    high: float


def persistence(
    first: ArrayLike,
    later: ArrayLike,
    sources: ArrayLike,
    *,
    often: int,
    draws: int,
    seed: int,
    in_all: float | None = None,
) -> Persistence:
    """Say how far sources that brought much in one part of time did so in the next.

    Sources chosen for having brought `often` or more will bring less even if nothing changes: they
    were partly lucky. By Robbins (1956), of sources with rates of their own that last, those that
    brought n bring (n+1) N(n+1)/N(n) on average, N(n) being how many brought n, whatever the rates.
    Over all who brought `often` or more this adds up to what those with one more brought: no rate
    needs to be known, nor how many sources were silent.

    Args:
        first: Events of a source in the first part, shape (cells,).
        later: Events of it in the later part, shape (cells,).
        sources: How many sources had these two numbers, shape (cells,).
        often: How many events in the first part make a source one that brings much.
        draws: Bootstrap draws over sources, each present a Poisson number of times.
        seed: Where they start.
        in_all: How many sources there are, silent ones too; None where nobody knows, and there are
            taken to be as few as can be (`silent_at_least`), so that what was kept is, if anything,
            too low.

    Assumes:
        The parts are alike but for a factor common to all sources, such as the season. A source
        that moves away, dies or is helped is one whose rate did not last.
    """
    # In an order of their own, whatever order an engine gave them: the draws go down the cells.
    cells = np.stack([np.asarray(each, dtype=float) for each in (first, later, sources)])
    a, b, n = cells[:, np.lexsort(cells[1::-1])]
    rng = np.random.default_rng(seed)
    weights = np.vstack([n, rng.poisson(n, size=(draws, len(n)))])
    chosen, more = a >= often, a >= often + 1
    count = weights @ chosen.astype(float)
    then, held = weights @ (a * chosen), weights @ (b * chosen)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = (weights @ b) / (weights @ a)
        lasting = (weights @ (a * more)) * factor
        alike = count * _rate_of_one(a, b, n, in_all)
        kept = (held - alike) / (lasting - alike)
    # Where lasting rates might be no more than any others', there is nothing to keep.
    beyond = (lasting - alike)[1:]
    sound = count[0] > 0 and np.nanquantile(np.nan_to_num(beyond, nan=0.0), 0.025) > 0
    drawn = kept[1:][np.isfinite(kept[1:])]
    low, high = np.quantile(drawn, [0.025, 0.975]) if sound and len(drawn) else (np.nan, np.nan)
    return Persistence(
        float(count[0]), float(then[0]), float(held[0]), float(lasting[0]), float(alike[0]),
        float(kept[0]) if sound else np.nan, float(low), float(high),
    )  # fmt: skip


def silent_at_least(once: float, twice: float) -> float:
    """Return how many sources at the least brought nothing, from those seen once and twice.

    Chao (1984), in its bias-corrected form; it is right where all have one rate, and too low where
    rates differ.

    >>> silent_at_least(40.0, 9.0)
    78.0
    """
    return once * (once - 1) / (2 * (twice + 1))


def _rate_of_one(a: Floats, b: Floats, n: Floats, in_all: float | None) -> float:
    """Return how many events any one source brings in the later part, if all are alike."""
    if in_all is None:
        once, twice = (float(n[a + b == times].sum()) for times in (1, 2))
        in_all = float(n[a + b > 0].sum()) + silent_at_least(once, twice)
    return float(b @ n) / in_all
