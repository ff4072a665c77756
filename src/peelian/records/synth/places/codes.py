"""Names and codes of areas in two vintages: an area that did not change keeps both."""

from typing import NamedTuple

import numpy as np

from peelian.records.synth.outlines import Floats
from peelian.records.synth.places.ground import Integers
from peelian.records.synth.places.vintages import Pieces

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IN_GROUP = 5


class Labels(NamedTuple):
    """What areas are called, in the order of the areas."""

    codes: tuple[str, ...]
    names: tuple[str, ...]


def draw_labels(
    centres: Floats, district: Integers, words: tuple[str, ...], prefix: str, pieces: Pieces
) -> tuple[Labels, Labels]:
    """Return the labels of the newer areas and of the older.

    Five neighbours share a number, and numbers run from north to south. Areas that changed have
    the next letters of their number, and codes numbered on from the older ones, as real ones have.

    Args:
        centres: Of the pieces, metres.
        district: Of the pieces.
        words: Of the districts.
        prefix: What the codes begin with.
        pieces: Which areas of both vintages they make up.
    """
    n_older, n_newer = int(pieces.older.max()) + 1, int(pieces.newer.max()) + 1
    size = np.bincount(pieces.older)
    middle = np.stack([np.bincount(pieces.older, centres[:, k]) for k in (0, 1)], axis=1)
    first = np.unique(pieces.older, return_index=True)[1]
    groups = _grouped(middle / size[:, None], district[first], len(words))
    older = [f"{words[district[first[n]]]} {g:03d}{_LETTERS[k]}" for n, (g, k) in enumerate(groups)]
    order = sorted(range(n_older), key=older.__getitem__)
    older_codes = [""] * n_older
    for at, area in enumerate(order):
        older_codes[area] = f"{prefix}01{at + 1:06d}"
    used: dict[str, int] = {}
    for name in older:
        used[name[:-1]] = used.get(name[:-1], 0) + 1
    newer, newer_codes = [""] * n_newer, [""] * n_newer
    first = np.unique(pieces.newer, return_index=True)[1]
    was = pieces.older[first]
    last = n_older
    for area in sorted(range(n_newer), key=lambda a: (older[was[a]], -centres[first[a], 1])):
        if pieces.change[first[area]] == "U":
            newer[area], newer_codes[area] = older[was[area]], older_codes[was[area]]
            continue
        group = older[was[area]][:-1]
        newer[area] = group + _LETTERS[used[group]]
        used[group] += 1
        last += 1
        newer_codes[area] = f"{prefix}01{last:06d}"
    return Labels(tuple(newer_codes), tuple(newer)), Labels(tuple(older_codes), tuple(older))


def _grouped(centres: Floats, district: Integers, words: int) -> list[tuple[int, int]]:
    """Return each area's number within its district, and its place among those that share it."""
    found = [(0, 0)] * len(centres)
    for number in range(words):
        left = np.flatnonzero(district == number)
        left = left[np.argsort(-centres[left, 1], kind="stable")]
        group = 0
        while len(left):
            group += 1
            gaps = np.hypot(*(centres[left] - centres[left[0]]).T)
            taken = np.sort(np.argsort(gaps, kind="stable")[:_IN_GROUP])
            for place, area in enumerate(left[taken]):
                found[area] = (group, place)
            left = np.delete(left, taken)
    return found
