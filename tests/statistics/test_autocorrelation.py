"""Moran, Geary, Getis and Ord, Lee: the published values, and the formulae written out."""

import csv
from pathlib import Path

import numpy as np
import pytest

from peelian.statistics.autocorrelation import (
    bivariate_moran,
    geary,
    getis_ord,
    lees_l,
    moran,
    rates_moran,
    standard_rates,
)
from peelian.statistics.local_autocorrelation import gi_star, local_moran
from peelian.statistics.weights import Neighbours

DATA = Path(__file__).parents[1] / "data"
_QUEEN_TOO = [(5, 16), (25, 30), (31, 39)]  # see the README of the data


def _columbus(*, queen: bool) -> tuple[np.ndarray, np.ndarray, Neighbours]:
    with (DATA / "columbus.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    pairs = [(i, int(j)) for i, row in enumerate(rows, 1) for j in row["neighbours"].split()]
    pairs += _QUEEN_TOO if queen else []
    near = Neighbours.of_pairs(np.array(pairs) - 1, len(rows))
    return *(np.array([float(row[c]) for row in rows]) for c in ("crime", "income")), near


def test_gate_p1_morans_i_of_columbus():
    crime, _, near = _columbus(queen=True)
    assert len(near.of) == 236
    found = moran(crime, near)
    assert found.value == pytest.approx(0.5001885572, abs=1e-8)
    assert found.expected == pytest.approx(-0.0208333, abs=1e-7)
    assert found.variance == pytest.approx(0.0086892892, abs=1e-8)
    assert found.z == pytest.approx(5.5893827, abs=1e-6)


def test_gate_p2_with_the_neighbours_of_the_first_study():
    crime, _, near = _columbus(queen=False)
    assert moran(crime, near).value == pytest.approx(0.4857709137, abs=1e-8)


def test_gate_p3_gearys_c_and_each_tracts_part():
    crime, _, near = _columbus(queen=True)
    assert geary(crime, near) == pytest.approx(0.5405282, abs=1e-6)
    local = local_moran(crime, near)
    assert local[:5] == pytest.approx([0.736818, 0.528777, 0.093851, 0.004821, 0.303606], abs=1e-6)
    assert local.mean() == pytest.approx(moran(crime, near).value, abs=1e-12)
    # the other convention, of which .721781 for the first tract is told
    assert local_moran(crime, near, "n-1")[0] == pytest.approx(0.721781, abs=1e-6)


def test_gate_p4_gi_star_with_the_tract_itself():
    crime, _, near = _columbus(queen=True)
    score = gi_star(crime, near)
    assert score[:5] == pytest.approx(
        [-1.43278, -1.340008, -0.771999, -0.131733, 1.285363], abs=1e-5
    )
    assert score.max() == pytest.approx(3.475051, abs=1e-5)
    assert score.argmax() + 1 == 16
    assert (np.abs(score) > 1.96).sum() == 18


def test_gate_p5_gi_without_it_and_g_over_all():
    crime, _, near = _columbus(queen=True)
    assert gi_star(crime, near, star=False)[:5] == pytest.approx(
        [-0.937808, -0.985659, -0.718419, -0.066662, 1.047136], abs=1e-5
    )
    value, expected = getis_ord(crime, near)
    assert value == pytest.approx(0.12780746, abs=1e-7)
    assert expected == pytest.approx(0.10034014, abs=1e-7)


def test_gate_p6_crime_and_its_neighbours_income():
    crime, income, near = _columbus(queen=True)
    assert bivariate_moran(crime, income, near) == pytest.approx(-0.4286322, abs=1e-6)
    assert lees_l(crime, income, near) == pytest.approx(-0.4703061, abs=1e-6)


@pytest.mark.parametrize(("reach", "score"), [(30, 1.45078), (60, 1.900559), (90, 2.096939)])
def test_gate_p10_the_raster_of_getis_and_ord(reach, score):
    with (DATA / "getis_ord.csv").open(encoding="utf-8") as file:
        x, y, value = np.array([[float(v) for v in row.values()] for row in csv.DictReader(file)]).T
    near = Neighbours.within(x, y, reach)
    assert gi_star(value, near)[119] == pytest.approx(score, abs=1e-5)


def _table(near: Neighbours, *, rows: bool) -> np.ndarray:
    table = np.zeros((len(near), len(near)))
    table[np.repeat(np.arange(len(near)), near.many), near.of] = 1
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1) if rows else table


def test_gate_p9_sudden_infant_deaths_of_north_carolina():
    """P9: counties that touch, weights of one; .002 at 999 is two of a thousand, itself one."""
    with (DATA / "nc_counties.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    births, deaths = (np.array([float(row[c]) for row in rows]) for c in ("births", "deaths"))
    pairs = [(i, int(j)) for i, row in enumerate(rows, 1) for j in row["neighbours"].split()]
    near = Neighbours.of_pairs(np.array(pairs) - 1, len(rows))
    assert len(near.of) == 490
    found = rates_moran(deaths, births, near, "binary")
    assert found.value == pytest.approx(0.2429938, abs=1e-6)
    rng, rates = np.random.default_rng(9), standard_rates(deaths, births)
    dealt = [moran(rng.permutation(rates), near, "binary").value for _ in range(999)]
    assert (np.array(dealt) >= found.value).sum() <= 2


@pytest.mark.parametrize("style", ["row", "binary"])
def test_rates_are_set_in_their_own_chance_error(style):
    """P9's statistic written out, on tracts with an island and unequal people."""
    rng = np.random.default_rng(4)
    pairs = np.array([(i, j) for i in range(40) for j in range(i) if rng.random() < 0.1])
    near = Neighbours.of_pairs(pairs, 41)
    people = rng.integers(200, 9000, 41)
    counts = rng.poisson(people * 0.01 * rng.gamma(2, 0.5, 41))
    rate, whole = counts / people, counts.sum() / people.sum()
    between = (people * (rate - whole) ** 2).sum() / people.sum() - whole / people.mean()
    z = (rate - whole) / np.sqrt(between + whole / people)
    assert between > 0
    assert standard_rates(counts, people) == pytest.approx(z)
    table, z = _table(near, rows=style == "row"), z - z.mean()
    by_hand = 41 / table.sum() * (z @ table @ z) / (z @ z)
    assert rates_moran(counts, people, near, style).value == pytest.approx(by_hand)


@pytest.mark.parametrize("style", ["row", "binary"])
def test_the_variance_is_that_of_values_dealt_out_at_random(style):
    crime, _, near = _columbus(queen=True)
    rng = np.random.default_rng(5)
    table = _table(near, rows=style == "row")
    z = crime - crime.mean()
    dealt = np.array([rng.permutation(z) for _ in range(20_000)])
    values = len(z) / table.sum() * np.einsum("ri,ij,rj->r", dealt, table, dealt) / (z @ z)
    found = moran(crime, near, style)
    assert values.mean() == pytest.approx(found.expected, abs=4 * values.std() / np.sqrt(20_000))
    assert values.var() == pytest.approx(found.variance, rel=0.05)


def test_what_cannot_be_asked_is_refused():
    near = Neighbours.of_pairs(np.array([[0, 1]]), 5)
    with pytest.raises(ValueError, match="not all one"):
        moran(np.ones(5), near)
    with pytest.raises(ValueError, match="no area has a neighbour"):
        moran(np.arange(5.0), Neighbours.of_pairs(np.empty((0, 2), int), 5))
    with pytest.raises(ValueError, match="has people"):
        standard_rates(np.ones(3), np.array([1, 0, 2]))
    with pytest.raises(ValueError, match="nought or more"):
        getis_ord(np.array([1.0, -1, 0, 0, 0]), near)
