"""Small made-up forces with their calls, joined over months, for the oracles of calls and need."""

from types import SimpleNamespace

import numpy as np
import pyarrow as pa

from peelian.records.synth.calls import CallsPlan, NeedPlan, make_calls
from peelian.records.synth.crimes import make_crimes
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.period import Period
from peelian.records.synth.places import PlacesPlan, make_places
from peelian.records.synth.who import Who


def ground(seed, *, areas=30, months=6, crimes=None, first="2023-01"):
    """Make what calls stand on: places, period, who, crimes."""
    who, period = Who(seed=seed), Period(first, months)
    places = make_places(PlacesPlan(areas=areas), who)
    rates = crimes or CrimesPlan()
    return SimpleNamespace(
        who=who, period=period, places=places, rates=rates,
        crimes=make_crimes(rates, places, period, who),
    )  # fmt: skip


def month_of(on, number, calls=None, need=None, policy=None):
    """Make one month of calls."""
    return make_calls(
        calls or CallsPlan(), need or NeedPlan(), on.places, on.period, number, on.who,
        crimes=on.crimes, policy=policy, rates=on.rates,
    )  # fmt: skip


def all_of(on, calls=None, need=None, policy=None):
    """Make every month of calls, each table joined over the months."""
    months = [month_of(on, n, calls, need, policy) for n in range(on.period.length)]
    tables = {
        name: pa.concat_tables([m.tables[name] for m in months if name in m.tables])
        for name in months[0].tables
    }
    truth = {n: pa.concat_tables([m.truth[n] for m in months]) for n in months[0].truth}
    return SimpleNamespace(
        on=on,
        months=months,
        tables=tables,
        truth=truth,
        area=np.concatenate([m.area for m in months]),
        point=np.concatenate([m.point for m in months]),
        antisocial=np.concatenate([m.antisocial for m in months]),
        moved=sum(m.moved for m in months),
        fact=lambda name: np.concatenate([getattr(m.facts, name) for m in months]),
        kind=np.concatenate([np.array(m.facts.kinds)[m.facts.kind] for m in months]),
        said=np.concatenate([np.array(m.facts.kinds)[m.facts.said] for m in months]),
    )


def column(table, name):
    """Return a column as Python values, None where it is empty."""
    return table[name].to_pylist()


def numbers(table, name):
    """Return a column of numbers or flags as an array, NaN where it is empty."""
    return np.array([np.nan if v is None else float(v) for v in table[name].to_pylist()])


def moments(table, name):
    """Return a column of instants as UTC to the second, NaT where it is empty."""
    return table[name].to_numpy().astype("M8[s]")
