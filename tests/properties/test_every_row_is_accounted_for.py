"""Whatever stands in a file, read = loaded + quarantined + duplicates, or nothing is loaded."""

import csv
import random

import pytest

from peelian.records.load import load
from peelian.records.store import Store

HEADER = [
    *["Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location"],
    *["LSOA code", "LSOA name", "Crime type", "Last outcome category", "Context"],
]
SOUND = [
    *["", "2022-06", "A", "A", "-1.6", "54.9", "On or near X", "E01000001", "N 001A"],
    *["Burglary", "Under investigation", ""],
]


def dirty(deal: random.Random, number: int) -> bytes:
    """Return one line of a street file, sound more often than not, with the dirt real ones have."""
    cells = [*SOUND]
    cells[0] = deal.choice(["", f"id{number}", f"id{number}", "id1"])
    cells[9] = deal.choice(["Burglary", "Anti-social behaviour", "burglary ", "Drugs"])
    spoil = deal.random()
    if spoil < 0.1:
        cells[deal.randrange(12)] = deal.choice(["", "x", "0", "2022-13", "Ω", 'a "b" c', "1\n2"])
    if 0.1 < spoil < 0.13:
        cells = cells[: deal.randrange(1, 12)]
    if 0.13 < spoil < 0.15:
        cells.append("more")
    text = ",".join(
        f'"{c.replace(chr(34), chr(34) * 2)}"' if '"' in c or "\n" in c else c for c in cells
    )
    if 0.15 < spoil < 0.17:
        text = text.replace("On or near", deal.choice(['5" near', '"near"x', ' "near, x"']))
    line = text.encode()
    return line.replace(b"near", b"n\xe9ar") if 0.17 < spoil < 0.18 else line


@pytest.mark.parametrize("seed", range(6))
def test_rows_loaded_and_set_aside_add_up_to_the_rows_read(seed, tmp_path):
    deal = random.Random(seed)
    lines = [dirty(deal, number) for number in range(deal.randrange(20, 400))]
    blank = [b"" for _ in range(deal.randrange(3))]
    end = deal.choice([b"\n", b"\r\n"])
    path = tmp_path / "street.csv"
    body = [*lines[:10], *blank, *lines[10:]]
    path.write_bytes(end.join([",".join(HEADER).encode(), *body]) + deal.choice([b"", end]))
    with Store.create(tmp_path / "store"):
        pass
    first = load(tmp_path / "store", [path], layout="police-uk").as_json()
    assert first["read"] == first["loaded"] + first["quarantined"] + first["duplicates"]
    assert first["quarantined"] > 0
    # Python's own reader sees the same records where no quote stands in the middle of a field.
    if not any(b"near" in line and b'"' in line for line in lines):
        text = path.read_text(encoding="utf-8", errors="replace", newline="")
        assert first["read"] == sum(1 for row in csv.reader(text.splitlines(True)) if row) - 1
    with Store.open(tmp_path / "store") as store:
        rows = [
            store.table(name).count().execute() for name in ("crimes", "incidents", "quarantine")
        ]
    assert sum(rows[:2]) == first["loaded"]
    assert rows[2] == first["quarantined"]
    again = load(tmp_path / "store", [path], layout="police-uk").as_json()
    assert (again["loaded"], again["duplicates"]) == (0, first["read"])


def test_a_line_with_letters_after_two_closing_quotes_is_one_row_set_aside(tmp_path):
    """The engine may meet such a line twice over; it is one row all the same."""
    path = tmp_path / "street.csv"
    row = ",".join(SOUND)
    path.write_text(f'{",".join(HEADER)}\n{row}\n""a,""a,\n{row}\n', encoding="utf-8")
    with Store.create(tmp_path / "store"):
        pass
    report = load(tmp_path / "store", [path], layout="police-uk").as_json()
    assert (report["read"], report["loaded"], report["quarantined"]) == (3, 2, 1)
