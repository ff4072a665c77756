"""Packed files unpacked by streaming, every byte counted against what a sound file could hold."""

import gzip
import hashlib
import lzma
import posixpath
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from peelian.errors import InputError
from peelian.records.read.extract import LIMITS, Limits

CHUNK = 4 << 20
PAGE = "how-to/load-records"
# What the unpacking libraries raise over bytes that are not what they should be. OSError is also
# how a full disk speaks: see `refuse_other`.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(NotImplementedError, OverflowError, RuntimeError, ValueError),
)
_NO_FILE = (".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, unpacked.

    Args:
        name: Its own name, without folders.
        path: Where it was unpacked to.
        sha256: Fingerprint of its bytes.
    """

    name: str
    path: Path
    sha256: str


class Meter:
    """Stops an unpacking that outgrows its limits or the disk."""

    def __init__(self, name: str, packed: int, workdir: Path, limits: Limits) -> None:
        self.name, self.packed, self.workdir, self.limits = name, packed, workdir, limits
        self.done = 0

    def add(self, size: int) -> None:
        """Count some unpacked bytes.

        Raises:
            InputError: They are more than a sound file could hold, or than the disk can.
        """
        self.done += size
        limit, ratio = self.limits.unpacked, self.done / max(1, self.packed)
        if self.done > self.limits.free and ratio > self.limits.ratio:
            raise self._bomb(f"more than {self.limits.ratio} times its packed size")
        if self.done > limit:
            raise self._bomb(f"more than {limit >> 20:,} MB")
        if shutil.disk_usage(self.workdir).free < (256 << 20):
            raise InputError(
                f"There is no room to unpack {self.name}.",
                found=f"{self.done >> 20:,} MB unpacked so far",
                try_="free some space, or point TMPDIR at a larger disk",
                read=PAGE,
            )

    def _bomb(self, how: str) -> InputError:
        return InputError(
            f"{self.name} unpacks to {how}, as an archive made to fill a disk would; stopped.",
            try_="if it is what it should be, unpack it yourself and load the files",
            read=PAGE,
        )


def gunzip(path: Path, workdir: Path, limits: Limits = LIMITS) -> tuple[Path, str]:
    """Return where a gzip file was unpacked to, and the fingerprint of the packed file.

    Raises:
        InputError: It is cut short or damaged, or outgrows its limits.
    """
    target = fresh(workdir, ".part")
    digest = hashlib.sha256()
    meter = Meter(path.name, path.stat().st_size, workdir, limits)
    try:
        with path.open("rb") as packed:
            while chunk := packed.read(CHUNK):
                digest.update(chunk)
        with gzip.open(path, "rb") as source, target.open("wb") as out:
            _pour(source, out, meter)
    except DAMAGED as problem:
        refuse_other(problem)
        raise InputError(
            f"{path.name} is cut short or damaged: it cannot be unpacked to its end.",
            found=f"{meter.done:,} bytes came out before it broke",
            try_="copy or download it again; nothing was loaded",
            read=PAGE,
        ) from problem
    return target, digest.hexdigest()


def unzip(
    path: Path, workdir: Path, not_read: list[tuple[str, str]], limits: Limits = LIMITS
) -> Iterator[Member]:
    """Yield the files of a zip, each unpacked under a name of ours.

    Names in the archive are never used as paths; one that tries to climb out is refused all the
    same, since whoever wrote it meant harm or made a mistake worth knowing of.

    Args:
        path: The archive.
        workdir: Where its files go.
        not_read: Members that are no data are added here, with why.
        limits: How much it may unpack to.

    Raises:
        InputError: It is damaged, encrypted, hostile, or outgrows its limits.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(archive.infolist(), key=lambda member: member.filename)
            _check_members(path.name, members, limits)
            total = 0
            for member in members:
                why = _skip(member)
                if why:
                    not_read.append((f"{path.name}: {_own_name(member)}", why))
                elif not member.is_dir():
                    unpacked = _member(archive, member, path, workdir, limits)
                    total += unpacked.path.stat().st_size
                    if total > limits.archive:
                        raise Meter(path.name, 1, workdir, limits)._bomb(
                            f"more than {limits.archive >> 20:,} MB in all"
                        )
                    yield unpacked
    except DAMAGED as problem:
        refuse_other(problem)
        raise InputError(
            f"{path.name} is damaged, or packed in a way that cannot be read.",
            try_="copy or download it again, or unpack it yourself; nothing was loaded",
            read=PAGE,
        ) from problem


def refuse_other(problem: BaseException) -> None:
    """Raise again what is no damage of the file: a full disk, or a permission that was lost."""
    if isinstance(problem, OSError) and problem.errno is not None:
        raise problem


def fresh(workdir: Path, ending: str) -> Path:
    """Return a path in the work folder that nothing has yet."""
    workdir.mkdir(parents=True, exist_ok=True)
    number = sum(1 for _ in workdir.iterdir())
    while (path := workdir / f"{number:06}{ending}").exists():
        number += 1
    return path


def _check_members(name: str, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise InputError(
            f"{name} holds {len(members):,} files, more than an extract has.", read=PAGE
        )
    outside = sum(_climbs(member.filename) for member in members)
    if outside:
        raise InputError(
            f"{name} names {outside} files that would land outside its own folder (a name with .. "
            "or from the root): nothing of it was read.",
            try_="ask its sender for a clean archive, or unpack it safely and load the files",
            read=PAGE,
        )
    if any(member.flag_bits & 0x1 for member in members):
        raise InputError(
            f"{name} is encrypted.",
            try_="unpack it with its password and load the files",
            read=PAGE,
        )


def _climbs(name: str) -> bool:
    plain = name.replace("\\", "/")
    rooted = plain.startswith("/") or plain[1:2] == ":"
    return rooted or ".." in plain.split("/")


def _own_name(member: zipfile.ZipInfo) -> str:
    return posixpath.basename(member.filename.replace("\\", "/").rstrip("/"))


def _skip(member: zipfile.ZipInfo) -> str:
    name = _own_name(member)
    if "__MACOSX" in member.filename or name.lower() in _NO_FILE or name.startswith("._"):
        return "left by an operating system, not data"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link to another file, not data"
    return ""


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, workdir: Path, limits: Limits
) -> Member:
    target = fresh(workdir, ".part")
    meter = Meter(f"{path.name}: {_own_name(member)}", member.compress_size, workdir, limits)
    digest = hashlib.sha256()
    with archive.open(member) as source, target.open("wb") as out:
        _pour(source, out, meter, digest.update)
    return Member(_own_name(member), target, digest.hexdigest())


def _pour(
    source: Any, out: IO[bytes], meter: Meter, also: Callable[[bytes], object] | None = None
) -> None:
    while chunk := source.read(CHUNK):
        meter.add(len(chunk))
        out.write(chunk)
        if also:
            also(chunk)
