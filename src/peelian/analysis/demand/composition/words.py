"""What a composition says: how many of each, what most of them are, and what is missing."""

from collections.abc import Sequence

import numpy as np

from peelian.analysis.demand.composition.areas import InAreas
from peelian.analysis.demand.composition.counting import Kind
from peelian.results import Cell, Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.months import list_of, names

_ALL_PLACED = 0.95
_COUNTED = (
    "Counts arrived already counted ({series}): no single record is held, so none can be checked, "
    "placed anew or told apart, and what was left out before counting is unknown."
)


def _say(template: str, kinds: Sequence[Kind], **words: str) -> Sentence:
    """Return a sentence in which `{kind_top}` is the name of that kind's largest category."""
    begins = np.cumsum([0, *(len(k.categories) for k in kinds)])
    tops = {
        f"{kind.name}_top": Cell("by_category", int(first), "category_name")
        for kind, first in zip(kinds, begins, strict=False)
    }
    return say(template, words, tops)


def _noun(kind: Kind) -> str:
    """Return what records of a kind are called within a sentence."""
    return "counted events" if kind.name == "counts" else kind.name


def answer(kinds: Sequence[Kind], months: np.ndarray) -> Sentence:
    """Return how many records of each kind there are, and what most of them are."""
    counts = " and ".join(f"{{{k.name}}} {_noun(k)}" for k in kinds)
    tops = " and ".join(
        f"{{{k.name}_top}} ({{{k.name}_top_share}}) of {_noun(k)}" for k in kinds if k.total
    )
    missing = [k for k in kinds if not k.covered.all()]
    gaps = "".join(f"; months of {_noun(k)} missing: {{{k.name}_missing}}" for k in missing)
    beside = ", counted side by side and not added" if len(kinds) > 1 else ""
    return _say(
        f"Over {{period}}, {counts} were recorded{beside}; the largest category is {tops}{gaps}.",
        kinds,
        period=names(months),
    )


def checks(kinds: Sequence[Kind], places: Sequence[InAreas]) -> tuple[Check, ...]:
    """Return what was tested about the counts."""
    found = []
    for kind, place in zip(kinds, places, strict=True):
        label, k = kind.name.capitalize(), kind.name
        whole = kind.total + kind.undated
        found += [
            Check(
                name=f"{label}: every month is there",
                held=bool(kind.covered.all() and not kind.partly.any()),
                says=_say(
                    f"Of {{months}} months, missing: {{{k}_missing}}; covered by some sources "
                    f"only: {{{k}_partly}}.",
                    kinds,
                ),
            ),
            Check(
                name=f"{label}: records have an area",
                held=place.placed >= _ALL_PLACED * whole if place.rows else None,
                says=_say(
                    f"In a loaded area: {{{k}_placed}}; in other areas: {{{k}_outside}}; without "
                    f"an area: {{{k}_not_placed}}.",
                    kinds,
                ),
            ),
            Check(
                name=f"{label}: categories are settled",
                held=not kind.own_words and "not-stated" not in kind.categories,
                says=_say(
                    f"Named by their opening code: {{{k}_own_words}}; without a category: "
                    f"{{{k}_unstated}}.",
                    kinds,
                ),
            ),
        ]
    return tuple(found)


def caveats(
    kinds: Sequence[Kind],
    months: np.ndarray,
    places: Sequence[InAreas],
    absent: Sequence[str],
) -> tuple[Sentence, ...]:
    """Return what a reader must know before using the counts, most important first."""
    said = []
    if len(kinds) > 1:
        said.append(
            _say(
                "Crimes and incidents are different things and overlap: one call can be both, so "
                "their numbers are never added.",
                kinds,
            )
        )
    said += [
        _say(f"No {kind} are loaded for these months: that is not to say there were none.", kinds)
        for kind in absent
    ]
    said += [_say(_COUNTED, kinds, series=kind.series) for kind in kinds if kind.series]
    for kind, place in zip(kinds, places, strict=True):
        said += _of_kind(kind, kinds, months, place)
    said.append(
        _say(
            "Recorded numbers follow reporting and recording as well as what happened: a rise can "
            "be either.",
            kinds,
        )
    )
    return tuple(said)


def _of_kind(
    kind: Kind, kinds: Sequence[Kind], months: np.ndarray, place: InAreas
) -> list[Sentence]:
    k, noun = kind.name, _noun(kind)
    missing = list_of(months[~kind.covered])
    partly = list_of(months[kind.partly])
    lines = (
        (not kind.covered.all(), f"No {noun} are loaded for {{missing}}: missing, not none."),
        (
            kind.partly.any(),
            f"Some sources have no {noun} in {{partly}}: those counts are too low.",
        ),
        (
            kind.own_words,
            f"Some {k} have no settled category and are counted under what they were first said to "
            f"be, in the force's own code: {{{k}_own_words}}.",
        ),
        (
            kind.undated,
            f"Some {noun} have no date, or one in a month that no load covers, and are not "
            f"counted: {{{k}_undated}}.",
        ),
        (
            place.not_placed or place.outside,
            f"The areas add up to fewer {noun} than there are: without an area "
            f"{{{k}_not_placed}}, in areas that are not loaded {{{k}_outside}}.",
        ),
        (
            kind.moved,
            f"Some {noun} were brought to these areas from another vintage, through links: "
            f"{{{k}_moved}}; of those, shared out among several areas by the weights of residents: "
            f"{{{k}_shared}}. An area that has some of these may hold more or fewer.",
        ),
        (
            place.unnamed,
            f"Some {noun} lie in areas of a vintage whose boundaries are not loaded, and stand "
            f"under their codes: {{{k}_unnamed}}.",
        ),
    )
    return [_say(text, kinds, missing=missing, partly=partly) for held, text in lines if held]


def drawings(kinds: Sequence[Kind]) -> tuple[Drawing, ...]:
    """Return the bars of categories and the lines of months."""
    tops = " and ".join(f"{{{k.name}_top}} of {_noun(k)}" for k in kinds if k.total)
    return (
        Drawing(
            kind="bars",
            title=_say(f"The largest category is {tops}", kinds),
            table="by_category",
            encode={"label": "category_name", "value": "n", "group": "records"},
            alt=_say("Records of each kind by category, the largest first.", kinds),
        ),
        Drawing(
            kind="lines",
            title=_say(
                "By month: "
                + ", ".join(f"months of {_noun(k)} missing: {{{k.name}_missing}}" for k in kinds),
                kinds,
            ),
            table="by_month",
            encode={"x": "month", "y": "n", "group": "records", "status": "status"},
            alt=_say("Records of each kind by month, with a gap where a month is missing.", kinds),
        ),
    )


def definitions(kinds: Sequence[Kind], columns: dict[str, str]) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    meanings = {
        "crimes": "A crime that the force recorded, by the month it was recorded or, where that is "
        "unknown, happened.",
        "incidents": "A call or log that the force kept, crime or not, by the month it was "
        "reported.",
        "counts": "Events that whoever supplied them had counted, by the month they are counted "
        "under.",
    }
    return {
        **{k.name.capitalize(): meanings[k.name] for k in kinds},
        "Category": "; ".join(f"{k.name} by {columns[k.name]}" for k in kinds),
        "Missing month": "A month that no load covers, between or beside months that one does.",
        "Share": "Of the records of its own kind.",
    }
