"""Logs tell what was true and no more: a reader of keywords finds what the facts say it will."""

import re

import numpy as np
import pytest

from made_up_facts import facts
from narrative_readers import KEYWORDS, LOOSE
from peelian.records.synth.facts import CALLERS, RESULTS
from peelian.records.synth.narratives import NarrativesPlan, write_narratives
from peelian.records.synth.who import Who

SEEDS = range(20)
COUNT = 1500
# What people out of touch with the world do, as a sergeant would tell it.
ODD = re.compile(
    r"thoughts|ceiling|radiator|mirrors|rocking|listening|bleed|pacing|towel|wired|robot|staring"
    r"|shaking|hyperventilating|breathe|frozen|insects|poisoning|not slept|the dark|the loft"
    r"|walked the house|nightdress|pyjamas|stripped|in on it|army|wires|taps|double|owns the"
    r"|replaced|curtains|dead|socket|film|locks over|washed|eaten|pope|birds|chip|milk|hear"
    r"|counting|freezer|windows|bulbs|doors off|clothes|phone lines|sky|photograph|phone",
    re.IGNORECASE,
)
SAID = {
    "alcohol": r"\b(drunk|drink|drinking|drank|alcohol|cans|bottles|vodka|cider|oiled|half cut"
    r"|worse for wear|skinful|pub|lunch)",
    "drugs": r"\b(drugs?|cocaine|spice|ketamine|weed|crack|heroin|pills|speed|high|wraps|needle"
    r"|pipe|foil|snap|grinder|user|addict|something)",
    "homeless": r"\b(rough|homeless|abode|car|tent|sofa|hostels?|room|shelter|nowhere|nfa|mat)",
    "weapon": r"\b(knife|hammer|bat|screwdriver|club|stick|machete|cue|bottle|crowbar|spade|fork"
    r"|shears|pole|axe|brace|pistol|gun|catapult|leg|cleaver)",
}


def written(told, seed, **keys):
    plan = NarrativesPlan(**{"typos": 0.0, **keys})
    made = write_narratives(told, plan, Who(seed=seed), np.random.default_rng([seed, 3]))
    return made.text.to_pylist()


def masked(made, texts):
    """Return the texts without their identifiers, so that no name or street is read as a word."""
    for row in reversed(made.spans.to_pylist()):
        text = texts[row["row"]]
        texts[row["row"]] = text[: row["start"]] + text[row["end"] :]
    return texts


@pytest.mark.parametrize("typos", [0.0, 3.0])
def test_a_reader_of_keywords_finds_exactly_what_the_facts_say(typos):
    for seed in SEEDS:
        told = facts(COUNT, seed)
        texts = written(told, seed, typos=typos)
        read = np.array([bool(KEYWORDS.search(text)) for text in texts])
        wrong = [texts[row] for row in np.flatnonzero(read != told.mental_words)]
        assert not wrong


def test_a_loose_reader_finds_nothing_where_nothing_is_to_be_named():
    for seed in SEEDS:
        told = facts(COUNT, seed, mental_words=False)
        assert not [text for text in written(told, seed) if LOOSE.search(text)]


def test_all_four_meetings_of_state_and_words_are_told():
    """Named and not, with the need and without: each is written, and the words follow the plan."""
    told = facts(8000, 3)
    read = np.array([bool(KEYWORDS.search(text)) for text in written(told, 3)])
    for need in (False, True):
        of_these = told.mental_health == need
        assert 0 < read[of_these].mean() < 1
        assert read[of_these].mean() == told.mental_words[of_these].mean()


def test_a_need_without_its_name_is_still_told():
    """With the same facts but the need, the log says more of behaviour: another reader can tell."""
    told = facts(4000, 5, mental_words=False, mental_health=True, suicidal=False)
    calm = facts(4000, 5, mental_words=False, mental_health=False)
    shares = [
        np.mean([bool(ODD.search(text)) for text in written(some, 5)]) for some in (told, calm)
    ]
    assert shares[0] > 0.85
    assert shares[0] - shares[1] > 0.3


@pytest.mark.parametrize("fact", SAID)
def test_what_was_true_is_said(fact):
    told = facts(COUNT, 7, **{fact: True})
    found = [bool(re.search(SAID[fact], text, re.IGNORECASE)) for text in written(told, 7)]
    assert np.mean(found) == 1.0


def test_no_log_denies_what_was_true():
    """Where there was a weapon, an injury or drink, no line says there was none."""
    denied = {
        "weapon": r"no weapons|(neg|nil) weapons|weapons\? no|nothing in hands",
        "injury": r"nobody hurt|no one hurt|no injuries|nobody injured|(neg|nil) injur|uninjured",
        "alcohol": r"not in drink|sober|no drink taken|nobody drunk",
    }
    for fact, words in denied.items():
        said = written(facts(COUNT, 8, **{fact: True}), 8)
        unsaid = written(facts(COUNT, 8, **{fact: False}), 8)
        assert not [text for text in said if re.search(words, text, re.IGNORECASE)]
        assert any(re.search(words, text, re.IGNORECASE) for text in unsaid)


def test_off_deals_the_same_logs_out_to_other_incidents():
    """The negative control keeps every word and breaks its tie with the truth."""
    told = facts(6000, 9)
    on, off = written(told, 9), written(told, 9, tells=NarrativesPlan().off().tells)
    assert sorted(on) == sorted(off)
    read = np.array([bool(KEYWORDS.search(text)) for text in off])
    tie = np.corrcoef(read, told.mental_words)[0, 1]
    assert abs(tie) < 4 / np.sqrt(len(off))


def test_off_takes_the_identifiers_along():
    told = facts(500, 10)
    plan = NarrativesPlan().off()
    made = write_narratives(told, plan, Who(), np.random.default_rng(1))
    kept = write_narratives(told, NarrativesPlan(), Who(), np.random.default_rng(1))
    words = [
        sorted(texts[row["row"]][row["start"] : row["end"]] for row in one.spans.to_pylist())
        for one in (made, kept)
        for texts in [one.text.to_pylist()]
    ]
    assert words[0] == words[1]


def test_who_rings_and_how_it_ended_are_told_apart_by_their_words():
    told = facts(2000, 11)
    told.caller[:1000] = CALLERS.index("council")
    told.caller[1000:] = CALLERS.index("school")
    told.result[::2] = RESULTS.index("arrest")
    told.result[1::2] = RESULTS.index("duplicate")
    texts = written(told, 11)
    rings = np.array(
        [bool(re.search(r"\bhead|teach|tutor|school|lunch|dinner", t, re.I)) for t in texts]
    )
    assert rings[1000:].mean() > rings[:1000].mean() + 0.2
    arrested = re.compile(r"\barr\b|arrested|nicked|custody|detained", re.IGNORECASE)
    held = np.array([bool(arrested.search(text)) for text in texts])
    assert held[::2].mean() == 1.0
    assert held[1::2].mean() < 0.2
