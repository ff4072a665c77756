"""Records that are no longer to be held: chosen, followed wherever they lead, and made to go."""

from peelian.records.erasing.chosen import Wish
from peelian.records.erasing.erase import Erased, erase

__all__ = ["Erased", "Wish", "erase"]
