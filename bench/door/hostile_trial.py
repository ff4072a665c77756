"""Hostile files loaded into a store, in this process: what became of every row of each."""

import contextlib
import io
import logging
import os
import re
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.door.hostile_make import CANARY, Hostile, make
from peelian.errors import PeelianError
from peelian.records.load import load
from peelian.records.store import Store
from peelian.records.tally import LoadReport

MOST_S = 10.0  # that one file, or one delivery of a few, may take
_DELIVERY = 12  # files that are tried in one load; refused, they are tried one by one
_LOADS = 40  # into one store, before it is thrown away
_TOKEN = re.compile(CANARY + "[0-9a-f]+x[0-9]+z")
_MAPPINGS = {
    "contacts": """
layout = "trial-contacts"
source = "Nowhere"
timezone = "Europe/London"
[[route]]
table = "contacts"
[route.columns]
contact_id = { column = "Ref" }
answered_at = { column = "Answered" }
channel = { column = "Channel" }
location_text = { column = "Where" }
lon = { column = "Lon" }
lat = { column = "Lat" }
location_precision = { value = "exact" }
""",
    "codes": """
layout = "trial-codes"
source = "Nowhere"
[[route]]
table = "incident_codes"
[route.columns]
incident_id = { column = "Log" }
code = { column = "Code" }
position = { column = "Place" }
kind = { value = "closing" }
""",
    "measures": """
vintage = "trial-areas"
area_column = "Area"
[[measures]]
name = "people"
scale = "count"
column = "People"
[[measures]]
name = "score"
scale = "score"
column = "Score"
""",
}
_AS = {
    "street": "police-uk", "contacts": "contacts", "codes": "incident_codes",
    "measures": "measures", "links": "area-links", "areas": "areas",
}  # fmt: skip
_ONE_EDITION = ("links", "areas")  # of which a file takes the place of the one before


@dataclass
class Outcome:
    """What became of some files.

    Args:
        files: How many were tried.
        loaded: Files that were loaded.
        refused: Files that were refused with a message that helps.
        rows: Rows that were written into the files that were loaded.
        slowest: Seconds that the slowest load took.
        wrong: What went wrong: the file's seed, what it is, and what happened.
    """

    files: int = 0
    loaded: int = 0
    refused: int = 0
    rows: int = 0
    slowest: float = 0.0
    wrong: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Take in what became of other files."""
        self.files += other.files
        self.loaded += other.loaded
        self.refused += other.refused
        self.rows += other.rows
        self.slowest = max(self.slowest, other.slowest)
        self.wrong += other.wrong


class Trial:
    """A folder with a store in it, into which files are loaded.

    Args:
        work: An empty folder; temporary files go into it too, so that any left over are seen.
    """

    def __init__(self, work: Path) -> None:
        self.work, self.temporary = work, work / "temporary"
        self.files, self.store, self.empty = work / "files", work / "store", work / "empty"
        for folder in (self.temporary, self.files):
            folder.mkdir(parents=True)
        self.mappings = {kind: work / f"{kind}.toml" for kind in _MAPPINGS}
        for kind, path in self.mappings.items():
            path.write_text(_MAPPINGS[kind], encoding="utf-8", newline="\n")
        tempfile.tempdir = str(self.temporary)
        Store.create(self.empty).close()
        self._loads = _LOADS
        self.outcome = Outcome()
        self.begins: Callable[[list[int]], object] = lambda _: None  # told of each delivery

    def run(self, seeds: Sequence[int]) -> Outcome:
        """Try the files of some seeds, and return what became of them."""
        self.outcome = Outcome()
        for number in range(0, len(seeds), 4 * _DELIVERY):
            made = [make(seed) for seed in seeds[number : number + 4 * _DELIVERY]]
            for kind in _AS:
                hopeful = [h for h in made if h.kind == kind and h.expect == "load"]
                size = 1 if kind in _ONE_EDITION else _DELIVERY
                for first in range(0, len(hopeful), size):
                    self._deliver(hopeful[first : first + size])
                for one in made:
                    if one.kind == kind and one.expect != "load":
                        self._deliver([one])
        return self.outcome

    def _deliver(self, files: Sequence[Hostile], *, again: bool = False) -> None:
        """Load some files at once; if that is refused, or slow, one by one in a fresh store."""
        self._renew()
        self.begins([file.seed for file in files])
        paths, before = [self._put(file) for file in files], self._there()
        told = self._told(files[0].kind, paths)
        for path in paths:
            path.unlink()
        if len(files) > 1 and (told.report is None or told.took > MOST_S):
            self._loads = _LOADS
            for file in files:
                self._deliver([file])
        elif told.took > MOST_S and not again:  # the machine may have been busy with others
            self._loads = _LOADS
            self._deliver(files, again=True)
        else:
            self._judge(files, told, before)

    def _told(self, kind: str, paths: Sequence[Path]) -> "_Told":
        """Load files, and return how that ended and what was said meanwhile."""
        told, started = _Told(), time.perf_counter()
        with _listening(told.said):
            try:
                told.report = self._load(kind, paths, told.said)
            except PeelianError as problem:
                told.refusal = problem
                told.said += [problem.text(), str(problem.as_json())]
            except Exception as problem:
                told.fault = f"{type(problem).__name__} {_where(problem)} {str(problem)[:120]}"
        told.took = time.perf_counter() - started
        return told

    def _judge(self, files: Sequence[Hostile], told: "_Told", before: set[str]) -> None:
        self.outcome.files += len(files)
        self.outcome.slowest = max(self.outcome.slowest, told.took)
        for file in files:
            for what in self._faults_of(file, told, before):
                self._wrong(file, what)
        if told.took > MOST_S:
            self._wrong(files[0], f"took {told.took:.1f} s")
        for text in [text for text in told.said if CANARY in text][:1]:
            self._wrong(files[0], f"a value was quoted: {text[:300]!r}")
        self._check_left(files[0], before, refused=told.report is None)

    def _load(self, kind: str, paths: Sequence[Path], said: list[str]) -> LoadReport:
        self._loads += 1
        report = load(
            self.store,
            paths,
            layout=_AS[kind],
            mapping=self.mappings.get(kind),
            replace=kind in _ONE_EDITION,
            tell=lambda what, *_: said.append(what),
        )
        said += [str(report.not_read), *(str(file.notes) + file.name for file in report.files)]
        return report

    def _faults_of(self, file: Hostile, told: "_Told", before: set[str]) -> Iterator[str]:
        if told.fault:
            yield f"crashed: {told.fault}"
        elif told.refusal is not None:
            self.outcome.refused += 1
            if file.expect == "load":
                yield f"refused: {told.refusal.text()}"
            if not (told.refusal.problem and told.refusal.try_):
                yield f"refused without help: {told.refusal.text()}"
        elif told.report is not None:
            self.outcome.loaded += 1
            yield from self._accounted(file, told.report, before)

    def _accounted(self, file: Hostile, report: LoadReport, before: set[str]) -> Iterator[str]:
        own = Path(file.name).name
        mine = [r for r in report.files if r.name == own or r.name.startswith(own + ": ")]
        read = sum(r.read for r in mine)
        set_aside, again = sum(r.quarantined for r in mine), sum(r.duplicates for r in mine)
        loaded = sum(r.loaded for r in mine)
        self.outcome.rows += read
        if file.expect == "refuse":
            yield "was loaded, and should have been refused"
        if not mine:
            yield f"is not in the report: {report.not_read}"
            return
        if min(loaded, set_aside, again) < 0 or read != loaded + set_aside + again:
            yield f"{read} read, {loaded} loaded, {set_aside} set aside, {again} duplicates"
        if file.rows is not None and read != file.rows:
            yield f"{read} rows read of {file.rows} written"
        if file.rows is not None and set_aside < file.faulty - 1:
            yield f"{set_aside} rows set aside of {file.faulty} at fault"
        lost = set(file.tokens) - self._held(before)
        if lost:
            yield f"{len(lost)} of {len(file.tokens)} rows are nowhere: {sorted(lost)[:3]}"

    def _held(self, before: set[str]) -> set[str]:
        """Return the words of rows that stand in the files that were written just now."""
        found: set[str] = set()
        for name in sorted(self._there() - before):
            if not name.endswith(".parquet") or "checkpoint" in name:
                continue
            table = pq.read_table(self.store / name)
            for column in table.columns:
                if pa.types.is_string(column.type):
                    found.update(_TOKEN.findall(" ".join(column.drop_null().to_pylist())))
        return found

    def _check_left(self, file: Hostile, before: set[str], *, refused: bool) -> None:
        there = self._there()
        if refused and there != before:
            self._wrong(file, f"refused, and left {sorted(there ^ before)[:4]} behind")
        if (self.store / ".work").exists() or any(self.temporary.iterdir()):
            left = [p.name for p in self.temporary.rglob("*")]
            self._wrong(file, f"left temporary files behind: {left[:4]}")
            shutil.rmtree(self.temporary)
            self.temporary.mkdir()

    def _there(self) -> set[str]:
        return {
            path.relative_to(self.store).as_posix()
            for path in self.store.rglob("*")
            if path.is_file() and path.name != ".lock"
        }

    def _put(self, file: Hostile) -> Path:
        path = self.files / file.name
        path.write_bytes(file.data)
        return path

    def _renew(self) -> None:
        if self._loads >= _LOADS:
            shutil.rmtree(self.store, ignore_errors=True)
            shutil.copytree(self.empty, self.store)
            self._loads = 0

    def _wrong(self, file: Hostile, what: str) -> None:
        made = f"{file.kind} {os.fsencode(file.name)!r} {', '.join(file.tricks)}"
        self.outcome.wrong.append((file.seed, made, what))


@dataclass
class _Told:
    """How a load ended, what was said meanwhile, and how long it took."""

    report: LoadReport | None = None
    refusal: PeelianError | None = None
    fault: str = ""
    said: list[str] = field(default_factory=list)
    took: float = 0.0


class _Notes(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextlib.contextmanager
def _listening(said: list[str]) -> Iterator[None]:
    """Hear whatever is logged or printed."""
    notes, out = _Notes(said), io.StringIO()
    root = logging.getLogger()
    root.addHandler(notes)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            yield
    finally:
        root.removeHandler(notes)
        said.append(out.getvalue())


def _where(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    own = [f for f in frames if "peelian" in f.filename] or frames
    return f"at {Path(own[-1].filename).name}:{own[-1].lineno}"
