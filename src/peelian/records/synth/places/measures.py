"""What is measured of the places: each measure with its scale, and its values by area."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from peelian.records.measure_maps import Measure, MeasureMap
from peelian.records.synth.places.made import OLDER_VINTAGE, VINTAGE, Places
from peelian.records.synth.places.need import NATION, Domain
from peelian.records.synth.places.plan import DOMAINS, GROUPS
from peelian.records.synth.who import Who

AREA_COLUMN = "Area code"
_TITLES = {
    "barriers": "Barriers to services",
    "living": "Living environment",
    "mood_and_anxiety": "Mood and anxiety disorders",
}
_GROUP_WORDS = dict(zip(GROUPS, ("White", "mixed", "Asian", "Black", "other"), strict=True))

Values = np.ndarray[Any, Any]
Get = Callable[[Places], Values]


def measure_map(who: Who, vintage: str) -> MeasureMap:
    """Return what the measures of one vintage are, as a mapping of their file would say it.

    Args:
        who: Which force: its areas' codes.
        vintage: The newer, with every measure, or the older, with residents and households.
    """
    return MeasureMap(
        title="Measures of a made-up force",
        area_column=AREA_COLUMN,
        vintage=vintage,
        area_codes=f"{who.prefix}01\\d{{6}}",
        national_areas=NATION,
        measures=tuple(measure for measure, _ in _each(vintage)),
        period="made up",
        citation="Made up by peelian",
    )


def measure_values(places: Places, vintage: str) -> dict[str, Values]:
    """Return the values of each measure by its name, in the order of the vintage's areas."""
    return {measure.name: get(places) for measure, get in _each(vintage)}


def _each(vintage: str) -> Iterator[tuple[Measure, Get]]:
    """Yield each measure with where its values are."""
    if vintage == OLDER_VINTAGE:
        yield _count("population", "Residents", "people", lambda p: p.older.residents)
        yield _count("households", "Households", "households", lambda p: p.older.households)
        return
    if vintage != VINTAGE:
        raise ValueError("no such vintage of made-up areas")
    yield _count("population", "Residents", "people", lambda p: p.residents)
    yield _count("households", "Households", "households", lambda p: p.households)
    yield _count("daytime_population", "People there on a usual day", "people", lambda p: p.daytime)
    yield _count(
        "night_population", "People there late in a usual evening", "people", lambda p: p.night
    )
    for number, group in enumerate(GROUPS):
        title = f"Residents of {_GROUP_WORDS[group]} ethnic groups"
        yield _count(f"population_{group}", title, "people", _of_group(number))
    for name in ("deprivation", *DOMAINS):
        word = "imd" if name == "deprivation" else name
        yield from _domain(word, _title(name), _of_domain(name))
    yield from _domain("mood_and_anxiety", _title("mood_and_anxiety"), lambda p: p.mood_and_anxiety)
    for kind, title in (("care_home", "Care homes"), ("crisis_cafe", "Crisis cafés")):
        yield _count(f"{kind}s", title, "sites", _of_sites(kind))


def _title(name: str) -> str:
    if name == "deprivation":
        return "Deprivation"
    return _TITLES.get(name, f"{name.capitalize()} deprivation")


def _count(name: str, title: str, unit: str, get: Get) -> tuple[Measure, Get]:
    title = f"{title} (made up)"
    return Measure(name=name, scale="count", title=title, column=name, unit=unit), get


def _domain(
    name: str, title: str, get: Callable[[Places], Domain]
) -> Iterator[tuple[Measure, Get]]:
    """Yield a domain's score, rank and decile; a rank of 1 and a decile of 1 are the most need."""
    for scale, need_is in (("score", "high"), ("rank", "low"), ("decile", "low")):
        measure = Measure(
            name=f"{name}_{scale}",
            scale=scale,
            title=f"{title} (made up), {scale}",
            column=f"{name}_{scale}",
            need_is=need_is,
        )
        yield measure, _of_scale(get, scale)


def _of_group(number: int) -> Get:
    return lambda places: places.group_residents[:, number]


def _of_domain(name: str) -> Callable[[Places], Domain]:
    return lambda places: places.domains[name]


def _of_scale(get: Callable[[Places], Domain], scale: str) -> Get:
    return lambda places: getattr(get(places), scale)


def _of_sites(kind: str) -> Get:
    return lambda places: np.bincount(places.sites[kind].area, minlength=len(places.codes))
