"""The one door out: hold back small counts, and what would give them away, and say so."""

from peelian.disclosure.door import release
from peelian.disclosure.register import Register
from peelian.disclosure.released import Release, ReleasedTable

__all__ = ["Register", "Release", "ReleasedTable", "release"]
