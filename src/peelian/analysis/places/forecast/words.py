"""What a forecast's trial says: which beats both baselines, or none; and what it is not for."""

from peelian.analysis.places.forecast.found import Found
from peelian.placing.words import MOST_UNPLACED, every_month_is_there
from peelian.results import Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of

NOT_FOR_USE = "Not for deployment without an equality assessment"
_MOST_OUTSIDE = 0.05
_FEWEST_HITS = 20


def _words(found: Found) -> dict[str, str]:
    return {
        "period": found.months.words,
        "records": found.held.records,
        "model": found.foremost,
        "missing": list_of(found.months.missing),
        "doubtful": found.targets.doubtful,
        "not_for_use": NOT_FOR_USE,
    }


def answer(found: Found) -> Sentence:
    """Return which forecast beats the last window and the long-run mean, or that none is shown."""
    words = _words(found)
    if found.winner is None:
        return say(
            "Not shown: over {period}, none of kernel density, self-excitation and boosted trees "
            "finds more {records} than both the last window's map and the long-run mean. The "
            "nearest, {model}, finds {mean_rate} of {events} on average over budgets up to "
            "{budget} of the area: {over_persistence} of all events more than the first "
            "({low_persistence} to {high_persistence}) and {over_long_run} more than the second "
            "({low_long_run} to {high_long_run}). {not_for_use}.",
            words,
        )
    return say(
        "Over {period}, {model} finds {mean_rate} of {events} {records} on average over budgets up "
        "to {budget} of the area: {over_persistence} of all events more than the last window's "
        "map ({low_persistence} to {high_persistence}) and {over_long_run} more than the long-run "
        "mean ({low_long_run} to {high_long_run}). {not_for_use}.",
        words,
    )


def checks(found: Found) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    held, first = found.held, found.tried[0]
    every = first.every.sum()
    hits = first.scores(found.foremost).hits[0]
    return (
        Check(
            name="A forecast beats both baselines",
            held=found.winner is not None,
            says=say(
                "Each of {windows} windows of {horizon} days was forecast from what came before it "
                "alone, the first from {before} windows. Intervals draw {block} windows in a row "
                "together, and all comparisons hold at once. Where a forecast ties, it is given "
                "the cells that held least; the two it must beat are given what chance gives."
            ),
        ),
        Check(
            name="Other grids say the same",
            held=found.alike == len(found.tried) - 1,
            says=say(
                "Cells {side} metres wide were asked about, and beside them cells turned, narrower "
                "and wider: of {grids} other grids, {grids_alike} say the same."
            ),
        ),
        Check(
            name="The smallest budget finds enough events",
            held=bool(hits >= _FEWEST_HITS),
            says=say(
                "With {budget_least} of the area, {model} finds {hits_least}: from few events, PAI "
                "is large by chance.",
                _words(found),
            ),
        ),
        Check(
            name="Later events fall where earlier ones did",
            held=bool(first.outside <= _MOST_OUTSIDE * every),
            says=say(
                "Of {events} events in the windows forecast, {outside} lay in no cell that held, "
                "or touched one that held, an event before: no forecast could find them."
            ),
        ),
        every_month_is_there(found.months),
        Check(
            name="Records have a place",
            held=held.not_placed <= MOST_UNPLACED * held.total,
            says=say(
                "Events used: {n}; records without a place: {not_placed}; without a day: {undated}."
            ),
        ),
    )


def caveats(found: Found) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    said = (
        "{not_for_use}. A forecast of records follows where people report and where police look; "
        "sending police by it changes what is recorded, and can feed on itself. Look at "
        "fairness.feedback with the same records first.",
        "These are forecast though they are recorded mostly because police looked, or because "
        "somebody complained: {doubtful}. It is a forecast of that as well."
        if found.targets.doubtful
        else "{left_out} records of disorder, or recorded mostly because police looked, are left "
        "out of what is forecast."
        if found.targets.left_out
        else "",
        "It shows how well cells were put in order, not that sending anyone there would prevent "
        "anything, nor that a place is dangerous to be in.",
        "PAI rises as the area shrinks, whatever the forecast: compare at one budget, beside the "
        "number of events.",
        "What is reported or entered late is missing from the last windows before a real forecast; "
        "here it was there.",
        "Dates are the first day it could have happened, or the day it was reported.",
        "{snapped_share} of the events stand on points that the publisher moved them to: cells "
        "with such points are found more easily than streets would be."
        if found.held.snapped
        else "",
        "The sources cover different months, so that a part of the map may seem to grow."
        if found.months.uneven
        else "",
    )
    return tuple(say(template, _words(found)) for template in said if template)


def definitions(found: Found) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    return {
        "Budget": "The share of the area that a forecast may take; whole cells, most expected "
        "events first.",
        "Area": "Cells that held an event before the first window forecast, and those that touch "
        "them.",
        "The last window's map": "Persistence: each cell is expected to hold what it held last.",
        "Long-run mean": "Each cell is expected to hold what it held on average so far.",
        "Kernel density": "All events so far, each spread out by the same bandwidth, chosen before "
        "the first window.",
        "Self-excitation": "Kernel density, and more near each recent event for a while, fitted "
        "anew at each window.",
        "Boosted trees": "Gradient boosting on counts of the last windows here and next door, "
        "season, place and covariates, grown anew each quarter of windows.",
        "PAI": "The share of events found over the share of the area taken.",
        "PEI": "Events found over the most that as much area could have held; PEI* over the most "
        "that the whole budget could have held.",
    }


def drawings(found: Found) -> tuple[Drawing, ...]:
    """Return leads over the baselines, and events found over budgets."""
    words = _words(found)
    title = (
        "{model} finds more than both the last window's map and the long-run mean"
        if found.winner
        else "No forecast is shown to find more than both the last window's map and the long-run "
        "mean"
    )
    leads = Drawing(
        kind="intervals",
        title=say(title, words),
        table="leads",
        encode={"label": "comparison", "value": "lead", "low": "low", "high": "high"},
        alt=say("How much more of all events each forecast finds than each baseline."),
    )
    curves = Drawing(
        kind="curves",
        title=say("Events found, by the share of the area that may be taken"),
        table="curves",
        encode={"x": "budget", "y": "hit_rate", "low": "low", "high": "high", "group": "model",
                "spread": "95 of 100 draws of windows"},
        alt=say("The share of events each forecast finds, over the share of the area taken."),
    )  # fmt: skip
    pai, pei = (
        Drawing(
            kind="curves",
            title=say(title),
            table="curves",
            encode={"x": "budget", "y": measure, "group": "model"},
            alt=say(f"{measure.upper()} of each forecast, over the share of the area taken."),
        )
        for measure, title in (
            ("pai", "PAI: events found, over what as much area would hold by chance"),
            ("pei", "PEI: events found, over the most that as much area could have held"),
        )
    )
    return leads, curves, pai, pei
