"""What was planted in a store's records, written down beside the store, where no analysis looks."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from peelian import __version__
from peelian.errors import StoreError
from peelian.records.synth.plan_file import as_toml
from peelian.records.synth.scales import Job, Scale

_MADE = "made.json"
_BY_AREA_OR_MONTH = {"areas", "rates", "months", "services", "ledger", "step_back"}
_README = """\
What was planted in the made-up records of the store of this folder's name. No analysis reads it:
it is for checking what they found.

plan.toml   every strength, as `peelian make --plant` reads it
made.json   scale, seed, and the versions that drew from them
*/*.csv     what was expected of each force: areas, rates by area and kind, months
*/*.parquet what was true of each record, in the order and with the identifiers of the store's own
"""


@contextmanager
def truth_beside(store: Path, jobs: Sequence[Job], scale: Scale, seed: int) -> Iterator[Path]:
    """Give a folder for what is planted; show it beside the store once all went well.

    Args:
        store: The store's folder.
        jobs: The forces.
        scale: How large.
        seed: Of all of them.

    Raises:
        StoreError: Something that is no truth stands where it would go, or the truth would lie in
            the store.
    """
    folder = truth_of(store)
    if store.absolute().name.casefold() == folder.parent.name:
        raise StoreError(
            "The truth of a store of that name would lie in the store.",
            found=store.absolute().name,
            try_="another name for the store",
            read="how-to/make-up-a-force",
        )
    if folder.exists() and not (folder / _MADE).is_file():
        raise StoreError(
            "There is something else where the truth should go.",
            found=f"{folder.parent.name}/{folder.name}",
            try_="another name for the store, or move that folder away",
            read="how-to/make-up-a-force",
        )
    beside = not folder.parent.exists()
    half = folder.with_name(f".{folder.name}-{uuid4().hex[:8]}")
    half.mkdir(parents=True)
    try:
        yield half
        _describe(half, jobs, scale, seed)
        shutil.rmtree(folder, ignore_errors=True)
        half.replace(folder)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        if beside and not any(folder.parent.iterdir()):
            folder.parent.rmdir()
        raise


def truth_of(store: Path) -> Path:
    """Return where the truth of a store lies: beside it, never in it."""
    whole = store.absolute()
    return whole.parent / "truth" / whole.name


def write_truth_table(table: str, rows: pa.Table, folder: Path, name: str) -> None:
    """Write one table of what was true: CSV for people to read, or Parquet where it is by record.

    Args:
        table: What it is.
        rows: The table.
        folder: The truth's folder.
        name: The file, without its ending.
    """
    own = folder / table
    own.mkdir(parents=True, exist_ok=True)
    if table in _BY_AREA_OR_MONTH:
        pacsv.write_csv(rows, own / f"{name}.csv", pacsv.WriteOptions(quoting_style="needed"))
    else:
        pq.write_table(rows, own / f"{name}.parquet", compression="zstd", store_schema=False)


def _describe(folder: Path, jobs: Sequence[Job], scale: Scale, seed: int) -> None:
    (folder / "README.txt").write_text(_README, encoding="utf-8", newline="\n")
    # The plan of the first force: the others differ in their sizes alone, told in made.json.
    (folder / "plan.toml").write_text(as_toml(jobs[0].plan), encoding="utf-8", newline="\n")
    made = {
        "peelian": __version__,
        "numpy": np.__version__,
        "seed": seed,
        "scale": asdict(scale),
        "forces": [
            {"name": job.who.name, "areas": job.plan.places.areas, "wave": job.wave} for job in jobs
        ],
    }
    text = json.dumps(made, indent=2) + "\n"
    (folder / _MADE).write_text(text, encoding="utf-8", newline="\n")
