"""Scales: round ticks, and where a number stands along them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from peelian.render.words import MINUS

_NOTHING = 1e-9  # a narrower span has no ticks worth writing


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale with round ticks.

    >>> Scale.over([0, 87]).ticks
    (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
    >>> Scale.over([-30, 0], most=4).ticks
    (-30.0, -20.0, -10.0, 0.0)
    """

    low: float
    high: float
    step: float

    @classmethod
    def over(cls, numbers: Sequence[float | None], most: int = 6) -> "Scale":
        """Return a scale from zero (or below) that holds every number, in at most so many steps."""
        known = [n for n in numbers if n is not None] or [0.0]
        low, high = min(0.0, *known), max(0.0, *known)
        span = high - low
        rough = (span if span > _NOTHING else 1) / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(m for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
        least = 0 if low < 0 else 1  # steps above nought: a scale that is all below it needs none
        top = max(math.ceil(high / step - 1e-9), least)
        return cls(math.floor(low / step) * step, top * step, step)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Return where its lines stand."""
        count = round((self.high - self.low) / self.step)
        return tuple(self.low + i * self.step for i in range(count + 1))

    def share(self, number: float) -> float:
        """Return how far along the scale a number stands, 0 to 1."""
        return (number - self.low) / (self.high - self.low)

    def at(self, number: float) -> str:
        """Return where a number stands, as SVG writes it."""
        return f"{100 * self.share(number):.2f}%"

    def label(self, tick: float) -> str:
        """Return a tick in figures, with no more decimals than its step needs."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        if self.step * 10**decimals % 1:
            decimals += 1
        return f"{tick:z,.{decimals}f}".replace("-", MINUS)
