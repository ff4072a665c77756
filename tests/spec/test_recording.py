"""What `demand.recording` counts, what it says, and what it refuses."""

from datetime import date
from functools import partial

import pytest

from peelian.analysis.demand.recording import recording
from peelian.errors import CannotAnswer, UsageError

MONTHS = [f"{2021 + m // 12}-{m % 12 + 1:02d}" for m in range(24)]
DAY = date(2022, 1, 1)
WORDS, NONE = "caller is suicidal", "car parked across a drive"
trained = partial(recording, trained_on=DAY)


def drawn(
    before=(7, 3, 1, 19), after=(7, 3, 1, 19), *, months=MONTHS, second=None, covered=None,
    other="", eager="", exact=True, lacks_flags=False,
):  # fmt: skip
    """So many incidents of each sort on two days of a month; of a second kind of call, if asked.

    Sorts: words alone, words and flag, flag alone, neither.
    """
    head = "local_date | local_weekday | category | area_code | area_vintage | narrative"
    incidents, codes = [f"incident_id | {head}"], ["incident_id | kind | position | code"]
    kinds = {"concern-for-safety": (before, after)} | ({"alarm": second} if second else {})
    number = 0
    for at, (month, day) in enumerate((m, d) for m in months for d in ("10", "25")):
        when = f"{month}-{day}" if exact else f"{month}-01"
        weekday = date.fromisoformat(when).weekday() if exact else "-"
        for kind, sorts in kinds.items():
            for sort, many in enumerate(sorts[f"{month}-{day}" >= str(DAY)]):
                for _ in range(many):
                    number += 1
                    incidents.append(
                        f"i{number} | {when} | {weekday} | {kind} | {'ABCD'[at % 4]} | V1 | "
                        f"{WORDS if sort < 2 else NONE}"
                    )
                    more = sort == 0 and number % 2 and "ABCD"[at % 4] == eager
                    if (sort in (1, 2) or more) and not lacks_flags:
                        codes.append(f"i{number} | qualifier | 1 | mh")
    coverage = ["source | table | month | load_id | n"]
    coverage += [f"f | incidents | {month} | x | 1" for month in (covered or months)]
    areas = ["area_code | vintage | parent_name | geometry"]
    areas += [f"{one} | V1 | District {one} | g" for one in "ABCD"]
    tables = {"incidents": incidents, "incident_codes": codes, "coverage": coverage,
              "areas": areas}  # fmt: skip
    blocks = ["\n".join([name, *rows]) for name, rows in tables.items() if len(rows) > 1]
    return "\n\n".join([*blocks, other.strip("\n")])


def column(result, table, name):
    return result.tables[table].data.column(name).to_pylist()


def test_flags_that_double_while_words_stay_are_recording(result_of, said):
    """Of ten logs with words three are flagged before, six after; thirty logs a day all along."""
    result = result_of(drawn(after=(4, 6, 2, 18)), trained, "incidents")
    assert column(result, "parts", "change")[:2] == pytest.approx([0, 1.0], abs=1e-6)
    assert column(result, "parts", "state") == ["steady", "changed", "steady"]
    assert column(result, "signs", "before")[:3] == [240, 96, 72]
    assert column(result, "signs", "after")[:3] == [240, 192, 144]
    assert said(result, result.answer).startswith("Recording changed, and need held steady")
    assert column(result, "totals", "verdict") == ["recording"]
    trend, change = result.drawings
    assert (trend.kind, trend.table, change.kind, change.table) == (
        "bands",
        "months",
        "dots",
        "parts",
    )
    assert len(set(column(result, "months", "panel"))) == 2


def test_words_and_flags_that_double_together_are_need_only_if_the_words_are_right(result_of, said):
    given = drawn(after=(14, 6, 2, 8))
    known = result_of(given, partial(trained, text_right=(1.0,)), "incidents")
    assert column(known, "totals", "verdict") == ["need"]
    assert column(known, "parts", "change")[:2] == pytest.approx([1.0, 0], abs=1e-6)
    # If half of the words could be wrong, need may have grown more than flags did.
    assumed = result_of(given, trained, "incidents")
    assert column(assumed, "totals", "verdict") == ["undecided"]
    sentence = said(assumed, assumed.answer)
    assert "need changed, however many of the words are right" in sentence
    assert "would decide it if about" in sentence
    told = dict(zip(column(assumed, "holds", "right"), column(assumed, "holds", "verdict"),
                    strict=True))  # fmt: skip
    assert told[1.0] == "need"
    assert told[0.5] != "need"


def test_no_change_at_all_is_not_shown_and_held_steady(result_of, said):
    result = result_of(drawn(), trained, "incidents")
    assert column(result, "totals", "verdict") == ["neither shown"]
    assert "Not shown" in said(result, result.answer)
    assert "Both held steady" in said(result, result.answer)


def test_words_that_leave_flagged_logs_too_are_undecided(result_of, said):
    """Flags as before, but half of all logs that had the words no longer have them."""
    result = result_of(drawn((8, 4, 2, 16), (4, 2, 4, 20)), trained, "incidents")
    assert column(result, "totals", "verdict") == ["undecided"]
    assert "the words themselves seem to be written otherwise" in said(result, result.answer)
    assert "Only reading decides that" in said(result, result.answer)
    assert result.diagnostics[0].held is False


def test_a_shift_among_kinds_is_held_apart_unless_asked_otherwise(result_of):
    """Of one kind half the logs with words are flagged, of the other a tenth; the other grows."""

    given = drawn((4, 4, 0, 12), (2, 2, 0, 6), second=((9, 1, 0, 10), (18, 2, 0, 20)))
    kept = result_of(given, partial(trained, text_right=(1.0,)), "incidents")
    not_kept = result_of(given, partial(trained, text_right=(1.0,), same_mix=False), "incidents")
    assert column(kept, "parts", "change")[1] == pytest.approx(0, abs=1e-6)
    assert column(not_kept, "parts", "change")[1] < -0.2


def test_missing_months_stay_missing(result_of, said):
    months = [month for month in MONTHS if month != "2021-05"]
    result = result_of(drawn(months=months), trained, "incidents")
    assert "2021-05" not in column(result, "months", "month")
    assert column(result, "totals", "missing") == [1]
    assert any("May 2021" in said(result, each) for each in result.caveats)
    uncovered = result_of(drawn(covered=months), trained, "incidents")
    assert column(uncovered, "records_used", "undated") == [60]


def test_too_few_months_are_refused_with_how_many_are_needed(result_of):
    with pytest.raises(CannotAnswer, match="too few months") as caught:
        result_of(drawn(months=MONTHS[8:]), trained, "incidents")
    assert "2 more before, 0 more after" in str(caught.value)
    with pytest.raises(CannotAnswer, match="search for a day"):
        result_of(drawn(months=MONTHS[:12]), recording, "incidents")


def test_too_few_flagged_logs_and_months_alone_are_refused(result_of):
    with pytest.raises(CannotAnswer, match="Too few logs are both flagged"):
        result_of(drawn((9, 0, 1, 20), (9, 1, 0, 20)), trained, "incidents")
    with pytest.raises(CannotAnswer, match="dated by their month alone"):
        result_of(drawn(exact=False), trained, "incidents")
    with pytest.raises(CannotAnswer, match="mental-health-flag"):
        result_of(drawn(lacks_flags=True), trained, "incidents")


@pytest.mark.parametrize(
    "settings", [{"margin": 0}, {"text_right": (0.2, 0.5, 1.0)}, {"text_right": (1.2,)},
                 {"draws": 5}, {"text": "mental-health-flag"}]
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(result_of, settings):
    with pytest.raises(UsageError):
        result_of(drawn(months=MONTHS[10:14]), partial(trained, **settings), "incidents")


def read(values, *, coder="p:1", drawing="random", plan="p", codebook="mental-health-reading"):
    """Draw a plan that read some logs: (incident, yes or no)."""
    strata = [
        "strata",
        "plan | stratum | item_kind | codebook | code | size | drawn | drawing",
        f"{plan} | s | incident | {codebook} | mental-health | 999 | 99 | {drawing}",
    ]
    samples = ["samples", "plan | item_kind | item_id | stratum | place | chance"]
    labels = ["labels", "item_kind | item_id | codebook | code | value | coder"]
    for place, (incident, value) in enumerate(values, 1):
        samples.append(f"{plan} | incident | {incident} | s | {place} | 0.5")
        labels.append(f"incident | {incident} | {codebook} | mental-health | {value} | {coder}")
    return "\n\n".join("\n".join(block) for block in (strata, samples, labels))


# Each day has thirty incidents, of which the first seven have words alone, the next three both.
ALONE = [30 * day + n for day in range(48) for n in range(1, 8)]
BOTH = [30 * day + n for day in range(48) for n in range(8, 11)]
READ = [(f"i{n}", "yes" if k % 5 < 3 else "no") for k, n in enumerate(ALONE[::6])]
READ += [(f"i{n}", "yes") for n in BOTH[::4]]


def test_what_people_read_says_how_many_words_are_right(result_of, said):
    """Three in five of the words alone, and all of those with a flag: 72 of 100 in all."""
    result = result_of(drawn(other=read(READ)), trained, "incidents")
    assert column(result, "totals", "read_n") == [len(READ)]
    assert column(result, "totals", "right_low")[0] == pytest.approx(0.72, abs=0.01)
    assert result.diagnostics[1].held is True


FLAGGED = [(f"i{30 * day + 11}", "yes") for day in range(48)]
NEITHER = [30 * day + n for day in range(48) for n in (12, 20, 28)]


def test_need_that_only_readers_see_leaves_it_undecided(result_of, said):
    """Words and flags stay; logs with neither are so in none before, and in one of three after."""
    unseen = [(f"i{n}", "yes" if n > 30 * 24 and n % 30 == 12 else "no") for n in NEITHER]
    result = result_of(drawn(other=read(READ + FLAGGED + unseen)), trained, "incidents")
    assert column(result, "totals", "verdict") == ["undecided"]
    assert "what people read does not agree" in said(result, result.answer)
    before, after = column(result, "audits", "share")
    assert before == pytest.approx(0.274, abs=0.01)  # 7 * .6 + 3 + 1 of 30
    assert after == pytest.approx(0.274 + 19 / 30 / 3, abs=0.02)
    flagged = column(result, "audits", "flagged")
    assert flagged[0] == pytest.approx(4 / 8.2, abs=0.02)
    assert flagged[1] < 0.35
    still = [(incident, "no") for incident, _ in unseen]
    agreed = result_of(drawn(other=read(READ + FLAGGED + still)), trained, "incidents")
    assert column(agreed, "totals", "verdict") == ["neither shown"]
    assert agreed.diagnostics[2].held is True


@pytest.mark.parametrize(
    "read_how", [{"drawing": "picked"}, {"coder": "q:1"}, {"coder": "machine"}]
)
def test_logs_that_somebody_picked_and_other_labels_anchor_nothing(result_of, read_how):
    result = result_of(drawn(other=read(READ, **read_how)), trained, "incidents")
    assert column(result, "totals", "read_n") == [0]
    assert result.diagnostics[1].held is False


def test_unsure_logs_are_left_out_and_told(result_of, said):
    doubted = [(incident, "unsure" if k < 7 else value) for k, (incident, value) in enumerate(READ)]
    result = result_of(drawn(other=read(doubted)), trained, "incidents")
    assert column(result, "totals", "unsure") == [7]
    assert column(result, "totals", "read_n") == [len(READ) - 7]
    assert any("unsure of" in said(result, each) for each in result.caveats)


def test_two_codebooks_are_never_mixed(result_of):
    one = read(READ).split("\n\n")
    two = read(READ, plan="r", codebook="welfare-reading", coder="r:1").split("\n\n")
    joined = "\n\n".join(
        a + "\n" + "\n".join(b.split("\n")[2:]) for a, b in zip(one, two, strict=True)
    )
    with pytest.raises(CannotAnswer, match="several codebooks"):
        result_of(drawn(other=joined), trained, "incidents")
    chosen = partial(trained, codebook="mental-health-reading")
    result = result_of(drawn(other=joined), chosen, "incidents")
    assert column(result, "totals", "read_n") == [len(READ)]


def test_districts_stand_by_name_with_how_unsure_their_place_is(result_of):
    """All districts are alike, so none has a place of its own, and no difference is shown."""
    result = result_of(drawn(), trained, "incidents")
    assert column(result, "districts", "district") == [f"District {one}" for one in "ABCD"]
    assert column(result, "between", "low")[1] == 1.0
    ranks = zip(column(result, "districts", "rank_low"), column(result, "districts", "rank_high"),
                strict=True)  # fmt: skip
    assert all(high - low >= 2 for low, high in ranks)


def test_logs_in_no_district_have_a_row_of_their_own(result_of):
    """Else the totals less the districts would tell how many they are, however few."""
    given = drawn()
    lost = given.replace(" | A | V1 | ", " | - | - | ", 3)
    result = result_of(lost, trained, "incidents")
    rows = result.tables["districts"].data.to_pylist()
    assert rows[-1]["district"] == "In none of these"
    assert rows[-1]["share"] is None
    assert rows[-1]["told"] == 3
    assert sum(row["told"] for row in rows) == lost.count("| concern-for-safety |")


def test_a_district_that_flags_more_is_recording_and_not_need(result_of):
    """In A four of seven with words alone are flagged too; words are as many in every district."""
    result = result_of(drawn(eager="A"), trained, "incidents")
    text, flagged = column(result, "between", "low")
    assert text == 1.0
    assert flagged > 1.0
    assert column(result, "districts", "rank_high")[0] == 1
    share = column(result, "districts", "share")
    assert 0.3 < share[1] < share[0] < 0.7  # their own are .3 and .7; all are drawn to the mean


def test_other_signs_that_the_records_lack_are_left_out(result_of):
    result = result_of(drawn(), trained, "incidents")
    assert column(result, "signs", "sign") == ["text", "flag", "both", "section-136"]
