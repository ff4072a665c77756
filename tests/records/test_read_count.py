"""Records are counted without the engine, and the count is the one that csv and the engine make."""

import csv
import io
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peelian.records.read.count import RecordCounter
from peelian.records.read.text import text_extract

# Few letters, so that quotes, delimiters and line ends meet in every order.
CELLS = st.text(alphabet='ab ,"\n\r;é', max_size=6)


def counted(data: bytes, *, columns: int, pieces: int = 1 << 20) -> int:
    """Feed bytes in pieces that end where lines end, as the reader does."""
    counter = RecordCounter(ord(","))
    lines = data.splitlines(keepends=True) if b"\r" not in data else [data]
    piece = b""
    for line in lines:
        piece += line
        if len(piece) >= pieces and piece.endswith(b"\n"):
            counter.feed(piece)
            piece = b""
    if piece:
        counter.feed(piece)
    return counter.records(columns=columns)


def engine_rows(path: Path, columns: int) -> tuple[int, int]:
    """Return the rows the engine takes and the lines it rejects."""
    kinds = {f"c{place}": "VARCHAR" for place in range(columns)}
    with duckdb.connect() as engine:
        taken = engine.execute(
            """select * from read_csv(?, header=true, columns=?, auto_detect=false, delim=',',
            quote='"', escape='"', comment='', store_rejects=true)""",
            [str(path), kinds],
        ).fetchall()
        refused = engine.execute("select distinct line from reject_errors").fetchall()
    return len(taken), len(refused)


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    pieces=st.integers(1, 40),
)
def test_well_formed_records_are_counted_as_python_counts_them(rows, end, quoting, pieces):
    if quoting == csv.QUOTE_MINIMAL:  # which leaves a lone carriage return bare: not well formed
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=quoting).writerows(rows)
    data = text.getvalue().encode()
    expected = sum(1 for row in csv.reader(io.StringIO(data.decode(), newline="")) if row)
    assert counted(data, columns=3, pieces=pieces) == expected == len(rows)


WORD = st.text(alphabet="ab é", max_size=4)
# The dirt that real exports hold. (Two quoted fields of one line, each with letters after its
# closing quote, make the engine both take and reject the line; the loader counts it once.)
FIELD = st.one_of(
    WORD,
    st.builds('"{}"'.format, st.text(alphabet="ab ,\n", max_size=5)),
    st.builds('"{}""{}"'.format, WORD, st.text(alphabet="ab,\n", max_size=3)),
    st.builds(' "{}"'.format, st.text(alphabet="ab,\n", max_size=3)),
    st.builds('x{}"{}'.format, WORD, WORD),
)
GARBAGE = st.builds('"{}"x{}'.format, st.text(alphabet="ab,\n", max_size=3), WORD)
LINE = st.builds(
    lambda fields, garbage, at: ",".join([*fields[:at], *garbage, *fields[at:]]),
    st.lists(FIELD, max_size=3),
    st.lists(GARBAGE, max_size=1),
    st.integers(0, 3),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(LINE, min_size=1, max_size=6))
@example(['1,"x"y', "3,4"])
@example(['"x"y,"z', '3",4', "5,6"])
@example(['x"y,"z', '3"', "5,6"])
@example(['1, "x,y"', "3,4"])
@example(["1,2", "", "", "3,4"])
@example(['"",""', '""', "5,6"])
@example(['1,  "x', 'z"', "3,4"])
def test_dirty_records_are_counted_as_the_engine_reads_or_rejects_them(tmp_path_factory, lines):
    """Records counted = rows taken + lines rejected; a quote left open is refused before that."""
    data = ("h1,h2\n" + "\n".join(lines) + "\n").encode()
    counter = RecordCounter(ord(","))
    counter.feed(data)
    if counter.inside:
        return
    path = tmp_path_factory.mktemp("dirty") / "dirty.csv"
    path.write_bytes(data)
    taken, refused = engine_rows(path, 2)
    assert counter.records(columns=2) - 1 == taken + refused


@pytest.mark.parametrize(
    ("data", "columns", "records"),
    [
        (b"a,b\n1,2\n\n3,4\n\n\n", 2, 3),
        (b"a,b\r\n1,2\r\n\r\n3,4\r\n", 2, 3),
        (b"a,b\n1,2\n3,4", 2, 3),
        (b"a\n1\n\n3\n", 1, 4),
        (b'a,b\n1,"x\ny"\n\n3,4\n', 2, 3),
        (b'a,b\n1,"x\r\n\r\ny"\n3,4\n', 2, 3),
        (b'a,b\n1,5" pipe\n3,4\n', 2, 3),
        (b'a,b\n1,"say ""hello"""\n3,""""\n', 2, 3),
    ],
)
def test_blank_lines_last_lines_and_quotes(data, columns, records):
    assert counted(data, columns=columns) == records
    assert counted(data, columns=columns, pieces=1) == records


@pytest.mark.parametrize(
    ("data", "mixed"),
    [
        (b"a,b\n1,2\n", False),
        (b"a,b\r\n1,2\r\n", False),
        (b"a,b\r\n1,2\n", True),
        (b"a,b\n1,x\ry\n", True),
        (b'a,b\n1,"x\r\ny"\n', False),
        (b'a,b\n1,"x\ry"\n2,"z"\r\n', True),
    ],
)
def test_lines_that_end_in_more_than_one_way_are_noticed_outside_quotes(data, mixed):
    counter = RecordCounter(ord(","))
    counter.feed(data)
    assert counter.mixed is mixed


def test_a_file_longer_than_one_piece_is_counted_whole(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "words"])
        for number in range(40_000):
            writer.writerow([number, f'said "line\n{number}"' if number % 3 == 0 else "nothing"])
    extract = text_extract(path, "long.csv", tmp_path / "work")
    assert extract.rows == 40_000
    assert engine_rows(path, 2) == (40_000, 0)
