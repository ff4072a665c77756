"""London's counts: every row accounted for, no sheet added to another, one report of its areas."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from bench.door.page import measure_page
from bench.figures import Figure
from bench.measure import measure, peelian
from bench.spine import northumbria
from peelian.statistics.concentration import beside_equal_risk, generalised_gini, gini

LONDON = Path(__file__).parents[2] / "examples" / "london"
COUNTS = (
    ("recorded-crime-lsoa.parquet", "recorded-crime.toml"),
    ("vawg-offences.parquet", "violence-by-offence.toml"),
    ("vawg-offences.parquet", "violence-by-ward.toml"),
)
READ, OFFENCES, BY_KIND = 105_620, 1_730_432, 1_612_003
RUNS = 400


def figures(shared: Path, work: Path):
    """Yield the figures of London, of concentration's gates, and of Northumbria's report."""
    yield from _gates()
    store, places = work / "london", shared / "data/uk_geography_deprivation"
    data = shared / "data/uk_london"
    _must(peelian("new", store))
    for file, layout in (
        (data / "london-2021-lsoa-gen20.shp", "areas"),
        (places / "imd2025_england_lsoa21.csv.gz", "measures"),
        (places / "census21_deprivation_england_wales_lsoa21.csv.gz", "measures"),
    ):
        _must(peelian("load", store, file, "--as", layout))
    yield from _counts(store, data)
    yield from _sheets(store, data, work)
    yield from _report(store, work)
    yield from _northumbria(shared, work)


def _gates():
    """P11 by its three figures; P13 by how often equal risk is taken for concentration."""
    sparse = [3, 1, 1] + [0] * 7
    found = (gini(sparse), generalised_gini(sparse), generalised_gini(sparse, unbiased=True))
    yield Figure("P11, Gini, generalised, unbiased", [round(g, 10) for g in found], "=",
                 [0.78, 0.56, 0.7])  # fmt: skip
    rng = np.random.default_rng(23)
    clear = [
        beside_equal_risk(
            rng.multinomial(300, np.full(1000, 1e-3)), generalised_gini, draws=99, seed=run
        ).p[0]
        > 0.05
        for run in range(RUNS)
    ]
    yield Figure("P13, equal risk said to be no concentration", float(np.mean(clear)), "≥", 0.93,
                 f"{RUNS} runs of 300 records on 1,000 places")  # fmt: skip


def _counts(store: Path, data: Path):
    ledgers = [
        _must(peelian("load", store, data / file, "--as", "counts", "--map", LONDON / mapping,
                      "--json")).json()
        for file, mapping in COUNTS
    ]  # fmt: skip
    wide = ledgers[0]
    yield Figure("London, rows of the wide file", wide["read"], "=", READ)
    yield Figure("London, counts they became", wide["tables"]["counts"], "=", 25 * READ)
    unaccounted = [
        one["read"] - one["loaded"] - one["quarantined"] - one["duplicates"] for one in ledgers
    ]
    yield Figure("London, rows unaccounted for, three loads", unaccounted, "=", [0, 0, 0])
    table = pq.read_table(data / COUNTS[0][0])
    months = [name for name in table.column_names if name.isdigit()]
    summed = sum(int(table[name].to_numpy().sum()) for name in months)
    yield Figure("London, offences in the file, summed apart", summed, "=", OFFENCES)
    yield Figure("London, offences held", _held(store, "met-lsoa"), "=", OFFENCES)
    yield Figure("London, violence by kind held", _held(store, "met-vawg-by-offence"), "=", BY_KIND)
    again = [ledgers[1]["duplicates"], ledgers[2]["duplicates"]]
    yield Figure("London, rows of the other sheet, known", again, "=", [314_161, 97_180])


def _held(store: Path, series: str) -> int:
    asked = ("demand.composition", "--set", "records=counts", "--set", f"series={series}")
    shown = _must(peelian("show", store, *asked, "--json")).json()
    return sum(row["n"] for row in _rows(shown, "by_category"))


def _rows(shown: dict, table: str) -> list[dict]:
    held = shown["tables"][table]
    names = held.get("columns", held.get("fields"))
    return [row if isinstance(row, dict) else dict(zip(names, row, strict=True))
            for row in held["rows"]]  # fmt: skip


def _sheets(store: Path, data: Path, work: Path):
    """A mapping that takes both sheets of the one table must be refused."""
    both = work / "both-sheets.toml"
    text = (LONDON / "violence-by-offence.toml").read_text(encoding="utf-8")
    both.write_text(text.split("[only]")[0].replace("met-vawg-by-offence", "both")
                    .replace('category = "crimsec_group"', 'category = { value = "all" }'),
                    encoding="utf-8")  # fmt: skip
    run = measure(peelian("load", store, data / COUNTS[1][0], "--as", "counts", "--map", both))
    yield Figure("London, adding the two sheets refused", bool(run.code)
                 and "must not be added" in run.out + run.err, "=", True)  # fmt: skip


def _report(store: Path, work: Path):
    out = work / "london-report"
    run = _must(peelian("run", LONDON / "study.toml", "--store", store, "--out", out, "--json"))
    page = out / "report.html"
    yield Figure("London, report (KB)", page.stat().st_size / 1000, "≤", 1500,
                 f"the study took {run.wall_s:.1f} s, {run.cpu_s:.1f} s of CPU")  # fmt: skip
    drawn = measure_page(page)
    yield Figure("London, areas drawn", drawn.areas, "≥", 4988)
    yield Figure("London, drawn in Chromium (s)", drawn.drawn_s, "≤", 1.5, "middle of 3 visits")
    for how, times in (("pan", drawn.pan_ms), ("zoom", drawn.zoom_ms)):
        yield Figure(
            f"London, {how}, a frame (ms)", times[len(times) // 2], "≤", 25,
            f"middle of {len(times)}; nine in ten within {times[int(0.9 * len(times))]:.1f}, "
            f"slowest {times[-1]:.0f}",
        )  # fmt: skip


def _northumbria(shared: Path, work: Path):
    """The first real area's report, which grew with the page and must stay small."""
    store, out = work / "northumbria", work / "northumbria-report"
    northumbria.load_all(store, shared)
    _must(peelian("run", northumbria.STUDY, "--store", store, "--out", out, "--json"))
    page = out / "report.html"
    yield Figure("Northumbria, report (KB)", page.stat().st_size / 1000, "≤", 600)
    drawn = measure_page(page)
    yield Figure("Northumbria, drawn in Chromium (s)", drawn.drawn_s, "≤", 1.5)


def _must(command):
    run = measure(command)
    if run.code:
        raise RuntimeError(f"exit {run.code}\n{run.out}\n{run.err}")
    return run


if __name__ == "__main__":
    import sys

    with tempfile.TemporaryDirectory() as folder:
        for figure in figures(Path(sys.argv[1]), Path(folder)):
            print(figure.line(), flush=True)
