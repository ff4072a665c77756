"""What spread says: one plain sentence, what was checked, and what a reader must know."""

from peelian.analysis.places.spread.found import SURE, Found
from peelian.placing.words import MOST_UNPLACED, every_month_is_there
from peelian.results import Check, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of

_ESTIMATE = "one leads to {theta} others directly ({low} to {high})"


def words_of(found: Found) -> dict[str, str]:
    """Return the names and settings that sentences have holes for."""
    _, unit, _ = found.half
    return {
        "period": found.months.words,
        "records": found.held.records,
        "unit": unit,
        "missing": list_of(found.months.missing),
        "days_out": found.held.days_out.words,
        "why": found.looked.why,
    }


def answer(found: Found) -> Sentence:
    """Return the verdict, and how many others one event leads to."""
    words, verdict = words_of(found), found.looked.verdict
    if verdict == "self-exciting":
        # beyond chance, and yet surely less than would matter: many events show little excitement
        slightly = ", but only slightly" if found.looked.all.high < found.least else ""
        return say(
            f"Self-exciting{slightly}: "
            + "over {period}, of {n} {records}, "
            + _ESTIMATE
            + "; half of these come "
            "within {half_time} {unit} and {half_metres} metres.",
            words,
        )
    if verdict == "just clustered":
        return say(
            "Just clustered: over {period}, {n} {records} are not shown to lead to others nearby; "
            "if they do, one leads to at most {high} others directly.",
            words,
        )
    return say(
        "Not identified: over {period}, whether {n} {records} lead to others nearby cannot be "
        "told ({why}); " + _ESTIMATE + " would fit them.",
        words,
    )


def checks(found: Found) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    held, looked = found.held, found.looked
    smoothed = next(rung for rung in found.ladder.rungs if rung.name == "smoothed")
    left = (found.ladder.clock.p_course, found.ladder.places.p, found.ladder.soon.p)
    return (
        Check(
            name="More pairs soon after than weeks later",
            held=looked.judged.verdict == "self-exciting",
            says=say(
                "Dealings of the dates with pairs as far beyond what the places have weeks later: "
                "p = {p}. The interval of the branching ratio is {low} to {high}."
            ),
        ),
        Check(
            name="Places do not wax and wane by themselves",
            held=looked.judged.why != "places wax and wane by themselves",
            says=say(
                "Pairs a month apart beyond those two months apart lie {drift} standard deviations "
                "from what dealt-out dates give. What is as common at every lag is not counted."
            ),
        ),
        Check(
            name="No event recorded twice",
            held=None
            if not found.clock.together
            else looked.judged_apart.verdict == looked.judged.verdict,
            says=say(
                "Pairs at one place at one moment: {together}. Each may be two events, or one that "
                "was recorded twice; the estimates without them stand beside."
            ),
        ),
        Check(
            name="A fitted process says so too",
            held=(smoothed.p <= 1 / (len(smoothed.dealt_theta) + 1) + 1e-9)
            == (looked.verdict == "self-exciting"),
            says=say(
                "Beside a background smoothed over {bandwidth} metres a fitted process has a "
                "branching ratio of {smoothed_theta}; with dates dealt out, {smoothed_chance}. "
                "Events fitted: {fitted}."
            ),
        ),
        Check(
            name="The fitted process leaves nothing unexplained",
            held=min(left) > SURE / len(left),
            says=say(
                "The table of what is left over holds each check; the estimate from pairs does not "
                "rest on this fit."
            ),
        ),
        Check(
            name="All parts of the map grew alike",
            held=None if found.growth is None else found.growth.p > SURE,
            says=say(
                "There are too few events, or too few days, to tell."
                if found.growth is None
                else "Parts that grew alike differ as much with probability {growth_p}. Growth "
                "over months is allowed for."
            ),
        ),
        every_month_is_there(found.months),
        Check(
            name="Records have a place",
            held=held.not_placed <= MOST_UNPLACED * held.total,
            says=say(
                "Events used: {n}; records without a place: {not_placed}; without a day: {undated};"
                " without an hour: {untimed}."
            ),
        ),
    )


def caveats(found: Found) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    said = (
        "That events lead to others in this sense is no proof of contagion: a cause at work for "
        "some days at one place, such as a festival or a group of people, makes the same pairs.",
        "Recorded events are those that were reported and recorded. A visit by police brings "
        "reports from next door, which look like events that follow.",
        "Only days are known, not hours: what comes within a day is not told apart."
        if found.clock.of_days
        else "",
        "Many events share their points: places are known to about {nearest} metres only, and "
        "nothing is said of shorter distances."
        if found.clock.nearest
        else "",
        "{snapped_share} of the events stand on points that the publisher moved them to."
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
    return tuple(say(template, words_of(found)) for template in said if template)


def definitions(found: Found) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    bands = found.looked.all.bands
    return {
        "Branching ratio": "How many others one event leads to directly, on average, within "
        f"{bands.metres[-1]:.0f} metres and {bands.longest:.0f} days.",
        "Self-exciting": "At most one in a hundred dealings of the dates has pairs as far beyond "
        "what is expected, and the interval of the branching ratio lies above nought.",
        "Only slightly": "The interval ends below the least branching ratio that would matter, "
        f"{found.least:g}.",
        "Just clustered": "That is not so, and the interval ends below the least that would "
        f"matter, {found.least:g}.",
        "Expected of these places": "Close pairs at lags that are longer by whole weeks, over how "
        "common such lags are among all pairs.",
        "Background": "How likely events are at each place when none led to another.",
        "With dates dealt out": "The same fit when each place keeps its number of events and each "
        "day its own, and which goes with which is drawn: what is found then is no excitement.",
        "Super-thinned": "Events kept where few are expected and points added where many are "
        "not, so that the rest is even if the process is right.",
    }
