"""What shares say: one of them with the range of all, what was tested, and what to know first."""

import numpy as np

from peelian.analysis.demand.share.asked import OF
from peelian.analysis.demand.share.counting import TIMES
from peelian.analysis.demand.share.found import Choice, Found
from peelian.results import Cell, Check, Sentence
from peelian.sentences import plural, say
from peelian.statistics.months import list_of, names

_MOST_MISSING = 0.05
_MOST_APART = 1.5
# Groups that could be alike; categories, grades and hours are told apart because they are not.
MANY = {"district": "districts", "area": "areas"}
_ALIKE = 1.5  # the largest share is no more than so many times the least


def in_words(found: Found, choice: Choice) -> str:
    """Return what a share is of, and under what: the words beside its number."""
    of = OF[choice.shares.denominator]
    rule = choice.shares.rule
    minutes = {"capped": ", minutes capped", "filled": ", missing minutes filled in"}.get(rule, "")
    return f"“{found.definitions[choice.at].title}”, of {of}{minutes}"


def answer(found: Found) -> Sentence:
    """Return the share that was asked first with its interval, and the range over all."""
    first, (least, most) = found.leading, found.ends
    cells = {
        "share": Cell("choices", first, "share"),
        "low": Cell("choices", first, "low"),
        "high": Cell("choices", first, "high"),
        "least": Cell("choices", least, "share"),
        "most": Cell("choices", most, "share"),
    }
    words = {
        "period": names(found.months),
        "first": in_words(found, found.choices[first]),
        "least_of": in_words(found, found.choices[least]),
        "most_of": in_words(found, found.choices[most]),
    }
    alone = len(found.choices) == 1
    several = plural(len(found.definitions), "definition")
    gaps = " ({months_missing} of {months} months missing)" if found.has_months_missing else ""
    return say(
        f"Over {{period}}{gaps}, {{share}} ({{low}} to {{high}}) is {{first}}"
        + (
            ": one definition of one denominator, and others would give another share."
            if alone
            else ". By definition, denominator and minutes ({choices} ways, {definitions} "
            f"{several}) it is anything from {{least}} ({{least_of}}) to {{most}} ({{most_of}}): "
            "none of them is the share."
        ),
        words,
        cells,
    )


def checks(found: Found) -> tuple[Check, ...]:
    """Return what was tested about the shares."""
    least, most = (found.choices[i].value for i in found.ends)
    cells = {
        "least": Cell("choices", found.ends[0], "share"),
        "most": Cell("choices", found.ends[1], "share"),
    }
    checked = [
        Check(
            name="Definitions and denominators agree",
            held=most <= _ALIKE * least,
            says=say("The shares lie between {least} and {most}.", cells=cells),
        ),
        Check(
            name="Every month is there",
            held=not found.has_months_missing,
            says=say(
                f"Of {{months}} {plural(len(found.months), 'month')}, missing: {{months_missing}}."
            ),
        ),
        Check(
            name="Months are alike",
            held=found.months_apart <= _MOST_APART if np.isfinite(found.months_apart) else None,
            says=say(
                "Months lie {months_apart} times as far apart as runs of days say (about one where "
                "the share stands still)."
                if np.isfinite(found.months_apart)
                else "It takes six months to tell; there are {months}.",
            ),
        ),
        Check(
            name="Every incident could be judged by every definition",
            held=bool(found.counted.everyone_asked.all()),
            says=Sentence("Definitions by judgement or words are of the incidents that have them."),
        ),
    ]
    return (*checked, *_checks_of_minutes(found), *_checks_of_groups(found))


def _checks_of_minutes(found: Found) -> list[Check]:
    if not any(shares.denominator in TIMES for shares in found.shares):
        return []
    done = found.counted.responses
    sent = done.keys["sent"].astype(bool)
    n = done.sums["incidents"]
    missing = [n[sent & ~done.keys[time].astype(bool)].sum() for time in TIMES]
    held = {
        f"{time.split('-')[0]}_{side}": Cell("minutes", 2 * i + j, "share_missing")
        for i, time in enumerate(TIMES)
        for j, side in enumerate(("marked", "others"))
    }
    return [
        Check(
            name="Minutes are known",
            held=bool(max(missing) <= _MOST_MISSING * n[sent].sum()) if n[sent].sum() else None,
            says=say(
                "Of incidents that a unit was sent to, unit minutes are missing for {unit_marked} "
                "of the marked and {unit_others} of the others, officer minutes for "
                "{officer_marked} and {officer_others}.",
                cells=held,
            ),
        )
    ]


def _checks_of_groups(found: Found) -> list[Check]:
    return [
        Check(
            name=f"{MANY[one.by].capitalize()} are alike",
            held=None if not np.isfinite(one.apart) else one.apart <= _MOST_APART,
            says=say(
                f"{MANY[one.by].capitalize()} lie {{{one.by}_apart}} times as far apart as their "
                f"intervals say; incidents without {one.by}: {{no_{one.by}}}.",
            ),
        )
        for one in found.groups
        if one.by in MANY
    ]


def caveats(found: Found) -> tuple[Sentence, ...]:
    """Return what a reader must know before using the shares, most important first."""
    first = found.asked.definitions[0]
    others = tuple(one.title for one in found.asked.definitions if one not in found.definitions)
    missing = np.setdiff1d(found.months, found.covered)
    unsaid = [
        one.title
        for one, all_ in zip(found.definitions, found.counted.everyone_asked, strict=True)
        if not all_
    ]
    timed = any(shares.denominator in TIMES for shares in found.shares)
    lines = (
        (
            first not in found.definitions,
            "What was asked first, “{asked}”, cannot be worked out from these records; the answer "
            "leads with “{lead}” instead.",
        ),
        (
            True,
            "A share says what its definition marks, and not how much need there is: every sign "
            "misses some and marks others. Only reading a sample of logs tells by how much "
            "(demand.audit).",
        ),
        (
            bool(others),
            "Not worked out here, for want of what the records lack: {others}. See what each "
            "needs.",
        ),
        (
            True,
            "The records are all there were, so the interval is no sampling error: it says how "
            "far the share of what made them may lie from theirs, were runs of days ({days} days "
            "each) and callers drawn again. It holds no doubt about the definition, about what was "
            "never recorded, or about another year.",
        ),
        (
            found.counted.repeats,
            "Some callers call again, and their calls are alike: that makes the interval {added} "
            "times as wide as days alone would. Where a handful of callers make most of what is "
            "marked, it still holds somewhat too seldom (nine times in ten).",
        ),
        (
            bool(unsaid),
            "Of incidents that were judged, or that have words, alone: {unsaid}. Whoever chose "
            "which to judge may have chosen those that stood out.",
        ),
        (
            timed,
            "Minutes are {minutes}; those of one incident beyond {cap} are cut in shares called "
            "capped, and missing ones are filled with the mean of their own side in those called "
            "filled. Custody, waiting and writing up are in them only where the records say so.",
        ),
        (bool(len(missing)), "No incidents are loaded for {missing}: missing, not none."),
        (
            bool(found.undated),
            "Incidents without a date are not counted: {undated}.",
        ),
        *(
            (
                bool(one.none) and one.by not in MANY,
                f"Incidents without {'an hour' if one.by == 'hour' else f'a {one.by}'}, which "
                f"stand in a row of their own: {{no_{one.by}}}.",
            )
            for one in found.groups
        ),
        (
            any(shares.denominator == "contacts" for shares in found.shares),
            "Contacts that led to no incident here count as contacts and are marked by nothing.",
        ),
        (
            True,
            "Shares others have published stand beside for reference: other codes, other records, "
            "other people who recorded. The least and the largest share leave out those that rest "
            "on fewer than thirty marked records.",
        ),
    )
    words = {
        "asked": first.title,
        "lead": found.lead.title,
        "others": ", ".join(others),
        "unsaid": ", ".join(unsaid),
        "missing": list_of(missing),
        "minutes": {
            "incidents": "those written on the incident",
            "deployments": "those from assignment to clearing of every unit",
        }[found.wanted.minutes],
        "cap": f"{found.wanted.cap_hours * 60:,.0f} minutes",
    }
    cells = {"days": Cell("totals", 0, "days_a_run")}
    return tuple(say(text, words, cells) for held, text in lines if held)


def meanings(found: Found) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    return {
        **{
            one.title: f"{one.counts[:1].upper()}{one.counts[1:]}. "
            f"Source: {one.source} [{one.name}]"
            for one in found.definitions
        },
        "Contacts": "Calls and messages, whether or not an incident came of them.",
        "Incidents": "Calls or logs that the force kept, by the month they were reported.",
        "Attended incidents": "Incidents with a time of arrival.",
        "Unit-hours": "Hours of every unit that was sent, added up.",
        "Officer-hours": "Unit-hours times the officers aboard.",
        "Share": "What is marked, over all there is of the same kind, never over another.",
    }
