"""A force's own list of incident categories is the one that a definition's groups are read by."""

import ibis
import pyarrow as pa
import pytest

from peelian.definitions import find, marked, shipped
from peelian.errors import CannotAnswer, UsageError
from peelian.schema import own_code_lists

OWN = """
title = "Ours"
version = "1"
source = "this force"
[groups]
anti-social-behaviour = "ASB"
noise = "Noise"
[[codes]]
code = "rowdy"
label = "Rowdy"
groups = ["anti-social-behaviour", "noise"]
"""
MINE = """
name = "noise"
title = "Noise"
counts = "what is loud"
health = false
source.says = "this test"
rule.category_group = ["noise"]
"""
ROWS = pa.table(
    {
        "category": ["rowdy", "asb-nuisance", "crime-reported", "rowdy"],
        "crime_id": ["k", None, None, None],
    }
)


def counted(one):
    rows = marked(ibis.memtable(ROWS), [one], {}).to_pyarrow().to_pylist()
    return [row[one.column] for row in rows]


def written(folder, text):
    (folder / "incident_category.toml").write_text(text, encoding="utf-8")
    return own_code_lists(folder)


@pytest.fixture
def own(tmp_path):
    with written(tmp_path, OWN):
        yield


def test_the_same_definition_means_the_list_of_whoever_is_asked(own):
    assert counted(*find(["anti-social-behaviour"])) == [True, False, False, True]


def test_with_no_list_of_its_own_the_shipped_one_is_meant():
    assert counted(*find(["anti-social-behaviour"])) == [False, True, False, False]


def test_a_group_of_ones_own_may_be_named(own, tmp_path):
    file = tmp_path / "noise.toml"
    file.write_text(MINE, encoding="utf-8")
    assert counted(*find([str(file)])) == [True, False, False, True]


def test_a_group_that_is_only_anothers_is_refused(tmp_path):
    file = tmp_path / "noise.toml"
    file.write_text(MINE, encoding="utf-8")
    with pytest.raises(UsageError, match="no group of incident categories"):
        find([str(file)])


def test_without_a_group_of_crimes_a_crimes_key_still_tells(own):
    assert counted(*find(["all-non-crime"])) == [False, True, True, True]


def test_a_group_that_a_list_has_not_is_told_and_not_counted_as_none(tmp_path):
    """Nor does it stand in the way of the other definitions, whichever is read first."""
    shipped.cache_clear()
    with written(tmp_path, OWN.replace("anti-social-behaviour", "asb")):
        asked, other = find(["anti-social-behaviour", "missing-people"])
        with pytest.raises(CannotAnswer) as refusal:
            counted(asked)
        assert counted(other) == [False] * 4
    assert "no group anti-social-behaviour" in refusal.value.found
