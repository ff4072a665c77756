"""What every analysis over places says alike: of months, and of counts that came counted."""

from peelian.placing.period import Months
from peelian.results import Check
from peelian.sentences import say

MOST_UNPLACED = 0.05  # of the records: with more of them nowhere, the map is of something else
ALREADY_COUNTED = (
    "These are counts that arrived already counted ({series}): no single record is held, so none "
    "can be checked, placed anew or told apart, and what was left out before counting is unknown. "
    "They hold what was reported and recorded, which differs between places."
)


def every_month_is_there(months: Months) -> Check:
    """Return the check that the records cover each month, and every source the same ones."""
    return Check(
        name="Every month is there",
        held=not len(months.missing) and not months.uneven,
        says=say("Months covered: {months}; missing: {months_missing}."),
    )
