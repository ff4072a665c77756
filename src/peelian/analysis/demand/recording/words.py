"""What is said of need and recording: the verdict, what it rests on, and what would decide it."""

from collections.abc import Mapping

from peelian.analysis.demand.recording.districts import Districts
from peelian.analysis.demand.recording.measured import FEWEST_MONTHS, Found
from peelian.definitions import Definition
from peelian.results import Cell, Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of, names

_TOLD = 0.5  # of the step's variance the season must leave, for a step not to rest on a model of it
_CELLS = {
    f"{part}_{end}".rstrip("_"): Cell("parts", row, end or "change")
    for row, part in enumerate(("need", "rec", "words"))
    for end in ("", "low", "high", "near_low", "near_high")
}


def _say(template: str, words: Mapping[str, str] | None = None) -> Sentence:
    """Return a sentence: `need`, `rec`, `words`, with `_low`, `_high`, are parts; others totals."""
    return say(template, words, _CELLS)


_NEED = "need changed by {need} ({need_low} to {need_high})"
_REC = "the chance that need is flagged by {rec} ({rec_low} to {rec_high})"
_WITHIN = "smaller than {margin} either way, as the interval for no change says"
_SAID = {
    "need": f"Need changed, and its recording held steady: from before {{day}} to after, {_NEED}; "
    "the chance that need is flagged by {rec} ({rec_near_low} to {rec_near_high}), "
    f"{_WITHIN}.",
    "recording": "Recording changed, and need held steady: from before {day} to after, the chance "
    "that need is flagged changed by {rec} ({rec_low} to {rec_high}); need itself by {need} "
    f"({{need_near_low}} to {{need_near_high}}), {_WITHIN}.",
    "both": f"Both changed: from before {{day}} to after, {_NEED}, and {_REC}.",
}


def answer(found: Found) -> Sentence:
    """Return the verdict, with an interval for each part."""
    if found.verdict in _SAID:
        return _say(_SAID[found.verdict] + _searched(found))
    parts = f"from before {{day}} to after, {_NEED}, {_REC}."
    if found.verdict == "neither shown":
        steady = found.need.state == found.recording.state == "steady"
        more = (
            " Both held steady: either change is smaller than {margin}, as the intervals for no "
            "change say."
            if steady
            else " That is no claim that neither changed: within these intervals either may have."
        )
        return _say("Not shown: neither need nor recording is seen to change: " + parts + more
                   + _searched(found))  # fmt: skip
    return _say(f"Undecided: {_why(found)}; " + parts + _to_decide(found) + _searched(found))


def _searched(found: Found) -> str:
    if found.searched is None:
        return ""
    return (
        " The day was searched for: it lies between {day_low} and {day_high}, and records without "
        "any step would show as clear a one with probability {chance}; the intervals allow for it."
    )


def _why(found: Found) -> str:
    if found.text.state == "changed":
        return "the words themselves seem to be written otherwise than before"
    if found.direct and not found.direct.agrees:
        return "what people read does not agree with what the words say"
    shown, other = ("need", "recording") if found.need.state == "changed" else ("recording", "need")
    ends = ", however many of the words are right" if len(found.right) > 1 else ""
    return f"{shown} changed{ends}, and whether {other} did too cannot be told"


def _to_decide(found: Found) -> str:
    d = found.decides
    if found.text.state == "changed" or (found.direct and not found.direct.agrees):
        return (
            " Only reading decides that: some {reads_every} logs of every kind in each period, "
            "drawn at random within strata."
        )
    if d.text_only is not None and not found.audited:
        return (
            " Reading {reads} logs with the words and no flag in each period, and as many with "
            "both, would decide it if about {right_middle} of the logs with the words are right; "
            "for other shares see the table of what would be said."
        )
    if d.months is not None:
        return " Some {more_months} months to either side would decide it."
    return " Neither more reading of such logs nor these months decide it."


def checks(found: Found) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    direct = found.direct
    return (
        Check(
            name="The words are written as before",
            held=None if found.text.state == "open" else found.text.state == "steady",
            says=_say(
                "Of flagged logs, the share with the words changed by {words} ({words_low} to "
                "{words_high}). If logs were written otherwise from some day, the words could not "
                "stand for need; only reading logs of both periods can settle it."
            ),
        ),
        Check(
            name="It is known how many of the words are right",
            held=found.audited,
            says=_say(
                "Logs read: {read_n}. Of logs with the words, {right_low} are right."
                if found.audited
                else "Nobody has read enough logs that the words find and the flag does not: "
                "between {right_low} and {right_high} of the logs with the words are taken to be "
                "right, and intervals hold over all of that."
            ),
        ),
        Check(
            name="What people read agrees",
            held=direct.agrees if direct else None,
            says=_say(
                "By reading alone, need changed by {audit} ({audit_low} to {audit_high})."
                if direct
                else "It takes logs of every kind read in both periods: {reads_every} in each "
                "would show a change of need as small as {margin}."
            ),
        ),
        Check(
            name="The season can be told from the step",
            held=found.signs.steps.seasons_told >= _TOLD,
            says=_say("Of what the step could be, {seasons} is not season."),
        ),
        Check(
            name="Every month is there",
            held=not len(found.counted.missing),
            says=_say("Months covered: {months}; missing: {missing}."),
        ),
    )


def caveats(found: Found, between: Districts | None) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    counted = found.counted
    words = {
        "period": names(counted.covered),
        "missing_months": list_of(counted.missing),
    }
    said = (
        "Need is here what the words in logs tell of. If call handlers were taught to write "
        "otherwise, in flagged and other logs alike, words and need part, and no count of words "
        "can show it: only logs read from both periods can.",
        "The words are wrong in some logs. How many are right is "
        + ("known from reading: {right_low}." if found.audited
           else "not known here, and is taken to be anything from {right_low} to {right_high}."),
        "That a step stands at a day says nothing of its cause: a new policy, a new system and a "
        "new list of codes may all begin on one.",
        "A day that was searched for is the day that stands out. Steps at other days, or a slow "
        "drift, may fit nearly as well: see the table of what lies beyond a trend."
        if found.searched else "",
        "Before and after are compared as they are: where a share drifts, part of its change is "
        "drift and no step. The table of what lies beyond a straight trend parts the two, at about "
        "twice the width.",
        "Shares are of incidents in the log. Calls that are no longer logged at all are in neither "
        "part.",
        "Incidents whose log has no words, in which only the flag can speak: {untold}."
        if (counted.calls - counted.told).sum() else "",
        "Logs that readers were unsure of, and that are left out: {unsure}."
        if found.read.unsure else "",
        "Logs on which readers differ, and that nobody settled; each counts half: {split}."
        if found.read.split else "",
        "No records cover {missing_months}: these months are missing, and not nought."
        if len(counted.missing) else "",
        "Districts differ by who lives there and what is asked of police; a place in the order is "
        "given with how unsure it is, and is no league table."
        if between else "",
    )  # fmt: skip
    return tuple(_say(template, words) for template in said if template)


def drawings(found: Found) -> tuple[Drawing, ...]:
    """Return the trend with recording and need apart, and how much each part changed."""
    what = "searched for" if found.searched else "given"
    title = {
        "need": "Need steps, and its being flagged does not",
        "recording": "Its being flagged steps, and need does not",
        "both": "Need and its being flagged both step",
        "neither shown": "Neither need nor its being flagged is seen to step",
        "undecided": "Need and recording apart, and what cannot be told yet",
    }[found.verdict]
    trend = Drawing(
        kind="bands",
        title=Sentence(title),
        table="months",
        encode={
            "x": "month",
            "y": "share",
            "fitted": "fitted",
            "low": "low",
            "high": "high",
            "group": "panel",
            "rules": [(str(found.day.astype("datetime64[M]")), f"the day of the change ({what})")],
        },
        alt=_say(
            "Two panels over the same months: the share of logs with the words, and of those the "
            "share flagged, each with its fit before and after {day}."
        ),
    )
    change = Drawing(
        kind="dots",
        title=Sentence("How much each part changed, from before to after"),
        table="parts",
        encode={"label": "part_name", "value": "change", "low": "low", "high": "high"},
        alt=_say(
            "Need changed by {need} ({need_low} to {need_high}), the chance that it is flagged by "
            "{rec} ({rec_low} to {rec_high}), the words in flagged logs by {words} ({words_low} to "
            "{words_high})."
        ),
    )
    return (trend, change)


def definitions(found: Found, asked: tuple[Definition, ...]) -> dict[str, str]:
    """Return each term and what it means here."""
    flag, text = asked[:2]
    return {
        "flagged": flag.counts,
        "with the words": text.counts,
        "need": "how large a part of incidents it truly is, whether or not anybody recorded it; "
        "its change is that of the words' share, less what of that is wrong",
        "its being flagged": "the chance that an incident in which it is so is flagged; its change "
        "is that of the flagged share of logs with the words"
        + (", kinds of call being held as they were" if found.asked.mix else ""),
        "steady": "its interval for no change, which holds the change in 90 of 100 cases, lies "
        "within the margin to either side of none: a change that matters would have been seen",
        "changed": "its interval, which holds the change in 95 of 100 cases, lies wholly above or "
        "wholly below no change",
        "undecided": "one part changed and the other is neither steady nor changed, or what the "
        "words tell is itself in doubt",
        "before and after": f"at least {FEWEST_MONTHS} covered months to either side of the day",
    }
