"""`[need]` of the plan: how often mental-health need is true, and how well each sign shows it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from peelian.records.synth.incident_kinds import CLASSES
from peelian.records.synth.keys import Problem, day_of, key
from peelian.records.synth.period import Period

SIGNS = ("flag", "closing", "keyword", "section_136", "officer", "marker")
# Those that people write because they were taught to.
TRAINED = ("flag", "closing", "officer")
# Where recording differs by place: bands of deprivation deciles, the most deprived first.
BANDS = ("deciles 1-3", "deciles 4-7", "deciles 8-10")

_TABLE = "domain/mental_health_definitions.csv"
_METHODS = "methods/demand.md"
_OURS = "ours: no force has published it"


def _sensitivity(default: float, of: str, source: str) -> Any:
    means = (
        f"Sensitivity of {of}: the share of incidents with need that it shows, in incidents of "
        f"class {CLASSES[3]} in {BANDS[1]}, on the first day, before training."
    )
    return key(default, means, source)


def _specificity(default: float, of: str, source: str) -> Any:
    means = (
        f"Specificity of {of}: the share of incidents without need that it rightly leaves alone, "
        "in the same place and time."
    )
    return key(default, means, source)


def _training(default: float, of: str, source: str = _OURS) -> Any:
    return key(
        default, f"By what the odds of {of} showing need are multiplied by training.", source
    )


def _drift(default: float, of: str, source: str = _OURS) -> Any:
    return key(
        default, f"By what the odds of {of} showing need are multiplied in a year.", source,
        unit="a year",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedPlan:
    """`[need]`: a true state of every incident, and six signs of it."""

    share: float = key(
        0.06,
        "Share of all incidents in which mental-health need is true, in the first year: those to "
        "whom it was central, or that needed something else done because of it. Of a large share "
        "(a fifth) some kinds reach the most that can be, and a twentieth of it is wanting.",
        "5.1 % of recorded contacts and 7.8 % of those with a response (Kane, Cattell & Wire 2021, "
        f"in {_TABLE})",
    )
    by_kind: bool = key(
        True,
        "Whether need is likelier in some kinds of incident. Off: it is as likely in all.",
        "need stands inside domestic, missing, anti-social and crime incidents as well as in "
        "concern for safety (domain/demand.md, section 1); how much in each is ours",
    )
    by_deprivation: float = key(
        1.8,
        "How much likelier need is in an incident of decile 1 (most deprived) than of decile 10.",
        "ours",
    )
    by_repeat_caller: float = key(
        2.0,
        "How much likelier it is where somebody who calls often calls.",
        "ours; mental-health events gather in few places, 1.17 % of street blocks holding half of "
        "them (Vaughan 2017, in domain/demand.md, section 2)",
    )
    repeat_callers_differ: bool = key(
        True,
        "Whether those who call often differ among themselves, lastingly, in how often there is "
        "need. Off: all of them are alike.",
        "ours: gamma factors of shape 1 and mean 1, one to a person",
    )
    need_trend: float = key(
        1.05,
        "By what need itself is multiplied in a year. 1 for standing still.",
        "ours: whether it grows is what forces ask",
        unit="a year",
    )
    own_rhythm: float = key(
        0.6,
        "Share of incidents with need that come by need's own hours of the week, mid-afternoon "
        "and midweek; the others come as their kind does.",
        "the hours are those of Wuschke and others 2018 (domain/demand.md, section 2); the share "
        "is ours",
    )
    suicidal: float = key(
        0.35,
        "Share of need that is suicidal thought, plan or act.",
        _OURS,
    )
    minutes: float = key(
        1.25,
        "How much longer a unit stays where there is need.",
        "ours, between studies that disagree: shorter (Kane 2021), 1.4 to 2.8 times as long "
        f"(Gresham, in {_METHODS})",
    )
    flag_sensitivity: float = _sensitivity(
        0.27,
        "the qualifier",
        "with the share above, it flags near the 2.2 % of dispatchers' flags in 15 studies (Police "
        f"Chief synthesis, in {_METHODS})",
    )
    flag_specificity: float = _specificity(0.997, "the qualifier", _OURS)
    flag_training: float = _training(1.9, "the qualifier")
    flag_drift: float = _drift(1.10, "the qualifier")
    closing_sensitivity: float = _sensitivity(
        0.06,
        "a closing code of mental health",
        "over all kinds at most 8.5 % (Koziarski and others 2022: 397 calls so classed of 4,646 "
        f"found by reading and search, in {_TABLE})",
    )
    closing_specificity: float = _specificity(
        0.9995, "a closing code of mental health", "ours: 0.9 % of all calls are so classed at most"
    )
    closing_training: float = _training(1.3, "a closing code of mental health")
    closing_drift: float = _drift(1.0, "a closing code of mental health")
    closing_first: float = key(
        0.4,
        "Share of closing codes of mental health that stand first, before the incident's own.",
        "ours: counting the first code alone understates (domain/demand.md, section 1)",
    )
    keyword_sensitivity: float = _sensitivity(
        0.80,
        "words of mental ill health in the log",
        "with its specificity it finds near the 7.3 to 11.8 % of five methods on one record "
        f"(Gresham, in {_METHODS})",
    )
    keyword_specificity: float = _specificity(
        0.965,
        "words of mental ill health in the log",
        "ours; Police Scotland tells of false hits, such as 'hanging' (domain/demand.md)",
    )
    keyword_training: float = _training(
        1.0,
        "words of mental ill health",
        "ours: training is about codes, so that words stand still",
    )
    keyword_drift: float = _drift(1.0, "words of mental ill health")
    section_136_sensitivity: float = _sensitivity(
        0.025,
        "a detention under section 136 (of incidents that officers came to)",
        "about 0.1 % of incidents (domain/demand.md, section 3, general knowledge)",
    )
    section_136_specificity: float = _specificity(
        1.0, "a detention under section 136", "ours: the power needs a person in need, as it seems"
    )
    section_136_training: float = _training(1.0, "a detention under section 136")
    section_136_drift: float = _drift(
        0.92,
        "a detention under section 136",
        "36,621 detentions in 2021-22, 34,685 and 31,213 in the years after (domain/demand.md, "
        "section 3): 5 and 10 % fewer",
    )
    officer_sensitivity: float = _sensitivity(
        0.80,
        "an officer's judgement (where it is written down)",
        f"ours; judged so, 5.1 % of contacts had need (Kane 2021, in {_TABLE})",
    )
    officer_specificity: float = _specificity(0.988, "an officer's judgement", _OURS)
    officer_training: float = _training(1.3, "an officer's judgement")
    officer_drift: float = _drift(1.0, "an officer's judgement")
    officer_asked: float = key(
        0.5, "Share of attended incidents in which the officer's judgement is written down.", _OURS
    )
    marker_sensitivity: float = _sensitivity(
        0.50,
        "a marker on a person named in it",
        "with its specificity it shows near the 15 % of incidents with a significant problem "
        f"present (Sainsbury Centre 2008, in {_TABLE}); no share by markers is published",
    )
    marker_specificity: float = _specificity(
        0.89,
        "a marker on a person named in it",
        "ours: a marker on a person is not need in the incident (domain/demand.md, section 1)",
    )
    marker_training: float = _training(1.0, "a marker on a person named")
    marker_drift: float = _drift(1.05, "a marker on a person named", "ours: markers pile up")
    class_odds: tuple[float, ...] = key(
        (2.2, 1.0, 0.6, 1.0),
        "By what the odds of every sign but section 136 showing need are multiplied in each class "
        f"of incident: {', '.join(CLASSES)}.",
        "ours: fewer than half of such calls were so typed at first, and those chiefly where "
        "welfare is the matter (Burlington, in domain/demand.md, section 2)",
    )
    class_false_odds: tuple[float, ...] = key(
        (2.5, 1.2, 0.5, 1.0),
        "By what the odds of every such sign showing need where there is none are multiplied in "
        "each class.",
        _OURS,
    )
    band_odds: tuple[float, ...] = key(
        (0.75, 1.0, 1.25),
        "By what the odds of every such sign showing need are multiplied in each band of "
        f"deprivation: {', '.join(BANDS)}.",
        "ours: a confounder, since need itself is likelier where recording is worse",
    )
    band_false_odds: tuple[float, ...] = key(
        (1.25, 1.0, 0.85),
        "By what the odds of every such sign showing need where there is none are multiplied in "
        "each band.",
        _OURS,
    )
    training_false_odds: float = key(
        1.3,
        "By what training multiplies the odds that the qualifier, the closing code and the "
        "officer show need where there is none.",
        "ours: who is told to flag more flags more of everything",
    )
    training_on: str = key(
        "middle",
        'The day (YYYY-MM-DD) from which training tells; "middle" for the first day of the '
        'period\'s middle month, "" for none.',
        "ours",
    )

    def off(self) -> Self:
        """Return the control: recording drifts and is trained, and need stands still."""
        return replace(self, need_trend=1.0)

    def recording_still(self) -> Self:
        """Return the other control: need trends, and recording stands still."""
        still = {f"{sign}_drift": 1.0 for sign in SIGNS}
        return replace(self, training_on="", **still)

    def training_day(self, period: Period) -> np.datetime64 | None:
        """Return the local day from which training tells; None for never."""
        if not self.training_on:
            return None
        if self.training_on == "middle":
            return period.starts[period.length // 2].astype("M8[D]")
        return np.datetime64(self.training_on, "D")

    def problems(self, period: Period) -> Iterator[Problem]:
        """Yield why this cannot be carried out over these months."""
        yield from _problems_of_shares(self)
        yield from _problems_of_odds(self)
        if self.training_on not in ("", "middle"):
            day = day_of(self.training_on)
            if day is None or not period.starts[0] <= day < period.end:
                yield Problem(
                    f"need.training_on = {self.training_on!r}",
                    f"a day as YYYY-MM-DD from {period.months[0]} to {period.months[-1]}, "
                    '"middle", or ""',
                )


def _problems_of_shares(plan: NeedPlan) -> Iterator[Problem]:
    if not 0 <= plan.share <= 0.25:
        yield Problem(
            f"need.share = {plan.share}", "a share from 0 to 0.25, which some kinds far exceed"
        )
    for name in ("own_rhythm", "suicidal", "closing_first", "officer_asked"):
        if not 0 <= getattr(plan, name) <= 1:
            yield Problem(f"need.{name} = {getattr(plan, name)}", "a share from 0 to 1")
    for sign in SIGNS:
        for name in (f"{sign}_sensitivity", f"{sign}_specificity"):
            if not 0 <= getattr(plan, name) <= 1:
                yield Problem(f"need.{name} = {getattr(plan, name)}", "a share from 0 to 1")


def _problems_of_odds(plan: NeedPlan) -> Iterator[Problem]:
    names = ["by_deprivation", "by_repeat_caller", "need_trend", "minutes", "training_false_odds"]
    names += [f"{sign}_{what}" for sign in SIGNS for what in ("training", "drift")]
    for name in names:
        if not 0.02 <= getattr(plan, name) <= 50:
            yield Problem(f"need.{name} = {getattr(plan, name)}", "a factor from 0.02 to 50")
    of_class, of_band = ("class_odds", "class_false_odds"), ("band_odds", "band_false_odds")
    for name in (*of_class, *of_band):
        of = CLASSES if name in of_class else BANDS
        found = getattr(plan, name)
        numbers = [v for v in found if isinstance(v, int | float) and 0.02 <= v <= 50]
        if len(found) != len(of) or len(numbers) != len(of):
            yield Problem(
                f"need.{name} = {list(found)}",
                f"{len(of)} factors from 0.02 to 50: of {', '.join(of)}",
            )
