"""How well our words do on 220 hand-written logs that nothing was fitted to: told as it is.

The list of words was set down from general knowledge after some thirty of these logs had been seen,
and was not changed when it was tried on them. They hold hard cases on purpose: a force's own logs
will look better or worse, and this is no estimate of any store's sensitivity or specificity.
"""

import json

import ibis
import pyarrow as pa
import pytest

from peelian.definitions import find, marked

# Those that the writer of the list had not seen when it was set down.
UNSEEN = range(15, 195)


@pytest.fixture(scope="module")
def gold(shared):
    """Each log's label and whether our words are in it."""
    text = (shared / "data" / "gold_logs" / "logs.jsonl").read_text(encoding="utf-8")
    logs = [json.loads(line) for line in text.splitlines()]
    table = pa.table(
        {"key": [log["id"] for log in logs], "narrative": [x["narrative"] for x in logs]}
    )
    (one,) = find(["mental-health-words"])
    rows = marked(ibis.memtable(table), [one], {}).to_pyarrow().to_pylist()
    said = {row["key"]: row[one.column] for row in rows}
    return [(log["id"], log["labels"]["mental_ill_health"], said[log["id"]]) for log in logs]


def tally(gold, label, *, unseen=False):
    """How many logs with a label our words are in, and how many there are."""
    told = [
        found for key, given, found in gold
        if given == label and (not unseen or int(key[3:]) in UNSEEN)
    ]  # fmt: skip
    return sum(told), len(told)


@pytest.mark.shared
def test_the_words_find_three_in_four_and_mistake_one_in_twelve(gold):
    assert tally(gold, "yes") == (33, 45)
    assert tally(gold, "no") == (13, 155)
    assert tally(gold, "unclear") == (3, 20)


@pytest.mark.shared
def test_they_do_as_well_on_the_logs_that_nobody_had_seen(gold):
    found, positive = tally(gold, "yes", unseen=True)
    mistaken, negative = tally(gold, "no", unseen=True)
    assert found / positive == pytest.approx(33 / 45, abs=0.05)
    assert mistaken / negative == pytest.approx(13 / 155, abs=0.02)
