"""The made-up force as files, in the very layouts that `load` reads from real ones."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files as package_files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.crimes import OUTCOMES, last_outcome
from peelian.records.synth.places import DOMAINS, FORCE, VINTAGE, Places
from peelian.records.synth.plan import ASB
from peelian.records.synth.streams import stream
from peelian.records.synth.whole import Force

SLUG = "merrowshire"
STREET = (
    *("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location"),
    *("LSOA code", "LSOA name", "Crime type", "Last outcome category", "Context"),
)
RECORDED_OUTCOMES = (*STREET[:9], "Outcome type")
STOPPED = (
    *("Type", "Date", "Part of a policing operation", "Policing operation", "Latitude"),
    *("Longitude", "Gender", "Age range", "Self-defined ethnicity", "Officer-defined ethnicity"),
    *("Legislation", "Object of search", "Outcome", "Outcome linked to object of search"),
    "Removal of more than just outer clothing",
)
# A neighbour's area, which no file of areas describes: real files hold such rows too.
_BEYOND = ("2.400000", "54.500000", "On or near Boundary Road", "Q01900001", "Farrowdale 001A")
_NOWHERE = ("", "", "No Location", "", "")

Words = NDArray[np.str_]
Rows = Iterable[Sequence[object]]


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One file that was written: its path below the folder, its rows, its fingerprint."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files lie, by what `load` calls their layout.

    Args:
        police: The folder of monthly folders.
        areas: The outlines, GeoJSON.
        areas_map: Which vintage they are, and which columns name them, TOML.
        measures: Measures by area, CSV.
        measures_map: What each of its columns is, TOML.
        written: Every file, in the order written.
    """

    police: Path
    areas: Path
    areas_map: Path
    measures: Path
    measures_map: Path
    written: tuple[WrittenFile, ...]


def write_files(
    force: Force, folder: Path, *, tell: Callable[[str, int, int], None] = lambda *_: None
) -> Files:
    """Write a made-up force as the files a real one would be downloaded as.

    Args:
        force: What was made.
        folder: Where to write; it and its parents are made. Files of the same name are replaced.
        tell: Called with what is being written, how many months are done, and of how many.
    """
    police = folder / "police"
    places = _Where.of(force.places)
    written: list[WrittenFile] = []
    shuffle = stream(force.seed, "write/order")
    months = force.plan.present
    for done, month in enumerate(months):
        tell("Writing the files", done, len(months))
        number = force.plan.calendar.index(month)
        for kind, header, rows in (
            ("street", STREET, _street(force, places, number, shuffle)),
            ("outcomes", RECORDED_OUTCOMES, _outcomes(force, places, number)),
            ("stop-and-search", STOPPED, _stops(force, places, number)),
        ):
            name = f"{month}/{month}-{SLUG}-{kind}.csv"
            written.append(_write_csv(police, name, header, rows))
    areas, measures = folder / "areas.geojson", folder / "measures.csv"
    written.append(_write_areas(force.places, areas))
    written.append(_write_csv(folder, measures.name, *_measures(force.places)))
    tell("Writing the files", len(months), len(months))
    return Files(
        police,
        areas,
        _ship(folder, "areas.toml"),
        measures,
        _ship(folder, "measures.toml"),
        tuple(written),
    )


@dataclass(frozen=True, slots=True)
class _Where:
    """The five columns of a place, by map point; the last two rows stand for OUTSIDE and NO_PLACE.

    Those two are -2 and -1, so that indexing by a record's point finds them from the end.
    """

    columns: tuple[Words, ...]

    @classmethod
    def of(cls, places: Places) -> "_Where":
        points = places.points
        columns = (
            [f"{lon:.6f}" for lon in points.lon],
            [f"{lat:.6f}" for lat in points.lat],
            [f"On or near {name}" for name in points.name],
            [places.codes[area] for area in points.area],
            [places.names[area] for area in points.area],
        )
        return cls(
            tuple(
                np.array([*column, beyond, nowhere])
                for column, beyond, nowhere in zip(columns, _BEYOND, _NOWHERE, strict=True)
            )
        )

    def at(self, points: NDArray[np.int64]) -> list[list[str]]:
        return [column[points].tolist() for column in self.columns]


def _street(force: Force, where: _Where, month: int, shuffle: np.random.Generator) -> Rows:
    """Return a month's street rows: incidents without identifiers first, then crimes."""
    calls = force.calls.where(shuffle.permutation(np.flatnonzero(force.calls.month == month)))
    chosen = shuffle.permutation(np.flatnonzero(force.crimes.events.month == month))
    kinds = np.array([kind.name for kind in force.plan.categories])
    ids = [""] * len(calls) + force.crimes.crime_id[chosen].tolist()
    types = [ASB] * len(calls) + kinds[force.crimes.kind[chosen]].tolist()
    known = [""] * len(calls) + last_outcome(force.crimes)[chosen].tolist()
    points = np.concatenate([calls.point, force.crimes.events.point[chosen]])
    lon, lat, location, code, name = where.at(points)
    fixed = (force.plan.calendar[month], FORCE, FORCE)
    for row in zip(ids, lon, lat, location, code, name, types, known, strict=True):
        yield (row[0], *fixed, *row[1:], "")


def _outcomes(force: Force, where: _Where, month: int) -> Rows:
    """Return the outcomes recorded in a month, whenever their crimes were."""
    crimes = force.crimes
    chosen = np.flatnonzero(crimes.outcome_month == month)
    words = np.array(OUTCOMES)[crimes.outcome[chosen]].tolist()
    fixed = (force.plan.calendar[month], FORCE, FORCE)
    ids = crimes.crime_id[chosen].tolist()
    for crime, *place, word in zip(ids, *where.at(crimes.events.point[chosen]), words, strict=True):
        yield (crime, *fixed, *place, word)


def _stops(force: Force, where: _Where, month: int) -> Rows:
    """Return a month's stops in order of time; their latitude stands before their longitude."""
    stops = force.stops
    chosen = np.flatnonzero(stops.events.month == month)
    chosen = chosen[np.argsort(stops.moment[chosen], kind="stable")]
    lon, lat, *_ = where.at(stops.events.point[chosen])
    moments = [f"{moment}:00+00:00" for moment in stops.moment[chosen]]
    words = (
        column[chosen].tolist()
        for column in (
            *(stops.gender, stops.age, stops.self_defined, stops.observed, stops.legislation),
            *(stops.searched_for, stops.outcome, stops.linked, stops.clothing),
        )
    )
    kinds = stops.kind[chosen].tolist()
    for kind, moment, *rest in zip(kinds, moments, lat, lon, *words, strict=True):
        yield (kind, moment, "", "", *rest)


def _measures(places: Places) -> tuple[tuple[str, ...], Rows]:
    """Return the measures' header and rows: what `measures.toml` beside them describes."""
    domains = places.domains
    header = (
        *("Area code", "Area name", "Residents", "Households", "Daytime population"),
        *("Deprivation score", "Deprivation rank", "Deprivation decile"),
        *(f"{name.title()} decile" for name in DOMAINS),
        *("Mood and anxiety score", "Mood and anxiety decile"),
    )
    overall = domains["deprivation"]
    columns = (
        *(places.codes, places.names, places.residents, places.households),
        places.daytime,
        *(overall.score, overall.rank, overall.decile),
        *(domains[name].decile for name in DOMAINS),
        *(places.mood_and_anxiety.score, places.mood_and_anxiety.decile),
    )
    rows = sorted(zip(*(np.asarray(column).tolist() for column in columns), strict=True))
    return header, rows


def _ship(folder: Path, name: str) -> Path:
    """Put a mapping that we ship beside the file it is about."""
    path = folder / name
    path.write_bytes((package_files("peelian.records.synth") / name).read_bytes())
    return path


def _write_areas(places: Places, path: Path) -> WrittenFile:
    """Write the outlines as GeoJSON, one area a line, in the order of their codes."""
    lines = []
    for area in sorted(range(len(places.codes)), key=places.codes.__getitem__):
        properties: Mapping[str, str] = {
            f"{VINTAGE}CD": places.codes[area],
            f"{VINTAGE}NM": places.names[area],
            "DISTRICTCD": places.district_codes[area],
            "DISTRICTNM": places.district_names[area],
        }
        outline = {"type": "Polygon", "coordinates": [places.rings[area].tolist()]}
        feature = {"type": "Feature", "properties": properties, "geometry": outline}
        lines.append(json.dumps(feature, separators=(",", ":")))
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    return _write(path, path.name, text, len(lines))


def _write_csv(folder: Path, name: str, header: Sequence[str], rows: Rows) -> WrittenFile:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    count = -1
    for count, row in enumerate(rows):  # noqa: B007
        writer.writerow(row)
    return _write(folder / name, name, text.getvalue(), count + 1)


def _write(path: Path, name: str, text: str, rows: int) -> WrittenFile:
    content = text.encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return WrittenFile(name, rows, sha256(content).hexdigest())
