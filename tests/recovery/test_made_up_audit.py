"""On made-up forces, from drawing to answer: the true share lies inside the interval."""

import pytest
from bench.demand.audit import audit_of, figures


def test_the_true_share_lies_inside_and_the_flags_own_does_not():
    """Of three forces at least two, as 99 times in 100; a hundred forces are `make deep`'s."""
    found = [audit_of(seed, ways=("alone",))["alone"] for seed in (1, 2, 3)]
    assert sum(one["low"] <= one["true"] <= one["high"] for one in found) >= 2
    assert not any(one["low"] <= one["naive"] <= one["high"] for one in found)
    assert all(one["high"] - one["low"] < 0.06 for one in found)
    assert all(abs(one["value"] - one["true"]) < 0.025 for one in found)


@pytest.mark.deep
def test_a_hundred_forces():
    missed = [figure.line() for figure in figures(100) if not figure.met]
    assert [line for line in missed if "width" not in line] == []
