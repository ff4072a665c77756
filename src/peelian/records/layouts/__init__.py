"""The layouts we know by heart, each a mapping in TOML: a file is known by its header alone."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from peelian.errors import UsageError, nearest
from peelian.records.map.language import Mapping, fold_name

FAMILIES = {"police-uk": ("police_uk_street", "police_uk_outcomes", "police_uk_stops")}


@cache
def family(name: str) -> tuple[Mapping, ...]:
    """Return the mappings of a family of files that come together, such as `police-uk`.

    Raises:
        UsageError: There is no such family.
    """
    if name not in FAMILIES:
        raise UsageError(
            "There is no such layout.",
            found=name,
            try_=nearest(name, FAMILIES),
            read="how-to/load-records",
        )
    folder = files("peelian.records.layouts")
    return tuple(
        Mapping.parse((folder / f"{stem}.toml").read_text(encoding="utf-8"), stem)
        for stem in FAMILIES[name]
    )


def recognise(header: Sequence[str], mappings: Sequence[Mapping]) -> Mapping | None:
    """Return the mapping that knows a file by its header, or None if it is none of theirs."""
    there = {fold_name(name) for name in header}
    for mapping in mappings:
        if mapping.header and all(fold_name(name) in there for name in mapping.header):
            return mapping
    return None


def why_not(header: Sequence[str], mappings: Sequence[Mapping]) -> str:
    """Return why a header is none of these layouts: what the nearest of them would need."""
    there = {fold_name(name) for name in header}

    def missing(mapping: Mapping) -> list[str]:
        return [name for name in mapping.header if fold_name(name) not in there]

    closest = min(mappings, key=lambda mapping: len(missing(mapping)) / len(mapping.header))
    lacks = missing(closest)
    if 2 * len(lacks) > len(closest.header):
        return f"its header is not that of {', '.join(mapping.layout for mapping in mappings)}"
    return f"its header lacks {', '.join(lacks)} of {closest.layout}"
