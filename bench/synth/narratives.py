"""Made-up logs beside 220 hand-written ones: variety, length, words, and telling them apart."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.stats import rankdata

from bench.figures import Figure
from made_up_facts import facts
from narrative_readers import KEYWORDS, LOOKS
from peelian.records.synth.narratives import Narratives, NarrativesPlan, write_narratives
from peelian.records.synth.who import Who

WORD = re.compile(r"[a-z0-9']+")
MANY = 10_000
DRAWS = 10
FOLDS = 5


def figures(shared: Path) -> Iterator[Figure]:
    """Yield the figures of the logs' text.

    Args:
        shared: The folder of real open records and gold sets beside the project.
    """
    many = _made(MANY, seed=1)
    texts = many.text.to_pylist()
    words = [WORD.findall(text.lower()) for text in texts]
    yield Figure("made-up logs distinct", len(set(texts)) / MANY, "≥", 0.99)
    shared_by = Counter(run for log in words for run in _runs(log, 8))
    yield Figure("share of logs with the commonest 8-word run",
                 max(shared_by.values()) / MANY, "≤", 0.01)  # fmt: skip
    read = [bool(KEYWORDS.search(text)) for text in texts]
    agree = float(np.mean(np.array(read) == facts(MANY, 1).mental_words))
    yield Figure("logs where a reader of keywords finds what the facts say", agree, "=", 1.0)
    exact = float(np.mean(list(_exact(many, texts))))
    yield Figure("identifiers exactly where their spans say", exact, "=", 1.0,
                 f"{many.spans.num_rows:,} in {MANY:,} logs")  # fmt: skip
    yield Figure("CPU microseconds a log", _cost(), "≤", 85.0)
    gold_file = shared / "data" / "gold_logs" / "logs.jsonl"
    if not gold_file.is_file():
        print("SKIPPED: no hand-written logs beside the project; nothing to compare with")
        return
    lines = gold_file.read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line)["narrative"] for line in lines]
    yield from _beside(texts, gold)
    yield from _told_apart(gold)


def _exact(made: Narratives, texts: Sequence[str]) -> Iterator[bool]:
    """Yield whether what stands at each span looks like its kind; shouted logs by length alone."""
    for row in made.spans.to_pylist():
        text: str = texts[int(row["row"])]
        words = text[int(row["start"]) : int(row["end"])]
        shouted = text.isupper() and words == words.strip()
        yield shouted or re.fullmatch(LOOKS[row["kind"]], words) is not None


def _beside(texts: Sequence[str], gold: Sequence[str]) -> Iterator[Figure]:
    ours, theirs = _described(texts), _described(gold)
    equal = [_described(texts[start : start + len(gold)]) for start in range(0, 2200, len(gold))]
    same = {name: float(np.mean([row[name] for row in equal])) for name in theirs}
    for name in theirs:
        print(f"       {name}: made-up {same[name]:,.3g} (in as many logs), "
              f"{ours[name]:,.4g} (in {MANY:,}); hand-written {theirs[name]:,.3g}")  # fmt: skip
    yield Figure("distinct 4-grams per 10,000 logs", int(ours["distinct 4-grams"]), "≥", 100_000,
                 "all 4-grams " + f"{int(ours['4-grams']):,}")  # fmt: skip
    apart = abs(same["median words"] - theirs["median words"])
    yield Figure("median words, made-up from hand-written", apart, "≤", 6.0)


def _described(texts: Sequence[str]) -> dict[str, float]:
    lengths = np.array([len(text.split()) for text in texts])
    logs = [WORD.findall(text.lower()) for text in texts]
    counts = Counter(word for log in logs for word in log)
    fours = [run for log in logs for run in _runs(log, 4)]
    letters = "".join(texts)
    return {
        "median words": float(np.median(lengths)),
        "tenth of words": float(np.quantile(lengths, 0.1)),
        "nine tenths of words": float(np.quantile(lengths, 0.9)),
        "words in use": len(counts),
        "words used once": sum(count == 1 for count in counts.values()),
        "4-grams": len(fours),
        "distinct 4-grams": len(set(fours)),
        "share of digits": sum(map(str.isdigit, letters)) / len(letters),
        "full stops a log": letters.count(".") / len(texts),
        "commas a log": letters.count(",") / len(texts),
        "logs with a clock time": sum(
            bool(re.search(r"\b[012]\d:?[0-5]\d(hrs)?\b", text)) for text in texts
        )
        / len(texts),
    }


def _runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(length)), strict=False))


def _told_apart(gold: Sequence[str]) -> Iterator[Figure]:
    found = []
    for draw in range(DRAWS):
        texts = _made(len(gold), seed=100 + draw).text.to_pylist()
        found.append(auc_between(texts, gold, seed=draw))
    low, high = np.quantile(found, (0.05, 0.95))
    yield Figure(
        "AUC of a linear reader, made-up against hand-written",
        float(np.mean(found)),
        "≤",
        0.9,
        f"{DRAWS} draws of {len(gold)}, from {low:.3f} to {high:.3f}; kinds mixed as in the gold",
    )


def auc_between(made: Sequence[str], gold: Sequence[str], *, seed: int = 0) -> float:
    """How well does a linear reader of words and word pairs tell the two apart, on unseen logs?

    Logistic regression with a ridge on TF-IDF of words and pairs of words, fitted on four fifths
    of the logs and read on the fifth that is left; the whole is one AUC over all logs.
    """
    texts = [*made, *gold]
    truth = np.repeat([1.0, -1.0], [len(made), len(gold)])
    fold = np.random.default_rng(seed).permutation(len(texts)) % FOLDS
    scores = np.empty(len(texts))
    for number in range(FOLDS):
        held = fold == number
        table, vocabulary = _counted(
            [text for text, out in zip(texts, held, strict=True) if not out]
        )
        weights, shift = _fitted(table, truth[~held])
        unseen = _counted([text for text, out in zip(texts, held, strict=True) if out], vocabulary)[
            0
        ]
        scores[held] = rankdata(unseen @ weights + shift) / held.sum()
    positive = truth > 0
    ranks = rankdata(scores)
    count = positive.sum()
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (~positive).sum()))


def strongest(made: Sequence[str], gold: Sequence[str], count: int = 60) -> list[tuple[str, float]]:
    """Return the words and pairs that speak most for made-up (above 0) or hand-written (below)."""
    table, vocabulary = _counted([*made, *gold])
    weights, _ = _fitted(table, np.repeat([1.0, -1.0], [len(made), len(gold)]))
    names = sorted(vocabulary[0], key=vocabulary[0].__getitem__)
    order = np.argsort(weights)
    return [(names[k], float(weights[k])) for k in (*order[:count], *order[-count:])]


def _counted(texts, vocabulary=None):
    """Return TF-IDF rows of unit length, and the vocabulary with its weights."""
    logs = []
    for text in texts:
        words = re.findall(r"\b\w\w+\b", text.lower())
        logs.append(Counter([*words, *map(" ".join, pairwise(words))]))
    if vocabulary is None:
        places = {
            word: place for place, word in enumerate(sorted({w for log in logs for w in log}))
        }
        seen = Counter(word for log in logs for word in log)
        rarity = np.array([np.log((1 + len(logs)) / (1 + seen[word])) + 1 for word in places])
        vocabulary = (places, rarity)
    places, rarity = vocabulary
    rows, columns, values = [], [], []
    for row, log in enumerate(logs):
        for word, count in log.items():
            if word in places:
                rows.append(row)
                columns.append(places[word])
                values.append(count * rarity[places[word]])
    table = sparse.csr_matrix((values, (rows, columns)), shape=(len(logs), len(places)))
    norms = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return sparse.diags_array(1 / np.maximum(norms, 1e-12)) @ table, vocabulary


def _fitted(table, truth, strength: float = 1.0):
    """Return weights and shift of the ridge logistic whose losses sum as common libraries' do."""

    def loss(values):
        weights, shift = values[:-1], values[-1]
        margins = truth * (table @ weights + shift)
        pull = -truth / (1 + np.exp(margins))
        gradient = np.append(strength * (table.T @ pull) + weights, strength * pull.sum())
        return strength * np.logaddexp(0, -margins).sum() + weights @ weights / 2, gradient

    best = minimize(loss, np.zeros(table.shape[1] + 1), jac=True, method="L-BFGS-B")
    return best.x[:-1], best.x[-1]


def _made(count: int, *, seed: int, **keys) -> Narratives:
    rng = np.random.default_rng([seed, 1])
    return write_narratives(facts(count, seed), NarrativesPlan(**keys), Who(), rng)


def _cost() -> float:
    told = facts(MANY, 2)
    write_narratives(told.where(np.arange(200)), NarrativesPlan(), Who(), np.random.default_rng(1))
    start = time.process_time()
    made = write_narratives(told, NarrativesPlan(), Who(), np.random.default_rng(2))
    spent = time.process_time() - start
    assert len(made.text) - made.text.null_count == MANY
    return spent / MANY * 1e6
