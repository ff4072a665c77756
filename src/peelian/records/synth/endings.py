"""How an incident ended, and the codes it was closed with: several of them, and qualifiers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.columns import words
from peelian.records.synth.facts import RESULTS
from peelian.records.synth.incident_kinds import CATEGORY, FEATURES, FIRST_CRIME, NAMES, draw_rows

if TYPE_CHECKING:
    from peelian.records.synth.calls_plan import CallsPlan
    from peelian.records.synth.drawn import Drawn
    from peelian.records.synth.need import Need, NeedPlan, Signs

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

MENTAL_HEALTH, SECTION_136 = "mental-health", "section-136"
_CODES = (*dict.fromkeys(CATEGORY), MENTAL_HEALTH, SECTION_136)
_OF_KIND = np.array([_CODES.index(code) for code in CATEGORY])
_QUALIFIERS = {
    "alcohol": "with-alcohol", "drugs": "with-drugs", "domestic": "with-domestic-abuse",
    "child": "with-youth",
}  # fmt: skip


def _rows(**shares: float) -> NDArray[np.float64]:
    row = np.array([shares.get(word, 0.0) for word in RESULTS])
    return row / row.sum()


# Ours. What usually comes of an incident attended, of one that is not, of somebody missing, and of
# need: in the shares that practice would not find strange.
_USUAL = np.stack(
    [
        _rows(
            no_trace=0.18, words_of_advice=0.30, arrest=0.04, to_hospital=0.05,
            left_with_family=0.08, referred_to_partner=0.10, located_safe=0.05,
            ambulance_attending=0.04, no_offence=0.16,
        ),
        _rows(resolved_by_phone=0.66, no_police_role=0.18, referred_to_partner=0.16),
        _rows(located_safe=0.80, left_with_family=0.12, to_hospital=0.05, no_trace=0.03),
        _rows(
            to_hospital=0.24, left_with_family=0.22, referred_to_partner=0.24, located_safe=0.12,
            ambulance_attending=0.12, words_of_advice=0.06,
        ),
    ]
)  # fmt: skip
_ARRESTS = 0.13  # of crimes attended; ours
_MISSING = NAMES.index("missing-person"), NAMES.index("absconder-absent-without-leave-or-wanted")
_DUPLICATE = NAMES.index("duplicate-log")


def draw_results(
    drawn: "Drawn", need: "Need", attended: Flags, declined: Flags, detained: Flags,
    rng: np.random.Generator,
) -> Integers:  # fmt: skip
    """Return how each incident ended: number in RESULTS.

    Args:
        drawn: The incidents.
        need: Of them.
        attended: Whether a unit came.
        declined: Whether it was declined under the step-back.
        detained: Whether somebody was detained under section 136.
        rng: The month's stream.
    """
    row = np.where(attended, np.where(need.true, 3, 0), 1)
    row = np.where(attended & np.isin(drawn.kind, _MISSING), 2, row)
    usual, arrest = rng.uniform(size=(2, len(drawn)))
    result = draw_rows(_USUAL, row, usual)
    crime = drawn.kind >= FIRST_CRIME
    result = np.where(crime, RESULTS.index("crime_recorded"), result)
    result = np.where(crime & attended & (arrest < _ARRESTS), RESULTS.index("arrest"), result)
    result = np.where(drawn.kind == _DUPLICATE, RESULTS.index("duplicate"), result)
    result = np.where(detained, RESULTS.index("section_136"), result)
    return np.where(declined, RESULTS.index("declined_step_back"), result)


def code_table(
    plan: "CallsPlan", need: "NeedPlan", drawn: "Drawn", signs: "Signs", incident_id: pa.Array,
    rng: np.random.Generator,
) -> pa.Table:  # fmt: skip
    """Return the canonical table `incident_codes`: closing codes and qualifiers, in order."""
    n = len(drawn)
    first = signs.of("closing") & (rng.uniform(size=n) < need.closing_first)
    second = signs.of("closing") & ~first
    told = rng.uniform(size=(n, len(_QUALIFIERS))) < plan.qualifiers_recorded
    detained = np.flatnonzero(signs.of("section_136"))
    closing = [
        (np.flatnonzero(first), _CODES.index(MENTAL_HEALTH)),
        (np.arange(n), _OF_KIND[drawn.kind]),
        (np.flatnonzero(second), _CODES.index(MENTAL_HEALTH)),
        (detained, _CODES.index(SECTION_136)),
    ]
    qualifiers = [np.flatnonzero(signs.of("flag"))]
    for column, feature in enumerate(_QUALIFIERS):
        true = drawn.features[:, FEATURES.index(feature)]
        qualifiers.append(np.flatnonzero(true & told[:, column]))
    names = ("with-mental-health", *_QUALIFIERS.values())
    parts = [_in_order(closing, _CODES, "closing", incident_id)]
    listed = [(rows, number) for number, rows in enumerate(qualifiers)]
    parts.append(_in_order(listed, names, "qualifier", incident_id))
    return pa.concat_tables(parts)


def _in_order(
    listed: Sequence[tuple[Integers, Integers | int]], codes: tuple[str, ...], kind: str,
    incident_id: pa.Array,
) -> pa.Table:  # fmt: skip
    """Return codes of one kind, numbered from 1 within each incident in the order listed."""
    row = np.concatenate([rows for rows, _ in listed])
    code = np.concatenate([np.broadcast_to(number, rows.shape) for rows, number in listed])
    order = np.argsort(row, kind="stable")
    row, code = row[order], code[order]
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    position = 1 + np.arange(len(row)) - np.repeat(starts, np.diff(starts, append=len(row)))
    return pa.table(
        {
            "incident_id": incident_id.take(pa.array(row)),
            "position": pa.array(position),
            "kind": words((kind,), np.zeros(len(row), dtype=np.int64)),
            "code": words(codes, code),
        }
    )
