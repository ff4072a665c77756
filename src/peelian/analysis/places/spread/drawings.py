"""The drawings of spread: pairs by lag and distance, the ladder of backgrounds, the profile."""

from peelian.analysis.places.spread.found import Found
from peelian.analysis.places.spread.words import words_of
from peelian.results import Drawing
from peelian.sentences import say

_CHANCE = "beside a bar for what chance alone gives (95 of 100)"


def drawings(found: Found) -> tuple[Drawing, ...]:
    """Return every drawing, each of a table."""
    words = words_of(found)
    by_lag = Drawing(
        kind="intervals",
        title=say("Half of what one event leads to comes within {half_time} {unit}", words)
        if found.looked.verdict == "self-exciting"
        else say("Pairs of events by the time between them"),
        table="by_lag",
        encode={
            "label": "later",
            "value": "ratio",
            "low": "low",
            "high": "high",
            "spread": _CHANCE,
        },
        alt=say("Close pairs by the time between them, over those at the same places weeks later."),
    )
    by_distance = Drawing(
        kind="intervals",
        title=say("Half lies within {half_metres} metres", words)
        if found.looked.verdict == "self-exciting"
        else say("Pairs soon after one another by their distance"),
        table="by_distance",
        encode={
            "label": "apart",
            "value": "ratio",
            "low": "low",
            "high": "high",
            "spread": _CHANCE,
        },
        alt=say("Pairs soon after one another by distance, over those at the same places later."),
    )
    ladder = Drawing(
        kind="intervals",
        title=say("A fitted branching ratio hangs on the background that is taken"),
        table="ladder",
        encode={
            "label": "background",
            "value": "theta",
            "low": "low",
            "high": "high",
            "spread": "beside a bar for what the same fit gives with dates dealt out",
        },
        alt=say("The branching ratio beside each background, with what dealt-out dates give."),
    )
    profile = Drawing(
        kind="curves",
        title=say("How likely each branching ratio is beside the smoothed background"),
        table="profile",
        encode={"x": "theta", "y": "likelihood"},
        alt=say("The log-likelihood of branching ratios from nought, less that of the best."),
    )
    return by_lag, by_distance, ladder, profile
