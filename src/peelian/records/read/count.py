"""How many records a CSV holds, counted from its bytes alone so that the engine can be checked."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_QUOTE, _LF, _CR, _SPACE = 34, 10, 13, 32
Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]


@dataclass
class RecordCounter:
    """Counts records while the bytes of a CSV go by. Feed it pieces that end where a line ends.

    A quote opens a field only where a field begins, or one space later; inside, two are one. A
    line end inside quotes ends no record. That is the engine's reading too, and a test holds the
    two together.

    Args:
        delimiter: What stands between fields, as one byte.
    """

    delimiter: int = ord(",")
    ends: int = field(default=0, init=False)  # line ends outside quotes
    blank: int = field(default=0, init=False)  # of those, with nothing before them on their line
    crlf: int = field(default=0, init=False)  # of those, written as carriage return, line feed
    lone_cr: int = field(default=0, init=False)  # carriage returns outside quotes, alone
    lines: int = field(default=0, init=False)  # line feeds, wherever they stand
    nul: int = field(default=0, init=False)
    inside: bool = field(default=False, init=False)  # whether the last piece ended inside quotes
    tail: bool = field(default=False, init=False)  # whether the last piece lacked its line end

    def feed(self, piece: bytes) -> None:
        """Count one piece: it ends with a line feed, or is the last."""
        a: Bytes = np.frombuffer(piece, np.uint8)
        self.tail = not piece.endswith(b"\n")
        self.nul += int(np.count_nonzero(a == 0))
        quotes = np.flatnonzero(a == _QUOTE) if b'"' in piece else _NONE
        if len(quotes) or self.inside:
            self._feed_quoted(a, quotes)
        else:
            self._feed_plain(a)

    @property
    def mixed(self) -> bool:
        """Whether lines end in more than one way, which no engine reads alike."""
        return self.lone_cr > 0 or 0 < self.crlf < self.ends

    def records(self, *, columns: int) -> int:
        """Return the records counted so far, the header among them."""
        counted = self.ends + self.tail
        return counted if columns == 1 else counted - self.blank

    def _feed_plain(self, a: Bytes) -> None:
        lf, cr = a == _LF, a == _CR
        ends = int(np.count_nonzero(lf))
        self.ends += ends
        self.lines += ends
        self.blank += int(np.count_nonzero(lf[1:] & lf[:-1])) + int(lf[0])
        if cr.any():
            pairs = cr[:-1] & lf[1:]
            crlf = int(np.count_nonzero(pairs))
            self.crlf += crlf
            self.lone_cr += int(np.count_nonzero(cr)) - crlf
            self.blank += int(np.count_nonzero(lf[:-2] & pairs[1:])) + int(pairs[:1].any())

    def _feed_quoted(self, a: Bytes, quotes: Positions) -> None:
        quotes = self._turns(a, quotes)
        began_inside = self.inside
        self.inside = began_inside ^ bool(len(quotes) & 1)
        feeds = np.flatnonzero(a == _LF)
        self.lines += len(feeds)
        ends = _outside(feeds, quotes, began_inside)
        crs = _outside(np.flatnonzero(a == _CR), quotes, began_inside)
        paired = a[ends - 1] == _CR if len(ends) else np.zeros(0, bool)
        if len(ends) and ends[0] == 0:
            paired[0] = False  # index -1 looked at the far end of the piece
        self.ends += len(ends)
        self.crlf += int(np.count_nonzero(paired))
        self.lone_cr += len(crs) - int(np.count_nonzero(paired))
        # A line is blank when it began at the last end and only its own line end follows.
        begins = np.concatenate([[-2 if began_inside else 0], ends[:-1] + 1])[: len(ends)]
        self.blank += int(np.count_nonzero(ends - paired == begins))

    def _turns(self, a: Bytes, quotes: Positions) -> Positions:
        """Return the quotes that open or close a field, in turn; most often that is all of them."""
        opening = quotes[int(self.inside) :: 2]
        before = np.where(opening > 0, a[opening - 1], _LF)
        begins = (before == self.delimiter) | (before == _LF) | (before == _CR)
        if bool(np.all(begins | (before == _QUOTE))):
            return quotes
        return self._walk(a, quotes)

    def _walk(self, a: Bytes, quotes: Positions) -> Positions:
        """Return the same, one quote at a time, where some stand in the middle of plain fields."""
        turns, inside, skip = [], self.inside, -1
        starts = (self.delimiter, _LF, _CR)
        for at in quotes.tolist():
            if at == skip:
                continue
            if not inside:
                before = at - 2 if at and a[at - 1] == _SPACE else at - 1
                reopens = bool(turns) and before == turns[-1]
                if before >= 0 and a[before] not in starts and not reopens:
                    continue
            elif at + 1 < len(a) and a[at + 1] == _QUOTE:
                skip = at + 1
                continue
            turns.append(at)
            inside = not inside
        return np.asarray(turns, np.int64)


_NONE: Positions = np.zeros(0, np.int64)


def _outside(places: Positions, quotes: Positions, began_inside: bool) -> Positions:
    within = (np.searchsorted(quotes, places) + began_inside) & 1
    return places[within == 0]
