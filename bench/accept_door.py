"""Every figure of the one door out, measured now and printed beside its target."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from bench.figures import Figure, report

# Parts by name; each is given the folders that it asks for.
PARTS = {
    "attack": (),
    "audit": ("work",),
    "london": ("shared", "work"),
    "hostile_files": ("work",),
    "faults": ("work",),
    "wheel": ("work",),
}


def parts(shared: Path, work: Path) -> dict[str, Callable[[], Iterable[Figure]]]:
    """Return the parts of the acceptance run, by name."""
    given = {"shared": shared, "work": work}

    def figures_of(name: str) -> Callable[[], Iterable[Figure]]:
        asked = [given[word] for word in PARTS[name]]
        return lambda: import_module(f"bench.door.{name}").figures(*asked)

    return {name: figures_of(name) for name in PARTS}


def main(arguments: list[str]) -> int:
    """Run the parts asked for (all of them by default); 1 where a figure was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="the real open records")
    parser.add_argument("--work", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="only these parts")
    asked = parser.parse_args(arguments)
    if not (asked.shared / "data").is_dir():
        print(f"no real records at {asked.shared}: pass SHARED=folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        work = (asked.work or Path(temporary)).resolve()
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
