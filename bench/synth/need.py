"""Need and its signs, recounted from true states: how well each shows it, and what shifts."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from bench.figures import Figure
from bench.synth.calls import ground
from peelian.records.synth.calls import CallsPlan, NeedPlan, make_calls
from peelian.records.synth.period import Period

SEEDS = 20
PERIOD = Period("2023-01", 12)
SIGNS = ("flag", "closing", "keyword", "section_136", "officer", "marker")
# Strong enough for twenty forces of twenty areas to tell.
PLAN = NeedPlan(share=0.15, training_on="2023-07-01", flag_specificity=0.97, flag_drift=1.0,
                flag_training=2.5, officer_asked=1.0, need_trend=1.5)  # fmt: skip


def figures() -> Iterator[Figure]:
    """Yield how far signs and need lie from the plan, and what the controls leave standing."""
    planted = _truth(PLAN)
    for sign in SIGNS:
        errors, cells = _furthest(planted, sign)
        yield Figure(f"need: {sign}, furthest cell of sensitivity or specificity, standard errors",
                     errors, "≤", 4.5, f"{cells} cells of class, band and half year")  # fmt: skip
    yield Figure("need: training's odds of the qualifier, log apart from the plan",
                 abs(_shift(planted, "flag") - np.log(2.5)), "≤", 0.15)  # fmt: skip
    yield Figure("need: training's odds of words in the log, log", abs(_shift(planted, "keyword")),
                 "≤", 0.15)  # fmt: skip
    still = _truth(PLAN.recording_still())
    yield Figure("need, recording still: largest shift of a sign, log odds",
                 max(abs(_shift(still, sign)) for sign in ("flag", "closing", "keyword")), "≤",
                 0.2, f"need itself {_growth(still):.2f} times over half a year")  # fmt: skip
    off = _truth(PLAN.off())
    yield Figure("need, standing still while recording is trained: its growth", _growth(off), "≤",
                 1.05, f"flags {_growth(off, 'flag'):.2f} times over half a year")  # fmt: skip
    yield Figure("need: share of a first year, from the plan's 6 %",
                 abs(float(_truth(NeedPlan())["need"].mean()) - 0.06), "≤", 0.003)  # fmt: skip


def _truth(plan: NeedPlan) -> dict[str, np.ndarray]:
    """Return twenty forces' truth by record, a year each."""
    parts = []
    for seed in range(SEEDS):
        who, places, crimes = ground(seed, 20, PERIOD)
        for number in range(PERIOD.length):
            run = make_calls(CallsPlan(), plan, places, PERIOD, number, who, crimes=crimes)
            month = pa.array(np.full(len(run.facts), number))
            parts.append(run.truth["incidents"].append_column("month", month))
    table = pa.concat_tables(parts)
    names = (table[name].to_pylist() for name in ("recording_class", "deprivation_band"))
    words = [f"{one}, {other}" for one, other in zip(*names, strict=True)]
    found = {"cell": np.unique(words, return_inverse=True)[1]}
    found |= {"need": table["mental_health"].to_numpy(), "late": table["month"].to_numpy() >= 6}
    for sign in SIGNS:
        found[sign] = np.array([np.nan if s is None else s for s in table[sign].to_pylist()], float)
        found[f"{sign}_se"] = table[f"{sign}_sensitivity"].to_numpy()
        found[f"{sign}_sp"] = table[f"{sign}_specificity"].to_numpy()
    return found


def _furthest(data: dict[str, np.ndarray], sign: str) -> tuple[float, int]:
    cell = 2 * data["cell"] + data["late"]
    worst, count = 0.0, 0
    for state, of in ((data["need"], "se"), (~data["need"], "sp")):
        seen = state & ~np.isnan(data[sign])
        for value in np.unique(cell[seen]):
            here = seen & (cell == value)
            chance = data[f"{sign}_{of}"][here].astype(float)
            variance = float((chance * (1 - chance)).sum())
            if variance >= 5:
                right = (data[sign][here] == (of == "se")).sum()
                worst = max(worst, abs(float(right - chance.sum())) / np.sqrt(variance))
                count += 1
    return worst, count


def _shift(data: dict[str, np.ndarray], sign: str) -> float:
    """Return the log odds ratio of a sign in need, late over early, by Mantel and Haenszel."""
    up = down = 0.0
    for value in np.unique(data["cell"]):
        here = data["need"] & (data["cell"] == value)
        shown, late = data[sign][here] == 1, data["late"][here]
        n = max(len(shown), 1)
        up += (shown & late).sum() * (~shown & ~late).sum() / n
        down += (~shown & late).sum() * (shown & ~late).sum() / n
    return float(np.log(up / down))


def _growth(data: dict[str, np.ndarray], what: str = "need") -> float:
    return float(data[what][data["late"]].mean() / data[what][~data["late"]].mean())
