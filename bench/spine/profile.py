"""The profile on ten million street rows, beside the bare group-by of the same files."""

from pathlib import Path

from bench import profile_bench
from bench.figures import Figure
from bench.measure import measure, peelian
from peelian.records.store import Store


def figures(shared: Path, store: Path):
    """Yield what `places.profile` costs on the store that the part `load` has filled.

    Args:
        shared: The real open records.
        store: The store of the part `load`; areas and measures are loaded into it.
    """
    if not store.is_dir():
        raise RuntimeError("run the part `load` first: its store is used here")
    places = shared / "data/uk_geography_deprivation"
    for file, layout in (
        ("northumbria_lsoa11_boundaries.geojson.gz", "areas"),
        ("File_2_-_IoD2019_Domains_of_Deprivation.csv.gz", "measures"),
        ("File_6_-_IoD2019_Population_Denominators.csv.gz", "measures"),
    ):
        run = measure(peelian("load", store, places / file, "--as", layout))
        if run.code:
            raise RuntimeError(run.err)
    with Store.open(store) as opened:
        yield from profile_bench.figures(opened)
    asked = ("places.profile", "--set", "denominator=population", "--json")
    shown = measure(peelian("show", store, *asked))
    yield Figure("its memory as a command, GB", shown.peak_mb / 1000, "≤", 2.0,
                 f"{shown.wall_s:.1f} s, exit {shown.code}")  # fmt: skip
