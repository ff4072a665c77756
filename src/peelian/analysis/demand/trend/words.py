"""What a trend says: rising or not, seasonal or not, what is unusual, what is to come."""

from collections.abc import Mapping

import numpy as np

from peelian.analysis.demand.trend.answered import Answered
from peelian.analysis.demand.trend.estimate import step_names, told_apart
from peelian.results import Cell, Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of, names

# The Covid restrictions of the United Kingdom: from the first lockdown to the last limits' end.
_COVID = (np.datetime64("2020-03"), np.datetime64("2021-07"))
_STRONG_MEMORY = 0.5
_DRAWN = 10  # fewer a week than this are no picture, and are mostly held back of sensitive records


def _words(all_: Answered) -> dict[str, str]:
    series, latest = all_.series, all_.found.latest
    months = series.begun.astype("M8[M]")
    part = months[(series.begun >= latest.first) & (series.begun <= latest.last)]
    return {
        "records": series.noun,
        "series": series.series,
        "period": names(months),
        "part": names(part),
        "by": series.by,
        "watched": all_.unusual.series.by,
        "missing": _missing(all_),
        "left_out": ", ".join(step_names(series.by, series.begun[series.left_out])),
        "breaks": ", ".join(all_.breaks),
        "drivers": ", ".join(e.driver.name for e in all_.found.effects),
        "why_not": all_.ahead.why_not,
        "covid": names(np.array(_COVID)),
        "short": ", ".join(step_names(series.by, series.begun[all_.found.short])),
        "inseparable": ", ".join(e.driver.name for e in all_.found.effects if not told_apart(e)),
    }


def _missing(all_: Answered) -> str:
    series = all_.series
    gone = ~series.held & ~series.left_out
    return list_of(np.unique(series.begun[gone].astype("M8[M]")))


def _say(all_: Answered, template: str, cells: Mapping[str, Cell] | None = None) -> Sentence:
    return say(template, _words(all_), cells)


def answer(all_: Answered) -> Sentence:
    """Return whether it is rising, with its interval, its season, and what is unusual."""
    found = all_.found
    over = "from {part} (after the break)" if all_.breaks else "over {period}"
    if found.changed:
        verb = "rose" if found.latest.slope.value > 0 else "fell"
        begins = over[:1].upper() + over[1:]
        first = (
            f"{begins} {{records}} {verb} by {{change_size}} a year (interval {{low}} to "
            "{high}), season apart"
        )
    else:
        first = (
            f"Not shown that {{records}} rose or fell {over}: the trend is {{change}} a year "
            "(interval {low} to {high}), which can be chance"
        )
    season = (
        "; the year runs from {trough_under} below its average in {trough} to {peak_over} above "
        "it in {peak}"
        if found.has_season
        else "; no season is shown"
    )
    limit = all_.unusual.rules[0]
    stretches = (
        "; lasting rises or falls away from that: {stretches}, where chance alone brings "
        "{stretch_chance}"
    )
    beyond = (
        "; {watched}s above their limit: {limit_alarms} of {limit_judged} judged "
        "({limit_chance} by this trend, season and chance alone)"
        if limit.judged
        else ""
    )
    return _say(all_, first + season + stretches + beyond + _forecast_words(all_) + ".")


def _forecast_words(all_: Answered) -> str:
    if all_.ahead.beats is None:
        return ""
    if all_.ahead.beats:
        return "; the forecast beats repeating last year's counts"
    if all_.ahead.loses:
        return "; repeating last year's counts beats the forecast"
    return "; it is not shown that the forecast beats repeating last year's counts"


def checks(all_: Answered) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    found, series, ahead = all_.found, all_.series, all_.ahead
    made = [
        Check(
            name="There is a trend",
            held=found.changed,
            says=_say(
                all_,
                "Chance alone makes a trend as far from none with probability {p}, months that "
                "hang together allowed for.",
            ),
        ),
        Check(
            name="There is a season",
            held=found.has_season,
            says=_say(all_, "Chance alone makes a season as clear with probability {seasonal}."),
        ),
        Check(
            name="Every step is there",
            held=bool(series.held.all() and not series.partly.any()),
            says=_say(
                all_,
                "Covered {by}s: {steps}; missing, and left out: {missing_steps}; covered by some "
                "sources only: {partly}.",
                {"missing_steps": Cell("totals", 0, "missing")},
            ),
        ),
        Check(
            name="What is left over does not hang together",
            held=found.fitted.autocorrelation <= _STRONG_MEMORY,
            says=_say(
                all_,
                "What trend and season leave has an autocorrelation of {memory} from one {by} to "
                "the next. Intervals allow for it; where it is strong they tend to be too narrow.",
            ),
        ),
        Check(
            name="The forecast beats the seasonal naive",
            held=ahead.beats,
            says=_say(
                all_,
                "From {origins} past origins its error is {mase} against {mase_naive}; it is "
                "nearer by {gain} (interval {gain_low} to {gain_high}) records a step."
                if ahead.scores
                else "It could not be tried: {why_not}.",
            ),
        ),
    ]
    if found.effects:
        made.append(
            Check(
                name="Drivers can be told apart",
                held=all(map(told_apart, found.effects)),
                says=_say(
                    all_,
                    "Too like the trend, the season or another driver: {inseparable}."
                    if not all(map(told_apart, found.effects))
                    else "No driver is told by trend, season and the others: {drivers}.",
                ),
            )
        )
    return tuple(made)


def caveats(all_: Answered) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    series, found = all_.series, all_.found
    months = series.begun.astype("M8[M]")
    covid = bool(((months >= _COVID[0]) & (months <= _COVID[1])).any())
    said = (
        "Recorded numbers follow reporting and recording as well as what happened: a trend in "
        "records can be either.",
        "The series holds months of the Covid restrictions ({covid}, in the United Kingdom): "
        "breaches were recorded as anti-social behaviour, which they inflate, and much other crime "
        "fell. A trend from such months measures their end."
        if covid
        else "",
        "The series is split at {breaks}: level and trend are each part's own, and the answer "
        "speaks of the last. The step between parts is no change in what happened."
        if all_.breaks
        else "A change of definition or of recording within these months would look like a trend; "
        "name its day in `break_at`.",
        "No records cover {missing}: missing, not none. Nothing was put in their place, but in the "
        "smooth trend, which is not shown there."
        if (~series.held & ~series.left_out).any()
        else "",
        "Left out, since their records are said not to be all there: {left_out}."
        if series.left_out.any()
        else "",
        "So far below what is around it that its records may not all be there: {short}. It was "
        "counted as it stands; if it is incomplete, name it in `leave_out`."
        if found.short.any()
        else "",
        "Some {by}s are covered by some sources only, and are too low: {partly}."
        if series.partly.any()
        else "",
        "What goes with a driver need not come of it: {drivers} and these records may both follow "
        "something else. The forecast does not use them, since they are not known ahead."
        if found.effects
        else "",
        "A step that is unusual is a reason to look, not a finding: of many looked at, some are "
        "unusual by chance. The expectation was fitted to the same series, so a slow rise is taken "
        "for its trend.",
        "Farrington's limit could not be used: it takes two years and a half of counts."
        if not all_.unusual.rules[0].judged
        else "Farrington's limit rests on two past years only, and on no trend: it follows a "
        "rising or falling series late."
        if all_.unusual.years_back == 2
        else "",
        "A usual {watched} holds fewer than ten of these: most counts are held back of sensitive "
        "records, and no picture is drawn. Ask by month."
        if np.nanmedian(all_.unusual.series.n) < _DRAWN and series.by != "month"
        else "",
        "Days were put into weeks to look for what is unusual and to look ahead."
        if series.by == "day"
        else "",
        "Counts arrived already counted ({series}): what was left out before counting is unknown."
        if series.series
        else "",
        "Not counted, since they have no date or one in a month that no load covers: {undated}."
        if series.undated
        else "",
        "Not counted, since they lie in days that fill no whole {by}: {cut}." if series.cut else "",
        "No forecast is scored: {why_not}." if all_.ahead.why_not else "",
    )
    return tuple(_say(all_, template) for template in said if template)


def drawings(all_: Answered) -> tuple[Drawing, ...]:
    """Return the series with its fit, its season, the trend of its parts, and what is to come."""
    series, found = all_.series, all_.found
    key = "month" if series.by == "month" else "from"
    own = series is all_.unusual.series
    rules = tuple(
        (day[:7] if series.by == "month" else day, "a break in the series") for day in all_.breaks
    )
    verb = (
        ("They rose by {change_size} a year" if found.latest.slope.value > 0 else
         "They fell by {change_size} a year")
        if found.changed
        else "No rise or fall is shown"
    )  # fmt: skip
    trend = _say(all_, f"{verb}, season apart")
    watched = all_.unusual.series
    made = [
        Drawing(
            kind="bands",
            title=trend,
            table="series",
            encode={
                "x": key,
                "y": "n",
                "fitted": "fitted",
                "low": "low",
                "high": "high",
                "mark": "unusual",
                "rules": rules,
                "spread": "where ninety-five of a hundred counts would lie by trend and season",
            },
            alt=_say(all_, "{records} by {by}, beside what trend and season alone would bring."),
        )
        if own
        else Drawing(
            kind="bands",
            title=trend,
            table="watched",
            encode={
                "x": "from", "y": "n", "fitted": "fitted", "mark": "unusual", "rules": rules,
            },
            alt=_say(all_, "{records} by week, beside trend and season."),
        )
    ]  # fmt: skip
    if np.nanmedian(watched.n) < _DRAWN and series.by != "month":
        made.clear()  # most of it is held back wherever small counts are
    made.append(
        Drawing(
            kind="intervals",
            title=_say(
                all_,
                "From {trough_under} below the year's average in {trough} to {peak_over} above it "
                "in {peak}"
                if found.has_season
                else "No season is shown",
            ),
            table="season",
            encode={
                "label": "time", "value": "effect", "low": "low", "high": "high", "open": False,
            },
            alt=_say(all_, "Each time of the year beside the average of all."),
        )
    )  # fmt: skip
    if len(found.parts) > 1:
        made.append(
            Drawing(
                kind="intervals",
                title=_say(all_, "The trend of each part"),
                table="trend",
                encode={"label": "part", "value": "change", "low": "low", "high": "high"},
                alt=_say(all_, "The change a year within each part of the series."),
            )
        )
    if found.effects:
        made.append(
            Drawing(
                kind="intervals",
                title=_say(all_, "What goes with a tenth more of {drivers}"),
                table="drivers",
                encode={"label": "driver", "value": "effect", "low": "low", "high": "high"},
                alt=_say(all_, "The change that goes with a tenth more of each driver."),
            )
        )
    if all_.ahead.steps:
        made.append(
            Drawing(
                kind="intervals",
                title=_say(all_, "What trend, level and season lead to expect"),
                table="ahead",
                encode={
                    "label": "step",
                    "value": "expected",
                    "low": "low",
                    "high": "high",
                    "spread": "with the interval that should hold four counts of five",
                },
                alt=_say(all_, "The count expected of each step to come, with its interval."),
            )
        )
    return tuple(made)


def definitions(all_: Answered) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    series = all_.series
    meant = {
        "Trend": "The change a year of the expected count, season, length of month and missing "
        "steps allowed for: negative-binomial regression. Its interval allows for steps that hang "
        "together (cosine waves of the residuals; Lazarus, Lewis, Stock and Watson 2018).",
        "Season": "Two waves a year"
        + (", the day of the week" if series.by == "day" else "")
        + (", bank holidays of England and Wales" if series.by != "month"
           and all_.holidays != "none" else "")
        + ".",
        "Smooth trend": "MSTL on roots of counts (Cleveland and others 1990): a picture, on which "
        "no interval rests.",
        "Farrington's limit": "What the same time of past years leads to expect at most, with a "
        f"chance of {all_.alpha:g} a step of passing it (Farrington and others 1996; Noufaily and "
        "others 2013).",
        "Lasting rise or fall": f"A stretch in which counts speak for {all_.ratio:g} times what "
        f"trend and season expect, or as much less, set so that {all_.run_years:g} years pass "
        "until a false one (CUSUM).",
        "Seasonal naive": "Each count to come is as the last one of its time of the year was.",
        "Forecast": "The mean of a level that stays and a trend that goes on, each with season, "
        "named before any was scored.",
        "Missing": "No load covers it. Never taken as none.",
    }  # fmt: skip
    if series.definition is not None:
        meant[series.definition.title] = series.definition.counts
    return meant
