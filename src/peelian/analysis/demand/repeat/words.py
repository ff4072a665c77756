"""What repeat demand says: one answer, its checks, and what a reader must know first."""

import re
from collections.abc import Mapping

from peelian.analysis.demand.repeat.measured import Repeats
from peelian.analysis.demand.repeat.tables import SINGLE, WITH_ONE, group_name
from peelian.results import Cell, Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of, names

_MOST_KEYLESS = 0.2


def _say(template: str, found: Repeats) -> Sentence:
    """Return a sentence whose holes are filled from tables, or from names that are given.

    A hole is a column of the totals, or `table.column` written `table__column` for another table:
    its only row, or of the busiest the row the answer tells of.
    """
    cells = {}
    for hole in re.findall(r"\{(\w+__\w+)\}", template):
        table, _, column = hole.rpartition("__")
        cells[hole] = Cell(table, found.headline if table == "busiest" else 0, column)
    return say(template, _words(found), cells)


def _words(found: Repeats) -> dict[str, str]:
    held = found.held
    return {
        "period": names(held.covered),
        "of": held.chosen.of,
        "one": WITH_ONE[held.chosen.of],
        "busiest": group_name(found, found.headline),
        "channels": ", ".join(held.chosen.leave_out),
        "missing": list_of(held.missing),
        "parts": ", ".join(held.chosen.roles),
        "under": f" under “{held.chosen.definition.title}”" if held.chosen.definition else "",
    }


def answer(found: Repeats) -> Sentence:
    """Return how much the busiest bring, beside equal rates; whether it lasts; whether in bouts."""
    if not found.concentrated:
        return _say(
            "Not shown: over {period}, {busiest} brought {busiest__share} of {incidents} "
            "incidents{under} with {one}, which is what one equal rate for all gives "
            "({busiest__low} to {busiest__high}); a share of {detectable} would have been found "
            "four times in five. " + _in_bouts(found),
            found,
        )
    stands = (
        " A few stand out from all others."
        if found.few
        else " That is no more than rates which differ smoothly give ({busiest__smooth}): that a "
        "few stand out is not shown."
    )
    return _say(
        "Over {period}, {busiest} brought {busiest__share} of {incidents} incidents{under} with "
        "{one}; if all had one rate it would be {busiest__low} to {busiest__high}."
        + stands
        + " "
        + _goes_on(found)
        + " "
        + _in_bouts(found),
        found,
    )


def _goes_on(found: Repeats) -> str:
    if found.after is None:
        return "Whether the same go on cannot be told: it takes two months that are covered."
    if found.goes_on is None:
        return (
            "Whether the same go on cannot be told: too few came {often} times or more in the "
            "first half, or no oftener than by luck."
        )
    how = (
        "Of those who came often ({after__sources}, {often} or more in the first half), "
        "{after__kept} ({after__low} to {after__high}) of what they bring beyond others lasted "
        "into the next half, regression to the mean set apart"
    )
    return how + (": they go on." if found.goes_on else ": that they go on is not shown.")


def _in_bouts(found: Repeats) -> str:
    if found.bouts is None:
        return "Whether they come in bouts cannot be told: the days are not known."
    if found.in_bouts is None:
        return "Whether they come in bouts cannot be told: too few come again within a month."
    pairs = (
        "({bouts__ratio} times as many pairs within {within} days as rates of their own would give)"
    )
    if found.in_bouts:
        return f"They come in bouts, beyond a rate of each one's own {pairs}."
    return (
        f"That one brings another is not shown {pairs}: some having higher rates is enough to "
        "account for the pairs."
    )


def checks(found: Repeats) -> tuple[Check, ...]:
    """Return what was tested about the answer, and how much it would have taken to be found."""
    held = found.held
    return (
        Check(
            name="More concentrated than equal rates",
            held=found.concentrated,
            says=_say(
                "Equal rates give {busiest} as large a share with probability {chance}; a share of "
                "{detectable} would be found four times in five.",
                found,
            ),
        ),
        Check(
            name="A few stand out",
            held=found.few,
            says=_say(
                "Rates that differ by a gamma law give {busiest} {busiest__smooth} (at most "
                "{busiest__smooth_high}), and as much as was found with probability "
                "{chance_smooth}; a share of {detectable_few} would be found four times in five.",
                found,
            ),
        ),
        Check(
            name="The same go on",
            held=found.goes_on,
            says=_say(
                "Those who came often brought {after__then} in the first half and {after__later} "
                "in the next; if rates last it would be {after__lasting}, if they were like any "
                "others {after__alike}."
                if found.after
                else "It takes two covered months with incidents: there are {months}.",
                found,
            ),
        ),
        Check(
            name="In bouts, beyond rates of their own",
            held=found.in_bouts,
            says=_say(
                "Pairs within {within} days: {bouts__pairs}; by rates of their own {bouts__low} to "
                "{bouts__high}. It would take {bouts__detectable} times as many to be found four "
                "times in five."
                if found.bouts
                else "The days of some incidents are not known, so pairs cannot be looked at.",
                found,
            ),
        ),
        Check(
            name="Incidents have a source",
            held=held.keyless <= _MOST_KEYLESS * held.events,
            says=_say(
                "With {one}: {incidents}; without: {keyless}; left out by channel: {left_out}.",
                found,
            ),
        ),
        Check(
            name="Every month is there",
            held=not len(held.missing) and not held.partly,
            says=_say("Months covered: {months}; missing: {months_missing}.", found),
        ),
    )


_ABOUT: Mapping[str, str] = {
    "callers": "A caller is a key that a control room kept: one person with two telephones is two, "
    "a household or a hostel with one is one, and who gives no name is none.",
    "addresses": "An address is a point to the metre: all flats of a block, and all wards of a "
    "hospital, are one; a busy address is no fault of who lives there.",
    "people": "A person is one key of one system: somebody under two keys is two. To be named in "
    "an incident is not to have caused it: victims and witnesses are named too.",
}


def caveats(found: Repeats) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    held = found.held
    said = (
        "Who comes again may be in need of more help, not of less answer: this says how demand is "
        "spread, of nobody in particular, and is no reason to refuse anybody.",
        _ABOUT[held.chosen.of],
        "That some have higher rates than others (concentration) and that one incident brings "
        "another (bouts) are told apart only by time: the second is looked for within a month, so "
        "a rate that rises for weeks looks like bouts, and one event logged twice does too.",
        "Those who came often were chosen for it, and would bring less later by luck alone: only "
        "what is beyond that says whether they go on. They may also stop because they moved, died "
        "or were helped.",
        "Agencies cannot be told from the public, since no contacts say how incidents came: a "
        "desk that rings for many counts as one caller."
        if held.chosen.of == "callers" and held.chosen.leave_out and not held.channels_known
        else "",
        "Incidents that came by {channels} are left out, as a desk is no caller: {left_out}."
        if held.chosen.of == "callers" and held.chosen.leave_out and held.channels_known
        else "",
        "Only incidents{under} are counted: under another definition others come again."
        if held.chosen.definition
        else "",
        "Only people in these parts are counted: {parts}." if held.chosen.roles else "",
        "Incidents without {one}, and so not counted here: {keyless}. If those who come often are "
        "likelier to have none, they bring more than this says."
        if held.keyless
        else "",
        "How many {of} there are in all is not known: those that came are compared among "
        "themselves, and how few of all people they are is not said."
        if found.sources.silent is None
        else "",
        "No incidents are loaded for {missing}: missing, not none." if len(held.missing) else "",
        "Some sources cover only some of these months, so that halves may not be alike."
        if held.partly
        else "",
        "Covered months at the end that are in neither half: {spare}." if held.spare else "",
    )  # fmt: skip
    return tuple(_say(template, found) for template in said if template)


def drawings(found: Repeats) -> tuple[Drawing, ...]:
    """Return the busiest groups beside equal rates, and how many came how often."""
    return (
        Drawing(
            kind="intervals",
            title=_say("Of all incidents, {busiest} brought {busiest__share}", found)
            if found.concentrated
            else _say("No more from {busiest} than equal rates would bring", found),
            table="busiest",
            encode={
                "label": "group",
                "value": "share",
                "low": "low",
                "high": "high",
                "spread": "beside a bar for what equal rates give (95 of 100 draws)",
                "open": False,
            },
            alt=_say(
                "The share of incidents from the busiest {of}, from few to all, each beside the "
                "range that equal rates would give.",
                found,
            ),
        ),
        Drawing(
            kind="bars",
            title=_say("{again} of {sources} {of} came more than once", found),
            table="by_number",
            encode={"label": "number", "value": "sources"},
            alt=_say("How many {of} brought how many incidents each.", found),
        ),
    )


def definitions(found: Repeats) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    held = found.held
    what = held.chosen.definition
    return {
        **({what.title: what.counts} if what else {}),
        SINGLE[held.chosen.of].capitalize(): {
            "callers": "One key for a caller in the force's log.",
            "addresses": "One exact point, to the metre.",
            "people": "One key for a person who has a part in an incident.",
        }[held.chosen.of],
        "Equal rates": f"All have one rate and nothing else differs: {found.draws:,} draws of as "
        "many Poisson counts, of which a nought is not seen unless it is said how many there are.",
        "Gamma rates": "Rates differ, lastingly and smoothly, by a gamma law fitted by maximum "
        "likelihood (Greenwood and Yule 1920), and one incident does not bring another.",
        "Rates of their own": "Each has a rate of its own, which may change from month to month, "
        "and one incident does not bring another: the days of a month's incidents are dealt out "
        "again among them (Knox's statistic; mean and variance by Barton and David 1966).",
        "Often": f"At least {found.often} incidents in the first half of the covered months.",
        "Regression to the mean": "What those chosen for a high number lose without any change: by "
        "Robbins (1956), those with at least so many will bring, on average, what those with at "
        "least one more brought.",
        "Generalised Gini": "How far numbers are from as even as whole numbers allow, from nought "
        "to one (Bernasco and Steenbeek 2017).",
    }
