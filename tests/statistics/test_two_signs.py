"""What two signs say of a state: by counts of a world that is written down, not by formulas."""

import numpy as np
import pytest

from peelian.statistics.steps import Steps
from peelian.statistics.two_signs import Part, Right, Signs, one_part, parts_of, verdict_of

MARGIN = 0.1


def world(need, flag):
    """Two periods of 100,000 calls each, counted out: 6,000 in need before, words wrong in 2,000.

    Words find 80 of 100; flags show 30 of 100 of those in need, and never by mistake.
    """
    periods = []
    for times, taught in ((1.0, 1.0), (need, flag)):
        found = 6000 * times * 0.8
        periods.append((found + 2000, found * 0.3 * taught, found))
    (text0, both0, true0), (text1, both1, true1) = periods
    text, kept = np.log(text1 / text0), np.log(both1 / text1 * text0 / both0)
    flagged = (both0 + both1) / (text0 + text1)
    # The share of the words alone that is so, over both periods, as readers would count it.
    only = (true0 + true1 - both0 - both1) / (text0 + text1 - both0 - both1)
    return text, kept, flagged, only


def asked(need, flag, se=0.01, **right):
    text, kept, flagged, only = world(need, flag)
    steps = Steps(np.array([text, kept, 0.0]), np.diag([se**2] * 3), 40, 1.0)
    known = Right(1.0, right.pop("only", only), 0.0, right.pop("only_se", 0.0))
    return parts_of(Signs(steps, flagged, 0.5), [known], margin=MARGIN)


@pytest.mark.parametrize(("need", "flag"), [(1.0, 1.15), (1.15, 1.0), (1.3, 0.8), (0.7, 1.4)])
def test_where_the_wrong_words_are_known_both_parts_come_back(need, flag):
    """Though a quarter of the words are wrong, and the text alone shows too small a change."""
    found = asked(need, flag)
    assert np.exp(found[0].value) == pytest.approx(need, rel=1e-6)
    assert np.exp(found[1].value) == pytest.approx(flag, rel=1e-6)
    naive = asked(need, flag, only=1.0)
    assert abs(naive[0].value) <= abs(found[0].value)


def test_a_range_of_what_may_be_right_gives_the_union():
    text, kept, flagged, _ = world(1.2, 1.0)
    steps = Steps(np.array([text, kept, 0.0]), np.diag([1e-4] * 3), 40, 1.0)
    signs = Signs(steps, flagged, 0.5)
    ends = [Right(1.0, 0.5), Right(1.0, 1.0)]
    union = parts_of(signs, ends, margin=MARGIN)
    alone = [parts_of(signs, [end], margin=MARGIN) for end in ends]
    for which in (0, 1):
        assert union[which].low == min(one[which].low for one in alone)
        assert union[which].high == max(one[which].high for one in alone)


def test_doubt_about_what_is_right_widens_the_parts():
    assert asked(1.2, 1.0, only_se=0.1)[0].se > 1.2 * asked(1.2, 1.0)[0].se


def test_more_wrong_words_than_words_is_refused():
    steps = Steps(np.array([-1.5, 0.0, 0.0]), np.diag([1e-4] * 3), 40, 1.0)
    with pytest.raises(ValueError, match="false part"):
        parts_of(Signs(steps, 0.1, 0.5), [Right(1.0, 0.1)], margin=MARGIN)


def of(value, se):
    return one_part(value, se, 10_000, margin=MARGIN)


def test_no_change_is_a_claim_with_an_interval_and_not_the_lack_of_one():
    assert of(0.0, 0.02).state == "steady"
    assert of(0.0, 0.20).state == "open"
    assert of(0.3, 0.05).state == "changed"
    assert of(0.03, 0.01).state == "steady"  # a change that does not matter, though it is seen
    assert of(0.12, 0.01).state == "changed"


@pytest.mark.parametrize(
    ("need", "recording", "text", "verdict"),
    [
        (of(0.3, 0.02), of(0, 0.02), of(0, 0.02), "need"),
        (of(0, 0.02), of(0.3, 0.02), of(0, 0.02), "recording"),
        (of(0.3, 0.02), of(-0.3, 0.02), of(0, 0.02), "both"),
        (of(0, 0.02), of(0, 0.02), of(0, 0.02), "neither shown"),
        (of(0, 0.2), of(0, 0.2), of(0, 0.2), "neither shown"),
        (of(0.3, 0.02), of(0, 0.2), of(0, 0.02), "undecided"),
        (of(0, 0.2), of(0.3, 0.02), of(0, 0.02), "undecided"),
        (of(0.3, 0.02), of(0, 0.02), of(0.3, 0.02), "undecided"),
    ],
)
def test_a_verdict_needs_one_part_to_change_and_the_other_to_hold(need, recording, text, verdict):
    assert isinstance(need, Part)
    assert verdict_of(need, recording, text) == verdict
