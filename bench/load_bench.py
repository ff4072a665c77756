"""Ten million street rows, one in a thousand bad: our load beside DuckDB's own read."""

import argparse
import gzip
import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.measure import Run, measure, peelian, python

COPIES, EVERY = 20, 1000
YEARS_APART = 3  # the rows span 33 months, so shifted copies never meet
_PEER = """
import sys, duckdb
con = duckdb.connect(sys.argv[2])
con.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{sys.argv[1]}/*.csv', ignore_errors=true)")
con.execute("CHECKPOINT")
print(con.execute("SELECT count(*) FROM t").fetchone()[0])
"""


def figures(shared: Path, work: Path, copies: int = COPIES) -> Iterator[Figure]:
    """Yield what a load of many street rows costs, and whether every bad row was found.

    Args:
        shared: The real open records; only Northumbria's street file is read.
        work: Where the files (2.3 GB) and the store are made; `big-store` is left there.
        copies: How many times the street file is repeated.
    """
    files, planted, rows = inputs(shared, work / "big", copies)
    store = work / "big-store"
    peers = [_peer(files, work)]
    ours = _load(files, store)
    peers.append(_peer(files, work))
    told = ours.json()
    peer = statistics.mean(run.wall_s for run in peers)
    yield Figure(
        f"load of {rows:,} street rows, wall over DuckDB's own read",
        ours.wall_s / peer,
        "≤",
        2.0,
        f"{ours.wall_s:.1f} s, peer {', '.join(f'{run.wall_s:.1f}' for run in peers)} s; "
        f"CPU {ours.cpu_s:.0f} s, peer {statistics.mean(run.cpu_s for run in peers):.0f} s",
    )
    yield Figure("its peak memory, GB", ours.peak_mb / 1000, "≤", 2.0)
    yield Figure("rows read", told["read"], "=", rows)
    kept = told["loaded"] + told["quarantined"] + told["duplicates"]
    yield Figure("read = loaded + quarantined + duplicates", kept, "=", told["read"])
    yield Figure("bad rows set aside", told["quarantined"], "=", len(planted))
    yield Figure(
        "planted rows among them, by file and line", _found(store, planted), "=", len(planted)
    )


def inputs(shared: Path, folder: Path, copies: int) -> tuple[Path, set[tuple[str, int]], int]:
    """Make the files; return their folder, where each bad row stands, and how many rows there are.

    Each copy has its months moved on by some years, so that no month comes twice, and its ids
    rewritten. After every 999 rows a spoilt copy of the last one is put in.
    """
    street = shared / "data" / "uk_northumbria" / "northumbria-street.csv.gz"
    header, *lines = gzip.decompress(street.read_bytes()).decode("utf-8").splitlines()
    folder.mkdir(parents=True, exist_ok=True)
    planted: set[tuple[str, int]] = set()
    rows = 0
    for copy in range(copies):
        name, out = f"street-{copy:02}.csv", [header]
        for line in lines:
            crime, month, rest = line.split(",", 2)
            year = int(month[:4]) + YEARS_APART * copy
            moved = f"{_rewritten(crime, copy)},{year}{month[4:]},{rest}"
            out.append(moved)
            if len(out) % EVERY == EVERY - 1 and '"' not in moved:
                out.append(_spoilt(moved, len(planted)))
                planted.add((name, len(out)))
        rows += len(out) - 1
        text = "\n".join(out) + "\n"
        (folder / name).write_bytes(text.encode("utf-8"))
    return folder, planted, rows


def _rewritten(crime: str, copy: int) -> str:
    """Return another identifier of the same shape: its digits turned by the copy's number."""
    return f"{int(crime, 16) ^ (copy * (0x9E3779B97F4A7C15 << 128)):064x}" if crime else crime


def _spoilt(line: str, turn: int) -> str:
    """Return the row with one thing wrong with it, each in turn."""
    cells = line.split(",")
    ways = (
        lambda: cells[:-3],
        lambda: [*cells, "more"],
        lambda: _with(cells, 1, "2020-13"),
        lambda: _with(cells, 1, "May 2020"),
        lambda: _with(cells, 1, ""),
        lambda: _with(cells, 4, "east"),
        lambda: _with(_with(cells, 4, "-1.6"), 5, "95.1"),
        lambda: _with(_with(cells, 4, "54.9"), 5, "-1.6"),
        lambda: _with(cells, 9, "Jaywalking"),
        lambda: _with(cells, 9, ""),
        lambda: _with(_with(cells, 9, "Burglary"), 10, "Forgiven"),
        lambda: _with(cells, 6, '"On or near" a quote'),
        lambda: _with(cells, 6, "Elsewhere") if cells[0] else _with(cells, 1, "2020-00"),
        lambda: [cells[0], *cells[2:], cells[1]],
    )
    return ",".join(ways[turn % len(ways)]())


def _with(cells: list[str], place: int, word: str) -> list[str]:
    return [*cells[:place], word, *cells[place + 1 :]]


def _peer(files: Path, work: Path) -> Run:
    database = work / "peer.duckdb"
    run = measure(python("-c", _PEER, files, database))
    database.unlink(missing_ok=True)
    if run.code:
        raise RuntimeError(run.err)
    return run


def _load(files: Path, store: Path) -> Run:
    made = measure(peelian("new", store))
    if made.code:
        raise RuntimeError(made.err)
    run = measure(peelian("load", store, files, "--as", "police-uk", "--json"))
    if run.code:
        raise RuntimeError(run.err)
    return run


def _found(store: Path, planted: set[tuple[str, int]]) -> int:
    """Return how many of the planted rows stand in quarantine under their file and line."""
    from peelian.records.store import Store

    with Store.open(store) as opened:
        names = {load.load_id: load.file for load in opened.loads()}
        rows = opened.table("quarantine").select("load_id", "line").to_pyarrow().to_pylist()
    return len(planted & {(names[row["load_id"]], row["line"]) for row in rows})


def main() -> None:
    """Run it alone: `python -m bench.load_bench --shared FOLDER`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--copies", type=int, default=COPIES)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        told = []
        for figure in figures(asked.shared, asked.work or Path(temporary), asked.copies):
            print(figure.line(), flush=True)
            told.append({"name": figure.name, "found": figure.found, "target": figure.target})
        print(json.dumps(told))


if __name__ == "__main__":
    main()
