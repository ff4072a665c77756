"""Random small worlds of counts, and what is asked of them, one release after another."""

from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.door.attacker import Attacker
from peelian.disclosure import Register, Release, release
from peelian.errors import DisclosureError
from peelian.results import Field, Provenance, Result, ResultTable, Sentence
from peelian.schema.kinds import Sensitivity

DIMS = ("area", "category", "sex", "month")
COARSER = {"area": "district", "category": "group"}
NAIVE = 10  # what a careful person without tools would hold back: all below this, and all margins


@dataclass(frozen=True)
class World:
    """Counts by area, category, sex and month: shape (areas, categories, sexes, months)."""

    counts: np.ndarray

    def atoms(self, **chosen: tuple[int, ...]) -> np.ndarray:
        """Return the numbers of the finest cells in a region."""
        grid = np.arange(self.counts.size).reshape(self.counts.shape)
        return grid[
            np.ix_(*(chosen.get(d, range(n)) for d, n in zip(DIMS, grid.shape, strict=True)))
        ]


@dataclass(frozen=True)
class Asked:
    """One release: which dimensions, in which split, over which months, with margins or without."""

    ways: tuple[str, ...]
    coarse: frozenset[str]
    months: tuple[int, int]
    margins: bool


def a_world(rng: np.random.Generator) -> World:
    """Draw a world whose counts are sparse in some and full in others."""
    shape = (rng.integers(2, 6), rng.integers(2, 5), rng.integers(1, 3), rng.integers(1, 5))
    mean = np.exp(rng.uniform(0, 3.5) + rng.uniform(0.2, 1.3) * rng.normal(size=shape))
    return World(rng.poisson(mean * rng.gamma(1, 1, shape)))


def asked_of(world: World, rng: np.random.Generator) -> Asked:
    """Draw a question: two to four ways where the world has them."""
    open_ = [d for d, n in zip(DIMS, world.counts.shape, strict=True) if n > 1]
    many = int(rng.integers(2, len(open_) + 1))
    ways = tuple(sorted(rng.choice(open_, many, replace=False), key=DIMS.index))
    last = world.counts.shape[3] - 1
    first, final = sorted(rng.integers(0, last + 1, 2))
    if rng.random() < 0.5:
        first = 0
    coarse = frozenset(d for d in ways if d in COARSER and rng.random() < 0.35)
    return Asked(ways, coarse, (int(first), int(final)), bool(rng.random() < 0.8))


def names_of(
    world: World, dim: str, coarse: bool, months: tuple[int, int]
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return the values of a key: its name, the coarser name it lies in, the positions it holds."""
    size = world.counts.shape[DIMS.index(dim)]
    if dim == "month":
        return [(f"2024-{m + 1:02d}", "", (m,)) for m in range(months[0], months[1] + 1)]
    if coarse:
        halves = [tuple(i for i in range(size) if i // 2 == h) for h in range((size + 1) // 2)]
        return [(f"{COARSER[dim]}{h}", "", held) for h, held in enumerate(halves)]
    whole = COARSER.get(dim, "")
    return [(f"{dim}{i}", f"{whole}{i // 2}" if whole else "", (i,)) for i in range(size)]


def result_of(world: World, asked: Asked) -> tuple[Result, dict[str, list[tuple[int, ...]]]]:
    """Ask: the tables, and for each row of each the finest cells it adds up."""
    span = tuple(range(asked.months[0], asked.months[1] + 1))
    tables, regions = {}, {}
    depth = range(len(asked.ways) + 1) if asked.margins else [len(asked.ways)]
    for ways in (ways for many in depth for ways in combinations(asked.ways, many)):
        values = [names_of(world, d, d in asked.coarse, asked.months) for d in ways]
        rows = list(product(*values))
        held = [
            {"month": span} | {d: one[2] for d, one in zip(ways, row, strict=True)} for row in rows
        ]
        atoms = [tuple(world.atoms(**one).ravel().tolist()) for one in held]
        columns = {}
        for i, dim in enumerate(ways):
            key = COARSER[dim] if dim in asked.coarse else dim
            form = "month" if dim == "month" else "text"
            columns[key] = ([row[i][0] for row in rows], Field(role="key", label=key, form=form))
            if dim in COARSER and dim not in asked.coarse:
                labels = [row[i][1] for row in rows]
                columns[COARSER[dim]] = (labels, Field(role="label", label=COARSER[dim]))
        counts = [int(world.counts.ravel()[list(one)].sum()) for one in atoms]
        columns["n"] = (pa.array(counts, pa.int64()), Field(role="count", label="Records"))
        name = "by_" + "_".join(ways)
        over = () if asked.margins else None
        tables[name] = ResultTable.of(name, columns, sums_over=over, where={})
        regions[name] = atoms
    period = f"2024-{asked.months[0] + 1:02d}..2024-{asked.months[1] + 1:02d}"
    result = Result(question="How many?", answer=Sentence("Counted."), tables=tables)
    return result.stamped(_made(period)), regions


def _made(period: str) -> Provenance:
    return Provenance(
        analysis="demand.composition", settings={}, period=period, generation="0", files=(),
        data_as_at="2024-12", records_used={}, engine="duckdb", versions={}, made_at="2024-12-01",
    )  # fmt: skip


@dataclass
class Outcome:
    """What became of one world."""

    ways: int
    releases: int = 0
    refused: int = 0
    held: int = 0
    narrowed: int = 0
    differences: int = 0
    cells: int = 0
    shown: int = 0
    naive: int = 0


def play(seed: int, folder: Path, *, most: int = 5) -> Outcome:
    """Ask up to `most` releases of a world, then let the attacker at all of them together."""
    rng = np.random.default_rng(seed)
    world = a_world(rng)
    level = Sensitivity.INTERNAL if rng.random() < 0.6 else Sensitivity.SENSITIVE
    register = Register(folder / f"{seed}.sqlite")
    health = bool(rng.random() < 0.15)
    attacker = Attacker(world.counts.size)
    outcome = Outcome(ways=0)
    for _ in range(int(rng.integers(1, most + 1))):
        asked = asked_of(world, rng)
        result, regions = result_of(world, asked)
        outcome.ways = max(outcome.ways, len(asked.ways))
        try:
            let_out = release(result, sensitivity=level, register=register, health=health)
        except DisclosureError:
            outcome.refused += 1
            continue
        outcome.releases += 1
        _read(attacker, let_out, regions, asked, outcome, 2 if health else 0)
    outcome.held = len(attacker.held)
    outcome.narrowed = len(attacker.narrowed(level.threshold))
    outcome.differences = len(attacker.small_differences(level.threshold))
    return outcome


def _read(
    attacker: Attacker,
    let_out: Release,
    regions: dict[str, list[tuple[int, ...]]],
    asked: Asked,
    outcome: Outcome,
    blur: int,
) -> None:
    finest = "by_" + "_".join(asked.ways)
    for name, table in let_out.tables.items():
        for members, value in zip(regions[name], table.data.column("n").to_pylist(), strict=True):
            attacker.read(members, value, blur=blur)
            outcome.cells += 1
            outcome.shown += value is not None
            outcome.naive += name == finest and value is not None and value >= NAIVE
