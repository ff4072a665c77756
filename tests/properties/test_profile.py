"""What must not change a profile: what areas are called, and in which order records come."""

from functools import partial

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peelian.analysis.places.profile import profile
from peelian.records.store.engines import engine_called
from spec_harness import arrow, ask

forces = st.lists(
    st.tuples(st.integers(0, 60), st.integers(400, 3000), st.integers(1, 10)),
    min_size=4,
    max_size=14,
).filter(lambda areas: sum(n for n, _, _ in areas) > 0)
quick = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Profile a force given as (records, people, decile) by area code; return its areas' rows."""
    engine, folder = engine_called("duckdb"), tmp_path_factory.mktemp("asked")

    def run(force, times=1, seed=0):
        rng = np.random.default_rng(seed)
        codes = rng.permutation([c for c, (n, _, _) in force.items() for _ in range(times * n)])
        blank = arrow("crimes", [{"crime_type": "burglary", "area_vintage": "V1"}])
        crimes = pa.table(
            {
                name: pa.array(codes) if name == "area_code" else pa.repeat(column[0], len(codes))
                for name, column in zip(blank.column_names, blank.columns, strict=True)
            },
            schema=blank.schema,
        )
        tables = {
            "crimes": crimes,
            "areas": arrow(
                "areas", [{"area_code": c, "vintage": "V1", "geometry": "g"} for c in force]
            ),
            "measures": arrow(
                "measures",
                [
                    {"measure": "population", "vintage": "V1", "scale": "count"},
                    {"measure": "imd_decile", "vintage": "V1", "scale": "decile", "need_is": "low"},
                ],
            ),
            "area_measures": arrow(
                "area_measures",
                [
                    {"area_code": c, "vintage": "V1", "measure": measure, "value": str(value)}
                    for c, (_, people, decile) in force.items()
                    for measure, value in (("population", times * people), ("imd_decile", decile))
                ],
            ),
            "coverage": arrow(
                "coverage",
                [{"source": "s", "layout": "p", "table": "crimes", "month": "2022-01",
                  "load_id": "x", "n": "0"}],
            ),
        }  # fmt: skip
        question = partial(profile, denominator="population", draws=100)
        result = ask(question, tables, engine, folder)
        return {row["area_code"]: row for row in result.tables["areas"].data.to_pylist()}

    yield run
    engine.close()


def like(row, other):
    return all(
        value == pytest.approx(other[name], rel=1e-9, abs=1e-9)
        if isinstance(value, float)
        else value == other[name]
        for name, value in row.items()
        if name not in ("area_code", "area_name")
    )


@given(forces, st.randoms(use_true_random=False))
@quick
def test_what_areas_are_called_changes_nothing(asked, areas, shuffler):
    names = [f"x{i:02}" for i in range(len(areas))]
    shuffler.shuffle(names)
    plain = asked({f"a{i:02}": area for i, area in enumerate(areas)})
    renamed = asked(dict(zip(names, areas, strict=True)))
    assert all(like(plain[f"a{i:02}"], renamed[name]) for i, name in enumerate(names))


@given(forces)
@quick
def test_the_order_of_records_changes_nothing(asked, areas):
    force = {f"a{i:02}": area for i, area in enumerate(areas)}
    one, other = asked(force, seed=1), asked(force, seed=2)
    assert one == other


@given(forces)
@quick
def test_twice_the_records_of_twice_the_people_keeps_rates(asked, areas):
    """The raw rate and the average stay; what luck explains shrinks, so steadied rates open out."""
    force = {f"a{i:02}": area for i, area in enumerate(areas)}
    one, two = asked(force), asked(force, times=2)
    for code, row in one.items():
        assert two[code]["rate"] == pytest.approx(row["rate"])
        drawn_in = abs(row["smoothed"] - row["rate"])
        assert abs(two[code]["smoothed"] - two[code]["rate"]) <= drawn_in + 1e-9
        assert two[code]["need_band"] == row["need_band"]
