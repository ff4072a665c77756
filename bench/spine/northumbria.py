"""Northumbria's open records: every row accounted for, and one report of its 916 areas."""

from pathlib import Path

from bench.figures import Figure
from bench.measure import measure, peelian

READ = 787_615
TABLES = {"crimes": 377_822, "incidents": 146_248, "outcomes": 250_684, "stops": 12_861}
STUDY = Path(__file__).parents[2] / "examples" / "northumbria" / "study.toml"


def load_all(store: Path, shared: Path) -> dict:
    """Make a store of Northumbria's records, areas and measures; return the first load's counts."""
    police, places = shared / "data/uk_northumbria", shared / "data/uk_geography_deprivation"
    _must(measure(peelian("new", store)))
    files = (
        (places / "northumbria_lsoa11_boundaries.geojson.gz", "areas"),
        (places / "File_2_-_IoD2019_Domains_of_Deprivation.csv.gz", "measures"),
        (places / "File_6_-_IoD2019_Population_Denominators.csv.gz", "measures"),
        (places / "imd2019_england_lsoa11_indicators.csv.gz", "measures"),
    )
    for file, layout in files:
        _must(measure(peelian("load", store, file, "--as", layout)))
    return _must(measure(peelian("load", store, police, "--as", "police-uk", "--json"))).json()


def _must(run):
    if run.code:
        raise RuntimeError(f"exit {run.code}\n{run.out}\n{run.err}")
    return run


def figures(shared: Path, work: Path):
    """Yield the figures of Northumbria."""
    store = work / "northumbria"
    first = load_all(store, shared)
    tables = {name: first["tables"].get(name, 0) for name in TABLES}
    yield Figure("Northumbria, rows read", first["read"], "=", READ)
    yield Figure("Northumbria, rows by table", tables, "=", TABLES)
    whole = first["loaded"] + first["quarantined"] + first["duplicates"]
    yield Figure("Northumbria, loaded + quarantined + duplicates", whole, "=", READ)
    yield Figure("Northumbria, quarantined", first["quarantined"], "=", 0)
    yield Figure("Northumbria, known duplicates", first["duplicates"], "=", 0)
    police = shared / "data/uk_northumbria"
    again = _must(measure(peelian("load", store, police, "--as", "police-uk", "--json"))).json()
    yield Figure("Northumbria, a second load adds", again["loaded"], "=", 0)
    ledger = _must(measure(peelian("ledger", store, "--json"))).json()
    held = {name: ledger["tables"].get(name, 0) for name in TABLES}
    yield Figure("Northumbria, rows by table after both", held, "=", TABLES)
    yield from _report(store, work)


def _report(store: Path, work: Path):
    out = work / "northumbria-report"
    run = _must(measure(peelian("run", STUDY, "--store", store, "--out", out, "--json")))
    page = out / "report.html"
    yield Figure("Northumbria, report (KB)", page.stat().st_size / 1000, "≤", 600,
                 f"the study took {run.wall_s:.1f} s")  # fmt: skip
    asked = ("places.profile", "--period", "2022-02..2023-02", "--set", "denominator=population")
    shown = _must(measure(peelian("show", store, *asked, "--json"))).json()
    yield Figure("Northumbria, areas profiled", len(shown["tables"]["areas"]["rows"]), "=", 916)
