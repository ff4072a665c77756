"""Speed and memory as ratios against a peer in the same run: what `make bench` prints."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench import load_bench, polygons_bench
from bench.figures import report
from bench.places import peers
from bench.spine import northumbria, profile


def _profile(shared: Path, work: Path):
    northumbria.load_all(work / "northumbria", shared)
    yield from profile.figures(work / "northumbria", work)


def main(arguments: list[str]) -> int:
    """Measure points in polygons and, with what lies beside us, load, profile and kernels."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    shared = parser.parse_args(arguments).shared.resolve()
    figures = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        parts = [polygons_bench.figures()]
        if (shared / "data").is_dir():
            parts += [
                load_bench.figures(shared, work),
                _profile(shared, work),
            ]
        else:
            print("the load and the profile need the real records: --shared FOLDER")
        if (shared / "bench").is_dir():
            parts.append(peers.figures(shared))
        for part in parts:
            for figure in part:
                print(figure.line(), flush=True)
                figures.append(figure)
    return report(figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
