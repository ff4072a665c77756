"""Scales: which arithmetic a measure bears, so that ranks are never averaged or divided."""

from dataclasses import dataclass
from typing import Literal

from peelian.errors import CannotAnswer, UsageError, nearest

Deed = Literal["sum", "divide", "average", "order"]


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale of measurement, and what may be done with values on it.

    Args:
        name: Its word in the records: count, ratio, score, rank or decile.
        bears: What may be done: `sum` over areas, `divide` by it (a denominator), `average` over
            areas by a weight, `order` areas by it.
        means: The reason, in words.
    """

    name: str
    bears: frozenset[Deed]
    means: str


_ALL = (
    Scale(
        "count",
        frozenset({"sum", "divide", "order"}),
        "a number of things; two areas together have the sum",
    ),
    Scale(
        "ratio",
        frozenset({"average", "order"}),
        "so much of one thing to another; two areas together have the mean, weighted by the other",
    ),
    Scale(
        "score",
        frozenset({"order"}),
        "a position on a made scale; differences and means have no unit",
    ),
    Scale(
        "rank", frozenset({"order"}), "a place in a row; it says which comes first, not by how much"
    ),
    Scale("decile", frozenset({"order"}), "a tenth of all areas; the steps are not equal"),
)
SCALES = {scale.name: scale for scale in _ALL}
_WORDS: dict[Deed, str] = {
    "sum": "added up over areas",
    "divide": "divided by (a denominator)",
    "average": "averaged over areas",
    "order": "put in order",
}


def scale(name: str) -> Scale:
    """Return the scale of this name.

    >>> sorted(scale("count").bears)
    ['divide', 'order', 'sum']

    Raises:
        UsageError: There is no such scale.
    """
    if name not in SCALES:
        raise UsageError(
            "There is no such scale of measurement.",
            found=name,
            try_=nearest(name, SCALES),
            read="how-to/load-measures",
        )
    return SCALES[name]


def require(measure: str, scale_name: str, deed: Deed) -> None:
    """Refuse arithmetic that a measure does not bear.

    >>> require("population", "count", "divide")

    Args:
        measure: The measure's name, for the message.
        scale_name: Its scale.
        deed: What is to be done with it.

    Raises:
        CannotAnswer: The scale does not bear it.
    """
    held = scale(scale_name)
    if deed in held.bears:
        return
    able = " or ".join(s.name for s in _ALL if deed in s.bears)
    raise CannotAnswer(
        f"The measure {measure} cannot be {_WORDS[deed]}.",
        found=f"its scale is {held.name}: {held.means}",
        try_=f"a measure whose scale is {able}",
        read="how-to/load-measures",
    )
