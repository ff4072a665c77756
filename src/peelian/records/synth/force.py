"""The made-up forces there are: one alone in the North Sea, or a nation of 43 in the Atlantic."""

from peelian.records.synth.who import Who

# No name here is a place's: each is checked against none by construction, only by reading.
_COUNTIES = (
    *("Merrowshire", "Averlynd", "Brannocshire", "Corvenshire", "Dunwithy", "Eldermarch"),
    *("Felderwold", "Garrowfell", "Hestershire", "Ithelmark", "Jorvenshire", "Kesterwold"),
    *("Lorrimarch", "Marrenshire", "Netherquill", "Ostermark", "Pellowshire", "Quernmarch"),
    *("Rindleshire", "Sorrelmark", "Tavenshire", "Ulvenshire", "Varlowshire", "Westerquill"),
    *("Yarrenshire", "Zellowmark", "Arrenfold", "Bexmarch", "Cindershire", "Drovermark"),
    *("Everquill", "Fennowshire", "Gallowmere", "Harnmarch", "Inglemark", "Juniperfold"),
    *("Kellowshire", "Lanternmark", "Mallowshire", "Nevenmarch", "Orlowshire", "Pinderfold"),
    "Quillowshire",
)
# Areas of a nation's forces over the mean of all of them: a few great ones, many small, near the
# spread of residents over the 43 territorial forces of England and Wales without the greatest.
_SIZES = (1.30, 0.62, 0.85, 1.75, 0.55, 0.95, 1.10, 0.70, 2.10, 0.48, 0.90, 1.20, 0.66, 1.00)
# One force lies in the open North Sea, some ninety kilometres from the nearest coast; a nation of
# them takes more room, and lies in the open Atlantic, within one zone of the UTM grid.
_NORTH_SEA = (1.40, 54.50)
_ATLANTIC_WEST, _ATLANTIC_SOUTH = -35.5, 42.5
_COLUMNS, _APART_LON, _APART_LAT = 6, 1.0, 0.75


def one_force(seed: int) -> Who:
    """Return the made-up force that stands alone.

    >>> one_force(1829).name, one_force(1829).prefix
    ('Merrowshire Police', 'Q')
    """
    return _who(0, seed, _NORTH_SEA)


def forces_of_nation(seed: int) -> tuple[Who, ...]:
    """Return the 43 forces of a made-up nation, no two of them within reach of one another.

    >>> forces = forces_of_nation(1829)
    >>> len(forces), len({who.slug for who in forces}), len({who.prefix for who in forces})
    (43, 43, 43)
    """
    return tuple(
        _who(
            number,
            seed,
            (
                round(_ATLANTIC_WEST + _APART_LON * (number % _COLUMNS), 4),
                round(_ATLANTIC_SOUTH + _APART_LAT * (number // _COLUMNS), 4),
            ),
        )
        for number in range(len(_COUNTIES))
    )


def areas_of_nation(mean: int) -> tuple[int, ...]:
    """Return how many areas each force of a nation has, about a mean of all of them.

    >>> areas = areas_of_nation(800)
    >>> round(sum(areas) / 43, -1), min(areas) > 300, max(areas) < 1800
    (800.0, True, True)
    """
    sizes = [_SIZES[number % len(_SIZES)] for number in range(len(_COUNTIES))]
    whole = sum(sizes) / len(sizes)
    return tuple(max(20, round(mean * size / whole)) for size in sizes)


def _who(number: int, seed: int, origin: tuple[float, float]) -> Who:
    county = _COUNTIES[number]
    letters = "QRUXYZ"  # first letters that no office of these islands uses
    first, second = divmod(number - 1, 26)
    prefix = "Q" if number == 0 else letters[first] + chr(ord("A") + second)
    return Who(
        name=f"{county} Police", slug=county.lower(), seed=seed, origin=origin, prefix=prefix
    )


__all__ = ["Who", "areas_of_nation", "forces_of_nation", "one_force"]
