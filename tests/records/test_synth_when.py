"""Hours, holidays and clocks of the made-up force, against `zoneinfo` and the official calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from peelian.records.synth.columns import numbered, words
from peelian.records.synth.when import (
    WEEKS,
    Rhythm,
    draw_hours,
    hour_weights,
    is_holiday,
    to_local,
    to_utc,
)

LONDON = ZoneInfo("Europe/London")
# Bank holidays of England and Wales as gov.uk lists them, but for those proclaimed for one year.
OFFICIAL = {
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2023: "01-02 04-07 04-10 05-01 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
}


def half_hours(first, last):
    return np.arange(np.datetime64(first, "s"), np.datetime64(last, "s"), np.timedelta64(1800, "s"))


def by_zoneinfo(moments):
    zones = (datetime.fromtimestamp(int(s), UTC).astimezone(LONDON) for s in moments.astype(int))
    return np.array([at.replace(tzinfo=None) for at in zones], dtype="M8[s]")


def test_clocks_are_those_of_zoneinfo_over_four_years():
    utc = half_hours("2021-01-01", "2025-01-01")
    local = by_zoneinfo(utc)
    assert (to_local(utc) == local).all()
    # Back again: but for the hour that comes twice in October, of which the first is meant.
    back = to_utc(local)
    twice = back != utc
    assert twice.sum() == 2 * 4
    assert ((utc - back)[twice] == np.timedelta64(3600, "s")).all()


def test_a_moment_that_is_not_known_stays_so():
    moments = np.array(["NaT", "2024-07-01T12:00:00"], dtype="M8[s]")
    assert np.isnat(to_utc(moments)).tolist() == [True, False]
    assert str(to_utc(moments)[1]) == "2024-07-01T11:00:00"
    assert np.isnat(to_local(moments[:1])).all()


@pytest.mark.parametrize("year", OFFICIAL)
def test_bank_holidays_are_the_official_ones(year):
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    found = [f"{day:%m-%d}" for day in days if day.year == year and is_holiday(day)]
    assert found == OFFICIAL[year].split()


@pytest.mark.parametrize("month", ["2024-03", "2024-10", "2023-02", "2023-12"])
def test_a_months_hours_have_weights_that_sum_to_one_and_none_in_the_hour_that_is_skipped(month):
    weights = hour_weights(month)
    first = np.datetime64(month, "M")
    days = int(((first + 1).astype("M8[D]") - first.astype("M8[D]")).astype(int))
    assert weights.shape == (len(Rhythm), 24 * days)
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(Rhythm)))
    skipped = {"2024-03": [30 * 24 + 1]}.get(month, [])
    assert np.flatnonzero((weights == 0).any(axis=0)).tolist() == skipped


def test_without_holidays_every_week_is_the_same():
    weights = hour_weights("2023-05", holidays=False)  # no change of clocks, three bank holidays
    assert weights[:, :168] == pytest.approx(weights[:, 168:336])
    assert not np.allclose(hour_weights("2023-05")[:, :168], weights[:, :168])


def test_hours_are_drawn_as_often_as_they_weigh():
    weights = hour_weights("2023-06")
    chance = (np.arange(200_000) + 0.5) / 200_000
    for rhythm in Rhythm:
        drawn = draw_hours(weights, np.full(len(chance), int(rhythm)), chance)
        share = np.bincount(drawn, minlength=weights.shape[1]) / len(chance)
        assert np.abs(share - weights[rhythm]).max() < 1.1e-5


def test_the_last_of_chance_is_still_in_the_month():
    weights = hour_weights("2023-06")
    last = np.nextafter(1.0, 0.0)
    assert draw_hours(weights, np.array([0, 5]), np.array([last, last])).max() < weights.shape[1]


def test_weeks_of_the_rhythms_are_told_apart():
    days = WEEKS.sum(axis=2)
    assert int(np.argmax(WEEKS[Rhythm.NEED].sum(axis=0))) in (14, 15)
    assert days[Rhythm.NEED, 1:4].min() > days[Rhythm.NEED, 5:].max()
    assert days[Rhythm.NIGHT_OUT, 5] > days[Rhythm.NIGHT_OUT, 1]
    assert WEEKS.sum(axis=(1, 2)) == pytest.approx(np.ones(len(Rhythm)))


def test_identifiers_have_their_digits_and_too_many_are_refused():
    found = numbered("QC", np.array([0, 70, 999]), 3, missing=np.array([False, True, False]))
    assert found.to_pylist() == ["QC000", None, "QC999"]
    with pytest.raises(ValueError, match="more than 3 digits"):
        numbered("QC", np.array([1000]), 3)


def test_words_are_those_numbered():
    found = words(("a", "b"), np.array([1, 0, 1]), missing=np.array([False, False, True]))
    assert found.to_pylist() == ["b", "a", None]


def test_times_keep_their_order_over_both_changes_of_the_clocks():
    """A crime is never recorded before it was reported, though the clocks skip an hour between."""
    for day in ("2024-03-31", "2024-10-27"):
        start = np.datetime64(f"{day}T00:00:00")
        clock = start + np.arange(4 * 3600, step=60).astype("m8[s]")
        utc = to_utc(clock)
        assert (np.diff(utc).astype(int) >= 0).all()
    # What the clocks skip is the moment they do: 01:30 is nowhere between 00:59 and 02:00.
    skipped = to_utc(np.array(["2024-03-31T01:30:00", "2024-03-31T02:00:00"], "M8[s]"))
    assert [str(at) for at in skipped] == ["2024-03-31T01:00:00"] * 2
