"""Sheets that people read from, and what they may look like when they come back."""

import csv
import datetime
import re
import shutil

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import erasing
from peelian.errors import AlreadyLoaded, CannotAnswer, InputError, UsageError
from peelian.hand_reading import draw, take_sheets, write_sheets
from peelian.reading.codebook import codebook, from_words
from peelian.reading.rule import Cell, Machine, Rule, settle_cells
from peelian.records.erasing import Wish, erase
from peelian.records.reading import sheet as sheet_writing
from peelian.records.reading.items import Item
from peelian.records.reading.plan import Wanted
from peelian.records.reading.returned import (
    NO_CODE,
    NO_ITEM,
    NOT_DRAWN,
    OTHER_PLAN,
    TWO_CODES,
)
from peelian.records.reading.sheet import expiry
from peelian.records.store import Store
from peelian.safeguards.audit import Log

# How each answer may also be spelled.
MEANS = dict.fromkeys(("yes", "y", "1", "mh", "x", "true"), "yes")
MEANS |= dict.fromkeys(("no", "n", "0", "false"), "no") | {"unsure": "unsure", "?": "unsure"}
WHY = "demand: how much of it is"
BOOK = codebook("mental-health")
DAY = datetime.date(2031, 5, 6)
EVIL = '=HYPERLINK("http://127.0.0.1/";"click")'


def incidents(n=120, source="North"):
    texts = ("caller in distress", "noisy dog\x07\nall night", EVIL, "", "x" * 40_000)
    return [
        {"load_id": f"{source}/1", "incident_id": f"{source}-{i}", "local_date": DAY,
         "time_precision": "day", "narrative": texts[i % len(texts)]}
        for i in range(n)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A store of 120 logs, of which 60 are drawn, and the plan's name."""
    store = erasing.make(tmp_path_factory.mktemp("reading") / "s", {"incidents": incidents()})
    return store, draw(store, wanted(), purpose=WHY)


def wanted(**more):
    rule = more.pop("rule", Rule(words=("distress",)))
    return Wanted(codebook=BOOK, rule=rule, **{"read": 60, "least": 10, "least_low": 20, **more})


@pytest.fixture
def store(drawn, tmp_path):
    return shutil.copytree(drawn[0], tmp_path / "store")


@pytest.fixture
def plan(drawn):
    return drawn[1].name


def sheets(store, form="csv", **more):
    folder = store.parent / f"sheets-{form}"
    return write_sheets(store, folder, book=BOOK, form=form, purpose=WHY, **more)


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def coded(path, value="no"):
    header, *rows = table(path)
    at = header.index("code")
    return [header, *([*row[:at], value, *row[at + 1 :]] for row in rows)]


def write(path, rows, delimiter=",", encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def take(store, path, **more):
    return take_sheets(store, [path], book=BOOK, purpose=WHY, **more)[0]


def held(store):
    with Store.open(store) as opened:
        opened.verify()
        return opened.table("labels").to_pyarrow().to_pylist()


def accounted(taken):
    refused = sum(taken.refused.values())
    return taken.taken + taken.known + taken.blank + taken.repeated + refused == taken.rows


# Drawing


def test_the_same_records_and_seed_draw_the_same_logs(store, drawn):
    again = draw(store, wanted(), purpose=WHY)
    assert again.held
    assert again.name == drawn[1].name
    other = draw(store, wanted(seed=7), purpose=WHY)
    with Store.open(store) as opened:
        rows = opened.table("samples").to_pyarrow().to_pylist()
    one, two = ({r["item_id"] for r in rows if r["plan"] == p} for p in (again.name, other.name))
    assert len(one) == len(two) == 60
    assert one != two


def test_every_stratum_is_kept_with_its_size_and_chance(store, plan):
    with Store.open(store) as opened:
        opened.verify()
        strata = {r["stratum"]: r for r in opened.table("strata").to_pyarrow().to_pylist()}
        samples = opened.table("samples").to_pyarrow().to_pylist()
    assert {name: r["size"] for name, r in strata.items()} == {"words: none": 96, "words: one": 24}
    assert sum(r["drawn"] for r in strata.values()) == len(samples) == 60
    assert sorted(r["place"] for r in samples) == list(range(1, 61))
    for row in samples:
        stratum = strata[row["stratum"]]
        assert row["chance"] == pytest.approx(stratum["drawn"] / stratum["size"])
        assert (int(row["item_id"].split("-")[1]) % 5 == 0) == (row["stratum"] == "words: one")


def test_chance_favours_no_log(tmp_path):
    """Of 2,000 logs 600 are drawn, early and late ones alike: within 3.3 standard errors."""
    rows = [row | {"narrative": ""} for row in incidents(2_000)]
    store = erasing.make(tmp_path / "s", {"incidents": rows})
    draw(store, wanted(rule=Rule(), read=600), purpose=WHY)
    with Store.open(store) as opened:
        samples = opened.table("samples").to_pyarrow().to_pylist()
    numbers = [int(row["item_id"].split("-")[1]) for row in samples]
    error = (2_000**2 / 12 * (1 - 0.3) / 600) ** 0.5
    assert abs(sum(numbers) / 600 - 999.5) < 3.3 * error
    assert abs(sum(n % 2 for n in numbers) - 300) < 3.3 * (600 * 0.25 * 0.7) ** 0.5
    # Nor does a log's place say when it was.
    early = [int(r["item_id"].split("-")[1]) for r in samples if r["place"] <= 300]
    assert abs(sum(early) / 300 - sum(numbers) / 600) < 3.3 * (2_000**2 / 12 / 600) ** 0.5


def test_a_dry_run_writes_and_logs_nothing(tmp_path):
    store = erasing.make(tmp_path / "s", {"incidents": incidents(40)})
    before = sorted(p.name for p in store.rglob("*"))
    told = draw(store, wanted(read=30), dry_run=True)
    assert told.read == 30
    assert sorted(p.name for p in store.rglob("*")) == before


def test_a_plan_says_what_it_will_be_worth(drawn):
    plan = drawn[1]
    assert 0 < plan.width < 1
    assert plan.low_size == 96
    # Three in n, told exactly: (1 - bound) to the n is one in twenty.
    assert (1 - plan.bound) ** plan.low == pytest.approx(0.05)


@pytest.mark.parametrize(
    "wrong", [{"read": 0}, {"least": 30, "least_low": 20}, {"twice": 2}, {"guess_rest": 0}]
)
def test_a_plan_that_is_none_is_refused(wrong):
    with pytest.raises(UsageError):
        wanted(**wrong)


def test_too_few_logs_for_the_strata_are_refused(store):
    with pytest.raises(CannotAnswer):
        draw(store, wanted(read=12), purpose=WHY)


def test_no_logs_in_the_days_are_refused(store):
    with pytest.raises(CannotAnswer):
        draw(store, wanted(first=datetime.date(2040, 1, 1)), purpose=WHY)


def test_several_sources_must_be_told_apart(tmp_path):
    rows = {"incidents": incidents(40) + incidents(40, "South")}
    store = erasing.make(tmp_path / "s", rows)
    with pytest.raises(UsageError, match="2 sources"):
        draw(store, wanted(read=30), purpose=WHY)
    assert draw(store, wanted(read=30, source="South"), purpose=WHY).size == 40


def test_two_things_cannot_make_the_bands():
    with pytest.raises(UsageError):
        Rule(words=("a",), machine=Machine("m", "c"))


def test_a_machines_score_makes_bands(tmp_path):
    labels = [
        {"load_id": "North/1", "item_kind": "incident", "item_id": f"North-{i}", "codebook": "m",
         "code": "c", "value": value, "coder": "machine"}
        for i, value in enumerate(["0.1"] * 20 + ["0.3"] * 20 + ["0.9"] * 20 + ["none"] * 20)
    ]  # fmt: skip
    store = erasing.make(tmp_path / "s", {"incidents": incidents(100), "labels": labels})
    plan = draw(store, wanted(rule=Rule(machine=Machine("m", "c"))), purpose=WHY)
    sizes = {one.name: one.size for one in plan.strata}
    assert sizes == {"score: under 0.2": 60, "score: 0.2 to 0.5": 20, "score: 0.5 or more": 20}


def test_small_classes_stand_together():
    counts = {Cell(False, 0, "a"): 500, Cell(False, 0, "b"): 300, Cell(False, 0, "c"): 90,
              Cell(True, 0, "a"): 40}  # fmt: skip
    cells = settle_cells(Rule(column="category"), counts, smallest=80, own_classes=2)
    assert set(cells) == {
        Cell(False, 0, "a"), Cell(False, 0, "b"), Cell(False, 0), Cell(True, 0)
    }  # fmt: skip


# Sheets


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_is_blind_and_runs_no_formula(store, plan, form):
    first, second = sheets(store, form)
    if form == "csv":
        rows = [table(sheet.path) for sheet in (first, second)]
    else:
        books = [openpyxl.load_workbook(sheet.path) for sheet in (first, second)]
        for book in books:
            kinds = {cell.data_type for row in book["Logs"].iter_rows() for cell in row}
            assert kinds <= {"s", "n"}  # `n` is an empty cell's
        rows = [
            [[c or "" for c in r] for r in b["Logs"].iter_rows(values_only=True)] for b in books
        ]
    assert rows[0][0] == ["item", "text", "text continued 2", "code", "note"]
    places = [[Item.read(row[0]).place for row in sheet[1:]] for sheet in rows]
    assert sorted(places[0]) == sorted(places[1]) == list(range(1, 61))
    assert places[0] != places[1]
    assert {Item.read(row[0]).plan for row in rows[0][1:]} == {plan}
    said = {cell for row in rows[0][1:] for cell in row}
    assert not any(word in cell for cell in said for word in ("North-", "words:", "none"))
    # Text that begins like a formula stands there as text; a long one goes on beside itself.
    evil = [row[1] for row in rows[0][1:] if "HYPERLINK" in row[1]]
    assert evil
    assert set(evil) == {f"'{EVIL}" if form == "csv" else EVIL}
    long = [row for row in rows[0][1:] if row[1].startswith("xxx")]
    assert all(len(row[1]) + len(row[2]) == 40_000 for row in long)


def test_a_sheet_is_not_written_over(store):
    first, _ = sheets(store)
    text = first.path.read_bytes()
    with pytest.raises(UsageError, match="there already"):
        sheets(store)
    assert first.path.read_bytes() == text


def test_sheets_are_logged_before_and_after_with_their_fingerprint(store):
    written = sheets(store)
    lines = [line.says for line in Log.of(store).lines()]
    told = [s for s in lines if s.get("object_type") == "reading sheet"]
    assert [(s["operation"], s["state"], s["records"]) for s in told] == [
        ("disclosure", "begun", 60), ("disclosure", "done", 60)
    ] * 2  # fmt: skip
    assert [s["detail"]["sha256"] for s in told[1::2]] == [sheet.sha256 for sheet in written]
    assert told[0]["detail"]["expires"] == str(expiry(90))
    assert "distress" not in str(lines)


@pytest.mark.parametrize(
    "act",
    [
        lambda store: draw(store, wanted(seed=5)),
        lambda store: write_sheets(store, store.parent / "out", book=BOOK),
        lambda store: take_sheets(store, [store.parent / "none.csv"], book=BOOK),
    ],
)
def test_nothing_is_done_without_a_purpose(drawn, act):
    store = drawn[0]
    before = len(list(Log.of(store).lines()))
    with pytest.raises(UsageError, match="purpose"):
        act(store)
    assert len(list(Log.of(store).lines())) == before
    assert not (store.parent / "out").exists()


def test_what_is_read_once_is_shared_out(tmp_path):
    store = erasing.make(tmp_path / "s", {"incidents": incidents()})
    draw(store, wanted(twice=0.5), purpose=WHY)
    first, second = (
        {Item.read(row[0]).place for row in table(sheet.path)[1:]} for sheet in sheets(store)
    )
    assert len(first | second) == 60
    assert len(first & second) == 30
    assert len(first) == len(second) == 45


# Taking back


def test_answers_become_labels_and_the_same_sheet_changes_nothing(store, plan):
    path = write(store.parent / "a.csv", coded(sheets(store)[0].path, "yes"))
    assert take(store, path).taken == 60
    rows = held(store)
    assert {(r["coder"], r["value"], r["codebook"], r["code"]) for r in rows} == {
        (f"{plan}:1", "yes", "mental-health", "mental-health")
    }
    with Store.open(store) as opened:
        before = opened.fingerprint
    again = take(store, path)
    assert (again.taken, again.known) == (0, 60)
    with Store.open(store) as opened:
        assert opened.fingerprint == before
    assert held(store) == rows


def test_a_sheet_filled_in_in_two_sittings_is_taken_twice(store):
    rows = coded(sheets(store)[0].path)
    half = [[*row[:3], "", *row[4:]] if n > 30 else row for n, row in enumerate(rows)]
    first = take(store, write(store.parent / "a.csv", half))
    assert (first.taken, first.blank) == (30, 30)
    second = take(store, write(store.parent / "b.csv", rows))
    assert (second.taken, second.known) == (30, 30)
    assert len(held(store)) == 60


def test_other_answers_need_a_word_and_are_told(store):
    rows = coded(sheets(store)[0].path, "no")
    take(store, write(store.parent / "a.csv", rows))
    changed = [[*row[:3], "yes", *row[4:]] if 0 < n <= 7 else row for n, row in enumerate(rows)]
    path = write(store.parent / "b.csv", changed)
    with pytest.raises(AlreadyLoaded, match="7 logs"):
        take(store, path)
    assert {row["value"] for row in held(store)} == {"no"}
    taken = take(store, path, replace_answers=True)
    assert (taken.taken, taken.replaced, taken.known) == (7, 7, 53)
    assert sorted(row["value"] for row in held(store)) == ["no"] * 53 + ["yes"] * 7
    # And back again: the ledger still adds up, which `held` has verified.
    take(store, store.parent / "a.csv", replace_answers=True)
    assert {row["value"] for row in held(store)} == {"no"}


@pytest.mark.parametrize("word", ["YES", " Yes ", "y", "Y.", "TRUE", "1", "mh", "'yes"])
def test_codes_may_be_spelled_in_other_ways(word):
    assert BOOK.answer(word) == "yes"


@pytest.mark.parametrize("word", ["maybe", "yes no", "2", "-", "yesno", "ja"])
def test_what_is_no_code_is_none(word):
    assert BOOK.answer(word) is None


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [("\t", "utf-16"), (";", "cp1252"), ("|", "utf-8-sig")],
)
def test_a_sheet_may_be_saved_in_other_ways(store, delimiter, encoding):
    header, *rows = coded(sheets(store)[0].path)
    rows = [[*row[:4], "café"] for row in rows]
    path = write(store.parent / "a.csv", [header, *rows], delimiter, encoding)
    assert take(store, path).taken == 60


def test_columns_may_be_moved_and_renamed(store):
    _, *rows = coded(sheets(store)[0].path)
    rows = [[row[4], row[3], "", row[0]] for row in rows]
    path = write(store.parent / "a.csv", [["Bemerkung", "what I think", "", "#"], *rows])
    taken = take(store, path)
    assert taken.taken == 60
    assert len(taken.notes) >= 2


def test_two_columns_that_may_both_be_meant_are_refused(store):
    _, *rows = coded(sheets(store)[0].path)
    rows = [[row[0], "yes", "no"] for row in rows]
    path = write(store.parent / "a.csv", [["item", "mine", "hers"], *rows])
    with pytest.raises(InputError, match="code"):
        take(store, path)
    assert held(store) == []


def test_a_workbook_sorted_and_saved_again_is_taken(store):
    sheet = sheets(store, "xlsx")[0]
    book = openpyxl.load_workbook(sheet.path)
    rows = [list(row) for row in book["Logs"].iter_rows(values_only=True)]
    book.remove(book["Logs"])
    logs = book.create_sheet("Tabelle1")
    for row in [rows[0], *sorted(rows[1:], key=lambda row: row[0])]:
        logs.append([*row[:3], "no" if row is not rows[0] else "code", row[4]])
    book.save(sheet.path)
    assert take(store, sheet.path).taken == 60


def damaged(rows, plan):
    """A sheet with one of every kind of damage, and how many rows are refused for each."""
    header, *rows = [list(row) for row in rows]
    rows[0][3] = "maybe"
    rows[1][0] = "2031-05-06"
    rows[2][0] = "44652"
    rows[3][0] = ""
    rows[4][0] = Item("bcdf" if plan != "bcdf" else "bcdg", 3, 1).text
    rows[5][0] = Item(plan, 999, 1).text
    slip = rows[6][0]
    rows[6][0] = slip[:-1] + ("b" if slip[-1] != "b" else "c")
    rows[7][3] = ""
    rows.append(list(rows[8]))
    rows.append([rows[9][0], "", "", "yes", ""])
    rows.append(["", "", "", "", ""])
    rows.append(["", "a line that somebody added", "", "", ""])
    told = {NO_CODE: 1, NO_ITEM: 2, OTHER_PLAN: 1, NOT_DRAWN: 1, TWO_CODES: 2}
    return [header, *rows[::-1]], told


def test_every_damaged_row_is_refused_for_its_reason_and_the_others_taken(store, plan):
    rows, told = damaged(coded(sheets(store)[0].path), plan)
    taken = take(store, write(store.parent / "a.csv", rows))
    assert accounted(taken)
    assert taken.rows == 63
    assert (taken.taken, taken.blank, taken.repeated) == (51, 1, 1)
    assert {reason: taken.refused[reason] for reason in told} == told
    assert sum(taken.refused.values()) == 10
    assert len(held(store)) == 51
    with Store.open(store) as opened:
        aside = opened.table("quarantine").to_pyarrow().to_pylist()
        load = next(x for x in opened.loads() if x.layout == "reading-sheet")
    assert len(aside) == 10
    assert load.read == load.loaded + load.quarantined + load.duplicates == 62


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(data=st.data())
def test_whatever_is_edited_no_row_is_lost_and_no_label_invented(drawn, data, tmp_path_factory):
    """Any cells of a sheet are written over by any text: what is taken is what stands there."""
    folder = tmp_path_factory.mktemp("edited")
    store = shutil.copytree(drawn[0], folder / "store")
    header, *rows = coded(sheets(store)[0].path, "unsure")
    true = [row[0] for row in rows]
    words = st.one_of(
        st.sampled_from(["yes", "no", "", *true, "2031-05-06", "1e5"]),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8),
    )
    for _ in range(data.draw(st.integers(1, 25))):
        row = data.draw(st.integers(0, len(rows) - 1))
        rows[row][data.draw(st.sampled_from([0, 3]))] = data.draw(words)
    order = data.draw(st.permutations(range(len(rows))))
    path = write(folder / "a.csv", [header, *(rows[n] for n in order)])
    try:
        taken = take(store, path)
    except InputError:
        assert held(store) == []
        return
    assert accounted(taken)
    labels = held(store)
    assert len(labels) == taken.taken
    said: dict[int, set[str]] = {}
    for item, *_, code, _ in rows:
        found = re.search(r"-0*(\d+)-1", item)
        if found:
            said.setdefault(int(found[1]), set()).add(code)
    with Store.open(store) as opened:
        places = {
            r["item_id"]: r["place"] for r in opened.table("samples").to_pyarrow().to_pylist()
        }
    for label in labels:
        codes = {word.strip(" .!'\"").lower() for word in said[places[label["item_id"]]]}
        assert {MEANS[word] for word in codes if word in MEANS} == {label["value"]}


def test_a_sheet_of_another_plan_is_refused(store):
    rows = coded(sheets(store)[0].path)
    other = draw(store, wanted(seed=9), purpose=WHY).name
    path = write(store.parent / "a.csv", rows)
    with pytest.raises(InputError, match="another plan"):
        take(store, path, plan=other)
    with pytest.raises(UsageError, match="2 plans"):
        take(store, path)
    assert held(store) == []


@pytest.mark.parametrize(
    "text",
    [
        "item,text,code\n",
        "a,b\n1,2\n",
        "item,note\nx,y\n",
        "",
        "<html>",
        "\x00\x01\x02",
        "item,code\n,\n",
    ],
)
def test_a_file_that_is_no_sheet_is_refused_in_words(store, text):
    path = store.parent / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        take(store, path)
    assert held(store) == []


def test_a_file_that_is_not_there_is_refused(store):
    with pytest.raises(InputError):
        take(store, store.parent / "none.xlsx")


def test_a_refusal_quotes_no_cell(store, plan):
    secret = "Quillfeather"
    rows = coded(sheets(store)[0].path, secret)
    with pytest.raises(InputError) as refusal:
        take(store, write(store.parent / "a.csv", rows))
    assert secret not in refusal.value.text()
    assert secret not in str([line.says for line in Log.of(store).lines()])


def test_what_readers_differ_on_is_settled_by_a_third(store, plan):
    first, second = sheets(store)
    with pytest.raises(CannotAnswer):
        sheets(store, settle=True)
    take(store, write(store.parent / "a.csv", coded(first.path, "no")))
    rows = coded(second.path, "no")
    apart = set()
    for n, word in ((1, "yes"), (2, "yes"), (3, "unsure")):
        rows[n][3] = word
        apart.add(Item.read(rows[n][0]).place)
    take(store, write(store.parent / "b.csv", rows))
    (third,) = sheets(store, settle=True)
    said = table(third.path)
    assert {Item.read(row[0]).place for row in said[1:]} == apart
    assert {row[3] for row in said[1:]} == {""}
    assert take(store, write(store.parent / "c.csv", coded(third.path, "yes"))).taken == 3
    assert {r["coder"] for r in held(store)} == {f"{plan}:1", f"{plan}:2", f"{plan}:settles"}


def test_a_log_erased_since_is_refused_and_its_draw_goes_too(tmp_path):
    rows = incidents()
    for row in rows[:60]:
        row["local_date"] = datetime.date(2020, 1, 1)
    store = erasing.make(tmp_path / "s", {"incidents": rows})
    draw(store, wanted(), purpose=WHY)
    path = write(store.parent / "a.csv", coded(sheets(store)[0].path))
    gone = erase(store, Wish(before=datetime.date(2021, 1, 1))).tables
    taken = take(store, path)
    assert taken.refused == {NOT_DRAWN: gone["samples"]}
    assert taken.taken == 60 - gone["samples"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nmae": "x"}, {"title": ""}, {"name": "a:b"}, {"notes": "x"},
        {"values": {"yes": {}, "no": {}}},
        {"values": {"yes": {"aliases": ["n"]}, "no": {"aliases": ["N"]}, "unsure": {}}},
    ],
)  # fmt: skip
def test_a_codebook_with_a_slip_is_refused(wrong):
    sound = {"name": "a", "title": "b", "code": "c", "definition": "d"}
    assert from_words(sound, "x").answer("NO") == "no"
    with pytest.raises(UsageError):
        from_words(sound | wrong, "x")


def test_a_codebook_that_is_not_there_says_which_are():
    with pytest.raises(UsageError, match="mental-health"):
        codebook("mental-helth")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_stopped_half_way_is_not_left_behind(form, tmp_path, monkeypatch):
    def half(path, rows, first):
        path.write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    monkeypatch.setattr(sheet_writing, {"csv": "_csv", "xlsx": "_workbook"}[form], half)
    logs = [sheet_writing.Drawn(1, "i1", True, "words")]
    with pytest.raises(KeyboardInterrupt):
        sheet_writing.write_sheet(
            logs, plan="abcd", reader=1, book=BOOK, out=tmp_path, form=form, expires=expiry(9)
        )
    assert not list(tmp_path.iterdir())
