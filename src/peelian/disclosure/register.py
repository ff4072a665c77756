"""The release register: what each release of a store told, so that the next gives none away."""

import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from peelian.disclosure.blocks import Block, Nest
from peelian.errors import DisclosureError, StoreBusy
from peelian.results import Result
from peelian.schema.kinds import Sensitivity

FILE = "releases.sqlite"
_WAIT_S = 30.0
_VERSION = 1
_MADE = (
    """
    create table if not exists releases (
        id integer primary key,
        made_at text not null,
        question text not null,
        analysis text not null,
        settings text not null,
        period text not null,
        generation text not null,
        sensitivity text not null,
        told text not null unique
    )
    """,
    """
    create table if not exists blocks (
        release integer not null references releases (id),
        measure text not null,
        region blob not null
    )
    """,
    "create index if not exists by_measure on blocks (measure)",
    """
    create table if not exists nests (
        dim text not null,
        value text not null,
        within text not null,
        whole text not null,
        primary key (dim, value, within, whole)
    ) without rowid
    """,
)


class Register:
    """The releases of one store, in one small file beside its tables.

    It holds what outsiders were told and no more: of a held-back count it holds the region, and
    that it was held back, never the count.

    Args:
        path: The file, which need not be there yet, in a folder that is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, store: Path) -> "Register":
        """Return the register that lies in a store's folder."""
        return cls(store / FILE)

    @contextmanager
    def held(self) -> Iterator["Desk"]:
        """Open the register for one release, and let nobody else write until that is done.

        Raises:
            DisclosureError: It cannot be written, or is damaged, so that nothing may leave.
            StoreBusy: Another release is being made and does not end.
        """
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)) as base:
                base.execute("pragma synchronous = full")
                base.execute("begin immediate")
                try:
                    _prepare(base)
                    yield Desk(base)
                except BaseException:
                    base.execute("rollback")
                    raise
                base.execute("commit")
        except sqlite3.Error as problem:
            raise _refusal(self.path, problem) from problem

    def __len__(self) -> int:
        """Return how many different releases it holds; none where nothing was told yet."""
        if not self.path.is_file():
            return 0
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as base:
                if base.execute("pragma user_version").fetchone()[0] == 0:
                    return 0
                return int(base.execute("select count(*) from releases").fetchone()[0])
        except sqlite3.Error as problem:
            raise _refusal(self.path, problem) from problem


class Desk:
    """The register while one release is made."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def told(self, measures: set[str]) -> tuple[list[Block], list[Nest]]:
        """Return every table of counts of these measures that was let out, and what lies in what.

        Tables told twice are returned once, as of the release that told them first.
        """
        marks = ",".join("?" * len(measures))
        rows = self._base.execute(
            "select measure, region, question, period, substr(made_at, 1, 10), min(release)"
            f" from blocks join releases on releases.id = release where measure in ({marks})"
            " group by measure, region order by measure, region",
            sorted(measures),
        ).fetchall()
        nests = self._base.execute(
            "select dim, value, within, whole from nests order by dim, value, within, whole"
        )
        blocks = [
            replace(_block(measure, region), told_by=f"“{question}” of {period}, let out on {day}")
            for measure, region, question, period, day, _ in rows
        ]
        return blocks, [Nest(*row) for row in nests]

    def write(
        self,
        result: Result,
        blocks: Sequence[Block],
        nests: Sequence[Nest],
        sensitivity: Sensitivity,
    ) -> None:
        """Write down what a release tells; one that tells the same again is not written twice.

        Args:
            result: The result, for its provenance.
            blocks: What an outsider sees of its counts, and the totals that may be known elsewhere.
            nests: What lies in what, by its tables.
            sensitivity: That of its records.
        """
        made = result.provenance
        assert made is not None
        regions = [(block.measure, _region(block)) for block in blocks]
        told = hashlib.sha256(
            b"".join(measure.encode() + region for measure, region in regions)
        ).hexdigest()
        found = self._base.execute(
            "insert or ignore into releases (made_at, question, analysis, settings, period,"
            " generation, sensitivity, told) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                made.made_at,
                result.question,
                made.analysis,
                json.dumps(dict(made.settings), sort_keys=True, default=str),
                made.period,
                made.generation,
                sensitivity.name.lower(),
                told,
            ),
        )
        if found.rowcount == 0:
            return
        number = found.lastrowid
        self._base.executemany(
            "insert into blocks values (?, ?, ?)", [(number, *region) for region in regions]
        )
        self._base.executemany(
            "insert or ignore into nests values (?, ?, ?, ?)",
            [(nest.dim, nest.value, nest.within, nest.whole) for nest in nests],
        )


def _prepare(base: sqlite3.Connection) -> None:
    """Make the tables of a new register, inside the transaction: two may open it at one time."""
    version = base.execute("pragma user_version").fetchone()[0]
    if version > _VERSION:
        raise DisclosureError(
            "The release register is of a newer peelian.",
            found=f"version {version}",
            try_="the peelian that wrote it, or a newer one",
            read="explanation/one-door-out",
        )
    if version < _VERSION:
        for statement in _MADE:
            base.execute(statement)
        base.execute(f"pragma user_version = {_VERSION}")


def _refusal(path: Path, problem: sqlite3.Error) -> Exception:
    said = str(problem)
    if "locked" in said or "busy" in said:
        return StoreBusy(
            "Another release of this store is being made.",
            found=path.name,
            try_="again when it is done",
            read="explanation/one-door-out",
        )
    cannot = "readonly" in said or "unable to open" in said
    return DisclosureError(
        "The release register cannot be written, so nothing can be let out."
        if cannot
        else "The release register is damaged, so nothing can be let out.",
        found=f"{path.name}: {said}",
        try_="a store in a folder you may write to"
        if cannot
        else "put the register back from a copy; without it nobody knows what was told",
        read="explanation/one-door-out",
    )


def _region(block: Block) -> bytes:
    """Pack what a block tells: regions, values where they are shown, and which are held back."""
    packed = io.BytesIO()
    names = sorted(block.dims)
    coded = {}
    for i, name in enumerate(names):
        values, codes = np.unique(block.dims[name], return_inverse=True)
        coded[f"v{i}"] = values
        coded[f"c{i}"] = codes.ravel().astype(np.int32)
    np.savez_compressed(
        packed,
        allow_pickle=False,
        names=np.array(names, dtype=np.str_),
        spans=block.spans.astype(np.int32),
        values=block.values,
        held=block.held,
        need=block.need,
        blur=np.array(block.blur),
        **coded,
    )
    return packed.getvalue()


def _block(measure: str, region: bytes) -> Block:
    with np.load(io.BytesIO(region), allow_pickle=False) as held:
        names = held["names"].tolist()
        return Block(
            measure=measure,
            dims={name: held[f"v{i}"][held[f"c{i}"]] for i, name in enumerate(names)},
            spans=held["spans"].astype(np.int64),
            values=held["values"],
            held=held["held"],
            need=held["need"],
            blur=float(held["blur"]),
        )
