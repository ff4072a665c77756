"""What a concentration says: one answer, its checks, and what a reader must know first."""

from peelian.analysis.places.concentration.measured import STEADY, Concentration
from peelian.placing.words import ALREADY_COUNTED, MOST_UNPLACED, every_month_is_there
from peelian.results import Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of


def _words(found: Concentration) -> dict[str, str]:
    held = found.held
    return {
        "period": found.months.words,
        "records": found.records,
        "series": held.records.series,
        "where": held.place_words,
        "one": held.risk_words,
        "missing": list_of(found.months.missing),
    }


def answer(found: Concentration) -> Sentence:
    """Return how few places hold half, beside equal risk, or that the data do not show it."""
    if not found.concentrated:
        return say(
            "Not shown: over {period}, {records} are no more concentrated than records that fall "
            "at random, each {one} with the same risk, would be. Half of {n} lie in {half_share} "
            "of {places} {where}; equal risk alone gives {half_low} to {half_high}.",
            _words(found),
        )
    return say(
        "Over {period}, half of {n} {records} lie in {half_share} of {places} {where} "
        "({half_places}); if each {one} had the same risk, it would be {half_low} to {half_high}. "
        "The generalised Gini coefficient is {gini}, of which {gini_expected} would come of equal "
        "risk.",
        _words(found),
    )


def checks(found: Concentration) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    held = found.held
    placed = 1 - (held.not_placed + held.outside + held.other_vintage) / held.total
    return (
        Check(
            name="More concentrated than equal risk",
            held=found.concentrated,
            says=say("Equal risk gives as high a coefficient with probability {chance}."),
        ),
        Check(
            name="The busiest stay the busiest",
            held=min(k.same for k in found.kept) >= STEADY if found.kept else None,
            says=say(
                "From one part to the next, {same} or more of the places that hold half do so "
                "again ({by_chance} would if they were any places); they hold {later} or more of "
                "the next part's records."
                if found.kept
                else "It takes two parts of {part_months} covered months each: there are {parts}."
            ),
        ),
        every_month_is_there(found.months),
        Check(
            name="Records have a place",
            held=placed >= 1 - MOST_UNPLACED,
            says=say(
                "Records in these places: {n}; without one: {not_placed}; in other areas: "
                "{outside}; coded by another vintage: {other_vintage}."
            ),
        ),
    )


def caveats(found: Concentration) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    held = found.held
    said = (
        ALREADY_COUNTED
        if held.records.kind == "counts"
        else "Recorded crimes and incidents are what was reported and recorded: a place where more "
        "is reported looks busier than it is.",
        "Records are taken as independent. Repeats against one victim, a series and one long event "
        "recorded many times concentrate records too, with no lasting risk of the place.",
        "That few places hold much says nothing of why, and is no reason to watch who lives there: "
        "shops, stations and hospitals bring people, and people bring records.",
        "The busiest places of any stretch of time are so partly by luck: judge them by what they "
        "hold in the next part, never by what they were chosen for.",
        "Areas were drawn to hold alike numbers of residents, not of visitors, and equal risk is "
        "here equal for each {one}: a centre that many come to holds more for that alone."
        if held.unit == "areas"
        else "Only {observed} of {places} places hold a record; the others were counted on the "
        "word of whoever asked.",
        "{snapped_share} of the records stand on points that the publisher moved to protect "
        "addresses, so an area's count includes some of its neighbours' events."
        if held.snapped > held.total / 2
        else "",
        "Areas left out, with the records in them, since what risk is equal for is not known there "
        "or is nought: {no_risk}."
        if held.no_risk
        else "",
        "Areas that these counts do not cover, and that are no places here: {not_covered}."
        if held.not_covered
        else "",
        "No records cover {missing}: these months are left out."
        if len(found.months.missing)
        else "",
        "The sources cover different months, so places of one may look quieter."
        if found.months.uneven
        else "",
        "Covered months at the end that fill no part of their own, and are not compared: {spare}."
        if found.spare and found.kept
        else "",
        "Records that came through links from another vintage of areas: {moved}; of those, shared "
        "out among several areas by the weights of residents: {shared}. Sharing tends to even "
        "counts out, and so to hide concentration."
        if held.moved > 0
        else "",
        "Records that are in none of these places: without one {not_placed}, in other areas "
        "{outside}, coded by another vintage {other_vintage}, without a covered month {undated}."
        if held.not_placed or held.outside or held.other_vintage or found.undated
        else "",
    )  # fmt: skip
    return tuple(say(template, _words(found)) for template in said if template)


def drawings(found: Concentration) -> tuple[Drawing, ...]:
    """Return the curve beside equal risk, how few places hold each part, and the parts of time."""
    spread = "beside a bar for what equal risk gives (95 of 100 draws)"
    words = _words(found)
    curve = Drawing(
        kind="intervals",
        title=say("The busiest places hold more than equal risk would give them", words)
        if found.concentrated
        else say("Share of the records in the busiest places", words),
        table="curve",
        encode={
            "label": "places_name",
            "value": "share",
            "low": "low",
            "high": "high",
            "spread": spread,
            "open": False,
        },
        alt=say(
            "The share of {records} in the busiest places, from few to all, each beside the range "
            "that equal risk would give.",
            words,
        ),
    )
    holding = Drawing(
        kind="intervals",
        title=say("Half of the records lie in {half_share} of {places} {where}", words),
        table="holding",
        encode={
            "label": "part_name",
            "value": "share",
            "low": "low",
            "high": "high",
            "spread": spread,
        },
        alt=say("The least share of places that holds each part of the records.", words),
    )
    time = Drawing(
        kind="lines",
        title=say("The generalised Gini coefficient in {parts} parts of {part_months} months"),
        table="parts",
        encode={"x": "month", "y": "gini"},
        alt=say("The coefficient of each part of the time, by its first month."),
    )
    return (curve, holding, *((time,) if len(found.parts) > 1 else ()))


def definitions(found: Concentration) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    return {
        "Place": f"One of {found.held.place_words}.",
        "Equal risk": f"As many records as there are, each falling at random, every "
        f"{found.held.risk_words} with the same chance: {found.draws:,} draws of a multinomial.",
        "Share of places that holds half": "The fewest places that together hold half of the "
        "records, over all places.",
        "Generalised Gini": "How far counts are from as even as whole numbers allow, from nought "
        "to one (Bernasco and Steenbeek 2017): where there are fewer records than places, it does "
        "not take empty places for concentration, as the plain coefficient does.",
        "Over equal risk": "The coefficient less its mean over draws of equal risk: the "
        "concentration that is more than luck.",
        "Part of the time": f"{found.months_a_part} covered months in a row.",
        "Busiest places": "The fewest places that hold half of a part's records.",
    }
