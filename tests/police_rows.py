"""Made-up rows in the layout of the public police files, for tests of loading."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

STREET = [
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
]
OUTCOMES = [*STREET[:9], "Outcome type"]
STOPS = [
    "Type",
    "Date",
    "Part of a policing operation",
    "Policing operation",
    "Latitude",
    "Longitude",
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Legislation",
    "Object of search",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
]
FORCE = "Made-up Police"
KINDS = ("Burglary", "Drugs", "Shoplifting", "Anti-social behaviour")


def key(n: int | str) -> str:
    """Return a Crime ID of the right shape."""
    return hashlib.sha256(str(n).encode()).hexdigest()


def street(n: int, month: str = "2022-05", first: int = 0, force: str = FORCE) -> list[list[str]]:
    """Return `n` street rows of a month: three crimes, then one of anti-social behaviour."""
    rows = []
    for i in range(first, first + n):
        kind = KINDS[i % 4]
        asb = kind == "Anti-social behaviour"
        rows.append(
            [
                "" if asb else key(f"{month}/{i}"), month, force, force,
                f"{-1.6 + (i % 50) / 1000:.6f}", f"{54.9 + (i % 40) / 1000:.6f}",
                f"On or near Example Road {i % 50}", f"E01{i % 30:06}", f"Exampleton {i % 30:03}A",
                kind, "" if asb else "Under investigation", "",
            ]
        )  # fmt: skip
    return rows


def stop(when: str = "2022-06-30T23:10:00+00:00", kind: str = "Person search") -> list[str]:
    """Return one stop row."""
    return [
        kind, when, "False", "", "54.9", "-1.6", "Male", "18-24", "", "White",
        "Misuse of Drugs Act 1971 (section 23)", "Controlled drugs",
        "A no further action disposal", "False", "False",
    ]  # fmt: skip


def outcome(crime: str, month: str = "2022-05", what: str = "Local resolution") -> list[str]:
    """Return one outcome row."""
    return [crime, month, FORCE, FORCE, "-1.6", "54.9", "On or near Example Road", "E01000001",
            "Exampleton 001A", what]  # fmt: skip


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write a CSV as the public files are written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path
