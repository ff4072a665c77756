"""The catalogue: every entry resolves, says its settings, and has its page."""

import inspect
from pathlib import Path

import pytest

from peelian.catalogue import CATALOGUE, Entry, entry
from peelian.errors import UsageError
from peelian.results import Result
from peelian.schema import TABLES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.id)
def test_every_entry_is_an_analysis_over_canonical_tables(one):
    module = one.target.split(":")[0]
    assert module.startswith("peelian.analysis.")
    assert module.removeprefix("peelian.analysis.") == one.id
    assert inspect.get_annotations(one.function, eval_str=True)["return"] is Result
    assert set(one.tables) <= set(TABLES)
    assert one.tables


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.id)
def test_every_setting_says_what_it_does(one):
    for setting in one.settings.values():
        assert setting.help, f"{one.id}: {setting.name} is not in the docstring's Args"


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.id)
def test_every_analysis_says_what_it_assumes_and_cannot_show(one):
    about = inspect.getdoc(one.function) or ""
    assert "Assumes:" in about
    assert "Cannot show:" in about


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.id)
def test_every_analysis_has_a_page_that_names_it(one):
    pages = (ROOT / "docs" / "how-to").glob("*.md")
    assert any(f"`{one.id}`" in page.read_text(encoding="utf-8") for page in pages)


def test_a_misspelt_analysis_is_told_its_neighbour():
    with pytest.raises(UsageError, match=r"Did you mean places\.profile"):
        entry("places.profil")


def test_a_misspelt_setting_is_told_its_neighbour():
    with pytest.raises(UsageError, match="Did you mean denominator"):
        entry("places.profile").read_settings({"denominatr": "population"})


def test_words_become_settings_of_their_kind():
    read = entry("places.profile").read_settings({"targets": "7", "categories": "a, b"})
    assert read == {"targets": 7, "categories": ("a", "b")}


@pytest.mark.parametrize(
    ("name", "word"), [("targets", "many"), ("records", "stops"), ("seed", "1.5")]
)
def test_a_setting_of_the_wrong_kind_is_refused(name, word):
    with pytest.raises(UsageError, match="not what it should be"):
        entry("places.profile").read_settings({name: word})


def test_a_required_setting_is_asked_for():
    one = Entry("x.y", "?", f"{__name__}:needs_one")
    with pytest.raises(UsageError, match="needs the setting 'budget'"):
        Entry.read_settings(_Local(one.id, one.question, one.target), {})


class _Local(Entry):
    """An entry whose analysis lives in this test."""

    @property
    def function(self):
        return needs_one


def needs_one(crimes, *, budget: int) -> Result:
    """Ask.

    Args:
        budget: How many areas.
    """
    raise NotImplementedError
