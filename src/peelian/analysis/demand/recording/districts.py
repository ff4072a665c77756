"""How districts differ: in how often the text finds it, and in how often that is then flagged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.analysis.demand.recording.counting import Counted
from peelian.statistics.binomial_mixed import Mixed, fit_mixed, median_odds_ratio, sd_interval

Floats = NDArray[np.float64]

FEWEST = 4  # districts, below which a spread among them means little
_NODES, _DRAWS = 9, 4000


@dataclass(frozen=True)
class Spread:
    """How far districts differ in one share.

    Args:
        sd: Standard deviation of the log odds over districts, beyond luck.
        low, high: Its interval.
        luck: What luck alone does to a district's log odds: their mean variance.
    """

    sd: float
    low: float
    high: float
    luck: float

    @property
    def ratios(self) -> tuple[float, float, float]:
        """Return the median odds ratio and its interval."""
        return tuple(median_odds_ratio(sd) for sd in (self.sd, self.low, self.high))  # type: ignore[return-value]


@dataclass(frozen=True)
class Districts:
    """Districts, in the order of their names: never of their shares.

    Args:
        names: What they are called.
        told, text, both: Logs with words; those the text points at; of those, flagged.
        share, low, high: Flagged share of those the text points at, drawn to the mean of all.
        rank_low, rank_high: Places in order between which a district lies, 95 of 100.
        rest: Logs in none of these districts, those of them the text points at, and those flagged.
        as_text_tells, recording: How far districts differ in either share.
    """

    names: tuple[str, ...]
    told: Floats
    text: Floats
    both: Floats
    share: Floats
    low: Floats
    high: Floats
    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    rest: tuple[float, float, float]
    as_text_tells: Spread
    recording: Spread


def between_districts(counted: Counted, seed: int) -> Districts | None:
    """Return how districts differ; None where there are too few, or none is known.

    Two binomial regressions with a random effect of the district, which the records tell apart:
    the text's share of logs (need, and how it is written down), and the flag's share of those
    (recording). What is left of a district's count is luck.

    Args:
        counted: The counts.
        seed: Where the draws of ranks start.
    """
    held = counted.by_district
    kept = (held["told"] > 0) & (held["text"] > 0) if len(counted.districts) else np.zeros(0, bool)
    if kept.sum() < FEWEST:
        return None
    told, text, both = (held[name][kept] for name in ("told", "text", "both"))
    if not 0 < both.sum() < text.sum() or not text.sum() < told.sum():
        return None
    as_text_tells, _ = _spread(text, told)
    recording, fitted = _spread(both, text)
    middle = fitted.beta[0] + fitted.effects[:, 0]
    # A district's own doubt, and that of the mean they share.
    doubt = np.sqrt(fitted.effects_se[:, 0] ** 2 + fitted.covariance[0, 0])
    ranks = _ranks(middle, fitted.effects_se[:, 0], seed)
    return Districts(
        names=tuple(np.array(counted.districts)[kept].tolist()),
        told=told, text=text, both=both,
        share=_logistic(middle),
        low=_logistic(middle - 1.96 * doubt),
        high=_logistic(middle + 1.96 * doubt),
        rank_low=ranks[0], rank_high=ranks[1],
        rest=(
            float(counted.told.sum() - told.sum()),
            float(counted.text.sum() - text.sum()),
            float(counted.both.sum() - both.sum()),
        ),
        as_text_tells=as_text_tells, recording=recording,
    )  # fmt: skip


def _spread(hits: Floats, of: Floats) -> tuple[Spread, Mixed]:
    rows = {"successes": hits, "trials": of, "x": np.ones((len(of), 1)),
            "group": np.arange(len(of))}  # fmt: skip
    fitted = fit_mixed(**rows, nodes=_NODES)
    low, high = sd_interval(**rows, fitted=fitted, nodes=_NODES)
    share = _logistic(fitted.beta[0] + fitted.effects[:, 0])
    luck = float(np.mean(1 / (of * share * (1 - share))))
    return Spread(float(fitted.sd[0]), low, high, luck), fitted


def _ranks(middle: Floats, doubt: Floats, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    chance = np.random.default_rng(seed)
    drawn = middle + doubt * chance.standard_normal((_DRAWS, len(middle)))
    rank = len(middle) - np.argsort(np.argsort(drawn, axis=1), axis=1)
    low, high = np.quantile(rank, [0.025, 0.975], axis=0, method="nearest")
    return low.astype(np.int64), high.astype(np.int64)


def _logistic(eta: Floats) -> Floats:
    return 1 / (1 + np.exp(-eta))
