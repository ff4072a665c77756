"""What was true of each record and each area, as tables that only the truth folder holds."""

import numpy as np
import pyarrow as pa

from peelian.records.synth.columns import instants, words
from peelian.records.synth.crimes import Crimes
from peelian.records.synth.near_repeats import BEFORE
from peelian.records.synth.places import GROUPS, Integers, Places
from peelian.records.synth.stops import Stops


def force_truth(places: Places, crimes: Crimes) -> dict[str, pa.Table]:
    """Return what was planted in a force as a whole.

    Args:
        places: Its areas.
        crimes: Its crimes, with the rates and the offences they came from.

    Returns:
        `areas`, `rates` (by area and kind, over the period), `months` (by kind) and `offences`:
        all that truly happened, recorded or not, each with the offence it follows.
    """
    return {
        "areas": _areas(places),
        "rates": _rates(places, crimes),
        "months": _months(crimes),
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


def _areas(places: Places) -> pa.Table:
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


def _rates(places: Places, crimes: Crimes) -> pa.Table:
    kinds, areas = len(crimes.rates), len(places.codes)
    return pa.table(
        {
            "category": [rate.category.name for rate in crimes.rates for _ in range(areas)],
            "area_code": list(places.codes) * kinds,
            "people": np.concatenate([rate.people for rate in crimes.rates]).astype(float),
            "relative": np.concatenate([rate.relative for rate in crimes.rates]),
            "own": np.concatenate([rate.own for rate in crimes.rates]),
            "expected": np.concatenate([rate.expected.sum(axis=1) for rate in crimes.rates]),
        }
    )


def _months(crimes: Crimes) -> pa.Table:
    months = list(crimes.period.months)
    return pa.table(
        {
            "category": [rate.category.name for rate in crimes.rates for _ in months],
            "month": months * len(crimes.rates),
            "years": np.concatenate([rate.months for rate in crimes.rates]),
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
        }
    )
