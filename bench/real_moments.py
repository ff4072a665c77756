"""The moments of real open records, worked out again: `python -m bench.real_moments --shared DIR`.

Writes `src/peelian/records/synth/real_moments.toml`: numbers alone, each with its source, so that
the product needs none of the records. The arithmetic is that of `records.synth.compare`.
"""

import argparse
import csv
import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from peelian.records.synth.compare import arithmetic as how
from peelian.records.synth.compare.moments import NEAR, TYPES, WORD_SHARES, moments
from peelian.schema.codes import code_list, fold

OUT = Path(__file__).parents[1] / "src/peelian/records/synth/real_moments.toml"
FEWEST_AREAS = 40  # of a part, before its own moments mean anything
FEET = 0.3048
NEVER = "-2208988800000"  # 1900, which stands for a moment that never was
_TITLES = {
    "uk_northumbria": "Northumbria Police, May 2020 to February 2023 (data.police.uk; Home Office; "
    "Open Government Licence v3.0), with the English Indices of Deprivation 2019",
    "uk_london": "Metropolitan Police, recorded crime by LSOA, March 2024 to February 2026 (London "
    "Datastore; Open Government Licence), with the English Indices of Deprivation 2025",
    "us_calls_sacramento": "Sacramento Police Department, dispatch calls, January 2019 (City of "
    "Sacramento open data)",
    "burglary_chicago": "Chicago residential burglary, 2016 (Chicago Police Department, by way of "
    "the R package NearRepeat)",
    "shootings_nyc": "New York Police Department, shooting incidents, 2006-18 (NYC Open Data)",
    "gold_logs": "220 control-room logs written by hand for this project; nobody in them is real",
}
_FILES = {
    "uk_northumbria": ("uk_northumbria/northumbria-street.csv.gz",),
    "uk_london": ("uk_london/recorded-crime-lsoa.parquet",),
    "us_calls_sacramento": ("us_calls_sacramento/sacramento_dispatch_2019-01.csv.gz",),
    "burglary_chicago": ("burglary_chicago_nearrepeat/chicago_be.csv.gz",),
    "shootings_nyc": ("shootings_nyc/NYPD_Shooting_Incident_Data__Historic_.csv.gz",),
    "gold_logs": ("gold_logs/logs.jsonl",),
}
# London's categories, each with the public category it comes nearest to. Its file holds no sexual
# offences, so its violence is a little less than the public category.
_LONDON_MINOR = {
    "BICYCLE THEFT": "bicycle-theft",
    "OTHER THEFT": "other-theft",
    "SHOPLIFTING": "shoplifting",
    "THEFT FROM THE PERSON": "theft-from-the-person",
}
_LONDON_MAJOR = {
    "ARSON AND CRIMINAL DAMAGE": "criminal-damage-and-arson",
    "BURGLARY": "burglary",
    "DRUG OFFENCES": "drugs",
    "MISCELLANEOUS CRIMES AGAINST SOCIETY": "other-crime",
    "POSSESSION OF WEAPONS": "possession-of-weapons",
    "PUBLIC ORDER OFFENCES": "public-order",
    "ROBBERY": "robbery",
    "VEHICLE OFFENCES": "vehicle-crime",
    "VIOLENCE AGAINST THE PERSON": "violence-and-sexual-offences",
}

Found = dict[str, list[dict]]


class Counts:
    """Recorded events by area, month and kind, of a force whose areas lie in districts."""

    def __init__(self, areas: Mapping[str, tuple[str, int]]) -> None:
        self.areas = {code: number for number, code in enumerate(areas)}
        self.district = np.array([district for district, _ in areas.values()])
        self.decile = np.array([decile for _, decile in areas.values()])
        self.by_area: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(areas), int))
        self.by_month: dict[str, Counter] = defaultdict(Counter)

    def add(self, area: str, month: str, kind: str, n: int = 1) -> None:
        """Count events; those in none of the areas count in their month alone."""
        self.by_month[kind][month] += n
        if area in self.areas:
            self.by_area[kind][self.areas[area]] += n

    def parts(self) -> Iterator[np.ndarray]:
        """Yield which areas each district has, of districts with enough of them."""
        for name in np.unique(self.district):
            inside = self.district == name
            if inside.sum() >= FEWEST_AREAS:
                yield inside


def main() -> None:
    """Work every moment out and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="the real open records")
    data = parser.parse_args().shared.resolve() / "data"
    found: Found = defaultdict(list)
    _of_areas(found, "uk_northumbria", _northumbria(data), "the force and its districts")
    _of_areas(found, "uk_london", _london(data), "the force and its boroughs")
    _sacramento(found, data)
    _chicago(found, data)
    _new_york(found, data)
    _gold(found, data)
    OUT.write_text(_toml(found, data), encoding="utf-8", newline="\n")
    known = [moment.key for moment in moments()]
    strange = sorted(set(found) - set(known))
    assert not strange, strange
    print(f"{OUT.name}: {len(found)} of {len(known)} moments")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _northumbria(data: Path) -> Counts:
    deprivation = data / "uk_geography_deprivation/File_2_-_IoD2019_Domains_of_Deprivation.csv.gz"
    districts = (
        *("Newcastle upon Tyne", "Gateshead", "North Tyneside", "South Tyneside"),
        *("Sunderland", "Northumberland"),
    )
    decile = "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"
    areas = {
        row["LSOA code (2011)"]: (
            row["Local Authority District name (2019)"],
            int(row[decile]),
        )
        for row in _rows(deprivation)
        if row["Local Authority District name (2019)"] in districts
    }
    counts = Counts(areas)
    spelling = code_list("crime_type").spellings()
    for row in _rows(data / _FILES["uk_northumbria"][0]):
        said = row["Crime type"]
        kind = "asb" if said == "Anti-social behaviour" else spelling[fold(said)]
        counts.add(row["LSOA code"], row["Month"], kind)
    return counts


def _london(data: Path) -> Counts:
    table = pq.read_table(data / _FILES["uk_london"][0]).to_pydict()
    decile = {
        row["lsoa21_code"]: int(row["IMD_decile"])
        for row in _rows(data / "uk_geography_deprivation/imd2025_england_lsoa21.csv.gz")
    }
    # The first month, 2024-02, holds 38 offences of 1.7 million: it is not a month of records.
    months = [name for name in table if name.isdigit() and name != "202402"]
    areas = {
        code: (borough, decile[code])
        for code, borough in zip(table["lsoa_code"], table["borough"], strict=True)
    }
    counts = Counts(areas)
    for row, (code, major, minor) in enumerate(
        zip(table["lsoa_code"], table["major_category"], table["minor_category"], strict=True)
    ):
        kind = _LONDON_MINOR.get(minor) or _LONDON_MAJOR[major]
        for month in months:
            if table[month][row]:
                counts.add(code, f"{month[:4]}-{month[4:]}", kind, int(table[month][row]))
    return counts


def _of_areas(found: Found, source: str, counts: Counts, parts: str) -> None:
    """Work out every moment of counts by area and month."""
    kinds = {"violence": "violence-and-sexual-offences", "burglary": "burglary", "asb": "asb"}
    inside = list(counts.parts())
    of_area = {name: counts.by_area[code] for name, code in kinds.items()}
    of_month = {name: counts.by_month[code] for name, code in kinds.items()}
    of_area["crimes"] = sum(counts.by_area[code] for code in TYPES)  # type: ignore[assignment]
    of_month["crimes"] = sum((counts.by_month[code] for code in TYPES), Counter())

    def put(key: str, work: Callable[[np.ndarray], float], n: int) -> None:
        whole = work(np.ones(len(counts.areas), bool))
        _put(found, key, source, whole, [work(part) for part in inside], parts, n)

    for name, n in of_area.items():
        if not n.sum():
            continue
        total = int(n.sum())
        put(f"areas.gini.{name}", lambda at, n=n: how.gini(n[at]), total)
        put(f"areas.beyond_chance.{name}", lambda at, n=n: how.beyond_chance(n[at]), total)
        put(f"deprivation.most_over_least.{name}",
            lambda at, n=n: how.most_over_least(n[at], counts.decile[at]), total)  # fmt: skip
        months = {m: c for m, c in of_month[name].items() if c}
        years = [how.swing(year) for year in _years(months)]
        _put(found, f"season.swing.{name}", source, how.swing(months), years,
             "all its months and each run of twelve", total)  # fmt: skip
    crimes: Any = of_area["crimes"]
    total = int(crimes.sum())
    put("areas.busiest_tenth.crimes", lambda at: how.of_busiest_tenth(crimes[at]), total)
    for decile in range(1, 11):
        put(
            f"deprivation.decile.{decile}",
            lambda at, d=decile: _relative(crimes[at], counts.decile[at], d),
            total,
        )
    shape = [how.by_calendar_month(year) for year in _years(of_month["crimes"])]
    for number, value in enumerate(how.by_calendar_month(of_month["crimes"])):
        _put(found, f"season.month.{number + 1}", source, value, [s[number] for s in shape],
             "all its months and each run of twelve", total)  # fmt: skip
    everywhere = sum(of_month["crimes"].values())  # with those in no area, which parts cannot have
    for code in TYPES:
        n, all_of_it = counts.by_area[code], sum(counts.by_month[code].values())
        shares = [float(n[part].sum() / crimes[part].sum()) for part in inside]
        _put(found, f"mix.{code}", source, all_of_it / everywhere, shares, parts, everywhere)
    if source == "uk_northumbria":
        asb = of_area["asb"]
        put("calls.gini", lambda at: how.gini(asb[at]), int(asb.sum()))


def _relative(n: np.ndarray, decile: np.ndarray, wanted: int) -> float:
    if (decile == wanted).sum() < 10:
        return float("nan")
    return float(how.per_area_by_decile(n, decile)[wanted - 1])


def _years(months: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Yield runs of twelve months without a gap, one after another."""
    run: dict[str, int] = {}
    for month in sorted(months):
        follows = not run or np.datetime64(month) - np.datetime64(max(run)) == 1
        run = {**run, month: months[month]} if follows else {month: months[month]}
        if len(run) == 12:
            yield run
            run = {}


def _sacramento(found: Found, data: Path) -> None:
    rows = list(_rows(data / _FILES["us_calls_sacramento"][0]))
    districts = sorted({row["Police_District"] for row in rows} & set("123456"))
    parts = [[row for row in rows if row["Police_District"] == name] for name in districts]

    def put(key: str, work: Callable[[list[dict[str, str]]], float]) -> None:
        _put(found, key, "us_calls_sacramento", work(rows), [work(part) for part in parts],
             "the city and its six police districts", len(rows))  # fmt: skip

    put("calls.gini", _gini_of_grid)
    put("calls.not_dispatched", lambda some: _share(some, "Dispatch_Date", NEVER))
    put("calls.welfare", lambda some: _share(some, "Description", "WELFARE CHECK"))
    put("calls.weekend", _weekend)


def _share(rows: list[dict[str, str]], column: str, word: str) -> float:
    return sum(row[column] == word for row in rows) / len(rows)


def _gini_of_grid(rows: list[dict[str, str]]) -> float:
    """Return the Gini over the cells of the city's grid in which there was any call."""
    return how.gini(np.array(list(Counter(r["Grid"] for r in rows if r["Grid"]).values())))


def _weekend(rows: list[dict[str, str]]) -> float:
    days = Counter(int(r["Received_Date"]) // 86_400_000 for r in rows)
    at_weekend = {day for day in days if datetime.fromtimestamp(day * 86_400, UTC).weekday() >= 5}
    return sum(days[d] for d in at_weekend) / len(rows) / (len(at_weekend) / len(days))


def _chicago(found: Found, data: Path) -> None:
    rows = [r for r in _rows(data / _FILES["burglary_chicago"][0]) if r["date"] not in {"", "NA"}]
    x, y = (np.array([float(r[name]) for r in rows]) for name in "XY")
    day = np.array([np.datetime64(r["date"], "D").astype(int) for r in rows])
    _pairs(found, "burglary", "burglary_chicago", x, y, day, "the year and its four quarters", 4)


def _new_york(found: Found, data: Path) -> None:
    # One row a victim: an incident counts once, or every second victim would be a near repeat.
    rows = {r["INCIDENT_KEY"]: r for r in _rows(data / _FILES["shootings_nyc"][0])}.values()
    rows = [r for r in rows if r["X_COORD_CD"]]
    x, y = (np.array([float(r[n].replace(",", "")) for r in rows]) * FEET
            for n in ("X_COORD_CD", "Y_COORD_CD"))  # fmt: skip
    dates = [datetime.strptime(r["OCCUR_DATE"], "%m/%d/%Y") for r in rows]
    day = np.array([np.datetime64(d, "D").astype(int) for d in dates])
    _pairs(found, "violence", "shootings_nyc", x, y, day, "all years and each of thirteen", 13)


def _pairs(found: Found, kind: str, source: str, x, y, day, parts: str, pieces: int) -> None:
    edges = np.linspace(day.min(), day.max() + 1, pieces + 1)
    piece = np.searchsorted(edges, day, side="right") - 1
    for metres, days in NEAR:

        def ratio(at, metres=metres, days=days):
            return how.near_repeat(x[at], y[at], day[at], metres=metres, days=days)

        some = [ratio(piece == number) for number in range(pieces)]
        key = f"near_repeats.{kind}.{metres}m_{days}d"
        _put(found, key, source, ratio(np.ones(len(day), bool)), some, parts, len(day))


def _gold(found: Found, data: Path) -> None:
    text = (data / _FILES["gold_logs"][0]).read_text(encoding="utf-8")
    logs = [json.loads(line) for line in text.splitlines() if line]
    words = np.array([len(log["narrative"].split()) for log in logs])
    kinds = np.array([log["demand_type"] for log in logs])
    for key, share in WORD_SHARES.items():

        def at(n, share=share):
            return how.at_share(Counter(n.tolist()), share)

        parts = [at(words[kinds == kind]) for kind in np.unique(kinds)]
        _put(found, key, "gold_logs", at(words), parts, "all and each of five kinds of demand",
             len(logs))  # fmt: skip


def _put(found: Found, key: str, source: str, whole: float, parts: list[float], words: str, n: int):
    values = [float(v) for v in (whole, *parts) if np.isfinite(v)]
    found[key].append(
        {"source": source, "whole": float(whole), "low": min(values), "high": max(values),
         "parts": words, "n": n}
    )  # fmt: skip


def _toml(found: Found, data: Path) -> str:
    lines = [
        "# What real open records have, moment by moment. Made, not written: change",
        "# bench/real_moments.py and run `python -m bench.real_moments --shared DIR`.",
        "# `whole` is of all of the records; `low` and `high` are over them and their parts.",
        "# What each moment is stands in compare/moments.py, and is worked out by the same code.",
    ]
    for key, title in _TITLES.items():
        files = _FILES[key]
        lines += ["", "[[sources]]", f'key = "{key}"', f"title = {json.dumps(title)}"]
        for name in files:
            digest = hashlib.sha256((data / name).read_bytes()).hexdigest()
            lines += [f'file = "{Path(name).name}"', f'sha256 = "{digest}"']
    for moment in moments():
        if moment.key not in found:
            continue
        lines += ["", "[[moments]]", f'key = "{moment.key}"', "real = ["]
        for real in found[moment.key]:
            said = ", ".join(
                f"{name} = {_number(value)}" if isinstance(value, float | int)
                else f"{name} = {json.dumps(value)}"
                for name, value in real.items()
            )  # fmt: skip
            lines.append(f"  {{ {said} }},")
        lines.append("]")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.5g}" if value % 1 else f"{value:.1f}"


if __name__ == "__main__":
    main()
