"""Whatever callers there are, what is shown of the busiest tells of no one when taken away."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from peelian.analysis.demand.repeat.measured import _groups, _starts
from peelian.statistics.recurrence import Sources

FEWEST = 10


@st.composite
def callers(draw):
    """Many who call once or twice, some who call more, and a few who call without end."""
    once = draw(st.integers(90, 400))
    more = draw(st.lists(st.integers(2, 40), max_size=120))
    endless = draw(st.lists(st.integers(50, 9000), max_size=4))
    return np.array([1] * once + more + endless)


@given(callers(), st.lists(st.integers(5, 200), max_size=4))
def test_what_lies_between_any_two_shown_ranks_is_of_ten_or_more_and_no_one_makes_it_up(
    calls, most
):
    held = np.sort(calls)[::-1]
    sources = Sources.of(calls, np.ones(len(calls)))
    groups = _groups(sources, tuple(most))
    starts = _starts(sources, groups)
    for group in groups:
        first = int(group.sources)
        assert group.events == held[:first].sum()
        assert [group.largest, group.second] == [*held[: min(first, 2)], 0][:2]
    ranks = {int(group.sources) for group in groups}
    ranks |= {int((held >= start).sum()) for start in starts}
    edges = sorted(ranks | {len(held)})
    for low, high in pairwise(edges):
        between = held[low:high]
        assert len(between) >= FEWEST
        # Whoever is second could else work out the first: a tenth must be left.
        assert between[2:].sum() >= 0.1 * between[0]
