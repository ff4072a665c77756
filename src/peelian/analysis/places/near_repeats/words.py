"""What near repeats say: one plain sentence, what was checked, and what a reader must know."""

from peelian.analysis.places.near_repeats.found import Found
from peelian.placing.words import MOST_UNPLACED, every_month_is_there
from peelian.results import Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of


def _words(found: Found) -> dict[str, str]:
    row, column = found.headline
    apart, later = found.within.labels[row], found.after.labels[column]
    return {
        "period": found.months.words,
        "records": found.held.records,
        "apart": "at the same place" if apart == "Same place" else f"{apart} apart",
        "later": later,
        "missing": list_of(found.months.missing),
        "days_out": found.held.days_out.words,
    }


def answer(found: Found) -> Sentence:
    """Return how many times chance the nearest shown cell holds, or that none is shown."""
    words = _words(found)
    if not found.shown.any():
        return say(
            "Not shown: over {period}, no band of distance and days holds more pairs of {n} "
            "{records} than the same places and dates, dealt out anew, would give.",
            words,
        )
    if found.grew_unevenly:
        return say(
            "Over {period}, pairs of {records} {apart} and {later} apart in time are {ratio} times "
            "as many as chance gives ({low} to {high} by chance alone); but parts of the map grew "
            "differently, which makes such pairs by itself, so this is no sign that one event "
            "follows another.",
            words,
        )
    return say(
        "Over {period}, pairs of {records} {apart} and {later} apart in time are {ratio} times as "
        "many as the same places and dates, dealt out anew, would give ({low} to {high} by chance "
        "alone; p = {p_of_all} over all cells).",
        words,
    )


def checks(found: Found) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    held = found.held
    return (
        Check(
            name="More pairs than chance",
            held=bool(found.shown.any()),
            says=say(
                "Of {cells} cells, {cells_shown} hold more pairs than chance gives, all cells "
                "being looked at together; the dates were dealt out {deals} times."
            ),
        ),
        Check(
            name="All parts of the map grew alike",
            held=None if found.growth is None else not found.grew_unevenly,
            says=say(
                "There are too few events, or too few days, to tell."
                if found.growth is None
                else "Parts that grew alike differ as much with probability {growth_p}. Where one "
                "part grew and another did not, events near in place are near in time by that."
            ),
        ),
        Check(
            name="No event recorded twice",
            held=found.knox.together == 0,
            says=say(
                "Pairs at one place on one day: {together}. Each may be two events, or one that "
                "was recorded twice or as two crimes; look before reading the same place."
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
        "That events follow events nearby does not show that one led to another, nor that one "
        "person did both: it may be the same opportunity, found twice.",
        "Dates are the first day it could have happened, or the day it was reported: where people "
        "were away, days between are not to be read to the day.",
        "Recorded events are those that were reported and recorded. A visit by police brings "
        "reports from next door, which look like a repeat.",
        "{snapped_share} of the events stand on points that the publisher moved them to: the same "
        "place is then the same point, and distances below a street's length say nothing."
        if found.held.snapped
        else "",
        "No records cover {missing}: pairs across the gap are not there."
        if len(found.months.missing)
        else "",
        "{left_out} records of days that were asked to be left out are not among these: {days_out}."
        if found.held.days_out
        else "",
        "The sources cover different months, so that a part of the map may seem to grow."
        if found.months.uneven
        else "",
    )
    return tuple(say(template, _words(found)) for template in said if template)


def drawings(found: Found) -> tuple[Drawing, ...]:
    """Return the soonest pairs by distance beside chance, and all cells as tiles."""
    words = _words(found)
    title = (
        "Pairs of events {apart} and {later} apart are {ratio} times as many as chance gives"
        if found.shown.any()
        else "No cell holds more pairs than chance gives"
    )
    beside = Drawing(
        kind="intervals",
        title=say(title, words),
        table="soonest",
        encode={
            "label": "apart",
            "value": "ratio",
            "low": "low",
            "high": "high",
            "spread": "beside a bar for what chance alone gives (95 of 100 deals)",
        },
        alt=say("Pairs soonest after one another, by distance, beside what chance alone gives."),
    )
    cells = Drawing(
        kind="tiles",
        title=say("All distances and days, in times what chance gives"),
        table="pairs",
        encode={"row": "apart", "column": "later", "value": "ratio"},
        alt=say("Every band of distance (down) and of days between (across)."),
    )
    return beside, cells


def definitions(found: Found) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    way = "along a grid of streets, east and north added up" if found.manhattan else "straight"
    return {
        "Pair": "Two events; each event makes a pair with every other.",
        "Distance": f"In metres, {way}. A band holds both of the ends it names.",
        "Same place": "Less than one metre apart.",
        "Times chance": "Pairs counted, over the mean of as many counts with the dates dealt out.",
        "Dealt out": "Each place keeps its number of events and each day its own; which day goes "
        "with which place is drawn at random.",
        "p over all cells": "How often, in such deals, the cell furthest out is as far out as "
        "this one: the price of looking at many cells is paid.",
    }
