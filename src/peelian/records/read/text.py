"""One text file made ready: fingerprinted, counted, checked; rewritten only where it must be."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from peelian.errors import InputError
from peelian.records.read.count import RecordCounter
from peelian.records.read.extract import LIMITS, Extract, Limits
from peelian.records.read.sniff import HEAD, Head, NotATable, sniff

CHUNK = 256 << 10  # small enough to stay in the cache while it is looked at from all sides
_BEHIND = 32  # pieces that may wait to be fingerprinted
PAGE = "how-to/load-records"
_MARK = b"\xef\xbb\xbf"


@dataclass
class Survey:
    """What one pass over a text file's bytes learns.

    Args:
        head: What its first bytes said.
    """

    head: Head
    counter: RecordCounter = field(init=False)
    headers: int = 0  # times the header stands again below itself
    good: int = 0  # bytes beyond ASCII that stand in sound UTF-8
    bad: int = 0  # bytes that are no UTF-8
    leading_blank: bool = False

    def __post_init__(self) -> None:
        self.counter = RecordCounter(ord(self.head.delimiter))

    def feed(self, piece: bytes, *, first: bool) -> None:
        """Learn from one piece of whole lines."""
        if first:
            piece = piece.removeprefix(_MARK)
            self.leading_blank = piece[:1] in (b"\n", b"\r")
        if piece:
            self.counter.feed(piece)
        if not piece.isascii():
            self._letters(piece)
        if self.head.line:
            self.headers += _again(piece, self.head.line, first=first)

    def _letters(self, piece: bytes) -> None:
        try:
            piece.decode("utf-8")
            bad = 0
        except UnicodeDecodeError:
            bad = piece.decode("utf-8", "replace").count("\ufffd")
        beyond = np.count_nonzero(np.frombuffer(piece, np.uint8) > 0x7F)
        self.bad += bad
        self.good += int(beyond) - bad

    @property
    def encoding(self) -> str:
        """How the whole file is written: one stray byte in a UTF-8 file leaves it UTF-8."""
        if self.bad and self.bad > self.good:
            return "cp1252"
        return self.head.encoding

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why the engine cannot read the file as it stands; empty where it can."""
        reasons = []
        if self.encoding not in ("utf-8", "utf-8-sig"):
            reasons.append(f"read as {_ENCODINGS[self.encoding]} and rewritten as UTF-8")
        if self.counter.mixed:
            reasons.append("its lines ended in more than one way, or in an old one: made alike")
        if self.headers:
            reasons.append(f"{self.headers} repeated headers among the rows were left out")
        if self.leading_blank:
            reasons.append("blank lines above the header were left out")
        return tuple(reasons)


_ENCODINGS = {"cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


def text_extract(
    path: Path,
    name: str,
    workdir: Path,
    *,
    sha256: str = "",
    told: Callable[[int], None] = lambda _: None,
    limits: Limits = LIMITS,
) -> Extract:
    """Return a text file as an extract.

    Args:
        path: The file: plain, not packed.
        name: What to call it.
        workdir: Where a rewritten copy may be put.
        sha256: Its fingerprint where that is known already: of a packed file, the pack's.
        told: Told how many bytes have gone by.
        limits: How wide and how long it may be.

    Raises:
        InputError: It is damaged: a quote left open, empty bytes, an unknown encoding.
        NotATable: It is no table at all.
    """
    with path.open("rb") as file:
        head = sniff(file.read(HEAD), limits)
    with _Digest() as digest:
        survey = _survey(path, head, name, told, digest.update, limits)
    notes = head.notes
    if survey.reasons:
        path, changed = _rewritten(path, workdir, survey, name), survey.reasons
        with path.open("rb") as file:
            head = sniff(file.read(HEAD), limits)
        survey = _survey(path, head, name, told, lambda _: None, limits)
        notes += changed
    rows = max(0, survey.counter.records(columns=len(head.header)) - 1)
    if not rows:
        notes += ("it holds a header and no rows",)
    if survey.bad:
        notes += (f"{survey.bad} bytes are not UTF-8: the rows they stand in are set aside",)
    counter = survey.counter
    return Extract(
        name,
        path,
        "csv",
        sha256 or digest.found,
        head.header,
        rows,
        head.delimiter,
        notes,
        counter.lines + counter.tail,
        survey.bad,
    )


class _Digest:
    """The SHA-256 of pieces, worked out on another core while they are looked at on this one."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._beside = ThreadPoolExecutor(max_workers=1)
        self._behind: deque[Future[None]] = deque()

    def __enter__(self) -> "_Digest":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._beside.shutdown(cancel_futures=kind is not None)

    def update(self, piece: bytes) -> None:
        """Take one piece; wait if the other core is far behind."""
        self._behind.append(self._beside.submit(self._digest.update, piece))
        if len(self._behind) > _BEHIND:
            self._behind.popleft().result()

    @property
    def found(self) -> str:
        """The fingerprint of all that was taken."""
        while self._behind:
            self._behind.popleft().result()
        return self._digest.hexdigest()


def _survey(
    path: Path,
    head: Head,
    name: str,
    told: Callable[[int], None],
    update: Callable[[bytes], object],
    limits: Limits,
) -> Survey:
    survey = Survey(head)
    wide = head.encoding.startswith("utf-16")
    first = True
    for piece in _pieces(path, name, told, update, limits, whole_lines=not wide):
        if wide:
            continue  # only the fingerprint: it is counted when it has been rewritten
        survey.feed(piece, first=first)
        first = False
        if survey.counter.nul:
            raise InputError(
                f"{name} holds empty (NUL) bytes: it is binary, or was damaged on the way.",
                try_="export or copy it again",
                read=PAGE,
            )
    if survey.counter.inside:
        raise InputError(
            f"{name} opens a quote that it never closes, so where its rows end cannot be known.",
            found=f"{survey.counter.ends:,} lines before the quote is open for good",
            try_="export it again with quotes inside fields doubled",
            read=PAGE,
        )
    return survey


def _pieces(
    path: Path,
    name: str,
    told: Callable[[int], None],
    update: Callable[[bytes], object],
    limits: Limits,
    *,
    whole_lines: bool,
) -> Iterator[bytes]:
    """Yield the file in pieces that end where lines end; every byte is fingerprinted."""
    left, held, done = [], 0, 0  # of a long line, in parts: to join them each time takes forever
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            update(chunk)
            done += len(chunk)
            told(done)
            if not whole_lines:
                continue
            cut = chunk.rfind(b"\n") + 1 or chunk.rfind(b"\r") + 1
            if cut:
                yield b"".join([*left, chunk[:cut]])
                left, held = [], 0
            left.append(chunk[cut:])
            held += len(chunk) - cut
            if held > limits.line:
                raise InputError(
                    f"{name} holds a line longer than {limits.line >> 20} MB.",
                    try_="look for a quote that is never closed, or lines that end in an odd way",
                    read=PAGE,
                )
    if held:
        yield b"".join(left)


def _again(piece: bytes, line: bytes, *, first: bool) -> int:
    """Return how often the header line stands in a piece, its own place not counted."""
    found, start = 0, len(line) if first else 0
    while (at := piece.find(line, start)) >= 0:
        start = at + len(line)
        before = piece[max(0, at - 4) : at].removesuffix(_MARK)
        after = piece[start : start + 1]
        found += (before == b"" or before.endswith(b"\n")) and after in (b"", b"\r", b"\n")
    return found


def _rewritten(path: Path, workdir: Path, survey: Survey, name: str) -> Path:
    """Return a copy in UTF-8 whose lines end alike, with one header and nothing above it."""
    workdir.mkdir(parents=True, exist_ok=True)
    copy = workdir / f"rewritten-{sum(1 for _ in workdir.iterdir())}.csv"
    encoding = "utf-8-sig" if survey.encoding == "utf-8" else survey.encoding
    errors = "surrogateescape" if encoding == "utf-8-sig" else "strict"
    header = ""
    try:
        with (
            path.open(encoding=encoding, errors=errors, newline=None) as source,
            copy.open("w", encoding="utf-8", errors=errors, newline="\n") as target,
        ):
            for line in source:
                bare = line.removeprefix("\ufeff").rstrip("\n")
                if not header and not bare:
                    continue
                if header and bare == header and survey.head.line:
                    continue
                header = header or bare
                target.write(bare + "\n")
    except UnicodeDecodeError as problem:
        raise InputError(
            f"{name} is written in neither UTF-8 nor {_ENCODINGS.get(encoding, encoding)}.",
            try_="save it again as CSV UTF-8",
            read=PAGE,
        ) from problem
    return copy


__all__ = ["NotATable", "Survey", "text_extract"]
