"""What an audit says, on any engine: drawn logs, their readings, and the share of all logs."""

import json
from functools import partial

import pytest

from peelian.analysis.demand.audit import audit
from peelian.errors import CannotAnswer, UsageError
from peelian.reading.rule import Cell, Rule

FLAG = "mental-health-flag"
RULE = Rule(
    flags=(FLAG,),
    cells=(Cell(False, 0), Cell(True, 0)),
)
BOOK = ("mental-health", "mental-health")


def given(flagged=40, others=160, *, drawn=(20, 40), found=(18, 2), rule=True, **more):
    """A force of flagged logs and others, so many of each drawn, and both readers agreed.

    `more` may say of drawn logs by number: `apart` (readers differ), `settled` (yes, of those),
    `blank` (nobody read it), `unsure`; or hold drawn tables to add.
    """
    apart, settled, blank, unsure = (
        set(more.pop(name, ())) for name in ("apart", "settled", "blank", "unsure")
    )
    coder = more.pop("coder", "bdkt:")
    drawing = more.pop("drawing", "random")
    logs = [f"f{i}" for i in range(flagged)] + [f"n{i}" for i in range(others)]
    lines = ["incidents", "incident_id | local_date", *(f"{i} | 2031-05-06" for i in logs)]
    lines += ["", "incident_codes", "incident_id | kind | position | code"]
    lines += [f"{i} | qualifier | 1 | MH" for i in logs[:flagged]]
    text = json.dumps(json.loads(RULE.as_json())) if rule else "-"
    lines += ["", "strata", "plan | stratum | codebook | code | size | drawn | drawing | rule"]
    names = ("flagged", "not flagged")
    for name, size, n in zip(names, (flagged, others), drawn, strict=True):
        lines.append(f"bdkt | {name} | {BOOK[0]} | {BOOK[1]} | {size} | {n} | {drawing} | {text}")
    items = [(f"f{i}", names[0], i < found[0]) for i in range(drawn[0])]
    items += [(f"n{i}", names[1], i < found[1]) for i in range(drawn[1])]
    lines += ["", "samples", "plan | item_kind | item_id | stratum | place | chance"]
    lines += [
        f"bdkt | incident | {item} | {stratum} | {place} | 0.5"
        for place, (item, stratum, _) in enumerate(items, 1)
    ]
    lines += ["", "labels", "item_kind | item_id | codebook | code | value | coder"]

    def label(item, value, who):
        return f"incident | {item} | {BOOK[0]} | {BOOK[1]} | {value} | {coder}{who}"

    for number, (item, _, so) in enumerate(items):
        if number in blank:
            continue
        first = "unsure" if number in unsure else "yes" if so else "no"
        second = ("no" if so else "yes") if number in apart else "yes" if so else "no"
        lines += [label(item, first, 1), label(item, second, 2)]
        if number in apart | unsure:
            lines.append(label(item, "yes" if number in settled else "no", "settles"))
    for name, block in more.items():
        lines += ["", name, block] if name != "labels" else [block.strip()]
    return "\n".join(lines)


def totals(result):
    return result.tables["totals"].data.to_pylist()[0]


def rows(result, table):
    return result.tables[table].data.to_pylist()


def test_the_share_is_that_of_the_strata_by_their_sizes(result_of, said):
    """18 of 20 flagged logs and 2 of 40 others: 36 of 40 and 8 of 160, so 44 of 200."""
    result = result_of(given(), audit)
    best = rows(result, "estimates")[0]
    assert best["settled"] == pytest.approx(44 / 200)
    assert best["estimator"] == "stratified"
    assert best["low"] < 44 / 200 < best["high"]
    assert totals(result)["naive"] == pytest.approx(0.2)
    assert "of 200 logs" in said(result, result.answer)
    assert {row["stratum"]: (row["size"], row["drawn"], row["read"], row["positive"])
            for row in rows(result, "strata")} == {
        "flagged": (40, 20, 20, 18), "not flagged": (160, 40, 40, 2)
    }  # fmt: skip


def test_every_estimator_gives_the_same_where_the_flag_makes_the_strata(result_of):
    """Difference, PPI++ and Rogan-Gladen know nothing then that the strata do not."""
    result = result_of(given(), audit)
    for row in rows(result, "estimates"):
        if row["group"] == "corrected":
            assert row["settled"] == pytest.approx(0.22), row["estimator"]


def test_sensitivity_and_specificity_are_weighted_as_logs_were_drawn(result_of):
    """36 of 44 are flagged; 152 of 156 that are not are left."""
    result = result_of(given(), audit)
    whole = next(row for row in rows(result, "accuracy") if row["stratum"] == "all logs")
    assert whole["sensitivity"] == pytest.approx(36 / 44)
    assert whole["specificity"] == pytest.approx(152 / 156)
    flagged = next(row for row in rows(result, "accuracy") if row["stratum"] == "flagged")
    assert (flagged["hits"], flagged["false_alarms"], flagged["sensitivity"]) == (18, 2, 1.0)


def test_the_ladder_narrows(result_of):
    """With nothing assumed: 20 found, 140 unread, of 200."""
    rungs = rows(result_of(given(), audit), "ladder")
    assert (rungs[0]["least"], rungs[0]["most"]) == pytest.approx((20 / 200, 160 / 200))
    assert [r["assumption"] for r in rungs][-1] == "and readers err on their own"
    widths = [rung["high"] - rung["low"] for rung in rungs]
    assert widths[0] > widths[-1]
    # Two of the flagged logs read were not so: readings speak against taking all for so.
    assert rungs[1]["against"]


def test_differences_are_settled_by_the_third(result_of):
    """Of three logs that readers differ on one is settled as so; without them nothing changes."""
    result = result_of(given(apart=(30, 31, 32), settled=(31,)), audit)
    assert totals(result)["apart"] == 3
    assert totals(result)["open"] == 0
    assert totals(result)["positive"] == 21
    assert rows(result, "estimates")[0]["settled"] == pytest.approx((36 + 160 * 3 / 40) / 200)


def test_readers_who_slip_widen_the_interval(result_of):
    calm = totals(result_of(given(), audit))
    apart = totals(result_of(given(apart=range(22, 40)), audit))
    assert apart["width"] > calm["width"]
    assert apart["alpha"] < calm["alpha"] == pytest.approx(1)


def test_what_nobody_read_is_told_and_not_counted_as_no(result_of, said):
    """Of the others only 20 are read, two of them so."""
    result = result_of(given(blank=range(40, 60)), audit)
    assert totals(result)["unread"] == 20
    assert rows(result, "estimates")[0]["settled"] == pytest.approx((36 + 16) / 200)
    check = next(c for c in result.diagnostics if c.name == "What was drawn was read")
    assert check.held is False


def test_an_answer_that_cannot_tell_is_none(result_of):
    result = result_of(given(unsure=(0,)), audit)
    assert totals(result)["unsure"] == 1
    assert rows(result, "readers")[0]["read"] == 59


def test_labels_for_logs_never_drawn_are_counted_and_left_out(result_of):
    more = "\n".join(
        f"incident | {item} | mental-health | mental-health | yes | bdkt:1"
        for item in ("n150", "n151", "no-such-log")
    )
    result = result_of(given(labels=more), audit)
    assert totals(result)["strange"] == 3
    assert rows(result, "estimates")[0]["settled"] == pytest.approx(0.22)


def test_two_answers_of_one_reader_that_differ_are_none(result_of):
    more = "incident | f0 | mental-health | mental-health | no | bdkt:1"
    result = result_of(given(labels=more), audit)
    assert totals(result)["unsure"] == 1
    assert totals(result)["read"] == 60


def test_other_codebooks_and_other_plans_readers_are_not_asked(result_of):
    more = "\n".join(
        f"incident | f{i} | {book} | mental-health | no | {who}"
        for i in range(20)
        for book, who in (("another", "bdkt:1"), ("mental-health", "zzzz:1"))
    )
    assert totals(result_of(given(labels=more), audit))["value"] == pytest.approx(
        totals(result_of(given(), audit))["value"]
    )


def test_one_reader_is_believed_and_the_caveat_says_so(result_of):
    text = "\n".join(line for line in given().splitlines() if not line.endswith("bdkt:2"))
    result = result_of(text, audit)
    check = next(c for c in result.diagnostics if c.name == "Two people read the same logs")
    assert check.held is False
    best = rows(result, "estimates")[0]
    assert (best["value"], best["low"]) == pytest.approx((best["settled"], best["settled_low"]))


def test_an_old_audit_without_a_rule_is_worked_out_from_its_sizes(result_of):
    """Readers' names are then their own; difference and PPI++ need the strata's rule."""
    result = result_of(given(rule=False, coder="anna"), partial(audit, definitions=(FLAG,)))
    kinds = {row["estimator"] for row in rows(result, "estimates")}
    assert kinds == {"stratified", "rogan-gladen", "marked"}
    assert rows(result, "estimates")[0]["settled"] == pytest.approx(0.22)


def test_more_to_read_follows_the_width_that_is_asked_for(result_of):
    wide = result_of(given(), partial(audit, width=0.2))
    narrow = result_of(given(), partial(audit, width=0.03))
    assert totals(wide)["more"] == 0
    assert 0 < totals(narrow)["more"] <= 140


# Refusals


def test_nothing_drawn(result_of):
    with pytest.raises(CannotAnswer, match="peelian draw"):
        result_of("incidents\nincident_id | local_date\na | 2031-05-06", audit)


def test_nothing_read(result_of):
    with pytest.raises(CannotAnswer, match="peelian take"):
        result_of(given(blank=range(60)), audit)


def test_logs_that_were_picked(result_of):
    with pytest.raises(CannotAnswer, match="2 of 2 strata"):
        result_of(given(drawing="picked"), audit)


def test_a_stratum_unread_and_how_many_more_to_read(result_of):
    with pytest.raises(CannotAnswer, match="reading 5 more logs"):
        result_of(given(blank=range(20, 60)), audit)


def test_a_stratum_hardly_read_and_how_many_more_to_read(result_of):
    with pytest.raises(CannotAnswer, match="reading 2 more logs"):
        result_of(given(blank=range(23, 60)), audit)


def test_logs_that_were_loaded_since(result_of):
    """Half as many logs again, from which nobody could draw."""
    text = given().replace("\nn159 |", "\nn159 | 2031-05-06\n" + "\n".join(
        f"m{i} | 2031-05-06" for i in range(100)) + "\nm100 |")  # fmt: skip
    with pytest.raises(CannotAnswer, match="200 logs then, 301 now"):
        result_of(text, audit)


def test_a_flag_that_tells_nothing_is_refused_and_the_rest_answers(result_of):
    """As many of the flagged are so as of the others."""
    result = result_of(given(found=(2, 4)), audit)
    blind = next(row for row in rows(result, "estimates") if row["estimator"] == "rogan-gladen")
    assert blind["settled"] is None or 0 <= blind["settled"] <= 1
    none = result_of(given(found=(0, 4)), audit)
    refused = next(row for row in rows(none, "estimates") if row["estimator"] == "rogan-gladen")
    assert refused["value"] is None
    check = next(c for c in none.diagnostics if c.name == "Every definition tells something")
    assert check.held is False
    assert rows(none, "estimates")[0]["value"] is not None


@pytest.mark.parametrize(
    "wrong", [{"plan": "none"}, {"readers": ("nobody",)}, {"level": 2.0}, {"width": -1.0}]
)
def test_settings_that_are_none(result_of, wrong):
    with pytest.raises(UsageError):
        result_of(given(), partial(audit, **wrong))
