"""The same seed, the same bytes: on one worker and on two, and for a month made alone."""

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from bench.figures import Figure
from bench.measure import measure, peelian

SIZE = ("--scale", "small", "--areas", "40", "--years", "1", "--seed", "11")
MONTH = "2022-05"


def figures(work: Path) -> Iterator[Figure]:
    """Yield how many files differ between ways of making the same force.

    Args:
        work: Where stores may go.
    """
    one, two = work / "one", work / "two"
    for store, workers in ((one, "1"), (two, "2")):
        _run("make", store, *SIZE, "--workers", workers)
    first, second = _prints(one), _prints(two)
    yield Figure("files that differ between one worker and two",
                 len(first.items() ^ second.items()), "=", 0, f"{len(first)} files")  # fmt: skip
    alone = work / "alone"
    _run("make", alone, *SIZE, "--only", f"Merrowshire Police/{MONTH}")
    whole = {
        name: digest for name, digest in first.items() if name.endswith(f"merrowshire-{MONTH}")
    }
    part = {
        f"{path.parent.name}/000001-{path.stem}": sha256(path.read_bytes()).hexdigest()
        for path in alone.rglob("*.parquet")
    }
    yield Figure("files that differ where a month is made alone",
                 len(whole.items() ^ part.items()), "=", 0, f"{len(part)} files")  # fmt: skip
    for folder in (one, two, alone, work / "truth"):
        shutil.rmtree(folder)


def _run(*words: object) -> None:
    done = measure(peelian(*words))
    if done.code:
        raise RuntimeError(f"exit {done.code}\n{done.err}")


def _prints(store: Path) -> dict[str, str]:
    """Return the digest of each data file, but of the ledger, which tells the hour."""
    return {
        f"{path.parent.name}/{path.stem}": sha256(path.read_bytes()).hexdigest()
        for path in (store / "tables").glob("*/*.parquet")
        if path.parent.name != "loads"
    }
