"""Studies and periods: what they may say, and the help a slip gets."""

from datetime import date

import pytest

from peelian.errors import UsageError
from peelian.study import Period, Study

GOOD = {
    "title": "Where",
    "purpose": "Prevention",
    "period": "2022-02..2023-02",
    "analyses": [{"id": "places.profile", "settings": {"denominator": "population"}}],
}


def test_a_study_is_read_from_its_words():
    study = Study.from_words(GOOD)
    assert study.questions[0].settings == {"denominator": "population"}
    assert str(study.period) == "2022-02..2023-02"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022-02", date(2022, 2, 1), date(2022, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("2022-11..2023-01", date(2022, 11, 1), date(2023, 1, 31)),
        ("2021..2022-12", date(2021, 1, 1), date(2022, 12, 31)),
    ],
)
def test_a_period_is_whole_months(text, first, last):
    assert Period.read(text) == Period(first, last)


@pytest.mark.parametrize(
    "text", ["", "last month", "2022-13", "2022-02-01", "2023..2022", "..", "12"]
)
def test_what_is_not_a_period_is_refused(text):
    with pytest.raises(UsageError):
        Period.read(text)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": ""}, "needs 'title'"),
        ({"purpose": None}, "needs 'purpose'"),
        ({"analyses": []}, "needs 'analyses'"),
        ({"perid": "2022"}, "Did you mean period"),
        ({"analyses": [{"id": "places.profil"}]}, r"Did you mean places\.profile"),
        ({"analyses": [{"settings": {}}]}, "has no id"),
        (
            {"analyses": [{"id": "places.profile", "settings": {"nede": "imd"}}]},
            "Did you mean need",
        ),
    ],
)
def test_a_slip_in_a_study_is_named(change, says):
    with pytest.raises(UsageError, match=says):
        Study.from_words(GOOD | change)


@pytest.mark.parametrize("content", [b"title = ", b"\xff\xfe\x00", None])
def test_a_study_that_cannot_be_read_says_so(tmp_path, content):
    path = tmp_path / "study.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"study\.toml cannot be read"):
        Study.read(path)


def test_a_study_nested_too_deep_is_called_that_and_not_bad_toml(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(f"title = {'[' * 3000}{']' * 3000}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read") as refused:
        Study.read(path)
    assert refused.value.found == "lists or tables are nested too deep"


def test_health_rounding_is_a_word_of_the_study():
    said = {"title": "T", "purpose": "P", "analyses": [{"id": "demand.composition"}]}
    assert not Study.from_words(said).health_rounding
    assert Study.from_words({**said, "health_rounding": True}).health_rounding
    with pytest.raises(UsageError, match="true or false"):
        Study.from_words({**said, "health_rounding": "yes"})
