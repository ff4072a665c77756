"""Rules put together at random, counted by the engine and by a plain reader of three answers."""

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.definitions import Definition, marked
from peelian.definitions.rules import AllOf, AnyOf, Codes, Judged, LedToCrime, Not, Settled, Words

PARTS = (
    Codes(("qualifier",), ("a",)),
    Codes(("closing",), ("a", "b*")),
    Codes(("closing",), ("b1",), primary=True),
    Settled(("c",)),
    LedToCrime(),
    Judged("book", "x", ("yes",)),
    Words(("tea",), ("tea time",)),
)
rules = st.recursive(
    st.sampled_from(PARTS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)
incidents = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["c", "d", None]),
        "crime": st.booleans(),
        "codes": st.lists(
            st.sampled_from([("qualifier", "A"), ("closing", "B1"), ("closing", "b2")]),
            max_size=3,
            unique=True,
        ),
        "label": st.sampled_from(["Yes", "no", None]),
        "log": st.sampled_from(["tea", "tea time", "tea at tea time", "steam", None]),
    }
)


def plainly(rule, one):
    """True, false, or None where nobody can say: Kleene's three answers, worked out one by one."""
    if isinstance(rule, Not):
        said = plainly(rule.part, one)
        return None if said is None else not said
    if isinstance(rule, AnyOf | AllOf):
        said = [plainly(part, one) for part in rule.parts]
        settles = isinstance(rule, AnyOf)
        if settles in said:
            return settles
        return None if None in said else not settles
    closing = [code.lower() for kind, code in one["codes"] if kind == "closing"]
    return {
        PARTS[0]: ("qualifier", "A") in one["codes"],
        PARTS[1]: any(code.startswith("b") for code in closing),
        PARTS[2]: closing[:1] == ["b1"],
        PARTS[3]: one["category"] == "c",
        PARTS[4]: one["crime"],
        PARTS[5]: None if one["label"] is None else one["label"] == "Yes",
        PARTS[6]: None if one["log"] is None else one["log"] in {"tea", "tea at tea time"},
    }[rule]


TEXT, WHOLE = pa.string(), pa.int64()
# What every part names is there in some incident, so that none is refused: it is not looked at.
PRESENT = {
    "category": "d", "crime": True, "label": "no", "log": "x",
    "codes": [("qualifier", "z"), ("closing", "z"), ("opening", "z")],
}  # fmt: skip


def tables(every):
    """The incidents as canonical tables, with the columns that rules look at."""
    own = [
        (str(n), one["category"], "k" if one["crime"] else None, one["log"], None)
        for n, one in enumerate(every)
    ]
    codes = [
        (str(n), kind, 1 + sum(k == kind for k, _ in one["codes"][:at]), code)
        for n, one in enumerate(every)
        for at, (kind, code) in enumerate(one["codes"])
    ]
    labels = [
        ("incident", str(n), "book", "x", one["label"])
        for n, one in enumerate(every)
        if one["label"] is not None
    ]
    names = ("incident_id", "category", "crime_id", "narrative", "opening_code")
    return (
        _table(own, dict.fromkeys(names, TEXT)),
        {
            "incident_codes": _table(codes, {"incident_id": TEXT, "kind": TEXT, "position": WHOLE,
                                             "code": TEXT}),
            "labels": _table(labels, dict.fromkeys(
                ("item_kind", "item_id", "codebook", "code", "value"), TEXT)),
        },
    )  # fmt: skip


def _table(rows, types):
    columns = {name: [row[at] for row in rows] for at, name in enumerate(types)}
    return ibis.memtable(pa.table(columns, schema=pa.schema(types)))


def defined(name, rule):
    return Definition(
        name=name, title=name, counts=name, families=(), health=False, rule=rule, source="",
        verification="",
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(rules, min_size=1, max_size=4), st.lists(incidents, min_size=1, max_size=12))
def test_the_engine_counts_what_a_plain_reader_counts(asked, given):
    every = [*given, PRESENT]
    held, records = tables(every)
    definitions = [defined(f"d{n}", rule) for n, rule in enumerate(asked)]
    opposites = [defined(f"not{n}", Not(rule)) for n, rule in enumerate(asked)]
    union = [defined("any", AnyOf((asked[0], asked[-1])))]
    rows = marked(held, [*definitions, *opposites, *union], records, asked=True)
    found = {row["incident_id"]: row for row in rows.to_pyarrow().to_pylist()}
    assert len(found) == len(every)
    for n, one in enumerate(every):
        row = found[str(n)]
        for number, rule in enumerate(asked):
            said = plainly(rule, one)
            assert row[f"is_d{number}"] is (said is True)
            assert row[f"asked_d{number}"] is (said is not None)
            assert row[f"is_not{number}"] is (said is False)
        # A union never counts less than a part of it.
        assert row["is_any"] >= max(row["is_d0"], row[f"is_d{len(asked) - 1}"])
