"""Excel and Parquet: a workbook's sheets streamed out as CSV, a Parquet file as it stands."""

import csv
import datetime
import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from peelian.errors import InputError
from peelian.records.read.extract import LIMITS, Extract, Limits
from peelian.records.read.sniff import NotATable, name_columns
from peelian.records.read.unpack import CHUNK, DAMAGED, PAGE, fresh, refuse_other

_COLUMNS = 16_384  # of a sheet, at most


def is_workbook(path: Path) -> bool:
    """Whether a zip is an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except DAMAGED as problem:
        refuse_other(problem)
        return False


def workbook_extracts(
    path: Path, name: str, workdir: Path, sha256: str, limits: Limits = LIMITS
) -> list[Extract]:
    """Return every visible sheet that holds a table, each as a CSV in the work folder.

    Dates come out as ISO 8601, numbers plainly, formulas as the values they last had.

    Raises:
        InputError: The workbook is damaged, or unpacks to more than a sound one would.
        NotATable: None of its sheets holds a table.
    """
    import openpyxl  # slow to load, and few deliveries are workbooks

    _check_size(path, name, limits)
    try:
        # Opened here, since openpyxl refuses a path that does not end as it likes: an unpacked one.
        with (
            path.open("rb") as file,
            closing(
                openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            ) as book,
        ):
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            found = [_sheet(sheet, workdir, limits) for sheet in sheets]
    except (NotATable, MemoryError):
        raise
    except Exception as problem:  # openpyxl meets damage with a dozen kinds of error
        refuse_other(problem)
        raise InputError(
            f"{name} is damaged, or is not the Excel workbook it seems to be.",
            found=type(problem).__name__,
            try_="open it, save it again as .xlsx or as CSV UTF-8, and load that",
            read=PAGE,
        ) from problem
    tables = [(sheet.title, table) for sheet, table in zip(sheets, found, strict=True) if table]
    if not tables:
        raise NotATable("none of its sheets holds a table")
    return [
        Extract(
            name if len(tables) == 1 else f"{name}: {title}",
            target,
            "csv",
            _of_sheet(sha256, title, len(tables)),
            header,
            rows,
            notes=notes,
        )
        for title, (target, header, rows, notes) in tables
    ]


def parquet_extract(path: Path, name: str, sha256: str, limits: Limits = LIMITS) -> Extract:
    """Return a Parquet file as an extract.

    Raises:
        InputError: It is damaged.
        NotATable: It has too many columns, or two of one name.
    """
    try:
        with pq.ParquetFile(path) as file:
            header, rows = tuple(file.schema_arrow.names), file.metadata.num_rows
    except (pa.ArrowException, OSError) as problem:
        raise InputError(
            f"{name} is damaged, or is not the Parquet file it seems to be.",
            try_="copy or download it again",
            read=PAGE,
        ) from problem
    if len(header) > limits.columns:
        raise NotATable(f"it has {len(header):,} columns, more than a table of records has")
    if not header:
        raise NotATable("it has no columns")
    if len({column.lower() for column in header} - {""}) < len(header):
        raise NotATable("two of its columns have one name (or one without regard to case), or none")
    return Extract(name, path, "parquet", sha256, header, rows, delimiter="")


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _of_sheet(sha256: str, title: str, sheets: int) -> str:
    if sheets == 1:
        return sha256
    return hashlib.sha256(f"{sha256}/{title}".encode()).hexdigest()


def _check_size(path: Path, name: str, limits: Limits) -> None:
    # zipfile reads no more of a member than its entry declares, so the declared sizes are a bound.
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    packed = max(1, path.stat().st_size)
    if unpacked > limits.free and (unpacked / packed > limits.ratio or unpacked > limits.unpacked):
        raise InputError(
            f"{name} unpacks to {unpacked / packed:,.0f} times its size, as a file made to fill a "
            "disk would; it was not opened.",
            try_="save the sheet as CSV and load that",
            read=PAGE,
        )


def _sheet(
    sheet: Any, workdir: Path, limits: Limits
) -> tuple[Path, tuple[str, ...], int, tuple[str, ...]] | None:
    """Return where one sheet was written, its header, rows and notes; None if it is empty."""
    lines = _lines(sheet)
    first = next(lines, None)
    if first is None:
        return None
    header, notes = name_columns(first, limits)
    width = len(header)
    target, rows, wider = fresh(workdir, ".csv"), 0, 0
    with target.open("w", encoding="utf-8", newline="") as out:
        # Every cell is quoted, so that a row of one empty cell is not a blank line.
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        for line in lines:
            wider += any(line[width:])
            writer.writerow(line[:width] + [""] * (width - len(line)))
            rows += 1
    if wider:
        notes += (f"{wider} rows had cells beyond the header's last column: those were left out",)
    if not rows:
        notes += ("it holds a header and no rows",)
    return target, header, rows, notes


def _lines(sheet: Any) -> Iterator[list[str]]:
    """Yield the rows of a sheet that say anything, without the empty cells at their ends.

    The rows are taken as they stand. openpyxl's own walk over them believes the size that a sheet
    declares: too large, and it makes up a thousand million empty cells; too small, and it leaves
    rows out in silence. It also leaves out rows whose numbers are not in order.
    """
    from openpyxl.worksheet._reader import WorkSheetParser

    book = sheet.parent
    with sheet._get_source() as source:
        rows = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for _, row in rows.parse():
            said = {cell["column"]: text for cell in row if (text := _cell(cell["value"]))}
            if not said:
                continue
            if max(said) > _COLUMNS:
                raise NotATable("a cell stands further right than a workbook has columns")
            yield [said.get(place, "") for place in range(1, max(said) + 1)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()
