"""What partners count month by month: their own demand, and what the step-back moves to them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.period import Period
from peelian.records.synth.places import Places
from peelian.records.synth.policy import FATES, PolicyPlan, Steps
from peelian.records.synth.streams import stream
from peelian.records.synth.who import Who

# The services, in the order of the plan's `service_rates`, each with what it counts.
SERVICES = ("ambulance", "emergency_department", "crisis_line")
_COUNTED = ("mental-health incidents", "mental-health attendances", "mental-health calls")
_MONTH = 365.25 / 12
_LONDON = ZoneInfo("Europe/London")

Counts = NDArray[np.int64]


def service_tables(
    plan: PolicyPlan,
    places: Places,
    period: Period,
    who: Who,
    moved: Counts,
    *,
    steps: Steps,
) -> dict[str, pa.Table]:
    """Return what partners and the force itself would hand over about the step-back.

    Every call that moved to a service is one unit of that service's count in the same month and
    district, no more and no less; what nobody took on is in no service's count.

    Args:
        plan: What is planted.
        places: The areas; services count by the district these nest in.
        period: The months.
        who: The force.
        moved: Health-related calls by area, month and fate, of shape (areas, months, fates), each
            month as `count_fates` gives it.
        steps: The force's step-back, for the dates that are known outside.

    Returns:
        `services` and `interventions`, with the columns of the canonical tables that are theirs.
        The district stands as `area_code`; it has no vintage, since districts outlast the areas'.
    """
    values = _baseline(plan, places, period, who) + _to_services(places, moved)
    districts = _districts(places)[0]
    rows = [(s, d, m) for s in range(len(SERVICES)) for d in range(len(districts))
            for m in range(period.length)]  # fmt: skip
    starts = period.starts.astype("M8[D]").astype(object)
    services = pa.table(
        {
            "service": [SERVICES[s] for s, _, _ in rows],
            "area_code": [districts[d] for _, d, _ in rows],
            "area_vintage": pa.nulls(len(rows), pa.string()),
            "period_start": pa.array([starts[m] for _, _, m in rows], pa.date32()),
            "measure": [_COUNTED[s] for s, _, _ in rows],
            "value": pa.array(values.ravel(), pa.float64()),
        }
    )
    return {"services": services, "interventions": _interventions(plan, period, districts, steps)}


def service_truth(
    plan: PolicyPlan, places: Places, period: Period, who: Who, moved: Counts
) -> dict[str, pa.Table]:
    """Return the truth behind the services: what each had of its own, and the ledger of all calls.

    Args:
        plan: What is planted.
        places: The areas.
        period: The months.
        who: The force.
        moved: As for `service_tables`.

    Returns:
        `services`: by service, district and month the service's own demand and what moved to it.
        `ledger`: by district and month the health-related calls, and how many had each fate.
    """
    own, came = _baseline(plan, places, period, who), _to_services(places, moved)
    codes, _ = _districts(places)
    fates = _by_district(places, moved)
    districts, months, count = len(codes), list(period.months), len(SERVICES)
    ledger = {
        "force": [who.slug] * (districts * len(months)),
        "district_code": np.repeat(codes, len(months)).tolist(),
        "month": months * districts,
        "health_calls": fates.sum(axis=2).ravel(),
    }
    ledger |= {name: fates[:, :, number].ravel() for number, name in enumerate(FATES)}
    services = {
        "force": [who.slug] * own.size,
        "service": np.repeat(SERVICES, districts * len(months)).tolist(),
        "district_code": np.repeat(codes, len(months)).tolist() * count,
        "month": months * (districts * count),
        "own": own.ravel(),
        "moved": came.ravel(),
    }
    return {"services": pa.table(services), "ledger": pa.table(ledger)}


def expected_baseline(plan: PolicyPlan, residents: Counts, period: Period) -> NDArray[np.float64]:
    """Return what each service expects of its own, of shape (services, districts, months).

    Args:
        plan: What is planted.
        residents: People of each district.
        period: The months.
    """
    month = np.arange(period.length)
    calendar = period.starts.astype("M8[M]").astype(np.int64) % 12 + 1
    peak = np.array(plan.service_peaks)[:, None]
    season = 1 + np.array(plan.service_swings)[:, None] * np.cos(2 * np.pi * (calendar - peak) / 12)
    trend = np.array(plan.service_trends)[:, None] ** (month / 12)
    rate = np.array(plan.service_rates)[:, None] * season * trend * (period.days / _MONTH)
    return rate[:, None, :] * residents[None, :, None] / 1000


def _baseline(plan: PolicyPlan, places: Places, period: Period, who: Who) -> Counts:
    """Draw what each service has of its own: Poisson, and the same whether or not calls move."""
    codes, of_area = _districts(places)
    residents = np.bincount(of_area, weights=places.residents, minlength=len(codes))
    expected = expected_baseline(plan, residents.astype(np.int64), period)
    return stream(who.seed, f"{who.slug}/services").poisson(expected)


def _to_services(places: Places, moved: Counts) -> Counts:
    """Return what moved to each service: (services, districts, months)."""
    at = [FATES.index(service) for service in SERVICES]
    return np.moveaxis(_by_district(places, moved)[:, :, at], 2, 0)


def _by_district(places: Places, moved: Counts) -> Counts:
    codes, of_area = _districts(places)
    out = np.zeros((len(codes), *moved.shape[1:]), dtype=np.int64)
    np.add.at(out, of_area, moved)
    return out


def _districts(places: Places) -> tuple[list[str], Counts]:
    """Return the codes of the districts, in order, and the number of each area's."""
    codes, of_area = np.unique(places.district_codes, return_inverse=True)
    return codes.tolist(), of_area


def _interventions(
    plan: PolicyPlan, period: Period, districts: list[str], steps: Steps
) -> pa.Table:
    """Return the dates a force would state: of each type of call begun within the period."""
    begun = [
        (f"step-back: {word}", steps.months[month])
        for word, month in zip(steps.call_types, steps.begun, strict=True)
        if 0 <= month < period.length
    ]
    rows = [(name, district, month) for name, month in begun for district in districts]
    instant = pa.timestamp("us", "UTC")
    announced = _midnight(plan.announcement(period).astype(object))
    return pa.table(
        {
            "name": pa.array([name for name, _, _ in rows], pa.string()),
            "area_code": pa.array([district for _, district, _ in rows], pa.string()),
            "area_vintage": pa.nulls(len(rows), pa.string()),
            "announced_at": pa.array([announced] * len(rows), instant),
            "started_at": pa.array(
                [_midnight(date.fromisoformat(f"{month}-01")) for _, _, month in rows], instant
            ),
            "ended_at": pa.nulls(len(rows), instant),
            # How much was really declined is the truth that an analysis is to find.
            "dose": pa.nulls(len(rows), pa.float64()),
        }
    )


def _midnight(day: date) -> datetime:
    """Return the moment in UTC at which a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=_LONDON).astimezone(UTC)
