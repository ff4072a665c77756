"""Definitions as files: what they may say, and how a slip in one is told."""

from pathlib import Path

import pytest

from peelian.definitions import Published, families, find, shipped
from peelian.definitions.rules import AnyOf, Codes, Not, Refers, Settled, Words, in_words, parts_of
from peelian.errors import UsageError

HEAD = """
name = "mine"
title = "Mine"
counts = "what is mine"
health = true
[source]
says = "this test"
"""
RULE = '[rule]\nqualifier = ["mh"]\n'


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Write some text as a definition and find it by a path from the working folder."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="mine.toml"):
        Path(name).write_text(text, encoding="utf-8")
        (one,) = find([name])
        return one

    return write


@pytest.fixture
def refused(read):
    def write(text):
        with pytest.raises(UsageError) as refusal:
            read(text)
        assert "mine.toml" in refusal.value.problem
        assert refusal.value.read == "how-to/write-a-definition"
        return refusal.value

    return write


def test_a_file_is_read_as_it_stands(read):
    one = read(
        HEAD + 'verification = "none"\n[[published]]\nshare = 0.02\nof = "calls"\nwhere = "here"\n'
        'denominator = "incidents"\n[[published]]\ncount = 12\nof = "calls"\nwhere = "there"\n'
        + RULE
    )
    assert (one.name, one.column, one.health, one.file) == ("mine", "is_mine", True, "mine.toml")
    assert one.rule == Codes(("qualifier",), ("mh",))
    assert one.tables == ("incidents", "incident_codes")
    first, second = one.published
    assert (first.share, first.low, first.count) == (0.02, None, None)
    assert (second.share, second.count, second.denominator) == (None, 12, "")
    assert one.anchor("incidents") is first
    assert one.anchor("contacts") is None


def test_the_fingerprint_changes_with_the_words_and_not_with_the_ends_of_lines(read, tmp_path):
    one = read(HEAD + RULE)
    assert read(HEAD + RULE.replace("mh", "mhu"), "other.toml").fingerprint != one.fingerprint
    (tmp_path / "windows.toml").write_bytes((HEAD + RULE).replace("\n", "\r\n").encode("utf-8"))
    assert find(["windows.toml"])[0].fingerprint == one.fingerprint


def test_the_fingerprint_changes_with_what_is_referred_to(read):
    inner = HEAD.replace("mine", "inner") + RULE
    outer = HEAD + '[rule]\ndefinition = "inner.toml"\n'
    Path("inner.toml").write_text(inner, encoding="utf-8")
    before = read(outer).fingerprint
    Path("inner.toml").write_text(inner.replace("mh", "x"), encoding="utf-8")
    assert read(outer).fingerprint != before


def test_parts_and_combinations_are_read_in_order(read):
    one = read(
        HEAD
        + """[rule]
any = [
  { closing = ["MH01", "mh*"], position = "primary" },
  { all = [ { category = "missing-person" }, { not = { words = ["Self  Harm"] } } ] },
  { definition = "missing-people" },
]
"""
    )
    codes, both, other = one.rule.parts
    assert isinstance(one.rule, AnyOf)
    assert codes == Codes(("closing",), ("mh01", "mh*"), primary=True)
    assert both.parts == (Settled(("missing-person",)), Not(Words(("self harm",))))
    assert other == Refers("missing-people", Settled(("missing-person",)))
    # A part that is named twice is one part.
    assert parts_of(one.rule) == (codes, *(Settled(("missing-person",)), Words(("self harm",))))
    assert 'primary closing code "mh01" or "mh*"' in in_words(one.rule)


SLIPS = {
    "[rule]\nqualifer = ['mh']\n": ("qualifer", "Did you mean qualifier?"),
    "[rule]\nclosing = ['a']\npostion = 'any'\n": ("postion", "Did you mean position?"),
    "[rule]\nclosing = ['a']\nposition = 'first'\n": ("first", "one of: any, primary"),
    "[rule]\nwords = ['a', 'A']\n": ("", ""),
    "[rule]\nwords = ['*']\n": ("", ""),
    "[rule]\nwords = ['a ... b']\n": ("", ""),
    "[rule]\nwords = ['back\\slash']\n": ("", ""),
    "[rule]\nwords = ['a']\nreach = 2\n": ("", ""),
    "[rule]\nwords = ['a']\nnegated_by = ['no']\nreach = 99\n": ("", "reach = 2, at most 5"),
    "[rule]\nwords = []\n": ("", "name one, or take it out"),
    "[rule]\nwords = [3]\n": ("", 'words = ["…", "…"]'),
    "[rule]\nclosing = ['a*b']\n": ("", ""),
    "[rule]\nqualifier = ['a']\nclosing = ['b']\n": ("", "any = [{ qualifier = … }, "),
    "[rule]\n": ("", "one of: qualifier, opening"),
    "[rule]\nposition = 'any'\n": ("position", ""),
    "[rule]\nany = [{ qualifier = ['a'] }]\n": ("", "any = [{ … }, …]"),
    "[rule]\nany = [{ qualifier = ['a'] }, 'b']\n": ("", ""),
    "[rule]\ncrime = 'yes'\n": ("", ""),
    "[rule]\nmarker = ['a']\nroles = ['victm']\n": ("victm", "Did you mean victim"),
    "[rule]\nscored = 'a'\ncode = 'b'\n": ("", "at_least = 0.5"),
    "[rule]\njudged = 'a'\n": ("", 'code = "…"'),
    "[rule]\ncategory_group = ['welfair']\n": ("welfair", "Did you mean welfare?"),
    "[rule]\ndefinition = 'missing-person'\n": ("missing-person", "Did you mean missing-people?"),
    "rule = 3\n": ("", ""),
    f"[rule]\n{'not.' * 40}crime = true\n": ("", "give a part a definition of its own"),
    f"[rule]\nnot = {'{not = ' * 3000}true{'}' * 3000}\n": (
        "lists or tables are nested too deep",
        "on one line",
    ),
}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip[7:40])
def test_a_slip_in_a_rule_is_told_with_the_nearest_word(slip, refused):
    found, tried = SLIPS[slip]
    head = "rule = 3\n" + HEAD if slip.startswith("rule") else HEAD + slip
    refusal = refused(head)
    assert (refusal.found == found) if found else True
    assert tried in refusal.try_


HEAD_SLIPS = {
    HEAD.replace("title", "tittle"): "tittle",
    HEAD.replace('title = "Mine"\n', ""): "has no title",
    HEAD.replace("health = true\n", ""): "has no health",
    HEAD.replace("health = true", 'health = "yes"'): "not true or false",
    HEAD.replace('"mine"', '"My Definition"'): "name that is none",
    HEAD.replace('"Mine"', '" "'): "empty title",
    HEAD.replace("says", "say"): "means nothing in [source]",
    HEAD + "[[published]]\nshare = 5.1\nof = 'a'\nwhere = 'b'\n": "no share",
    HEAD + "[[published]]\nof = 'a'\nwhere = 'b'\n": "without any number",
    HEAD + "[[published]]\nshare = 0.1\nwhere = 'b'\n": "without `of`",
    HEAD + "[[published]]\nshare = 0.1\nof = 'a'\ndenominator = 'call'\n": "denominator",
    HEAD + "[[published]]\nshar = 0.1\nof = 'a'\nwhere = 'b'\n": "means nothing in [published]",
    HEAD + "x = \n": "cannot be read as TOML",
}  # fmt: skip


@pytest.mark.parametrize("head", HEAD_SLIPS)
def test_a_slip_elsewhere_is_told_too(head, refused):
    refusal = refused(head + RULE)
    assert HEAD_SLIPS[head] in refusal.problem + refusal.found


@pytest.mark.parametrize(
    "rule",
    [
        'qualifier = ["with-mental-health"]',
        'marker = ["mental-health"]',
        'section_136 = ["our-own-code-for-it"]',
        'judged = "officer-judgement"\ncode = "mental-health"',
        'words = ["suicide note"]',
        'qualifier = ["with-mental*"]',
    ],
)
def test_what_names_what_speaks_of_health_says_so(refused, rule):
    refusal = refused(HEAD.replace("health = true", "health = false") + "[rule]\n" + rule + "\n")
    assert "names what definitions of health name" in refusal.problem


def test_what_is_counted_beside_health_is_no_health(read):
    # In missing-people and in a definition of health, and the force's own code for harassment.
    rule = '[[rule.any]]\ncategory = ["missing-person"]\n[[rule.any]]\nclosing = ["HAR*"]\n'
    assert not read(HEAD.replace("health = true", "health = false") + rule).health


@pytest.mark.parametrize("count", ["nan", "inf", "1.5", "-1"])
def test_a_published_count_is_whole(refused, count):
    published = f'[[published]]\ncount = {count}\nof = "calls"\nwhere = "here"\n'
    assert "no whole number" in refused(HEAD + published + RULE).problem


def test_a_published_share_lies_in_its_range(refused):
    published = '[[published]]\nshare = 0.1\nlow = 0.9\nhigh = 0.2\nof = "calls"\nwhere = "here"\n'
    assert "outside its own range" in refused(HEAD + published + RULE).problem


def test_more_words_than_logs_can_be_searched_for_are_refused(refused):
    words = ", ".join(f'"word{n}"' for n in range(2001))
    assert "2,001 phrases" in refused(HEAD + f"[rule]\nwords = [{words}]\n").problem


def test_what_rests_on_health_says_so(refused):
    rule = '[rule]\ndefinition = "mental-health-flag"\n'
    refusal = refused(HEAD.replace("health = true", "health = false") + rule)
    assert "mental-health-flag" in refusal.problem
    assert refusal.try_ == "health = true"


def test_a_circle_of_definitions_is_refused(read):
    text = HEAD + '[rule]\nany = [{ qualifier = ["a"] }, { definition = "%s" }]\n'
    Path("b.toml").write_text(text % "c.toml", encoding="utf-8")
    Path("c.toml").write_text(text % "a.toml", encoding="utf-8")
    with pytest.raises(UsageError) as refusal:
        read(text % "b.toml", "a.toml")
    assert refusal.value.found == "a.toml → b.toml → c.toml → a.toml"


def test_what_is_referred_to_lies_beside_the_file_and_not_where_we_stand(read, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "inner.toml").write_text(HEAD.replace("mine", "inner") + RULE, encoding="utf-8")
    (folder / "outer.toml").write_text(
        HEAD + '[rule]\nnot = { definition = "inner.toml" }\n', encoding="utf-8"
    )
    (one,) = find(["mine/outer.toml"])
    assert parts_of(one.rule) == (Codes(("qualifier",), ("mh",)),)


@pytest.mark.parametrize("bad", [b"\xff\xfe\x00", None], ids=["not text", "not there"])
def test_a_file_that_cannot_be_read_is_told(bad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if bad is not None:
        Path("mine.toml").write_bytes(bad)
    with pytest.raises(UsageError, match=r"mine\.toml cannot be read"):
        find(["mine.toml"])


def test_names_families_and_files_are_found_in_order_and_once(read):
    read(HEAD + RULE)
    found = find(["section-136", "mine.toml", "welfare", "section-136", "welfare-group"])
    names = [one.name for one in found]
    assert names[:2] == ["section-136", "mine"]
    assert len(names) == len(set(names))
    assert {one.name for one in shipped().values() if "welfare" in one.families} == set(names[2:])


def test_two_files_of_one_name_are_refused_unless_they_are_the_same(read):
    read(HEAD + RULE)
    Path("again.toml").write_text(HEAD + RULE, encoding="utf-8")
    assert len(find(["mine.toml", "again.toml"])) == 1
    Path("other.toml").write_text(HEAD + RULE.replace("mh", "x"), encoding="utf-8")
    with pytest.raises(UsageError, match="one name"):
        find(["mine.toml", "other.toml"])


@pytest.mark.parametrize(
    ("word", "nearest"),
    [("mental-helth-flag", "mental-health-flag"), ("mental_health", "mental-health")],
)
def test_a_name_that_is_none_is_told_with_the_nearest(word, nearest):
    with pytest.raises(UsageError) as refusal:
        find([word])
    assert nearest in refusal.value.try_


def test_asking_for_none_is_refused():
    with pytest.raises(UsageError, match="No definition was named"):
        find([])


def test_a_published_range_is_an_anchor_too():
    wide = Published(low=0.1, high=0.2, of="a", denominator="incidents", where="b")
    assert wide.share is None
    (one,) = find(["mental-health-words"])
    anchor = one.anchor("incidents")
    assert anchor is not None
    assert (anchor.low, anchor.high) == (0.073, 0.118)


def test_no_family_has_the_name_of_a_definition():
    assert not set(families()) & set(shipped())
