"""The places as files: outlines, links and measures, with the mappings to read them by."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from peelian.records.measure_maps import MeasureMap
from peelian.records.synth.places.made import OLDER_VINTAGE, VINTAGE, Places
from peelian.records.synth.places.measures import AREA_COLUMN, measure_map, measure_values
from peelian.records.synth.places.tables import Edition, editions, links_of
from peelian.records.synth.who import Who

# What the files of each vintage are called.
_TAILS = {VINTAGE: "", OLDER_VINTAGE: "_2011"}


class PlaceFile(NamedTuple):
    """One file: its name, its text, and how many rows it holds (0 for a mapping)."""

    name: str
    text: str
    rows: int = 0


def place_files(places: Places, who: Who) -> list[PlaceFile]:
    """Return every file of the places.

    `areas.geojson`, `measures.csv` and their mappings `.toml` are of the newer vintage; those with
    `_2011` are of the older; `links.csv` leads from the older to the newer.

    Args:
        places: What was made.
        who: For which force.
    """
    found = []
    for edition in editions(places):
        tail, number = _TAILS[edition.vintage], len(edition.order)
        layout = measure_map(who, edition.vintage)
        found += [
            PlaceFile(f"areas{tail}.geojson", _geojson(edition), number),
            PlaceFile(f"areas{tail}.toml", _areas_map(edition.vintage)),
            PlaceFile(f"measures{tail}.csv", _measures(edition, places), number),
            PlaceFile(f"measures{tail}.toml", _measures_map(layout)),
        ]
    links = links_of(places)
    header = (f"{OLDER_VINTAGE}CD", f"{VINTAGE}CD", "CHGIND", "WEIGHT")
    return [*found, PlaceFile("links.csv", _csv(header, links), len(links))]


def _geojson(edition: Edition) -> str:
    """Return the outlines, one area a line, in the order of their codes."""
    vintage, areas, order = edition
    lines = []
    for area in order:
        properties = {
            f"{vintage}CD": areas.codes[area],
            f"{vintage}NM": areas.names[area],
            "DISTRICTCD": areas.district_codes[area],
            "DISTRICTNM": areas.district_names[area],
        }
        outline = {"type": "Polygon", "coordinates": [areas.rings[area].tolist()]}
        feature = {"type": "Feature", "properties": properties, "geometry": outline}
        lines.append(json.dumps(feature, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def _areas_map(vintage: str) -> str:
    words = {
        "vintage": vintage,
        "code": f"{vintage}CD",
        "name": f"{vintage}NM",
        "parent": "DISTRICTCD",
    }
    return "# How to read the outlines beside it, which are made up.\n" + _toml(words)


def _measures(edition: Edition, places: Places) -> str:
    values = measure_values(places, edition.vintage)
    columns = [column.tolist() for column in values.values()]
    areas = edition.areas
    rows = (
        (areas.codes[n], areas.names[n], *(column[n] for column in columns)) for n in edition.order
    )
    return _csv((AREA_COLUMN, "Area name", *values), rows)


def _measures_map(layout: MeasureMap) -> str:
    head = {
        "title": layout.title,
        "area_column": layout.area_column,
        "vintage": layout.vintage,
        "area_codes": layout.area_codes,
        "national_areas": layout.national_areas,
        "period": layout.period,
        "citation": layout.citation,
    }
    parts = ["# How to read the measures beside it: every area and number in it is made up.\n"]
    parts.append(_toml(head))
    for measure in layout.measures:
        words = {
            "column": measure.column,
            "name": measure.name,
            "title": measure.title,
            "scale": measure.scale,
            "unit": measure.unit,
            "need_is": measure.need_is,
        }
        parts.append("\n[[measures]]\n" + _toml({k: word for k, word in words.items() if word}))
    return "".join(parts)


def _toml(words: Mapping[str, str | int]) -> str:
    """Return keys and values: a TOML string is written as a JSON one is."""
    return "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in words.items())


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
