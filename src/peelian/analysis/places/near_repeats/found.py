"""What a search for near repeats found, gathered for its tables and sentences."""

from dataclasses import dataclass

import numpy as np

from peelian.analysis.places.events import Events
from peelian.analysis.places.near_repeats.bands import Bands
from peelian.placing.period import Months
from peelian.statistics.growth import Growth
from peelian.statistics.knox import Knox

SURE = 0.05


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was counted, and what chance gives.

    Args:
        held: The events.
        months: The months that loads cover.
        within: Bands of distance.
        after: Bands of days.
        manhattan: Whether distance is along a grid of streets.
        knox: The table and its deals.
        growth: How evenly the parts of the map grew; None where it cannot be told.
    """

    held: Events
    months: Months
    within: Bands
    after: Bands
    manhattan: bool
    knox: Knox
    growth: Growth | None

    @property
    def inside(self) -> tuple[int, int]:
        """How many bands of distance and of days there are, without what lies beyond."""
        return len(self.within.labels) - 1, len(self.after.labels) - 1

    @property
    def p_of_all(self) -> np.ndarray:
        """The chance of each cell with all cells within the bands looked at."""
        return self.knox.p_of_all()

    @property
    def shown(self) -> np.ndarray:
        """Which cells within the bands hold more pairs than chance gives: shape of the bands."""
        rows, columns = self.inside
        return self.p_of_all[:rows, :columns] <= SURE

    @property
    def headline(self) -> tuple[int, int]:
        """The cell that the answer speaks of: nearest first, soonest first, of those shown."""
        shown = np.argwhere(self.shown)
        if not len(shown):
            return 0, 0
        row, column = min(map(tuple, shown), key=lambda cell: (cell[0] + cell[1], cell[0]))
        return int(row), int(column)

    @property
    def grew_unevenly(self) -> bool:
        """Whether parts of the map grew differently, which would make pairs by itself."""
        return self.growth is not None and self.growth.p <= SURE
