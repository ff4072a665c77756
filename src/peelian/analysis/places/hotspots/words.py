"""What hot spots say: one answer, its checks, and what a reader must know first."""

from peelian.analysis.places.hotspots.found import HIGH, ISLAND, LOW, NEITHER, Hotspots
from peelian.analysis.places.hotspots.units import ONCE, TWICE
from peelian.placing.words import ALREADY_COUNTED, MOST_UNPLACED, every_month_is_there
from peelian.results import Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of

_STAYS = 0.5
_BEYOND = 1.96


def _words(hot: Hotspots) -> dict[str, str]:
    held, measure = hot.held, hot.held.denominator
    rated = f"rates of {hot.records} per {_one_of(measure.unit or measure.measure)}" \
        if measure else f"counts of {hot.records}"  # fmt: skip
    need = held.beside.measure if held.beside else None
    return {
        "period": held.months.words,
        "records": hot.records,
        "series": held.records.series,
        "vintage": held.areas.vintage,
        "compared": rated,
        "missing": list_of(held.months.missing),
        "denominator_name": (measure.title or measure.measure) if measure else "",
        "beside_name": (need.title or need.measure) if need else "",
    }


def _one_of(unit: str) -> str:
    """Return one of what a measure counts, in words: `people` and `households` are two of many."""
    return {"people": "person"}.get(unit, unit.removesuffix("s"))


def answer(hot: Hotspots) -> Sentence:
    """Return how many areas lie among high ones beyond chance, or that the data show none."""
    if not hot.high.any():
        return say(
            "Not shown: over {period}, none of {tested} areas of {vintage} lies among higher "
            "{compared} than dealing the values out to areas at random would put around it, once "
            "false discoveries are allowed for ({false_discovery}, Benjamini and Hochberg). "
            "Without that, {high_alone} would be called; chance alone gives about {by_chance}."
            + (
                " With {draws} permutations, no fewer than {fewest} areas could be called at all."
                if hot.fewest > 1
                else ""
            ),
            _words(hot),
        )
    return say(
        "Over {period}, {high} of {tested} areas of {vintage} lie among higher {compared} than "
        "dealing the values out to areas at random would put around them, with {false_discovery} "
        "of the areas called, on average, allowed to be false alarms (Benjamini and Hochberg). "
        "Without that correction {high_alone} would be called, where chance alone gives about "
        "{by_chance}. Among low ones lie {low}.",
        _words(hot),
    )


def checks(hot: Hotspots) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    held = hot.held
    counts = held.counts
    placed = 1 - (counts.not_placed + counts.other_vintage + counts.outside) / counts.total
    return (
        Check(
            name="Neighbours are alike over the whole map",
            held=bool(hot.moran.z > _BEYOND),
            says=say(
                "Moran's I is {moran}, {moran_z} standard deviations from what dealing the values "
                "out gives."
            ),
        ),
        _stays(hot),
        Check(
            name="Permutations enough",
            held=bool(hot.fewest <= max(1, hot.called.sum())),
            says=say(
                "With {draws} permutations, no fewer than {fewest} areas could be called at all; "
                "it takes {draws_needed} to call one alone."
            ),
        ),
        Check(
            name="Every area touches another",
            held=not len(hot.islands),
            says=say("Areas that touch no other, and are never called: {islands}."),
        ),
        every_month_is_there(held.months),
        Check(
            name="Records have an area",
            held=placed >= 1 - MOST_UNPLACED,
            says=say(
                "Records in the areas asked about: {n}; without an area: {not_placed}; in others: "
                "{outside}; coded by another vintage: {other_vintage}."
            ),
        ),
    )


def _stays(hot: Hotspots) -> Check:
    name = "What is called stays called with other borders"
    once = hot.unit(ONCE)
    if once is None or not hot.high.any():
        return Check(
            name=name,
            held=None,
            says=say(
                "It takes areas called among high ones, and enough of them to merge: "
                "{high} of {tested}."
            ),
        )
    return Check(
        name=name,
        held=bool(once.kept >= _STAYS),
        says=say(
            "Of the areas called, {kept_once} lie in units called too when areas are merged with "
            "a neighbour (the middle of {ways} ways; {kept_once_least} at the least), where "
            "{of_all_once} of all areas do"
            + ("; {kept_twice} when merged twice." if hot.unit(TWICE) else ".")
        ),
    )


def caveats(hot: Hotspots) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    said = (*_about_use(hot), *_about_places(hot), *_about_gaps(hot))
    return tuple(say(template, _words(hot)) for template in said if template)


def _about_use(hot: Hotspots) -> tuple[str, ...]:
    return (
        "Not for deployment: this says which areas stood out, not which will, and names no estate, "
        "street or person. Sending officers where records were made makes more records there.",
        ALREADY_COUNTED
        if hot.held.records.kind == "counts"
        else "Recorded crimes and incidents are what was reported and recorded, and some, such as "
        "drugs and weapons, are mostly what officers found by looking: they are high where police "
        "were.",
        "These are counts, and more people have more of them: a town among fields is high for that "
        "alone. Name a denominator to ask of rates."
        if hot.held.denominator is None
        else "Rates are over {denominator_name}, standardised for unequal areas; where many come "
        "to work, shop or go out, residents are not who is there, and a centre looks high.",
        "What is rare by dealing values out is natural where risk changes smoothly over a city: "
        "neighbours then resemble one another with no hot spot anywhere. Read it as neighbours "
        "alike, not as a cause.",
    )


def _about_places(hot: Hotspots) -> tuple[str, ...]:
    snapped = hot.held.counts.snapped > hot.held.counts.total / 2
    return (
        "An area is called by what lies around it: one with a very high figure makes its "
        "neighbours called, and is itself not called if they are low.",
        "Other borders, other hot spots: the same is asked of areas merged with their neighbours, "
        "and what stays called is said beside. At the edge of the map, neighbours outside it are "
        "not seen.",
        "{snapped_share} of the records stand on points that the publisher moved to protect "
        "addresses, so an area's count includes some of its neighbours' events, and neighbours "
        "look more alike than they are."
        if snapped
        else "",
        "Bivariate Moran goes by the neighbours' {beside_name} and leaves out an area's own; Lee's "
        "L smooths both. Neither is a correlation within areas, and none of them says that one "
        "brings about the other. They have no chance beside them: dealing one measure out would "
        "break its own likeness among neighbours, and call too much."
        if hot.beside
        else "",
        "Recorded crime is itself a part of {beside_name}, so the two agree more than need and "
        "crime do; a domain without crime, such as income, does not have this fault."
        if hot.held.beside and hot.held.beside.measure.circular == "part"
        else "",
    )


def _about_gaps(hot: Hotspots) -> tuple[str, ...]:
    held = hot.held
    counts = held.counts
    return (
        "Areas that touch no other that can be counted, which are shown and never called: "
        "{islands}."
        if len(hot.islands)
        else "",
        "Areas without a denominator, which are left out: {left_out}."
        if (held.covered & ~held.usable).any()
        else "",
        "Areas that these counts do not cover, which are left out, since not counted is not "
        "nought: {not_covered}."
        if not held.covered.all()
        else "",
        "No records cover {missing}: these months are left out."
        if len(held.months.missing)
        else "",
        "The sources cover different months, so areas of one may look lower."
        if held.months.uneven
        else "",
        "Records that came through links from another vintage of areas: {moved}; of those, shared "
        "out among several areas by the weights of residents: {shared}. Sharing makes the parts "
        "of a split area alike, and so neighbours too."
        if counts.moved > 0
        else "",
        "Records that are in none of the areas asked about: without an area {not_placed}, in "
        "others {outside}, coded by another vintage {other_vintage}, without a covered month "
        "{undated}."
        if counts.not_placed or counts.outside or counts.other_vintage or held.undated
        else "",
    )


def drawings(hot: Hotspots) -> tuple[Drawing, ...]:
    """Return the map."""
    words = _words(hot)
    title = say(
        "{high} of {tested} areas lie among higher {compared}, {low} among lower"
        if hot.called.any()
        else "No area is shown to lie among higher or lower {compared} than chance would have it",
        words,
    )
    rated = ["denominator", "standard_rate"] if hot.held.denominator else []
    area_map = Drawing(
        kind="area_map",
        title=title,
        table="areas",
        outlines="outlines",
        encode={
            "area": "area_code",
            "name": "area_name",
            "class": "class",
            # of the nine colours of a map, by their numbers: warm, cool, pale, grey
            "classes": {HIGH: 6, LOW: 2, NEITHER: 0, ISLAND: 4},
            "detail": ["n", *rated, "neighbours", "corner", "gi", "chance", "called_alone"],
        },
        alt=say(
            "Each area is coloured by whether its neighbours are higher or lower than chance would "
            "put around it: {high} high, {low} low, of {tested}; others are not shown to be either."
        ),
    )
    return (area_map,)


def definitions(hot: Hotspots) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    measure = hot.held.denominator
    terms = {
        "Neighbours": f"Areas of {hot.held.areas.vintage} that share a stretch of border.",
        "Compared": "Each area's records less the rate of all areas, in standard deviations of "
        "what chance and areas' own differences make (Assunção and Reis 1999); never the raw rate, "
        "which is wildest where few live."
        if measure
        else "The number of records in each area.",
        "Chance": "An area stays as it is, and the values of all the others are dealt out to its "
        "neighbours at random (Anselin 1995); twice the share of deals that are as high, or as "
        "low. One list of deals serves Gi* and local Moran, which both rise with the sum over "
        "neighbours.",
        "Called": f"By Benjamini and Hochberg: of the areas called, {hot.rate:.0%} are false "
        "alarms on average, if nothing but chance put values where they are.",
        "Gi*": "Getis and Ord's score of an area together with its neighbours, every one weighing "
        "one (binary), as Ord and Getis 1995 and the R package spdep have it.",
        "Itself, and its neighbours": "Local Moran's corners: neighbours row-standardised, each "
        "set against the mean. The R package spdep divides by n and the Python package esda by "
        "n - 1; the corner and the chance are the same by both.",
        "Moran's I": "How far neighbours are alike over the whole map: neighbours "
        "row-standardised, and a variance under randomisation (Cliff and Ord 1981).",
        "Merged": "Each area with a neighbour picked at random, so that borders differ; in "
        "several ways, once and twice over.",
    }
    if hot.held.points is not None:
        terms["Cells"] = (
            "Of a grid, two widths, each laid from four origins half a cell apart; only cells that "
            "hold any record are asked about, and how much stays called goes by records."
        )
    if hot.beside is not None:
        terms |= {
            "Bivariate Moran": "The mean of an area's value times its neighbours' second measure, "
            "both standardised. Needier is higher, whichever way the measure runs.",
            "Lee's L": "As a correlation of both measures, each first smoothed over neighbours "
            "without the area itself (Lee 2001).",
        }
    return terms
