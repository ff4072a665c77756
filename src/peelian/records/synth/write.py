"""The made-up force as files, in the very layouts that `load` reads from real ones."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.categories import ASB
from peelian.records.synth.crimes import last_outcomes
from peelian.records.synth.outcomes import PUBLIC_WORDS
from peelian.records.synth.places import Places, place_files
from peelian.records.synth.stops import KINDS, OBSERVED, SAID
from peelian.records.synth.streams import stream
from peelian.records.synth.when import to_utc
from peelian.records.synth.whole import Force

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where the files lie, by what `load` calls their layout.

    Args:
        police: The folder of monthly folders.
        areas: The outlines of the newer vintage, GeoJSON.
        areas_map: Which vintage they are, and which columns name them, TOML.
        older_areas: The outlines of the older vintage, GeoJSON.
        older_areas_map: Likewise.
        links: How the older areas became the newer, CSV.
        measures: Measures by area of the newer vintage, CSV.
        measures_map: What each of its columns is, TOML.
        older_measures: Residents and households of the older areas, CSV.
        older_measures_map: Likewise.
        written: Every file, in the order written.
    """

    police: Path
    areas: Path
    areas_map: Path
    older_areas: Path
    older_areas_map: Path
    links: Path
    measures: Path
    measures_map: Path
    older_measures: Path
    older_measures_map: Path
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
    shuffle = stream(force.who.seed, f"{force.who.slug}/write/order")
    months = force.plan.present
    for done, month in enumerate(months):
        tell("Writing the files", done, len(months))
        number = force.period.number(month)
        for kind, header, rows in (
            ("street", STREET, _street(force, places, month, shuffle)),
            ("outcomes", RECORDED_OUTCOMES, _outcomes(force, places, number)),
            ("stop-and-search", STOPPED, _stops(force, places, number)),
        ):
            name = f"{month}/{month}-{force.who.slug}-{kind}.csv"
            written.append(_write_csv(police, name, header, rows))
    for file in place_files(force.places, force.who):
        one = _write(folder / file.name, file.name, file.text, file.rows)
        written += [one] if file.rows else []  # a mapping holds no records
    tell("Writing the files", len(months), len(months))
    return Files(
        police=police,
        areas=folder / "areas.geojson",
        areas_map=folder / "areas.toml",
        older_areas=folder / "areas_2011.geojson",
        older_areas_map=folder / "areas_2011.toml",
        links=folder / "links.csv",
        measures=folder / "measures.csv",
        measures_map=folder / "measures.toml",
        older_measures=folder / "measures_2011.csv",
        older_measures_map=folder / "measures_2011.toml",
        written=tuple(written),
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


def _street(force: Force, where: _Where, month: str, shuffle: np.random.Generator) -> Rows:
    """Return a month's street rows: anti-social behaviour without identifiers, then crimes."""
    calls, crimes = force.calls(month), force.crimes
    asb = calls.point[shuffle.permutation(np.flatnonzero(calls.antisocial))]
    chosen = shuffle.permutation(crimes.month(force.period.number(month)))
    kinds = np.array([kind.name for kind in crimes.kinds])
    ids = [""] * len(asb) + crimes.crime_id.take(pa.array(chosen)).to_pylist()
    types = [ASB] * len(asb) + kinds[crimes.kind[chosen]].tolist()
    known = [""] * len(asb) + np.array(PUBLIC_WORDS)[last_outcomes(crimes, chosen)].tolist()
    points = np.concatenate([asb, crimes.point[chosen]])
    lon, lat, location, code, name = where.at(points)
    fixed = (month, force.who.name, force.who.name)
    for row in zip(ids, lon, lat, location, code, name, types, known, strict=True):
        yield (row[0], *fixed, *row[1:], "")


def _outcomes(force: Force, where: _Where, number: int) -> Rows:
    """Return the outcomes recorded in a month, whenever their crimes were."""
    crimes = force.crimes
    chosen = crimes.ended_in(number)
    words = np.array(PUBLIC_WORDS)[crimes.ending[chosen]].tolist()
    fixed = (force.period.months[number], force.who.name, force.who.name)
    ids = crimes.crime_id.take(pa.array(chosen)).to_pylist()
    for crime, *place, word in zip(ids, *where.at(crimes.point[chosen]), words, strict=True):
        yield (crime, *fixed, *place, word)


def _stops(force: Force, where: _Where, month: int) -> Rows:
    """Return a month's stops in order of time; their latitude stands before their longitude."""
    stops = force.stops
    chosen = stops.month_rows(month)
    lon, lat, *_ = where.at(stops.point[chosen])
    moments = [f"{moment}:00+00:00" for moment in to_utc(stops.moment[chosen]).astype("M8[m]")]
    linked = np.where(stops.linked[chosen], "True", "False")
    words = (
        np.array([word for word, _ in KINDS])[stops.kind[chosen]],
        moments,
        lat,
        lon,
        stops.gender[chosen],
        stops.age[chosen],
        np.where(stops.said[chosen], np.array(SAID)[stops.group[chosen]], ""),
        np.array([*OBSERVED, ""])[stops.observed[chosen]],
        stops.legislation[chosen],
        stops.searched_for[chosen],
        stops.outcome[chosen],
        np.where(stops.found[chosen], linked, ""),
        np.where(stops.clothing[chosen], "True", "False"),
    )
    for kind, moment, *rest in zip(*(np.asarray(word).tolist() for word in words), strict=True):
        yield (kind, moment, "", "", *rest)


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
