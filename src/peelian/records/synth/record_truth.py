"""What was true of each record and each area, as tables that only the truth folder holds."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from peelian.records.synth.columns import instants, words
from peelian.records.synth.crimes import Crimes
from peelian.records.synth.near_repeats import BEFORE
from peelian.records.synth.places import GROUPS, Integers, Places
from peelian.records.synth.rates import Rates
from peelian.records.synth.stops import Stops


def force_truth(places: Places, crimes: Crimes, rates: Sequence[Rates]) -> dict[str, pa.Table]:
    """Return what was planted in a force as a whole.

    Args:
        places: Its areas.
        crimes: Its crimes, with the offences they came from.
        rates: What was expected of each kind of event.

    Returns:
        `areas`, `rates` (by area and kind, over the period), `months` (by kind) and `offences`:
        all that truly happened, recorded or not, each with the offence it follows.
    """
    return {
        "areas": area_truth(places),
        "rates": rate_truth(places, range(crimes.period.length), rates),
        "months": month_truth(crimes.period.months, rates),
        "offences": _offences(places, crimes),
    }


def crime_truth(crimes: Crimes, places: Places, number: int) -> pa.Table:
    """Return which offence each recorded crime of a month is about, and what is not in its record.

    Args:
        crimes: All of them.
        places: The areas.
        number: The month of their recording.
    """
    rows = crimes.month(number)
    return pa.table(
        {
            "crime_id": crimes.crime_id.take(pa.array(rows)),
            "offence": pa.array(crimes.offence[rows]),
            "area_code": words(places.codes, crimes.area[rows]),
            "by_public": pa.array(crimes.by_public[rows]),
        }
    )


def stop_truth(stops: Stops, places: Places, stop_id: pa.ChunkedArray, number: int) -> pa.Table:
    """Return who each stopped person of a month is, and the chance of a find the officer saw.

    Args:
        stops: All of them.
        places: The areas.
        stop_id: The month's identifiers, in the order of its records.
        number: The month.
    """
    rows = stops.month_rows(number)
    return pa.table(
        {
            "stop_id": stop_id,
            "area_code": words(places.codes, stops.area[rows]),
            "group": words(GROUPS, stops.group[rows]),
            "chance": pa.array(stops.chance[rows]),
            "found": pa.array(stops.found[rows]),
        }
    )


def span_truth(spans: pa.Table, incident_id: pa.ChunkedArray) -> pa.Table:
    """Return where names and the like stand in logs, by the incident rather than its row."""
    row = spans.column_names.index("row")
    return spans.set_column(row, "incident_id", incident_id.take(spans["row"]))


def area_truth(places: Places) -> pa.Table:
    """Return what is true of each area."""
    shares = {
        f"share_{name}": pa.array(places.group_shares[:, column])
        for column, name in enumerate(GROUPS)
    }
    return pa.table(
        {
            "area_code": list(places.codes),
            "area_name": list(places.names),
            "deprivation": places.deprivation,
            "decile": places.decile,
            "residents": places.residents,
            "visitors": places.visitors,
            "daytime": places.daytime,
            "night": places.night,
            **shares,
        }
    )


def rate_truth(places: Places, held: Sequence[int], rates: Sequence[Rates]) -> pa.Table:
    """Return what each area expects of each kind of event in the months that are held.

    Args:
        places: The areas.
        held: The numbers of those months.
        rates: What was expected of each kind.
    """
    areas, months = len(places.codes), list(held)
    return pa.table(
        {
            "category": [rate.category.name for rate in rates for _ in range(areas)],
            "area_code": list(places.codes) * len(rates),
            "people": np.concatenate([rate.people for rate in rates]).astype(float),
            "relative": np.concatenate([rate.relative for rate in rates]),
            "own": np.concatenate([rate.own for rate in rates]),
            "expected": np.concatenate([rate.expected[:, months].sum(axis=1) for rate in rates]),
        }
    )


def month_truth(months: Sequence[str], rates: Sequence[Rates]) -> pa.Table:
    """Return what each month does to each kind of event."""
    return pa.table(
        {
            "category": [rate.category.name for rate in rates for _ in months],
            "month": list(months) * len(rates),
            "years": np.concatenate([rate.months for rate in rates]),
        }
    )


def _offences(places: Places, crimes: Crimes) -> pa.Table:
    true = crimes.offences
    parent: Integers = true.parent
    return pa.table(
        {
            "offence": np.arange(len(true)),
            "category": words([kind.name for kind in crimes.kinds], true.kind),
            "area_code": words(places.codes, true.area),
            "occurred_at": instants(true.occurred),
            "lon": true.lon,
            "lat": true.lat,
            "parent": pa.array(parent, mask=parent < 0),
            "parent_too_early": parent == BEFORE,
            "victim_group": words(GROUPS, true.group),
            "report_chance": true.report_chance,
            "found_chance": true.found_chance,
            "recorded": np.isin(np.arange(len(true)), crimes.offence),
        }
    )
