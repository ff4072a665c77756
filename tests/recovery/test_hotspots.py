"""Planted hot spots are found, and none where rates are equal and people live close together."""

from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from peelian.analysis.places.hotspots import hotspots
from peelian.records.store.engines import engine_called
from spec_harness import arrow, ask

DOWN, ALONG = 12, 14
CODES = [f"r{row:02}c{column:02}" for row in range(DOWN) for column in range(ALONG)]
ROW, COLUMN = (at.ravel() for at in np.mgrid[:DOWN, :ALONG])
# People live close together in the middle: six times as many an area as at the edge.
PEOPLE = np.rint(600 + 3000 * np.exp(-((ROW - 5.5) ** 2 + (COLUMN - 6.5) ** 2) / 18)).astype(int)
BLOCK = (ROW < 4) & (COLUMN < 4)
FAR = (ROW > 5) | (COLUMN > 5)  # none of these touches one that touches the block


@pytest.fixture(scope="module")
def engine():
    with_duckdb = engine_called("duckdb")
    yield with_duckdb
    with_duckdb.close()


@pytest.fixture
def called(engine, tmp_path):
    """Ask of counts by area; return which areas lie among high ones, and the result."""
    arcs = [
        (CODES[i], f"r{ROW[i] + down:02}c{COLUMN[i] + along:02}")
        for i in range(len(CODES))
        for down, along in ((0, 1), (1, 0), (1, 1), (1, -1))
        if ROW[i] + down < DOWN and 0 <= COLUMN[i] + along < ALONG
    ]
    whole = {
        "areas": [{"area_code": c, "vintage": "V1", "geometry": "g"} for c in CODES],
        "area_arcs": [
            {"vintage": "V1", "arc": str(i), "left_code": one, "right_code": other, "line": "l"}
            for i, (one, other) in enumerate(arcs)
        ],
        "measures": [
            {"measure": "population", "vintage": "V1", "scale": "count", "unit": "people"}
        ],
        "area_measures": [
            {"vintage": "V1", "area_code": c, "measure": "population", "value": str(n)}
            for c, n in zip(CODES, PEOPLE, strict=True)
        ],
        "coverage": [{"source": "f", "layout": "s", "table": "counts", "month": "2022-01",
                      "load_id": "x", "n": "1"}],
    }  # fmt: skip
    drawn = {name: arrow(name, rows) for name, rows in whole.items()}

    def ask_of(counts, **settings) -> tuple[np.ndarray, object]:
        rows = [
            {"series": "s", "area_code": c, "area_vintage": "V1", "period_start": "2022-01-01",
             "period_end": "2022-01-31", "category": "burglary", "n": str(n)}
            for c, n in zip(CODES, counts, strict=True)
        ]  # fmt: skip
        question = partial(hotspots, records="counts", **settings)
        result = ask(question, drawn | {"counts": arrow("counts", rows)}, engine, tmp_path)
        areas: pa.Table = result.tables["areas"].data.sort_by("area_code")
        return np.array([c == "among high ones" for c in areas["class"].to_pylist()]), result

    return ask_of


def test_equal_rates_call_no_area_and_raw_counts_would_call_the_town(called):
    """Of twenty maps with nothing in them, four or more would be called so 2 times in 100."""
    by_rate = []
    for seed in range(20):
        counts = np.random.default_rng([1829, seed]).poisson(PEOPLE * 0.01)
        by_rate.append(called(counts, denominator="population")[0].any())
    assert sum(by_rate) <= 3
    by_count, _ = called(counts)
    assert by_count.sum() >= 10  # and rightly: counts follow people, as the caveat says
    assert by_count[np.argmax(PEOPLE)]


def test_a_planted_block_is_found_and_stays_with_other_borders(called):
    found, far, kept, of_all = [], [], [], []
    for seed in range(6):
        rate = np.where(BLOCK, 0.025, 0.01)
        counts = np.random.default_rng([1830, seed]).poisson(PEOPLE * rate)
        high, result = called(counts, denominator="population")
        found.append(high[BLOCK].mean())
        far.append((high & FAR).sum() / max(high.sum(), 1))
        once = result.tables["units"].data.to_pylist()[0]
        kept.append(once["kept"])
        of_all.append(once["of_all"])
    assert np.mean(found) >= 0.6
    assert np.mean(far) <= 0.05
    assert np.mean(kept) >= 3 * np.mean(of_all)
