"""Files of counts: every row of a file is accounted for, and nothing is counted twice."""

import csv
import io
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peelian.errors import AlreadyLoaded, InputError, MappingError
from peelian.records.draft import draft
from peelian.records.load import load
from peelian.records.store import Store

WIDE = """
layout = "wide"
source = "force"
vintage = "V1"
area = "area"
category = "kind"
null = ["-"]
[wide]
months = "[0-9]{6}"
format = "%Y%m"
"""
LONG = """
layout = "long"
source = "force"
vintage = "V1"
area = ["borough", "ward"]
category = { value = "harm" }
[long]
month = "recorded"
n = "count"
parts = ["committed"]
"""


@pytest.fixture
def brought(tmp_path):
    """Load one file of text, and return the load's report with the counts and the ledger."""
    Store.create(tmp_path / "store")

    def run(text, mapping, name="file.csv", **rest):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
        (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
        report = load(
            tmp_path / "store",
            [tmp_path / name],
            layout="counts",
            mapping=tmp_path / "map.toml",
            **rest,
        )
        with Store.open(tmp_path / "store") as store:
            return report, store.table("counts").to_pyarrow().to_pylist(), store.loads()

    return run


def test_a_row_of_a_wide_file_becomes_a_count_a_month(brought):
    """A blank cell is no count; nought is one; February ends on the 29th."""
    report, counts, (ledger,) = brought("area,kind,202401,202402\na,x,3,0\nb,x,-,5\n", WIDE)
    (file,) = report.files
    assert (file.read, file.loaded, file.quarantined, file.duplicates) == (2, 2, 0, 0)
    assert file.tables == ledger.tables == {"counts": 3}
    told = {(c["area_code"], c["period_start"], c["period_end"]): c["n"] for c in counts}
    assert told == {
        ("a", date(2024, 1, 1), date(2024, 1, 31)): 3,
        ("a", date(2024, 2, 1), date(2024, 2, 29)): 0,
        ("b", date(2024, 2, 1), date(2024, 2, 29)): 5,
    }
    assert {(c["series"], c["area_vintage"], c["source"]) for c in counts} == {
        ("wide", "V1", "force")
    }
    assert (ledger.first_month, ledger.last_month) == (date(2024, 1, 1), date(2024, 2, 1))


def test_coverage_says_which_months_a_series_has(brought, tmp_path):
    brought("area,kind,202401,202403\na,x,3,0\n", WIDE)
    with Store.open(tmp_path / "store") as store:
        rows = store.table("coverage").order_by("month").to_pyarrow().to_pylist()
    assert [(r["table"], r["layout"], r["month"], r["n"]) for r in rows] == [
        ("counts", "wide", date(2024, 1, 1), 1),
        ("counts", "wide", date(2024, 3, 1), 1),
    ]


def test_rows_at_fault_are_set_aside_whole_with_the_column_and_no_value(brought, tmp_path):
    sound = "".join(f"s{i},x,1,1\n" for i in range(9))
    text = "area,kind,202401,202402\n" + sound + "a,x,secret,1\n,x,1,1\nb,x,1.5,1\nc,x,-3,1\n"
    report, counts, _ = brought(text, WIDE)
    (file,) = report.files
    assert (file.read, file.loaded, file.quarantined) == (13, 9, 4)
    with Store.open(tmp_path / "store") as store:
        aside = store.table("quarantine").order_by("line").to_pyarrow().to_pylist()
    assert [(row["line"], row["reason"]) for row in aside] == [
        (11, "202401: not a whole number"),
        (12, "area: blank"),
        (13, "202401: not a whole number"),
        (14, "202401: not a whole number"),
    ]
    assert len(counts) == 18


def test_a_file_whose_columns_are_not_what_was_said_is_refused(brought):
    with pytest.raises(InputError, match="cannot be read as wide") as refused:
        brought("area,kind,202401\na,x,many\nb,x,more\n", WIDE)
    assert "many" not in str(refused.value)


def test_rows_that_say_one_thing_twice_are_set_aside_and_not_added(brought):
    text = "area,kind,202401\na,x,3\na,x,4\n" + "".join(f"s{i},x,1\n" for i in range(9))
    report, counts, _ = brought(text, WIDE)
    assert (report.files[0].loaded, report.files[0].quarantined) == (9, 2)
    assert "a" not in {c["area_code"] for c in counts}


TWO_SHEETS = "sheet,borough,ward,offence,recorded,committed,count\n" + "".join(
    f"place,North,{ward},,2024-0{m}-01,2024-0{m}-01,{2 + m}\n"
    f"place,North,{ward},,2024-0{m}-01,2023-12-01,1\n"
    f"kind,,,{offence},2024-0{m}-01,2024-0{m}-01,{3 + m}\n"
    for m in (1, 2, 3)
    for ward, offence in (("Elm", "rape"), ("Oak", "stalking"))
)


def test_two_sheets_that_count_the_same_are_never_added(brought):
    """Each sheet holds 8, 10 and 12 in the three months: end to end all would count twice."""
    with pytest.raises(MappingError, match="must not be added") as refused:
        brought(TWO_SHEETS, LONG.replace('["borough", "ward"]', '{ value = "all" }'))
    assert "only" in str(refused.value)
    assert "sheet" in str(refused.value)


def test_one_sheet_is_taken_and_the_other_is_known_to_count_the_same(brought):
    report, counts, (ledger,) = brought(TWO_SHEETS, LONG + '[only]\nsheet = ["place"]\n')
    (file,) = report.files
    assert (file.read, file.loaded, file.quarantined, file.duplicates) == (18, 12, 0, 6)
    assert sum(c["n"] for c in counts) == 8 + 10 + 12
    assert {c["area_code"] for c in counts} == {"North: Elm", "North: Oak"}
    assert ledger.notes["cells were added to others of their area, category and month"] == 6


def test_rows_left_out_that_do_not_count_the_same_are_set_aside(brought):
    other = TWO_SHEETS.replace("kind,,,rape,2024-01-01,2024-01-01,4", "kind,,,rape,2024-01-01,,9")
    report, _, _ = brought(other, LONG + '[only]\nsheet = ["place"]\n')
    (file,) = report.files
    assert (file.loaded, file.quarantined, file.duplicates) == (12, 6, 0)


def test_parts_are_added_only_where_the_mapping_says_so(brought):
    only = '[only]\nsheet = ["place"]\n'
    with pytest.raises(InputError, match="nothing says they add up"):
        brought(TWO_SHEETS, LONG.replace('parts = ["committed"]', "") + only)


def test_the_same_file_again_is_all_known_duplicates(brought):
    text = "area,kind,202401\na,x,3\n"
    brought(text, WIDE)
    report, counts, _ = brought(text, WIDE, name="copy.csv")
    assert (report.files[0].loaded, report.files[0].duplicates) == (0, 1)
    assert len(counts) == 1


def test_another_edition_is_refused_or_takes_the_place_of_its_months(brought):
    brought("area,kind,202401,202402\na,x,3,4\n", WIDE)
    better = "area,kind,202402,202403\na,x,5,6\n"
    with pytest.raises(AlreadyLoaded):
        brought(better, WIDE)
    _, counts, _ = brought(better, WIDE, replace=True)
    assert {(c["period_start"].month, c["n"]) for c in counts} == {(1, 3), (2, 5), (3, 6)}


def test_two_series_stand_beside_each_other(brought):
    text = "area,kind,202401\na,x,3\n"
    brought(text, WIDE)
    _, counts, _ = brought(text, WIDE.replace('"wide"', '"other"'))
    assert sorted(c["series"] for c in counts) == ["other", "wide"]


def test_files_of_one_load_may_be_parts_and_may_not_overlap(tmp_path):
    Store.create(tmp_path / "store")
    (tmp_path / "map.toml").write_text(WIDE, encoding="utf-8")
    north, south = tmp_path / "n.csv", tmp_path / "s.csv"
    north.write_text("area,kind,202401\na,x,3\n", encoding="utf-8")
    south.write_text("area,kind,202401\nb,x,3\n", encoding="utf-8")
    how = {"layout": "counts", "mapping": tmp_path / "map.toml"}
    report = load(tmp_path / "store", [north, south], **how)
    assert sum(file.loaded for file in report.files) == 2
    Store.create(tmp_path / "other")
    south.write_text("area,kind,202401\na,x,4\n", encoding="utf-8")
    with pytest.raises(AlreadyLoaded, match="same area, category and month"):
        load(tmp_path / "other", [north, south], **how)


def test_numbers_of_parquet_and_words_of_a_code_list_are_known(tmp_path):
    Store.create(tmp_path / "store")
    table = pa.table({"area": ["a", "b"], "kind": ["SHOPLIFTING", "Odd"], "202401": [3.0, 4.0]})
    pq.write_table(table, tmp_path / "f.parquet")
    (tmp_path / "map.toml").write_text(
        WIDE.replace("[wide]", '[words]\nOdd = "arson"\n[wide]').replace(
            'null = ["-"]', 'codes = "offence_subgroup"'
        ),
        encoding="utf-8",
    )
    load(tmp_path / "store", [tmp_path / "f.parquet"], layout="counts",
         mapping=tmp_path / "map.toml")  # fmt: skip
    with Store.open(tmp_path / "store") as store:
        rows = store.table("counts").to_pyarrow().to_pylist()
    assert {(r["category"], r["n"]) for r in rows} == {("shoplifting", 3), ("arson", 4)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[wide]", "[tall]"), "no setting 'tall'"),
        (("[wide]", "[only]\n[other]"), "no setting 'other'"),
        (("[wide]", "[long]\nn = 'a'\nmonth = 'b'\n[wide]"), "either .wide. or .long."),
        (('category = "kind"', ""), "category must be"),
        (('"kind"', '"kinds"'), "lacks kinds"),
        (("[0-9]{6}", "[a-z]{9}"), "named as the mapping says"),
        (("[0-9]{6}", "("), "no pattern"),
        (("%Y%m", "%d"), "no month"),
        (('source = "force"', 'sauce = "force"'), "Did you mean source"),
        (('vintage = "V1"', 'codes = "offense"'), "no code list"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_words(brought, change, said):
    with pytest.raises(MappingError, match=said):
        brought("area,kind,202401,202402\na,x,3,4\n", WIDE.replace(*change))


def test_counts_without_a_mapping_are_refused(tmp_path):
    Store.create(tmp_path / "store")
    (tmp_path / "f.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(MappingError, match="need a mapping"):
        load(tmp_path / "store", [tmp_path / "f.csv"], layout="counts")


_CELL = st.one_of(
    st.integers(-2, 2000).map(str),
    st.sampled_from(
        ["", " ", "-", "1,234", "1,23", "3.0", "3.5", "=1+1", "n/a", "\u0661", "1e3", "\x1b"]
    ),
    st.text(max_size=6),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(_CELL, _CELL, _CELL, _CELL), min_size=1, max_size=12))
def test_whatever_the_cells_hold_every_row_is_accounted_for(tmp_path_factory, rows):
    """Read = loaded + quarantined + duplicates, or the whole file is refused and nothing is held.

    What is held is worked out apart: cells that Python reads as whole numbers, of sound rows.
    """
    folder = tmp_path_factory.mktemp("counts")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["area", "kind", "202401", "202402"])
    writer.writerows(rows)
    (folder / "f.csv").write_bytes(out.getvalue().encode("utf-8", "replace"))
    (folder / "map.toml").write_text(WIDE, encoding="utf-8")
    Store.create(folder / "store")
    try:
        report = load(folder / "store", [folder / "f.csv"], layout="counts",
                      mapping=folder / "map.toml")  # fmt: skip
    except InputError:
        with Store.open(folder / "store") as store:
            assert not store.loads()
            assert store.table("counts").count().to_pyarrow().as_py() == 0
        return
    (file,) = report.files
    assert file.read == file.loaded + file.quarantined + file.duplicates
    with Store.open(folder / "store") as store:
        held = store.table("counts").to_pyarrow()
        aside = store.table("quarantine").count().to_pyarrow().as_py()
    assert aside == file.quarantined
    assert held.num_rows == sum(file.tables.values()) <= 2 * file.loaded
    assert all(n >= 0 for n in held["n"].to_pylist())


@pytest.mark.parametrize(
    ("header", "first", "said"),
    [
        ("lsoa_code,minor_category,202401,202402", "a,x,1,2",
         ['area = "lsoa_code"', 'category = "minor_category"', "[wide]", 'format = "%Y%m"']),
        ("Ward,Offence,Jan-24,Feb-24", "a,x,1,2", ["[wide]", 'format = "%b-%y"']),
        ("Ward,Offence,Month,Count", "a,x,2024-01,2",
         ["[long]", 'month = "Month"', 'n = "Count"', 'category = "Offence"']),
    ],
)  # fmt: skip
def test_a_draft_tells_months_from_the_rest_and_loads_once_it_is_finished(
    brought, tmp_path, header, first, said
):
    (tmp_path / "new.csv").write_text(f"{header}\n{first}\n", encoding="utf-8")
    text = draft(tmp_path / "new.csv", "counts")
    assert all(line in text for line in said)
    finished = text.replace('source = ""', 'source = "force"')
    report, counts, _ = brought(f"{header}\n{first}\n", finished)
    assert report.files[0].loaded == 1
    assert counts
