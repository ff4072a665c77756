"""Gates: reference results of other programs, and published ones, each found by its tests."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figures import Figure
from bench.measure import measure, python

ROOT = Path(__file__).parents[1]


def passing(gates: Sequence[str], work: Path) -> Iterator[Figure]:
    """Yield for each gate how many of its tests pass, of how many there are.

    A gate's tests are those whose name says so: `test_gate_d5_…`.

    Args:
        gates: Their names.
        work: Where pytest's own account goes.
    """
    account = work / "gates.xml"
    run = measure(
        python("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/statistics", "-k", "gate",
               f"--junitxml={account}"),
        cwd=ROOT,
    )  # fmt: skip
    if not account.is_file():
        raise RuntimeError(f"exit {run.code}\n{run.out}\n{run.err}")
    told = _told(account)
    for gate in gates:
        tests = {name: passed for name, passed in told.items() if _is_of(name, gate)}
        passed = sum(tests.values())
        yield Figure(f"gate {gate}: its tests pass", passed, "=", len(tests) or 1, ", ".join(tests))


def _told(account: Path) -> dict[str, bool]:
    """Return whether each test passed; one that was skipped has not."""
    cases = ET.parse(account).getroot().iter("testcase")
    return {case.attrib["name"]: len(case) == 0 for case in cases}


def _is_of(name: str, gate: str) -> bool:
    """Say whether a test's name names a gate: those of several gates name each."""
    return re.search(rf"gates?_(\w*_)?{gate.lower()}(?![0-9])", name) is not None
