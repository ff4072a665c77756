"""What a profile says: one answer, its checks, and what a reader must know before using it."""

from peelian.analysis.places.profile.asked import Profile
from peelian.placing.words import ALREADY_COUNTED, MOST_UNPLACED, every_month_is_there
from peelian.results import Check, Sentence
from peelian.sentences import capital, say
from peelian.statistics.months import list_of


def _words(asked: Profile) -> dict[str, str]:
    return {
        "period": asked.months.words,
        "series": asked.series,
        "records": asked.records,
        "per": asked.rate_words,
        "unit": "days of harm" if asked.harm else "records",
        "need": asked.need_words,
        "denominator_name": _mid_sentence(asked.denominator.title or asked.denominator.measure),
        "denominator_period": asked.denominator.period,
        "vintage": asked.areas.vintage,
    }


def _mid_sentence(title: str) -> str:
    """Return a title as it stands within a sentence: `Residents, mid-2015` loses its capital."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def answer(asked: Profile) -> Sentence:
    """Return the answer, with its uncertainty, or that the data do not show one."""
    words = _words(asked)
    if not asked.found.differ:
        return say(
            "Not shown: over {period} the rates of {records} differ between {rated} areas no more "
            "than chance would make them, so no area can be told from their average of {average} "
            "{per}.",
            words,
        )
    if not asked.shown:
        return say(
            "Not shown: over {period} none of {high_need} areas of {need} has a rate of {records} "
            "that is at least one and a half times the average of {average} {per} in four draws of "
            "five or more; by the steadied rate alone, {both} do, and the list of areas where "
            "support could start ({targets} long) says how sure each one's place is.",
            words,
        )
    return say(
        "Over {period}, {both} of {rated} areas combine {need} with a rate of {records} at least "
        "one and a half times the average of {average} {per}, by {denominator_name}; of these, "
        "{both_firm} do so firmly (in four draws of five or more). The areas listed as those where "
        "support could start, {targets} in number, hold {target_share} of the {unit} and "
        "{target_denominator_share} of the denominator: {target_excess} ({target_excess_low} to "
        "{target_excess_high}) more than the average rate would bring."
        + (
            " Areas among them with signs of many visitors, of whom a rate says little: "
            "{target_visitors}."
            if asked.visitors[asked.targets.at].any()
            else ""
        ),
        words,
    )


def checks(asked: Profile) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    found = asked.found
    used = asked.counts.used / asked.counts.total
    chosen = asked.targets.stability
    return (
        Check(
            name="Areas differ beyond chance",
            held=found.differ,
            says=say(
                "If all areas had one rate, counts would differ as much with probability {chance}.",
            ),
        ),
        Check(
            name="Classes hold",
            held=bool(found.firm[found.rated].mean() >= 0.8),
            says=say("{firm_share} of areas keep their class in four draws of five or more."),
        ),
        Check(
            name="The list holds",
            held=bool((chosen >= 0.5).mean() >= 0.8) if len(chosen) else None,
            says=say(
                "The area in the middle of the list is on it in {rank_stability} of draws."
                if len(chosen)
                else "No area is listed."
            ),
        ),
        Check(
            name="Residents are who is there",
            held=bool(asked.visitors.sum() == 0) if asked.visitors_judged else None,
            says=say(
                "Areas with signs of many visitors: {visitors}."
                if asked.visitors_judged
                else "Not looked for: that takes a denominator of residents, and recorded crimes "
                "by category in these months."
            ),
        ),
        every_month_is_there(asked.months),
        Check(
            name="Records have an area",
            held=used >= 1 - MOST_UNPLACED,
            says=say(
                "Records in these areas: {n}; without an area: {not_placed}; in other areas: "
                "{outside}; coded by another vintage: {other_vintage}."
            ),
        ),
    )


def caveats(asked: Profile) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    words = {
        **_words(asked),
        "missing": list_of(asked.months.missing),
        "need_name": asked.need.measure.title or asked.need.measure.measure,
        "need_vintage": asked.need.measure.vintage,
        "version": asked.harm.version if asked.harm else "",
        "status": asked.harm.status if asked.harm else "",
    }
    said = (
        *_about_records(asked),
        *_about_places(asked),
        *_about_need(asked),
        *_about_gaps(asked),
    )
    return tuple(say(template, words) for template in said if template)


def _about_records(asked: Profile) -> tuple[str, ...]:
    noun = "crime" if asked.kind == "crimes" else "need"
    return (
        f"Recorded {asked.kind} are what was reported and recorded, not all {noun} that there was: "
        "reporting and recording differ between places."
        if asked.kind != "counts"
        else ALREADY_COUNTED,
        "Harm rests on {version}, a {status}; a category holds offences of very different weight, "
        "so look at counts beside it." if asked.harm else "",
        "The areas listed hold counts that are high partly by luck: with nothing done, expect at "
        "least {expected_fall} {unit} fewer, so a fall of that size is not an effect."
        if len(asked.targets)
        else "",
        "Intervals and places on the list take events as independent. Series, repeat victims and "
        "busy months make counts vary more than that, so both are surer here than they should be: "
        "ask again of another period before acting on an area's place.",
    )  # fmt: skip


def _about_places(asked: Profile) -> tuple[str, ...]:
    snapped = asked.counts.snapped > asked.counts.total / 2
    return (
        "Rates are {per}, by {denominator_name}: where many people come to work, shop or go out, "
        "residents are not who is there, and the rate says little about them."
        + (
            " Areas with signs of it, which are marked: {visitors}."
            if asked.visitors_judged
            else ""
        )
        if asked.denominator.of_residents
        else "Rates are {per}, by {denominator_name}: another denominator would order areas "
        "differently.",
        "The denominator speaks of {denominator_period} and the records of {period}: where people "
        "came or went in between, rates are too high or too low."
        if asked.denominator.period
        else "",
        "{snapped_share} of the records stand on points that the publisher moved to protect "
        "addresses, so an area's count includes some of its neighbours' events."
        if snapped
        else "",
    )


def _about_need(asked: Profile) -> tuple[str, ...]:
    both = (asked.need, asked.vulnerability)
    named = [one for one in both if one is not None]
    parts = [one for one in named if one.measure.circular == "part"]
    ranked = [one for one in named if one.ranked_over]
    return (
        "Need is of areas, not of the people in them: most people in an area of high need are "
        "neither suspects nor victims.",
        "Recorded crime is itself a part of the measure of need, so the two agree more than need "
        "and crime do; a domain without crime, such as income, does not have this fault."
        if parts
        else "",
        "A measure that came without deciles was put in tenths over the areas for which it is "
        "loaded; they are national tenths only if those are the whole nation."
        if ranked
        else "",
        "Areas that have their measure of need from {need_vintage}, since they did not change: "
        "{carried}. Areas that did change have none."
        if asked.need.carried
        else "",
    )


def _about_gaps(asked: Profile) -> tuple[str, ...]:
    counts = asked.counts
    return (
        "No records cover {missing}: these months are left out of the counts and of the years that "
        "rates are taken over."
        if len(asked.months.missing)
        else "",
        "The sources cover different months; a rate is taken over every month that any of them "
        "covers."
        if asked.months.uneven
        else "",
        "Records that came through links from another vintage of areas: {moved}; of those, records "
        "of areas that lead to several, shared out by the weights of residents: {shared}. An area "
        "that has some of these may hold more or fewer; what it holds at least and at most stands "
        "in the table of areas."
        if counts.shared > 0
        else "Records that came through links from another vintage of areas: {moved}; each of "
        "their areas leads to one area, so that none was shared out."
        if counts.moved > 0
        else "",
        "Records that are in no rate: without an area {not_placed}, in other areas {outside}, "
        "coded by another vintage {other_vintage}."
        if counts.not_placed or counts.outside or counts.other_vintage
        else "",
        "Areas without a denominator, which are shown and not rated: {not_rated}."
        if (~asked.found.rated & asked.covered).any()
        else "",
        "Areas that these counts do not cover, which are shown and not rated, since not counted is "
        "not nought: {not_covered}."
        if not asked.covered.all()
        else "",
        "Areas without a measure of need, which are shown and cannot be listed: {no_need}."
        if (asked.need.bands == "").any()
        else "",
    )


def definitions(asked: Profile) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    need = asked.need.measure
    terms = {
        "Rate": f"{capital(asked.records)}, {asked.rate_words}; of "
        f"{_mid_sentence(asked.denominator.title or asked.denominator.measure)}; months covered "
        "only.",
        "Average": "All records of the areas that have a denominator over all of their "
        "denominators: not the mean of areas' rates.",
        "Steadied rate": "Empirical Bayes (Marshall 1991): each area's rate drawn towards the "
        "average by as much as its own count is unsure.",
        "Interval": "Holds the rate with probability 95%, given the count, if events are "
        "independent and areas' rates are spread as a Gamma distribution.",
        "Rate class": "By the steadied rate: low under two thirds of the average, high from one "
        "and a half times it, middle between.",
        "Class stability": "The probability, given the count, of the class shown. Firm from 80%.",
        "High need": f"{need.title or need.measure}: {asked.need.rule}.",
        "Expected excess": "How much more than the average rate would bring an area is expected to "
        "hold, given its count; never below zero.",
        "Areas where support could start": f"Of the areas of {asked.need_words} whose steadied "
        "rate is over the average, those with the largest expected excess.",
        "Holds its place": f"The share of {asked.draws:,} draws of all rates in which an area is "
        "among those listed.",
        "Cluster": "Listed areas that share a border, directly or through other listed areas.",
        "Many visitors": "The rate is at least three times the average and the share of crime that "
        "befalls visitors (theft from the person, shoplifting, bicycle theft) at least one and a "
        "half times that of all these areas.",
    }
    if asked.vulnerability is not None:
        measure = asked.vulnerability.measure
        terms["High vulnerability"] = (
            f"{measure.title or measure.measure}: {asked.vulnerability.rule}. Areas must be high "
            "on this and on need to be listed."
        )
    if asked.harm is not None:
        terms["Harm"] = (
            f"Records, each by the days of a starting-point sentence ({asked.harm.version}; "
            f"{asked.harm.status}). Each category is steadied on its own and then weighted."
        )
    return terms
