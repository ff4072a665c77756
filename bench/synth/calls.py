"""Calls, counted back from their records: crimes, totals, callers, units, and speed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from time import process_time

import numpy as np
import pyarrow as pa

from bench.figures import Figure
from peelian.records.synth.calls import Calls, CallsPlan, NeedPlan, make_calls
from peelian.records.synth.crimes import Crimes, make_crimes
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.period import Period
from peelian.records.synth.places import Places, PlacesPlan, make_places
from peelian.records.synth.who import Who

SEEDS = 20
PERIOD = Period("2023-01", 6)
AREAS, A_YEAR = 30, 20_000


def figures() -> Iterator[Figure]:
    """Yield what the calls do beside what the plan says, over twenty forces, and their speed."""
    plan = replace(CallsPlan(), incidents=A_YEAR)
    runs = [_run(plan, seed) for seed in range(SEEDS)]
    yield Figure("calls: crimes reported by the public without exactly one incident",
                 sum(run["astray"] for run in runs), "=", 0,
                 f"{sum(run['reported'] for run in runs):,} crimes, {SEEDS} forces")  # fmt: skip
    years = float(PERIOD.days.sum()) / 365.25
    total = sum(run["incidents"] for run in runs)
    wanted = SEEDS * A_YEAR * years
    yield Figure("calls: incidents in half a year, share from the plan", abs(total / wanted - 1),
                 "≤", 0.03, f"{total:,}, planned {wanted:,.0f}, seasons apart")  # fmt: skip
    yield Figure("calls: minutes that units and incidents do not agree on",
                 max(run["minutes_apart"] for run in runs), "≤", 0.011)  # fmt: skip
    for name, planned in (("opening_wrong", plan.opening_wrong), ("crew_missing", 0.12)):
        found, of = (sum(run[name][n] for run in runs) for n in (0, 1))
        error = np.sqrt(planned * (1 - planned) / of)
        yield Figure(f"calls: {name}, standard errors from the plan",
                     float(abs(found / of - planned) / error), "≤", 4.0,
                     f"{found / of:.4f} of {of:,}, planned {planned}")  # fmt: skip
    on = [run["most"] for run in runs]
    off = [_run(plan.off(), seed)["most"] for seed in range(SEEDS)]
    yield Figure("calls: most incidents of one caller, least of the forces", min(on), "≥", 10,
                 f"mean {np.mean(on):.1f} in six months")  # fmt: skip
    yield Figure("calls, switched off: most incidents of one caller, most of the forces", max(off),
                 "≤", 8)  # fmt: skip
    yield _speed()


def ground(seed: int, areas: int, period: Period) -> tuple[Who, Places, Crimes]:
    """Return what calls stand on."""
    who = Who(seed=seed)
    places = make_places(PlacesPlan(areas=areas), who)
    return who, places, make_crimes(CrimesPlan(), places, period, who)


def _run(plan: CallsPlan, seed: int) -> dict:
    who, places, crimes = ground(seed, AREAS, PERIOD)
    made = [
        make_calls(plan, NeedPlan(), places, PERIOD, number, who, crimes=crimes)
        for number in range(PERIOD.length)
    ]
    incidents = _joined(made, "incidents")
    deployments = _joined(made, "deployments")
    brought = Counter(incidents["crime_id"].drop_null().to_pylist())
    start, end = PERIOD.starts[0], PERIOD.end
    told = crimes.by_public & (crimes.reported >= start) & (crimes.reported < end)
    ids = pa.array(crimes.crime_id).take(pa.array(np.flatnonzero(told))).to_pylist()
    spent: Counter[str] = Counter()
    times = (deployments[name].to_pylist() for name in ("incident_id", "assigned_at", "cleared_at"))
    for incident, assigned, cleared in zip(*times, strict=True):
        spent[incident] += (cleared - assigned).total_seconds() / 60
    pairs = zip(incidents["incident_id"].to_pylist(), incidents["unit_minutes"].to_pylist(),
                strict=True)  # fmt: skip
    callers = Counter(
        key for key in incidents["caller_id"].drop_null().to_pylist() if key[2] != "8"
    )
    wrong = sum(int((run.facts.said != run.facts.kind).sum()) for run in made)
    return {
        "astray": sum((brought - Counter(ids)).values()) + sum((Counter(ids) - brought).values()),
        "reported": len(ids),
        "incidents": len(incidents),
        "minutes_apart": max(abs(spent[incident] - minutes) for incident, minutes in pairs),
        "opening_wrong": (wrong, len(incidents)),
        "crew_missing": (deployments["crew_size"].null_count, len(deployments)),
        "most": max(callers.values()),
    }


def _joined(made: list[Calls], name: str) -> pa.Table:
    return pa.concat_tables([run.tables[name] for run in made])


def _speed() -> Figure:
    """Return the CPU seconds of a million incidents, all their tables and truth, unwritten."""
    period = Period("2022-01", 30)
    who, places, crimes = ground(1, 1000, period)
    began, count = process_time(), 0
    for number in range(period.length):
        run = make_calls(CallsPlan(), NeedPlan(), places, period, number, who, crimes=crimes)
        count += len(run.facts)
    spent = process_time() - began
    return Figure("calls: CPU seconds for a million incidents", spent * 1e6 / count, "≤", 10.0,
                  f"{count:,} incidents of 1,000 areas")  # fmt: skip
