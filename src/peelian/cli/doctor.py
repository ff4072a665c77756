"""Is this machine fit, and is this store whole? Each fault with what to do about it."""

import os
import platform
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from peelian.errors import PeelianError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found and, where it is a fault, what to try."""

    what: str
    found: str
    fault: bool = False
    try_: str = ""

    def text(self) -> str:
        """Return one line, and a second where something should be done."""
        mark = "fault" if self.fault else "ok"
        return f"{mark:<6}{self.what}: {self.found}" + (
            f"\n      try: {self.try_}" * bool(self.try_)
        )

    def as_json(self) -> dict[str, object]:
        """Return the finding for machines."""
        return asdict(self)


def examine(store: Path | None, *, warm: bool = False) -> list[Finding]:
    """Look at the machine and, if one is named, at a store.

    Args:
        store: The store's folder, or None.
        warm: Compile the kernels now, so that the first analysis does not wait for it.
    """
    findings = [_python(), *_packages(), _zones(), _spark(), _room(store)]
    if warm:
        findings.append(_warm())
    if store is not None:
        findings.append(_store(store))
    return findings


def _python() -> Finding:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("Python", found)


def _packages() -> list[Finding]:
    findings = []
    for requirement in requires("peelian") or ():
        if "extra ==" in requirement:
            continue
        name = requirement.split(";")[0]
        for mark in "[<>=!~ ":
            name = name.split(mark)[0]
        try:
            findings.append(Finding(name, version(name)))
        except PackageNotFoundError:
            findings.append(Finding(name, "not installed", True, f"pip install {name}"))
    return findings


def _zones() -> Finding:
    try:
        ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return Finding("Time zones", "no zone database", True, "pip install tzdata")
    return Finding("Time zones", "Europe/London is known")


def _spark() -> Finding:
    if find_spec("pyspark") is None:
        return Finding("Spark (extra)", "not installed; DuckDB does everything without it")
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return Finding("Spark (extra)", "pyspark without Java; --engine spark will refuse")
    return Finding("Spark (extra)", version("pyspark"))


def _room(store: Path | None) -> Finding:
    folder = store if store is not None and store.is_dir() else Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free / 1e9
    if free < 2:
        return Finding("Disk", f"{free:.1f} GB free", True, "a load needs about twice its files")
    return Finding("Disk", f"{free:.0f} GB free")


def _warm() -> Finding:
    from peelian.statistics.compile import warm

    return Finding("Kernels", f"{warm()} compiled and kept")


def _store(path: Path) -> Finding:
    from peelian.records.store import Store
    from peelian.records.store.emptying import is_marked

    if is_marked(path):
        return Finding(
            "Store",
            "an erasure was stopped before its old files were gone",
            True,
            "any load or erasure finishes it: peelian erase STORE --expired --yes",
        )
    try:
        with Store.open(path) as store:
            tables = store.verify()
    except PeelianError as refusal:
        return Finding("Store", refusal.problem, True, refusal.try_)
    return Finding("Store", f"generation {store.fingerprint[:16]}, {tables} tables whole")
