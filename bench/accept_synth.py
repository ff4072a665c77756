"""Every figure the made-up force promises, measured now and printed beside its target."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from bench.figures import Figure, report

# Facts and plans that the tests are about, too, stand among the tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# In the order of the force's making; a part that asks for a folder is given it.
PARTS = {
    "places": (),
    "crimes": (),
    "stops": (),
    "calls": (),
    "need": (),
    "policy": (),
    "narratives": ("shared",),
    "plans": ("work",),
    "sameness": ("work",),
    "beside": ("work",),
    "making": ("work",),
}


def parts(shared: Path, work: Path) -> dict[str, Callable[[], Iterable[Figure]]]:
    """Return the parts of the acceptance run, by name."""
    given = {"shared": shared, "work": work}

    def figures_of(name: str) -> Callable[[], Iterable[Figure]]:
        asked = [given[word] for word in PARTS[name]]
        return lambda: import_module(f"bench.synth.{name}").figures(*asked)

    return {name: figures_of(name) for name in PARTS}


def main(arguments: list[str]) -> int:
    """Run the parts asked for (all of them by default); 1 where a figure was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="the real open records")
    parser.add_argument("--work", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="only these parts")
    asked = parser.parse_args(arguments)
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
