"""Names of towns and streets that no place has, a different set in every force."""

from typing import NamedTuple

import numpy as np

# Parts of town names. No compound of them is among the 6,170 places of 500 people or more that
# GeoNames has in Britain, Ireland and Man; smaller places were read over from memory only.
_FIRST = (
    *("Tollen", "Vessing", "Wendle", "Ossel", "Pellin", "Dravel", "Corvel", "Marlen", "Brannoc"),
    *("Fennim", "Galder", "Jorven", "Kelder", "Lorrin", "Orlen", "Tavern", "Varrow", "Wexen"),
    *("Ambel", "Elvern", "Ithel", "Mallen", "Pinder", "Quillen", "Sorrin", "Averol", "Bressel"),
    *("Dorvel", "Fravel", "Hollern", "Jassel", "Lundrel", "Morvel", "Prasken", "Quessel"),
    *("Rastrel", "Thravel", "Umbrel", "Wistrel"),
)
_LAST = (
    *("mere", "by", "ford", "fell", "wick", "stead", "combe", "ness", "holt", "hurst", "haven"),
    *("market", "bridge", "minster", "water", "gate"),
)
_COUNTRY = ("fell", "wold", "marsh", "vale", "moor", "dale", "heath")
_STREET_WORDS = (
    *("Alder", "Anvil", "Bramble", "Chandler", "Curlew", "Drover", "Ferry", "Fuller", "Gorse"),
    *("Hawthorn", "Heron", "Kestrel", "Lantern", "Linnet", "Mallow", "Meadow", "Orchard"),
    *("Pinfold", "Quarry", "Rowan", "Saddler", "Sorrel", "Tanner", "Teasel", "Weaver", "Willow"),
    *("Acorn", "Barley", "Beacon", "Bellfounder", "Bracken", "Cooper", "Dunlin", "Fallow"),
    *("Farrier", "Foundry", "Foxglove", "Glebe", "Hazel", "Juniper", "Lapwing", "Limekiln"),
    *("Millrace", "Nightjar", "Osier", "Pightle", "Plover", "Ropewalk", "Sandpiper", "Sheepwash"),
    *("Siskin", "Smithy", "Sparrow", "Sycamore", "Thatcher", "Tithe", "Whinchat", "Yarrow"),
)
_STREET_KINDS = ("Avenue", "Close", "Court", "Crescent", "Drive", "Lane", "Road", "Street", "Way")
# The words one force draws from; each force lacks others.
_WORDS_A_FORCE = 40


def compounds() -> tuple[str, ...]:
    """Return every name a town or a country could have."""
    return tuple(first + last for first in _FIRST for last in (*_LAST, *_COUNTRY))


class Names(NamedTuple):
    """The names of one force.

    Args:
        towns: One a town.
        country: Of the country around them.
        words, kinds: What its streets are named from.
    """

    towns: tuple[str, ...]
    country: str
    words: tuple[str, ...]
    kinds: tuple[str, ...]


def draw_names(towns: int, rng: np.random.Generator) -> Names:
    """Return names for a force.

    Args:
        towns: How many towns it has.
        rng: Where they come from: the same for any number of towns, as far as they go.
    """
    first = rng.permutation(len(_FIRST))
    last = rng.permutation(len(_LAST))
    country = _FIRST[first[-1]] + _COUNTRY[rng.integers(len(_COUNTRY))]
    words = tuple(_STREET_WORDS[n] for n in rng.permutation(len(_STREET_WORDS))[:_WORDS_A_FORCE])
    return Names(
        tuple(_FIRST[first[n]] + _LAST[last[n]] for n in range(towns)),
        country,
        words,
        _STREET_KINDS,
    )
