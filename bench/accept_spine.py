"""Every figure the spine promises, measured now and printed beside its target."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from pathlib import Path

from bench.figures import Figure, report
from bench.spine import engines, hostile, northumbria, profile, sacramento, startup


def parts(shared: Path, work: Path) -> dict[str, Callable[[], Iterable[Figure]]]:
    """Return the parts of the acceptance run, by name."""
    return {
        "startup": partial(startup.figures, work),
        "northumbria": partial(northumbria.figures, shared, work),
        "sacramento": partial(sacramento.figures, shared, work),
        "hostile": partial(hostile.figures, work),
        "engines": partial(engines.figures, work),
        "load": lambda: import_module("bench.load_bench").figures(shared, work),
        "profile": partial(profile.figures, work / "northumbria", work),
        "polygons": lambda: import_module("bench.polygons_bench").figures(),
        "kills": lambda: import_module("bench.kill_bench").figures(work),
    }


def main(arguments: list[str]) -> int:
    """Run the parts asked for (all of them by default); 1 where a figure was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="the real open records")
    parser.add_argument("--work", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("parts", nargs="*", help="only these parts")
    asked = parser.parse_args(arguments)
    if not (asked.shared / "data").is_dir():
        print(f"no real records at {asked.shared}: pass SHARED=folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        work = asked.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        known = parts(asked.shared.resolve(), work)
        figures: list[Figure] = []
        for name in asked.parts or known:
            print(f"\n== {name}", flush=True)
            for figure in known[name]():
                print(figure.line(), flush=True)
                figures.append(figure)
    return report(figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
