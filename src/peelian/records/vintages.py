"""Which edition of the areas a set of codes belongs to."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

_SMALL_AREA = re.compile(r"([EW])01(\d{6})$")
# The last codes of 2011. In 2021 every area that changed got a new code, numbered on from there.
_LAST_OF_2011 = {"E": 33_768, "W": 1_958}
# The month from which the public police files use the codes of 2021.
_FIRST_MONTH_OF_2021 = "2023-06"
_ALMOST_ALL = 0.99
_LSOA = ("LSOA11", "LSOA21")


@dataclass(frozen=True, slots=True)
class Vintage:
    """Which vintage a set of codes is, and how that is known.

    Args:
        name: The vintage; empty where nothing decides it.
        by: `codes` (some codes exist in this vintage alone), `month`, or empty.
        against_month: Whether the codes say otherwise than the month would.
        strangers: How many distinct codes are of the other vintage.
    """

    name: str
    by: Literal["codes", "month", ""]
    against_month: bool = False
    strangers: int = 0


def by_number(codes: Iterable[str]) -> str:
    """Return LSOA21 if any code is numbered beyond those of 2011, else nothing.

    >>> by_number(["E01000001", "E01033769"])
    'LSOA21'
    """
    return "LSOA21" if any(_is_of_2021(code) for code in codes) else ""


def by_month(month: str) -> str:
    """Return the vintage the public police files of a month (YYYY-MM) use.

    >>> by_month("2023-05"), by_month("2023-06")
    ('LSOA11', 'LSOA21')
    """
    return "LSOA21" if month >= _FIRST_MONTH_OF_2021 else "LSOA11"


def vintage_of(
    codes: Iterable[str], *, month: str = "", known: Mapping[str, Collection[str]] | None = None
) -> Vintage:
    """Say whether codes are of LSOA11 or LSOA21: by codes only one of them has, else by the month.

    Codes that are none of those, such as a made-up force's, are of the vintage the store holds that
    most of them belong to.

    Most areas kept their code, so a file of a small force may hold none that decides. Codes of
    places outside the loaded areas decide nothing either.

    Args:
        codes: The area codes of one file.
        month: The month of the file, YYYY-MM, if it is a public police file.
        known: The codes of each vintage the store holds; sets are fastest.
    """
    distinct = {code for code in codes if code}
    other = _other_vintage(distinct, known or {})
    if other:
        return Vintage(other, "codes")
    votes = {name: _only_in(name, distinct, known or {}) for name in _LSOA}
    expected = by_month(month) if month else ""
    total = sum(votes.values())
    if total:
        name = max(votes, key=lambda vintage: votes[vintage])
        strangers = total - votes[name]
        if votes[name] >= _ALMOST_ALL * total:
            return Vintage(name, "codes", bool(expected) and expected != name, strangers)
        return Vintage("", "", strangers=strangers)
    return Vintage(expected, "month" if expected else "")


def _other_vintage(codes: set[str], known: Mapping[str, Collection[str]]) -> str:
    """Return the vintage, neither LSOA11 nor LSOA21, that more than half of the codes belong to."""
    if sum(_SMALL_AREA.match(code) is not None for code in codes) * 2 >= len(codes):
        return ""
    shares = {
        name: sum(code in held for code in codes)
        for name, held in known.items()
        if name not in _LSOA
    }
    # Where several hold as many, none of the codes has changed: the last by name, the newest.
    name = max(shares, key=lambda vintage: (shares[vintage], vintage), default="")
    return name if name and shares[name] * 2 > len(codes) else ""


def _only_in(name: str, codes: set[str], known: Mapping[str, Collection[str]]) -> int:
    other = {"LSOA11": "LSOA21", "LSOA21": "LSOA11"}[name]
    beyond = {code for code in codes if _is_of_2021(code)}
    listed: set[str] = set()
    if name in known and other in known:
        listed = {
            code for code in codes - beyond if code in known[name] and code not in known[other]
        }
    return len(listed) + (len(beyond) if name == "LSOA21" else 0)


def _is_of_2021(code: str) -> bool:
    match = _SMALL_AREA.match(code)
    return bool(match) and int(match[2]) > _LAST_OF_2011[match[1]]
