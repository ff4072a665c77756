"""How long a person waits: the import, the help, the demo; and what its report weighs."""

import statistics
from pathlib import Path

from bench.figures import Figure
from bench.measure import measure, peelian, python


def figures(work: Path):
    """Yield the waiting times, each the median of seven runs after one that warms the disk."""
    bare = _median(python("-c", "pass"))
    yield Figure("import peelian (s)", _median(python("-c", "import peelian")) - bare, "≤", 0.3)
    yield Figure("peelian --help (s)", _median(peelian("--help")), "≤", 0.6)
    demo = measure(peelian("demo", "--out", work / "demo", "--no-open"))
    yield Figure("demo after install (s)", demo.wall_s, "≤", 60, demo.err[-200:] * bool(demo.code))
    page = work / "demo" / "report.html"
    size = page.stat().st_size / 1000 if page.is_file() else None
    yield Figure("demo report (KB)", size, "≤", 600)


def _median(command) -> float:
    measure(command)
    return statistics.median(measure(command).wall_s for _ in range(7))
