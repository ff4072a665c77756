"""What `peelian make` was asked for, made; and what it says when it is done."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peelian.cli.speak import say
from peelian.errors import UsageError
from peelian.records.synth.making import Made, make_part, make_store
from peelian.records.synth.plan import PARTS, Plan
from peelian.records.synth.plan_file import read_words
from peelian.records.synth.scales import Scale, plan_at

# Beyond these the disk, not the processors, is what is waited for.
_MOST_WORKERS = 8
# Records made in seconds: starting another process would take longer.
_ALONE_BELOW = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line said.

    Args:
        scale: How large.
        seed: The seed of every stream of chance.
        plant: A plan file, or None for the defaults.
        off: Parts of the plan that are switched off.
        narratives: Whether incidents have a log's words.
        workers: How many processes; 0 for as many as the machine and the size bear.
    """

    scale: Scale
    seed: int
    plant: Path | None = None
    off: Sequence[str] = ()
    narratives: bool = True
    workers: int = 0

    def plan(self) -> Plan:
        """Return the plan: the scale's sizes, what the file says, the parts switched off.

        Raises:
            UsageError: It cannot be carried out, or has no such part to switch off.
        """
        plan = plan_at(self.scale, {} if self.plant is None else read_words(self.plant))
        can = [name for name, part in PARTS.items() if hasattr(part, "off")]
        for part in self.off:
            if part not in can:
                raise UsageError(
                    "There is no such part of the plan to switch off.",
                    found=part,
                    try_=f"one of {', '.join(can)}",
                    read="reference/plan",
                )
        return plan.off(*self.off) if self.off else plan

    def processes(self, plan: Plan) -> int:
        """Return how many processes make it."""
        if self.workers:
            return self.workers
        records = self.scale.incidents if self.scale.nation else plan.calls.incidents
        if records * plan.period.months / 12 < _ALONE_BELOW:
            return 1
        return min(os.cpu_count() or 1, _MOST_WORKERS)


def make(store: Path, asked: Asked, tell: Callable[..., None]) -> dict[str, Any]:
    """Make a store, and return what was made as plain words."""
    plan = asked.plan()
    made = make_store(
        store,
        plan,
        scale=asked.scale,
        seed=asked.seed,
        narratives=asked.narratives,
        workers=asked.processes(plan),
        tell=tell,
    )
    return _in_words(made, asked)


def make_only(folder: Path, only: str, asked: Asked) -> dict[str, Any]:
    """Make one partition alone, and return its files."""
    paths = make_part(
        folder,
        asked.plan(),
        only=only,
        scale=asked.scale,
        seed=asked.seed,
        narratives=asked.narratives,
    )
    return {"folder": str(folder), "files": [p.relative_to(folder).as_posix() for p in paths]}


def _in_words(made: Made, asked: Asked) -> dict[str, Any]:
    return {
        "store": str(made.store),
        "truth": str(made.truth),
        "forces": made.forces,
        "seed": asked.seed,
        "records": sum(made.tables.values()),
        "tables": made.tables,
    }


def tell_made(made: dict[str, Any]) -> None:
    """Say what was made."""
    if "files" in made:
        say(f"{len(made['files'])} files in {made['folder']}:")
        for name in made["files"]:
            say(f"  {name}")
        return
    forces = "one force" if made["forces"] == 1 else f"{made['forces']} forces"
    say(f"A store of {forces} at {made['store']}: {made['records']:,} made-up records.")
    width = max(len(name) for name in made["tables"])
    for name, rows in made["tables"].items():
        say(f"  {name:{width}}  {rows:>12,}")
    say(f"What was planted: {made['truth']}")
