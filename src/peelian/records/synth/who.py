"""Who a made-up force is: its name, its chance, and where in the sea it lies."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """One made-up force of a nation.

    Args:
        name: As its files write it, such as `Merrowshire Police`.
        slug: Its name in paths and in the names of its streams of chance.
        seed: The seed of every one of its streams; not negative.
        origin: Longitude and latitude of its middle, degrees: in the open sea.
        prefix: The letters its area codes begin with; no two forces of a nation share them.
    """

    name: str = "Merrowshire Police"
    slug: str = "merrowshire"
    seed: int = 1829
    # Some ninety kilometres from the nearest coast: no community is drawn here.
    origin: tuple[float, float] = (1.40, 54.50)
    prefix: str = "Q"
