"""The numbers that drawn logs go by on a sheet: no date to Excel, and every slip is found."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

# No vowel: nothing spells a word, a month or a number in powers of ten.
_LETTERS = "bcdfghjkmnpqrstvwxz"
_ITEM = re.compile(rf"([{_LETTERS}]{{4}})-(\d+)-([123])([{_LETTERS}])")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d_"), "-")
SETTLES = 3  # the reader who settles what the other two disagree on


@dataclass(frozen=True, slots=True)
class Item:
    """One drawn log on one reader's sheet.

    >>> Item("bdkt", 42, 1).text
    'bdkt-0042-1c'
    >>> Item.read(" BDKT_0042 - 1c ") == Item("bdkt", 42, 1)
    True

    Args:
        plan: The plan.
        place: Its place in the plan.
        reader: 1 or 2, or 3 for whoever settles.
    """

    plan: str
    place: int
    reader: int

    @property
    def text(self) -> str:
        """Return it as it stands on the sheet; its last letter is made from all the others."""
        told = f"{self.plan}-{self.place:04}-{self.reader}"
        return told + _letters(told, 1)

    @classmethod
    def read(cls, text: str) -> "Item":
        """Read it, however dashes, case and blanks were changed.

        Raises:
            ValueError: It is none; the message says why, and quotes nothing.
        """
        plain = unicodedata.normalize("NFKC", text).translate(_DASHES).lower()
        plain = re.sub(r"[\s'\"\u00a0]", "", plain)
        found = _ITEM.fullmatch(plain)
        if found is None:
            looks = re.fullmatch(r"[\d\-/.:,te+]+|\d+[a-z]{3}\d*", plain)
            raise ValueError(DATED if looks else STRANGE)
        item = cls(found[1], int(found[2]), int(found[3]))
        if item.text[-1] != found[4]:
            raise ValueError(SLIPPED)
        return item


DATED = "the item is a date or a bare number: a spreadsheet has changed it"
STRANGE = "the item is no number of a reading sheet"
SLIPPED = "the item's letters do not fit its number: a slip in copying"


def plan_name(*parts: str) -> str:
    """Return four letters for a plan, the same for the same records, rule, size and seed."""
    return _letters("\n".join(parts), 4)


def coder(plan: str, reader: int) -> str:
    """Return what labels call a reader: the plan's own, so that plans are never mixed.

    >>> coder("bdkt", 1), coder("bdkt", SETTLES)
    ('bdkt:1', 'bdkt:settles')
    """
    return f"{plan}:{'settles' if reader == SETTLES else reader}"


def _letters(text: str, n: int) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:n])
