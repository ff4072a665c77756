"""What a feedback audit says: one plain sentence, what was checked, what a reader must know."""

from peelian.analysis.fairness.feedback.found import Found
from peelian.placing.words import MOST_UNPLACED, every_month_is_there
from peelian.results import Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of

_RULES = {
    "share": "shares patrol out by records",
    "busiest": "sends patrol to the areas with most records",
    "trailing": "sends patrol to the areas with most records of late",
}


def _words(found: Found) -> dict[str, str]:
    return {
        "period": found.held.months.words,
        "records": found.held.records,
        "rule": _RULES[found.asked.rule],
        "missing": list_of(found.held.months.missing),
    }


def answer(found: Found) -> Sentence:
    """Return whether the rule feeds on itself, and by how much."""
    words = _words(found)
    if not found.feeds:
        return say(
            "Not shown to feed on itself: of a rule that {rule}, on {n} {records} of {period}, the "
            "areas most patrolled at first keep {kept} of patrol after {weeks} weeks, and would "
            "keep {still} if patrol found alike everywhere.",
            words,
        )
    return say(
        "It feeds on itself: of a rule that {rule}, on {n} {records} of {period}, the areas most "
        "patrolled at first keep {kept} of patrol after {weeks} weeks; they would keep {still} if "
        "patrol found alike everywhere, {corrected} with finds weighed by patrol, and {reports} on "
        "reports alone.",
        words,
    )


def checks(found: Found) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    counts, told = found.held.counts, found.assumptions
    alike = all(one.feeds == found.feeds for one in told)
    return (
        Check(
            name="Patrol is not kept by its own finds",
            held=not found.feeds,
            says=say(
                "Of patrol, what the areas most patrolled at first keep by what is found there: "
                "{more} ({more_low} to {more_high} over {runs} runs)."
            ),
        ),
        Check(
            name="The answer holds under other assumptions",
            held=alike,
            says=say(
                "Of {assumptions} other assumptions on how much is reported and found, the rule "
                "feeds on itself under {feeding}. Nobody knows which holds; the answer takes "
                "{reported} to be reported, and {detection} of the others found."
            ),
        ),
        every_month_is_there(found.held.months),
        Check(
            name="Records have an area",
            held=counts.not_placed <= MOST_UNPLACED * counts.total,
            says=say("Records in areas: {n}; records without an area: {not_placed}."),
        ),
    )


def caveats(found: Found) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    said = (
        "The city is made up: its rates are those on record, and what is recorded already follows "
        "where police looked. The audit shows what a rule does to records, not where crime is.",
        "Patrol is taken to change what is recorded and not what happens. Patrol that prevents "
        "would lower records where it goes, against the loop; patrol that is resented may raise "
        "them.",
        "Weighing finds by patrol takes it that finds grow in proportion to patrol; where an area "
        "has so much of it that nearly everything is found, it weighs too little.",
        "Disparity between groups follows from where they live here, and is no measure of how "
        "single people are treated."
        if found.burdens
        else "",
        "No records cover {missing}." if len(found.held.months.missing) else "",
    )
    return tuple(say(template, _words(found)) for template in said if template)


def drawings(found: Found) -> tuple[Drawing, ...]:
    """Return where patrol ends up, the course of it, and what it hangs on."""
    ends = Drawing(
        kind="intervals",
        title=say("The areas most patrolled at first keep {kept} of patrol", _words(found)),
        table="variants",
        encode={
            "label": "variant",
            "value": "kept",
            "low": "low",
            "high": "high",
            "spread": "with 95 of 100 runs",
        },
        alt=say("Patrol in the areas most patrolled at first, at the end, by what is done."),
    )
    course = Drawing(
        kind="curves",
        title=say("Patrol in the areas most patrolled at first, week by week"),
        table="course",
        encode={"x": "week", "y": "share", "group": "variant"},
        alt=say("The share of patrol in these areas over the weeks, by what is done with finds."),
    )
    hangs = Drawing(
        kind="tiles",
        title=say("What it hangs on: how much is reported, and how much patrol finds"),
        table="assumptions",
        encode={"row": "reported", "column": "detection", "value": "more"},
        alt=say("Patrol kept by its own finds, by how much is reported and found."),
    )
    return ends, course, hangs


def definitions(found: Found) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    return {
        "Feeds on itself": "At the end, the areas most patrolled at first keep more of patrol, or "
        "patrol is less even, than if patrol found alike everywhere: by a fiftieth of patrol or "
        "more, beyond chance over the runs.",
        "Areas most patrolled at first": "The tenth of areas with most patrol in the first week.",
        "Finds weighed by patrol": "What patrol finds counts for the next week over how much patrol"
        " the area had (Ensign and others 2018).",
        "Reports alone": "What patrol finds is recorded, and not counted for where patrol goes.",
        "Patrol that is not where events are": "Half of the sum over areas of how far patrol's "
        "share is from the share of events.",
        "Areas": f"Those of {found.held.areas.vintage}.",
    }
