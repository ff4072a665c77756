"""The parts that made-up records come in: a force's places, its months, what partners counted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian import __version__
from peelian.records.synth.places import VINTAGE, place_tables
from peelian.records.synth.scales import Job
from peelian.records.synth.services import service_tables, service_truth
from peelian.records.synth.store_writer import Finish, Written, recipe
from peelian.records.synth.truth_beside import write_truth_table
from peelian.records.synth.whole import Force, make_force
from peelian.records.tally import load_id
from peelian.schema import Sensitivity

LAYOUT, PLACES, SERVICES = "made-up", "places", "services"
Counts = NDArray[np.int64]
# Arcs are numbered within a vintage, which the forces of a nation share.
_ARCS_A_FORCE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every part is written with.

    Args:
        crs: The store's grid.
        timezone: Its zone of local dates.
        narratives: Whether incidents have a log's words.
        tables: Where the tables' files go.
        truth: Where what was planted goes; None writes none of it.
    """

    crs: str
    timezone: str
    narratives: bool
    tables: Path
    truth: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part that was written: a row of the ledger.

    Args:
        name: As the ledger calls it, such as `merrowshire-2024-03`.
        source: The force.
        load_id: Its load.
        recipe: The fingerprint of what it was made from.
        sensitivity: The care it needs.
        written: Its files.
        moved: Of a month, health-related calls by area and fate.
    """

    name: str
    source: str
    load_id: str
    recipe: str
    sensitivity: Sensitivity
    written: tuple[Written, ...]
    moved: Counts | None = None


def force_of(job: Job) -> Force:
    """Return the force a job is about, with all of it that is not made month by month."""
    return make_force(job.plan, who=job.who, wave=job.wave)


def places_part(job: Job, force: Force, frame: Frame) -> Part:
    """Write a force's areas and measures; beside them, the truth that no month has to itself."""
    tables = place_tables(force.places, force.who)
    if job.number:
        arcs = tables["area_arcs"]
        shifted = arcs["arc"].to_numpy() + job.number * _ARCS_A_FORCE
        column = arcs.column_names.index("arc")
        tables["area_arcs"] = arcs.set_column(column, "arc", pa.array(shifted))
        del tables["measures"]  # what each measure is, the first force has said for all
    return _write(job, PLACES, tables, force.truth(), frame, Sensitivity.OPEN)


def month_part(job: Job, force: Force, month: str, frame: Frame) -> Part:
    """Write one month of a force's records.

    A month that was never handed over is made like any other, for what moved in it to partners,
    and none of it is written.
    """
    made = force.month(month, narratives=frame.narratives)
    if month == job.plan.period.missing_month:
        made_tables, truth = {}, {}
    else:
        made_tables, truth = made.tables, made.truth
    return _write(job, month, made_tables, truth, frame, Sensitivity.INTERNAL, made.moved)


def services_part(job: Job, force: Force, moved: Counts, frame: Frame) -> Part:
    """Write what partners and the force itself state of the whole period.

    Args:
        job: The force's job.
        force: The force.
        moved: Health-related calls by area, month and fate.
        frame: What every part is written with.
    """
    asked = (job.plan.policy, force.places, job.plan.months, job.who, moved)
    tables = service_tables(*asked, steps=force.steps)
    truth = service_truth(*asked) | {"step_back": force.steps.expected()}
    return _write(job, SERVICES, tables, truth, frame, Sensitivity.INTERNAL)


def part_of(job: Job, what: str, frame: Frame) -> Part:
    """Write one part of a force, alone.

    Args:
        job: The force.
        what: `places`, `services`, or a month as YYYY-MM.
        frame: What it is written with.
    """
    force = force_of(job)
    if what == PLACES:
        return places_part(job, force, frame)
    if what == SERVICES:
        months = job.plan.months.months
        moved = [force.month(month, narratives=False).moved for month in months]
        return services_part(job, force, np.stack(moved, axis=1), frame)
    return month_part(job, force, what, frame)


def _write(
    job: Job,
    what: str,
    tables: Mapping[str, pa.Table],
    truth: Mapping[str, pa.Table],
    frame: Frame,
    sensitivity: Sensitivity,
    moved: Counts | None = None,
) -> Part:
    name = f"{job.who.slug}-{what}"
    made_from = recipe(
        __version__, repr(job.who), repr(asdict(job.plan)), what, f"narratives={frame.narratives}"
    )
    finish = Finish(
        source=job.who.name,
        load_id=load_id(made_from, LAYOUT, job.who.name),
        vintage=VINTAGE,
        crs=frame.crs,
        timezone=frame.timezone,
    )
    written = [finish.write(table, tables[table], frame.tables, name) for table in sorted(tables)]
    if frame.truth is not None:
        for table in sorted(truth):
            write_truth_table(table, truth[table], frame.truth, name)
    return Part(
        name=name,
        source=job.who.name,
        load_id=finish.load_id,
        recipe=made_from,
        sensitivity=sensitivity,
        written=tuple(one for one in written if one is not None),
        moved=moved,
    )
