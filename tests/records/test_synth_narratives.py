"""Made-up logs: the same for a seed, in order, distinct, and their identifiers where we say."""

import re
import tomllib
from importlib.resources import files

import numpy as np
import pytest

from made_up_facts import KINDS, facts
from narrative_readers import LOOKS
from peelian.records.synth.facts import CALLERS, PLACE_KINDS, RESULTS
from peelian.records.synth.narratives import NarrativesPlan, write_narratives
from peelian.records.synth.narratives.grammar import MARKS, Grammar, lexicon
from peelian.records.synth.narratives.identifiers import communities
from peelian.records.synth.period import Period
from peelian.records.synth.who import Who

COUNT = 3000
WHO = Who()
PLAIN = {"typos": 0.0, "dropped": 0.0}
STAMP = r"(?:^|[.\-,/] |\n)@?([01]\d):?([0-5]\d)(?:hrs)?(?= -| [A-Za-z'\"])"


def written(count=COUNT, seed=1, *, told=None, who=WHO, **keys):
    told = told if told is not None else facts(count, seed)
    rng = np.random.default_rng(seed)
    return told, write_narratives(told, NarrativesPlan(**keys), who, rng)


def named(spans, texts):
    """Yield the kind of each identifier and what stands at its place in the text."""
    for row in spans.to_pylist():
        yield row["kind"], texts[row["row"]][row["start"] : row["end"]], row


def test_the_same_stream_writes_the_same_logs_and_another_writes_others():
    told = facts(300, 1)
    (_, first), (_, again), (_, other) = (written(seed=s, told=told) for s in (5, 5, 6))
    assert first.text.equals(again.text)
    assert first.spans.equals(again.spans)
    assert not first.text.equals(other.text)


def test_another_force_has_other_handlers():
    told = facts(50, 1)
    _, ours = written(told=told)
    _, theirs = written(told=told, who=Who(slug="elsewhere"))
    assert not ours.text.equals(theirs.text)


def test_no_incidents_no_logs():
    _, none = written(0)
    assert len(none.text) == none.spans.num_rows == 0


@pytest.mark.parametrize("caller", CALLERS)
def test_every_kind_of_call_place_and_ending_can_be_told(caller):
    told = facts(4 * len(KINDS), 3, kinds=KINDS)
    count = len(told)
    told.kind[:] = np.arange(count) % len(KINDS)
    told.caller[:] = CALLERS.index(caller)
    told.place[:] = np.arange(count) % len(PLACE_KINDS)
    told.result[:] = np.arange(count) % len(RESULTS)
    _, made = written(told=told)
    texts = made.text.to_pylist()
    assert all(len(text.split()) >= 4 for text in texts)
    assert not [text for text in texts if re.search(r"[{}<>|]|  |\bNone\b", text)]


def test_identifiers_stand_exactly_where_the_spans_say():
    _, made = written()
    texts = made.text.to_pylist()
    seen = set()
    for kind, words, row in named(made.spans, texts):
        assert re.fullmatch(LOOKS[kind], words) or (words.isupper() and texts[row["row"]].isupper())
        seen.add(kind)
    assert seen == set(LOOKS)


def test_spans_do_not_overlap_and_stand_in_order():
    _, made = written()
    before = (-1, 0)
    for row in made.spans.to_pylist():
        assert row["start"] < row["end"]
        assert (row["row"], row["start"]) >= before
        before = (row["row"], row["end"])


def test_nothing_that_looks_like_an_identifier_stands_outside_the_spans():
    _, made = written()
    texts = made.text.to_pylist()
    for row in reversed(made.spans.to_pylist()):
        text = texts[row["row"]]
        texts[row["row"]] = text[: row["start"]] + "#" + text[row["end"] :]
    for kind in ("phone", "email", "nhs_number", "ni_number", "vehicle"):
        assert not [text for text in texts if re.search(rf"\b{LOOKS[kind]}\b", text)]


def test_nhs_numbers_bear_their_check_digit():
    _, made = written()
    found = [
        words for kind, words, _ in named(made.spans, made.text.to_pylist()) if kind == "nhs_number"
    ]
    for words in found:
        digits = [int(c) for c in words if c.isdigit()]
        assert sum(d * w for d, w in zip(digits, range(10, 0, -1), strict=True)) % 11 == 0
    assert len(found) > 10


def test_clock_times_of_updates_run_forward_from_the_report():
    told = facts(COUNT, 2)
    told.reported[:] = np.datetime64("2024-03-04T08:00:00")
    told.dispatched[:] = np.datetime64("2024-03-04T08:20:00")
    told.arrived[:] = np.datetime64("2024-03-04T08:50:00")
    told.closed[:] = np.datetime64("2024-03-04T11:00:00")
    _, made = written(told=told, identifiers=0.0)
    several = 0
    for text in made.text.to_pylist():
        stamps = re.findall(
            r"(?:^|[.\-,/] |\n)@?([01]\d):?([0-5]\d)(?:hrs)?(?= -| [A-Za-z'\"])", text
        )
        minutes = [int(hour) * 60 + int(minute) for hour, minute in stamps]
        minutes = [minute for minute in minutes if minute > 480]
        assert minutes == sorted(minutes)
        assert all(minute <= 660 for minute in minutes)
        several += len(minutes) > 1
    assert several > 300


def test_ten_thousand_logs_are_distinct():
    _, made = written(10_000)
    assert len(set(made.text.to_pylist())) >= 9_900


def test_no_eight_words_run_through_more_than_one_log_in_a_hundred():
    _, made = written(10_000)
    counts = {}
    for text in made.text.to_pylist():
        words = re.findall(r"[a-z0-9']+", text.lower())
        for run in {tuple(words[at : at + 8]) for at in range(len(words) - 7)}:
            counts[run] = counts.get(run, 0) + 1
    assert max(counts.values()) <= 100


def test_length_follows_the_plan():
    def middle(**keys):
        _, made = written(1000, **keys)
        return np.median([len(text.split()) for text in made.text.to_pylist()])

    assert abs(middle() - 55) <= 6
    assert middle(words=30) < middle() < middle(words=90)


def test_without_slips_the_words_are_the_lexicons_own():
    told, plain = written(500, **PLAIN)
    _, slipped = written(500, told=told, typos=4.0, dropped=0.0)
    plain_words, slipped_words = (
        {word for text in made.text.to_pylist() for word in re.findall(r"[a-z]{6,}", text.lower())}
        for made in (plain, slipped)
    )
    known = " ".join(_all_lines()).lower()
    strange = [word for word in slipped_words - plain_words if word not in known]
    assert len(strange) > 300
    names = {
        w.lower()
        for k, s, _ in named(plain.spans, plain.text.to_pylist())
        for w in re.findall(r"\w+", s)
    }
    assert len([word for word in plain_words - names if word not in known]) < 0.05 * len(
        plain_words
    )


def test_without_identifiers_only_an_officer_who_rings_is_named():
    told, made = written(identifiers=0.0)
    officer = CALLERS.index("officer")
    rows = set(made.spans["row"].to_pylist())
    assert all(told.caller[row] == officer for row in rows)


def test_names_have_nothing_to_do_with_what_happened():
    """Each community's share of names is the same whether or not someone was arrested."""
    only = [set(surnames) for _, _, surnames, _ in communities()]
    told = facts(20_000, 4)
    arrest = RESULTS.index("arrest")
    _, made = written(told=told, identifiers=2.0)
    counts = np.zeros((2, len(only)))
    for kind, words, row in named(made.spans, made.text.to_pylist()):
        surname = words.split()[-1].title() if kind == "person" else ""
        homes = [at for at, names in enumerate(only) if surname in names]
        if len(homes) == 1:
            counts[int(told.result[row["row"]] == arrest), homes[0]] += 1
    shares = counts / counts.sum(axis=1, keepdims=True)
    error = np.sqrt((shares[1] * (1 - shares[1]) / counts.sum(axis=1)[:, None]).sum(axis=0))
    assert counts.sum(axis=1).min() > 500
    assert (np.abs(shares[0] - shares[1]) < 4 * error + 0.002).all()


def test_every_line_of_the_lexicon_can_be_read():
    words = lexicon()
    for name in words.names():
        for symbol in words[name]:
            pieces: list = []
            Grammar.walk(
                symbol,
                ["x"] * 30,
                iter(np.random.default_rng(1).random(10_000)).__next__,
                pieces,
                [],
            )
            assert not re.search(r"[{}<>|]", "".join(pieces)), name


def test_every_mark_of_the_grammar_is_made():
    from peelian.records.synth.narratives.identifiers import KINDS as OF_MARKS

    assert len(OF_MARKS) == len(MARKS)
    assert set(OF_MARKS) == set(LOOKS)


def test_plans_that_cannot_be_carried_out_say_why():
    period = Period("2024-01", 12)
    assert not list(NarrativesPlan().problems(period))
    for wrong in ({"words": 5}, {"typos": -1.0}, {"dropped": 1.2}, {"handlers": 0}):
        assert len(list(NarrativesPlan(**wrong).problems(period))) == 1


def _all_lines():
    folder = files("peelian.records.synth.narratives") / "lexicon"
    for path in folder.iterdir():
        for rules in tomllib.loads(path.read_text(encoding="utf-8")).values():
            yield from rules.values()
