"""Files as they arrive, made readable: found, unpacked, fingerprinted, counted."""

from peelian.records.read.extract import LIMITS, Extract, Found, Limits
from peelian.records.read.find import find, printable, unfit

__all__ = ["LIMITS", "Extract", "Found", "Limits", "find", "printable", "unfit"]
