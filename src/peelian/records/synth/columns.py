"""Arrays as columns: identifiers, moments and codes in Arrow, without a Python loop over rows."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.when import to_utc

Flags = NDArray[np.bool_]


def numbered(
    prefix: str, numbers: NDArray[np.int64], width: int, *, missing: Flags | None = None
) -> pa.Array:
    """Return a prefix and each number in digits of one width, as text.

    >>> numbered("A", np.array([7, 12]), 3).to_pylist()
    ['A007', 'A012']

    Args:
        prefix: Letters and signs before the digits.
        numbers: From 0 up, of at most `width` digits.
        width: Digits.
        missing: Where there is none.

    Raises:
        ValueError: A number has more digits than that.
    """
    if len(numbers) and int(numbers.max()) >= 10**width:
        raise ValueError(f"numbers of more than {width} digits")
    letters = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    text = np.empty((len(numbers), len(letters) + width), dtype=np.uint8)
    text[:, : len(letters)] = letters
    rest = np.where(missing, 0, numbers) if missing is not None else numbers
    for place in range(width):
        rest, digit = np.divmod(rest, 10)
        text[:, -1 - place] = digit + ord("0")
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * text.shape[1]
    valid = None
    if missing is not None and missing.any():
        valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.StringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets), pa.py_buffer(text), valid
    )


def instants(local: NDArray[np.datetime64]) -> pa.Array:
    """Return London's local moments as UTC timestamps; NaT is null."""
    return utc_instants(to_utc(local))


def utc_instants(utc: NDArray[np.datetime64]) -> pa.Array:
    """Return moments of UTC as timestamps; NaT is null."""
    return pa.array(utc.astype("M8[us]")).cast(pa.timestamp("us", "UTC"))


def words(
    codes: Sequence[str], number: NDArray[np.int64], *, missing: Flags | None = None
) -> pa.Array:
    """Return the code each number stands for, as plain text."""
    chosen = pa.array(np.asarray(number, dtype=np.int32), mask=missing)
    return pa.array(codes, pa.string()).take(chosen)
