"""National tenths are the publisher's own, and three bands lie over them."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.statistics.bands import deciles, need_bands


def test_ten_areas_ten_tenths():
    assert deciles(np.arange(10.0), need_is="low").tolist() == list(range(1, 11))
    assert deciles(np.arange(10.0), need_is="high").tolist() == list(range(10, 0, -1))


def test_no_value_no_tenth():
    # of two areas the first is in place 1 of 2: ceil(10 / 2) = 5
    assert deciles(np.array([np.nan, 2.0, 1.0]), need_is="low").tolist() == [0, 10, 5]
    assert deciles(np.array([np.nan]), need_is="low").tolist() == [0]


def test_bands_are_fifths_above_and_below():
    bands = need_bands(np.arange(0, 12))
    assert bands.tolist() == ["", *["high"] * 2, *["middle"] * 3, *["low"] * 5, ""]


@given(st.lists(st.integers(-50, 50), min_size=1), st.sampled_from(["low", "high"]))
def test_more_need_is_never_a_later_tenth(values, need_is):
    tenths = deciles(np.array(values, float), need_is=need_is)
    order = np.argsort(values if need_is == "low" else -np.array(values), kind="stable")
    assert (np.diff(tenths[order]) >= 0).all()
    assert tenths.min() >= 1
    assert tenths.max() <= 10
    for value in set(values):
        assert len({t for t, v in zip(tenths, values, strict=True) if v == value}) == 1


@pytest.mark.shared
@pytest.mark.parametrize("domain", ["IMD", "Income", "Crime", "Environment"])
def test_the_published_deciles_are_reproduced(shared, domain):
    path = shared / "data/uk_geography_deprivation/imd2025_england_lsoa21.csv.gz"
    with gzip.open(path, "rt") as text:
        header = text.readline().replace('"', "").strip().split(",")
        rows = np.loadtxt(
            text,
            delimiter=",",
            usecols=[header.index(f"{domain}_rank"), header.index(f"{domain}_decile")],
        )
    assert (deciles(rows[:, 0], need_is="low") == rows[:, 1]).all()
