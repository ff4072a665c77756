"""Files nobody should have to read: each refused or set aside with a message that helps."""

import gzip
import io
import zipfile
from pathlib import Path

from bench.figures import Figure
from bench.measure import measure, peelian

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)


def _row(i: int) -> str:
    return (
        f"{i:064x},2031-01,Nowhere Police,Nowhere Police,-1.5,54.9,On or near Made Up Road,"
        f"E01000001,Nowhere 001A,Drugs,Under investigation,"
    )


def _csv(rows: int = 50, header: str = HEADER) -> str:
    return "\n".join([header, *(_row(i) for i in range(rows))]) + "\n"


def _shifted() -> str:
    return HEADER + "\n" + "".join(f"{_row(i).partition(',')[2]},\n" for i in range(50))


def _zip(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def _bomb(gigabytes: int = 3) -> bytes:
    """Return a small zip that unpacks to gigabytes of zeros."""
    packed, zeros = io.BytesIO(), b"0" * 10_000_000
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("2031-01-nowhere-street.csv", "w", force_zip64=True) as member,
    ):
        member.write(HEADER.encode() + b"\n" + b"," * 11)
        for _ in range(gigabytes * 100):
            member.write(zeros)
    return packed.getvalue()


def files() -> dict[str, bytes]:
    """Return each hostile file by name; made anew, so that no bomb lies in the repository."""
    good = _csv().encode()
    wide = ",".join(f"c{i}" for i in range(10_000))
    return {
        "header-only.csv": (HEADER + "\n").encode(),
        "truncated.csv.gz": gzip.compress(_csv(5_000).encode())[:-2_000],
        "utf-16.csv": _csv().encode("utf-16"),
        "page-saved-as.csv": b"<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>",
        "shifted-column.csv": _shifted().encode(),
        "ten-thousand-columns.csv": f"{wide}\n{wide}\n".encode(),
        "climbs-out.zip": _zip(("../../escaped.csv", good)),
        "bomb.zip": _bomb(),
    }


def figures(work: Path):
    """Yield, for each hostile file, whether it ended in a refusal or quarantine that says why."""
    folder, store = work / "hostile", work / "hostile-store"
    folder.mkdir()
    measure(peelian("new", store))
    for name, content in files().items():
        path = folder / name
        path.write_bytes(content)
        run = measure(peelian("load", store, path, "--as", "police-uk"), timeout=120)
        told = (run.err if run.code else run.out).strip()
        print(f"--- {name}: exit {run.code}, {run.wall_s:.1f} s, {run.peak_mb:.0f} MB\n{told}\n")
        helped = run.code in (3, 4) and "Try:" in told
        empty = run.code == 0 and "loaded 0" in told and "note:" in told
        aside = run.code == 0 and "quarantined 0" not in told and "loaded 0" in told
        good_way = helped or empty or aside or (name == "utf-16.csv" and "loaded 50" in told)
        yield Figure(f"hostile: {name} is refused, set aside or explained", good_way, "=", True)
    escaped = list(work.rglob("escaped.csv")) + list(work.parent.glob("escaped.csv"))
    yield Figure("hostile: files that climbed out", len(escaped), "=", 0)
