"""An acceptance run: its parts by name, each given the folders it asks for, and the tally."""

import argparse
import inspect
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path

from bench.figures import Figure, report


def run(says: str, package: str, names: Sequence[str], arguments: Sequence[str]) -> int:
    """Run the parts asked for, all of them by default, and print each figure as it is measured.

    A part is a module of the package; its `figures` names the folders that it wants: `shared`, of
    the real open records, and `work`, where it may put things.

    Args:
        says: What the run is, for its help.
        package: The package of the parts.
        names: The parts, in order.
        arguments: Of the command line.

    Returns:
        An exit code: 1 where a figure was missed, 2 where there are no real records.
    """
    parser = argparse.ArgumentParser(description=says)
    parser.add_argument("--shared", type=Path, required=True, help="the real open records")
    parser.add_argument("--work", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("parts", nargs="*", choices=[[], *names], help="only these parts")
    asked = parser.parse_args(arguments)
    if not (asked.shared / "data").is_dir():
        print(f"no real records at {asked.shared}: pass SHARED=folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        work = (asked.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        folders = {"shared": asked.shared.resolve(), "work": work}
        figures: list[Figure] = []
        for name in asked.parts or names:
            print(f"\n== {name}", flush=True)
            for figure in _figures(f"{package}.{name}", folders):
                print(figure.line(), flush=True)
                figures.append(figure)
    return report(figures)


def _figures(module: str, folders: dict[str, Path]) -> Iterable[Figure]:
    part: Callable[..., Iterable[Figure]] = import_module(module).figures
    asked = [name for name in inspect.signature(part).parameters if name in folders]
    return part(**{name: folders[name] for name in asked})
