"""Self-exciting or just clustered: planted ratios are found, and quiet cities are left quiet."""

import numpy as np
import pytest

import quiet_cities
from peelian.statistics.excitation import excitation
from peelian.statistics.hawkes import Events
from peelian.statistics.lags import Bands
from peelian.statistics.self_excitation import judge
from spread_trials import TRUTHS, cells


def judged(x, y, t, seed, tick=0.0):
    events = Events.of(x, y, np.floor(t) if tick else t, quiet_cities.DAYS, quiet_cities.BOX)
    told = excitation(events, Bands.of(1000.0, 30.0, tick), deals=99, runs=30, seed=seed)
    return told, judge(told).verdict


def test_a_planted_ratio_is_found_and_its_interval_covers_it():
    told = cells(3, truths=(0.3,), widths=(600.0, 1500.0), workers=1)
    assert all(cell.called["self-exciting"] == 3 for cell in told)
    assert sum(cell.covered for cell in told) >= 5
    assert all(abs(cell.theta - 0.3) < 0.06 for cell in told)


def test_where_no_event_leads_to_another_nothing_is_called_self_exciting():
    told = cells(3, truths=(0.0,), widths=(300.0, 1500.0), workers=1)
    assert all(cell.called["self-exciting"] == 0 for cell in told)


def test_heavy_tails_streets_and_whole_days_do_not_hide_the_ratio():
    (told,) = cells(
        4, truths=(0.3,), widths=(600.0,), kernel="power-law", whole_days=True, workers=1
    )
    assert told.called["self-exciting"] == 4
    assert told.theta == pytest.approx(0.3, abs=0.06)


@pytest.mark.parametrize(
    "city", [quiet_cities.by_the_week, quiet_cities.one_district_grows, quiet_cities.seasons]
)
def test_rhythms_growth_and_seasons_of_places_are_not_called_self_exciting(city):
    for seed in range(3):
        assert judged(*city(seed), seed)[1] != "self-exciting"


def test_too_short_a_time_is_refused():
    x, y, t = quiet_cities.by_the_week(0)
    early = t < 50
    events = Events.of(x[early], y[early], t[early], 50.0)
    with pytest.raises(ValueError, match="as long as the lags"):
        excitation(events, Bands.of(1000.0, 30.0, 0.0))


@pytest.mark.deep
def test_coverage_false_alarms_and_power_over_every_truth_and_width():
    told = cells(100)
    for truth in TRUTHS:
        mine = [cell for cell in told if cell.truth == truth]
        identified = sum(cell.identified for cell in mine)
        assert sum(cell.covered for cell in mine) >= 0.93 * identified
    for cell in told:
        if cell.truth == 0:
            assert cell.called["self-exciting"] <= 5
        if cell.truth == 0.3 and cell.width >= 1500:
            assert cell.called["self-exciting"] >= 80


@pytest.mark.deep
@pytest.mark.parametrize(
    "city", [quiet_cities.by_the_week, quiet_cities.one_district_grows, quiet_cities.seasons]
)
def test_rhythms_growth_and_seasons_are_hardly_ever_called_self_exciting(city):
    assert sum(judged(*city(seed), seed)[1] == "self-exciting" for seed in range(60)) <= 3
