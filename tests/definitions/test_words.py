"""Patterns of words, read by a third engine and by a reader that knows no patterns."""

import re
from itertools import pairwise

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.definitions import find, marked, shipped
from peelian.definitions.marking import with_parts
from peelian.definitions.rules import Words, parts_of
from peelian.definitions.words import denying, faults, finding

WORDS = ("hang", "up", "no", "sad", "mood", "low")
SIGNS = (" ", "-", ", ", ". ", "\n", "  ", "s ", "")
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SIGNS)), max_size=8).map(
    lambda pairs: "".join(word + sign for word, sign in pairs)
)


def tokens(text):
    """Words with the signs before each: read sign by sign, without a pattern."""
    found, word, gap = [], "", ""
    for sign in text + " ":
        if sign.isalnum():
            word += sign
        else:
            if word:
                found.append((gap, word.lower()))
                word, gap = "", ""
            gap += sign
    return found


def near(gap):
    return all(sign in " \t\r\n-" for sign in gap)


def holds(text, phrase):
    """Whether a phrase stands in a text as whole words, one after another."""
    wanted = phrase.split()
    read = tokens(text)
    for start in range(len(read) - len(wanted) + 1):
        here = read[start : start + len(wanted)]
        fits = all(fitting(word, want) for (_, word), want in zip(here, wanted, strict=True))
        if fits and all(near(gap) for (gap, _), _ in zip(here[1:], wanted[1:], strict=True)):
            return True
    return False


def fitting(word, wanted):
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


@given(texts, st.sampled_from(["sad", "low mood", "hang* up", "ha*", "no"]))
def test_a_pattern_finds_what_a_plain_reading_finds(text, phrase):
    for case in (str, str.upper, str.title):
        assert bool(re.search(finding([phrase]), case(text))) == holds(text, phrase)


@given(texts, st.integers(0, 3))
def test_a_denial_reaches_so_many_words(text, reach):
    read = tokens(text)
    denied = any(
        word == "no"
        and any(
            read[at + 1 + skip][1] == "sad"
            and all(near(gap) for gap, _ in read[at + 1 : at + 2 + skip])
            for skip in range(reach + 1)
            if at + 1 + skip < len(read)
        )
        for at, (_, word) in enumerate(read)
    )
    assert bool(re.search(denying(["no"], ["sad"], reach), text)) == denied


PIECES = ("hanging up", "hanging", "suicidal", "no suicidal thoughts", "suicide squad", "tea")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5), min_size=1, max_size=12))
def test_what_is_taken_out_leaves_the_rest(pieces):
    """A log counts just where one of its pieces is a true one, whatever stands beside it."""
    rule = Words(("hanging", "suicid*"), ("hanging up", "suicide squad"), ("no",))
    logs = pa.table({"narrative": [", ".join(piece) for piece in pieces]})
    held, names = with_parts(ibis.memtable(logs), [rule], {})
    counted = {
        row["narrative"]: row[names[rule]] for row in held.to_pyarrow().to_pylist()
    }  # fmt: skip
    for piece in pieces:
        assert counted[", ".join(piece)] == bool({"hanging", "suicidal"} & set(piece)), piece


@pytest.fixture(scope="module")
def logs():
    """Logs put together from words of every shipped list, with a key each."""
    parts = [p for one in shipped().values() for p in parts_of(one.rule) if isinstance(p, Words)]
    every = sorted({word.replace("*", "") for p in parts for word in (*p.words, *p.unless)})
    every += ["no", "not", "a van", "the shop", "..."]
    texts = [f"{one} {other}" for one, other in pairwise([*every, *reversed(every)])]
    return pa.table({"incident_id": [str(n) for n in range(len(texts))], "narrative": texts})


def test_the_order_of_rows_says_nothing(logs):
    definitions = find(["mental-health-words", "domestic-abuse-words"])
    backwards = logs.take(list(range(len(logs)))[::-1])
    first, second = (
        {row["incident_id"]: row for row in marked(ibis.memtable(t), definitions, {})
         .to_pyarrow().to_pylist()} for t in (logs, backwards)
    )  # fmt: skip
    assert first == second


def test_every_word_of_a_shipped_list_is_found_by_it():
    for one in find(["mental-health-words", "domestic-abuse-words"]):
        (rule,) = parts_of(one.rule)
        assert isinstance(rule, Words)
        plain = [word.replace("*", "") for word in rule.words]
        told = ibis.memtable(pa.table({"narrative": plain}))
        rows = marked(told, [one], {}).to_pyarrow().to_pylist()
        assert not [row["narrative"] for row in rows if not row[one.column]]


def test_every_phrase_that_misleads_holds_a_word_that_would_be_found():
    """Else it does nothing, and a reader is told that something was thought of which was not."""
    for one in find(["mental-health-words", "domestic-abuse-words"]):
        (rule,) = parts_of(one.rule)
        assert isinstance(rule, Words)
        whole = [phrase.replace("*", "").replace("...", "old") for phrase in rule.unless]
        loose = finding([*rule.words, *(word.rstrip("*") + "*" for word in rule.words)])
        assert not [phrase for phrase in whole if not re.search(loose, phrase + " x")]


@pytest.mark.parametrize("phrase", ["", " ", "*", "a*", "*ab", "ab*cd", "[a]", "a|b", "a\\b", "--"])
def test_what_is_no_phrase_is_said_to_be_none(phrase):
    assert faults(phrase, gaps=False)


@given(st.text(max_size=12))
def test_whatever_is_taken_for_a_phrase_makes_a_pattern(phrase):
    phrase = " ".join(phrase.lower().split())
    if not faults(phrase, gaps=False):
        re.compile(finding([phrase]))
