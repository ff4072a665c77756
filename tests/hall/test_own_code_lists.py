"""A force's own code lists reach what is asked of its store, and nobody else's."""

from importlib.resources import files

import pytest

from peelian.errors import UsageError
from peelian.records.store import Store
from peelian.records.synth.making import make_store
from peelian.records.synth.scales import scale_called
from peelian.schema import code_list
from peelian.study import Question, ask


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A made-up force that calls burglary something else."""
    path = tmp_path_factory.mktemp("own") / "store"
    make_store(path, scale=scale_called("small", areas=20), seed=3, narratives=False)
    shipped = files("peelian.schema") / "code_lists" / "crime_type.toml"
    text = shipped.read_text(encoding="utf-8").replace('"Burglary"', '"Breaking in"')
    assert text.count('"Breaking in"') == 1
    path.joinpath("codes").mkdir(exist_ok=True)
    path.joinpath("codes", "crime_type.toml").write_text(text, encoding="utf-8", newline="\n")
    return path


def labels(result):
    rows = result.tables["by_category"].data.to_pylist()
    return {row["category"]: row["category_name"] for row in rows}


def test_an_analysis_finds_the_store_s_own_list_and_the_answer_says_so(store):
    with Store.open(store) as opened:
        result = ask(opened, Question("demand.composition"))
    assert labels(result)["burglary"] == "Breaking in"
    assert "own crime_type" in result.provenance.versions
    assert code_list("crime_type")["burglary"].label == "Burglary"  # and nobody else does


def test_another_store_has_ours(store, tmp_path):
    make_store(tmp_path / "other", scale=scale_called("small", areas=20), seed=3, narratives=False)
    with Store.open(tmp_path / "other") as opened:
        result = ask(opened, Question("demand.composition"))
    assert labels(result)["burglary"] == "Burglary"
    assert not any(name.startswith("own ") for name in result.provenance.versions)


def test_a_list_that_cannot_be_read_is_named(store, tmp_path):
    make_store(tmp_path / "torn", scale=scale_called("small", areas=20), seed=3, narratives=False)
    folder = tmp_path / "torn" / "codes"
    folder.mkdir(exist_ok=True)
    folder.joinpath("crime_type.toml").write_text("codes = [", encoding="utf-8")
    with Store.open(tmp_path / "torn") as opened, pytest.raises(UsageError, match="crime_type"):
        ask(opened, Question("demand.composition"))
    assert code_list("crime_type")["burglary"].label == "Burglary"
