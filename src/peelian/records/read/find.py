"""Whatever lies at some paths, found and made readable: folders, archives, text, Excel, Parquet."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from peelian.errors import InputError
from peelian.records.read.extract import LIMITS, Extract, Found, Limits, Tell
from peelian.records.read.sniff import HEAD, NotATable, kind_of
from peelian.records.read.tables import (
    fingerprint,
    is_workbook,
    parquet_extract,
    workbook_extracts,
)
from peelian.records.read.text import PAGE, text_extract
from peelian.records.read.unpack import gunzip, unzip

# Endings that promise a table: such a file must be readable, and is not passed over in silence.
_TABLES = (".csv", ".tsv", ".psv", ".xlsx", ".xlsm", ".parquet", ".gz", ".zip")
# Endings under which a table may lie, if its first line says so.
_PERHAPS = (".txt", ".dat", "")


def find(
    paths: Sequence[Path], *, workdir: Path, tell: Tell | None = None, limits: Limits = LIMITS
) -> Found:
    """Return every extract at some paths, and what was not read.

    Args:
        paths: Files and folders; folders are searched to the bottom, in the order of names.
        workdir: A folder for temporary copies; the caller removes it when the rows are loaded.
        tell: Told of progress, in bytes of the files as given.
        limits: How far a file may go before it is taken for hostile.

    Raises:
        InputError: A path is missing, or a file that promises a table is damaged or hostile.
    """
    not_read: list[tuple[str, str]] = []
    files = list(_files(paths, not_read))
    finder = _Finder(workdir, not_read, tell or (lambda *_: None), limits)
    finder.total = sum(path.stat().st_size for path, _ in files)
    extracts = [extract for path, named in files for extract in finder.take(path, named=named)]
    return Found(tuple(extracts), tuple(not_read))


def _files(paths: Sequence[Path], not_read: list[tuple[str, str]]) -> Iterator[tuple[Path, bool]]:
    """Yield each file once, with whether it was named itself rather than found in a folder."""
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise InputError(
                "There is no such file or folder.",
                found=path.name,
                try_="check the path",
                read=PAGE,
            )
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_dir() or file.resolve() in seen:
                continue
            why = unfit(file)
            if why and path.is_dir():
                not_read.append((printable(file.name), why))
                continue
            if why:
                raise InputError(
                    f"{printable(file.name)} cannot be read: it is {why}.",
                    try_="copy what is in it to a file of a plain name, and load that",
                    read=PAGE,
                )
            if path.is_dir() and file.is_symlink():
                not_read.append((file.name, "a link to another file: name that file itself"))
                continue
            seen.add(file.resolve())
            yield file, not path.is_dir()


def unfit(file: Path) -> str:
    """Return why something on the disk is no file to read from, or nothing."""
    if printable(file.name) != file.name:
        return "a file whose name is not text (not UTF-8)"
    if file.exists() and not file.is_file():
        return "a pipe or a device, not a file"
    return ""


def printable(name: str) -> str:
    """Return a file's name with the bytes that are no text replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class _Finder:
    """Reads one file after another, and keeps count of the bytes for whoever watches."""

    def __init__(
        self, workdir: Path, not_read: list[tuple[str, str]], tell: Tell, limits: Limits
    ) -> None:
        self.workdir, self.not_read, self.tell, self.limits = workdir, not_read, tell, limits
        self.done = self.total = 0

    def take(self, path: Path, *, named: bool) -> list[Extract]:
        """Return the extracts of one file, or note why there are none."""
        size, name = path.stat().st_size, path.name
        self.tell(f"reading {name}", self.done, self.total)
        try:
            extracts = self._open(path, name, named=named)
        except NotATable as why:
            if named or path.suffix.lower() in _TABLES:
                raise InputError(
                    f"{name} cannot be read: {why}.",
                    try_="leave it out, or replace it; nothing was loaded",
                    read=PAGE,
                ) from why
            self.not_read.append((name, str(why)))
            extracts = []
        self.done += size
        self.tell(f"reading {name}", self.done, self.total)
        return extracts

    def _open(self, path: Path, name: str, *, named: bool) -> list[Extract]:
        with path.open("rb") as file:
            first = file.read(HEAD)
        if not named and _system_file(name):
            raise NotATable("left by an operating system or a program, not data")
        kind = kind_of(first) if first else "text"
        if kind == "zip":
            if is_workbook(path):
                return workbook_extracts(path, name, self.workdir, fingerprint(path), self.limits)
            return self._archive(path, name)
        if kind == "gz":
            unpacked, sha256 = gunzip(path, self.workdir, self.limits)
            return self._unpacked(unpacked, name, sha256)
        if kind == "parquet":
            return [parquet_extract(path, name, fingerprint(path), self.limits)]
        return [self._text(path, name, "", named=named)]

    def _archive(self, path: Path, name: str) -> list[Extract]:
        extracts = []
        for member in unzip(path, self.workdir, self.not_read, self.limits):
            called = f"{name}: {member.name}"
            self.tell(f"reading {called}", self.done, self.total)
            try:
                extracts += self._unpacked(member.path, called, member.sha256)
            except NotATable as why:
                if Path(member.name).suffix.lower() in _TABLES:
                    raise InputError(
                        f"{called} cannot be read: {why}.",
                        try_="leave it out of the archive, or replace it; nothing was loaded",
                        read=PAGE,
                    ) from why
                self.not_read.append((called, str(why)))
                member.path.unlink()
        return extracts

    def _unpacked(self, path: Path, name: str, sha256: str) -> list[Extract]:
        """Return what came out of an archive; an archive within it is not opened."""
        with path.open("rb") as file:
            kind = kind_of(file.read(64)) if path.stat().st_size else "text"
        if kind == "parquet":
            return [parquet_extract(path, name, sha256, self.limits)]
        if kind == "zip" and is_workbook(path):
            return workbook_extracts(path, name, self.workdir, sha256, self.limits)
        if kind in ("zip", "gz"):
            raise NotATable("it is an archive inside an archive: unpack the outer one first")
        return [self._text(path, name, sha256, named=False)]

    def _text(self, path: Path, name: str, sha256: str, *, named: bool) -> Extract:
        bare = Path(name.removesuffix(".gz")).suffix.lower()
        known = bare in _TABLES or bare in _PERHAPS
        if not known and not named:
            raise NotATable(f"files ending in {bare} are not tables we read")
        extract = text_extract(
            path,
            name,
            self.workdir,
            sha256=sha256,
            told=lambda done: self.tell(f"reading {name}", self.done + done, self.total),
            limits=self.limits,
        )
        if len(extract.header) == 1 and bare in _PERHAPS and not named:
            raise NotATable("its first line is no header of columns")
        return extract


def _system_file(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in ("thumbs.db", "desktop.ini")
