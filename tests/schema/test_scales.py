"""Ranks, deciles and scores are put in order and nothing else."""

import pytest

from peelian.errors import CannotAnswer, UsageError
from peelian.schema.codes import code_list
from peelian.schema.scales import SCALES, require, scale

MAY = {
    "count": {"sum", "divide", "order"},
    "ratio": {"average", "order"},
    "score": {"order"},
    "rank": {"order"},
    "decile": {"order"},
}


@pytest.mark.parametrize("name", MAY)
@pytest.mark.parametrize("deed", ["sum", "divide", "average", "order"])
def test_each_scale_bears_what_it_bears(name, deed):
    if deed in MAY[name]:
        require("some_measure", name, deed)
    else:
        with pytest.raises(CannotAnswer, match="some_measure cannot be") as refusal:
            require("some_measure", name, deed)
        assert scale(name).means in refusal.value.found


def test_an_unknown_scale_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="Did you mean ratio"):
        scale("ration")


def test_the_code_list_and_the_arithmetic_say_the_same():
    codes = code_list("measure_scale").codes
    assert {code.code for code in codes} == set(SCALES)
    assert all(code.more["adds"] == ("sum" in SCALES[code.code].bears) for code in codes)
