"""Measures come in with their scale; what is no number is set aside, a blank is no nought."""

import gzip
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from peelian.errors import AlreadyLoaded, InputError, MappingError
from peelian.records.measure_maps import fold_header, known_map, known_maps
from peelian.records.measures import read_measures
from peelian.records.measures_held import without_held
from peelian.schema import TABLES
from peelian.schema.scales import SCALES

WIDE = """
vintage = "beats-24"
area_column = "Area"
period = "2024"
citation = "The council, 2025"

[[measures]]
column = "Residents"
name = "population"
scale = "count"
unit = "people"

[[measures]]
column = "Need"
name = "need_rank"
title = "Need, rank"
scale = "rank"
need_is = "low"
circular = "part"
"""
LONG = """
vintage = "beats-24"
area_column = "Area"
key_column = "Dimensions"
value_column = "Households"

[[measures]]
name = "households"
scale = "count"
rows = [0, 1, 2]

[[measures]]
name = "deprived_share"
scale = "ratio"
rows = [1, 2]
over = [0, 1, 2]
"""


@pytest.fixture
def read(tmp_path):
    """Return what is read from a CSV written here, through a mapping."""

    def reader(text, mapping=WIDE, name="measures.csv"):
        path, toml = tmp_path / name, tmp_path / "map.toml"
        opener = gzip.open if name.endswith(".gz") else open
        with opener(path, "wt", encoding="utf-8", newline="") as file:
            file.write(text)
        toml.write_text(mapping, encoding="utf-8")
        return read_measures(path, mapping=toml)

    return reader


def values(arrival):
    return {
        (row["area_code"], row["measure"]): row["value"]
        for row in arrival["area_measures"].to_pylist()
    }


def reasons(arrival):
    return [(row["line"], row["reason"]) for row in arrival.quarantined.to_pylist()]


def test_numbers_are_read_as_publishers_write_them(read):
    arrival = read('\ufeffArea,Residents,Need\nQ1,"1,296",3\nQ2, 1156 ,1\nQ3,1e3,2\nQ4,-0.5,+4\n')
    assert values(arrival) == {
        **{("Q1", "population"): 1296.0, ("Q1", "need_rank"): 3.0},
        **{("Q2", "population"): 1156.0, ("Q2", "need_rank"): 1.0},
        **{("Q3", "population"): 1000.0, ("Q3", "need_rank"): 2.0},
        **{("Q4", "population"): -0.5, ("Q4", "need_rank"): 4.0},
    }


@pytest.mark.parametrize("blank", ["", " ", "NA", "n/a", "..", "*", "[c]"])
def test_a_blank_is_not_there_and_is_no_nought(read, blank):
    arrival = read(f"Area,Residents,Need\nQ1,{blank},3\n")
    assert values(arrival) == {("Q1", "need_rank"): 3.0}
    assert arrival.notes["values are blank"] == 1
    assert arrival.loaded == 1


@pytest.mark.parametrize(
    "word", ["many", "1,29", "12%", "1 296", "0x10", "inf", "1_000", ".", "1e999"]
)
def test_what_is_no_number_is_set_aside_with_its_line_and_column(read, word):
    arrival = read(f'Area,Residents,Need\nQ1,5,3\nQ2,"{word}",1\n')
    assert reasons(arrival) == [(3, "not a number in the column Residents")]
    assert (arrival.read, arrival.loaded) == (2, 1)
    assert ("Q2", "need_rank") not in values(arrival)


def test_lines_are_counted_across_rows_that_run_over_several(read):
    arrival = read('Area,Residents,Need,Note\nQ1,5,3,"two\nlines"\nQ2,x,1,\n')
    assert reasons(arrival) == [(4, "not a number in the column Residents")]


def test_rows_of_another_width_or_without_a_code_are_set_aside(read):
    arrival = read("Area,Residents,Need\nQ1,5,3\nQ2,5\n,5,1\nSource: the council\n")
    assert reasons(arrival) == [
        (3, "the row has 2 fields and the header 3"),
        (4, "the area code is blank"),
        (5, "the row has 1 fields and the header 3"),
    ]
    assert arrival.read == 4


def test_an_area_said_twice_is_kept_once_and_one_said_differently_not_at_all(read):
    arrival = read("Area,Residents,Need\nQ1,5,3\nQ1,5,3\nQ2,7,1\nQ2,8,1\nQ3,9,2\n")
    assert {area for area, _ in values(arrival)} == {"Q1", "Q3"}
    assert sorted(reasons(arrival)) == [
        (3, "the row repeats an earlier one of the same area"),
        (4, "the area stands in the file more than once, with different values"),
        (5, "the area stands in the file more than once, with different values"),
    ]
    assert (arrival.read, arrival.loaded) == (5, 2)


def test_codes_of_another_pattern_are_set_aside(read):
    mapping = WIDE.replace('period = "2024"', 'area_codes = "Q\\\\d"')
    arrival = read("Area,Residents,Need\nQ1,5,3\nQ1b,5,3\n", mapping)
    assert arrival.loaded == 1
    assert "not one of beats-24" in reasons(arrival)[0][1]


def test_what_each_measure_is_stands_beside_the_values(read):
    rows = read("Area,Residents,Need\nQ1,5,3\n")["measures"].to_pylist()
    population, rank = rows
    assert (population["scale"], population["unit"], population["need_is"]) == (
        *("count", "people"),
        "neither",
    )
    assert (rank["title"], rank["need_is"], rank["circular"]) == ("Need, rank", "low", "part")
    assert {row["period"] for row in rows} == {"2024"}
    for name in ("measures", "area_measures"):
        meant = [c for c in TABLES[name].names if c not in ("source", "load_id")]
        assert read("Area,Residents,Need\nQ1,5,3\n")[name].column_names == meant


@pytest.mark.parametrize("name", ["m.csv.gz", "m.csv"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_delimiter_packed_or_not(read, name, delimiter):
    text = "Area,Residents,Need\nQ1,5,3\n".replace(",", delimiter)
    assert len(values(read(text, name=name))) == 2


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_excel_and_the_sheet_that_is_meant(tmp_path):
    (tmp_path / "map.toml").write_text(WIDE)
    table = [("Area", "Residents", "Need"), ("Q1", 1296, 1), ("Q2", None, 2.0), ("Q3", "x", 3)]
    notes = [("Notes", "Date"), ("Made by the council", "2025")]
    path = workbook(tmp_path / "m.xlsx", Notes=notes, Data=table)
    arrival = read_measures(path, mapping=tmp_path / "map.toml")
    assert values(arrival) == {
        ("Q1", "population"): 1296.0,
        ("Q1", "need_rank"): 1.0,
        ("Q2", "need_rank"): 2.0,
    }
    assert reasons(arrival) == [(4, "not a number in the column Residents")]
    both = workbook(tmp_path / "both.xlsx", Data=table, Again=table)
    with pytest.raises(InputError, match="2 tables, of which 2 have the columns"):
        read_measures(both, mapping=tmp_path / "map.toml")
    neither = workbook(tmp_path / "no.xlsx", Notes=notes, More=notes)
    with pytest.raises(InputError, match="2 tables, of which 0 have the columns"):
        read_measures(neither, mapping=tmp_path / "map.toml")


def test_other_letters_and_bytes_that_are_none(tmp_path):
    (tmp_path / "map.toml").write_text(WIDE)
    (tmp_path / "m.csv").write_bytes("Area,Residents,Need\nQ1,5,3\n".encode("utf-16"))
    assert read_measures(tmp_path / "m.csv", mapping=tmp_path / "map.toml").loaded == 1
    rows = b"".join(b"Q%d,5,3\n" % n for n in range(50))
    (tmp_path / "n.csv").write_bytes(
        "Area,Residents,Need\nCaf\u00e9,5,3\n".encode() + rows + b"Q\xff,5,3\n"
    )
    arrival = read_measures(tmp_path / "n.csv", mapping=tmp_path / "map.toml")
    assert reasons(arrival) == [(53, "the row holds bytes that are no text")]
    assert arrival.loaded == 51


def test_parquet(tmp_path):
    (tmp_path / "map.toml").write_text(WIDE)
    table = pa.table({"Area": ["Q1", "Q2"], "Residents": [5, None], "Need": [1.0, 2.0]})
    pq.write_table(table, tmp_path / "m.parquet")
    arrival = read_measures(tmp_path / "m.parquet", mapping=tmp_path / "map.toml")
    assert values(arrival) == {
        ("Q1", "population"): 5.0,
        ("Q1", "need_rank"): 1.0,
        ("Q2", "need_rank"): 2.0,
    }


def test_rows_of_one_area_are_added_up_and_divided(read):
    arrival = read("Area,Dimensions,Households\nQ1,0,6\nQ1,1,3\nQ1,2,1\n", LONG)
    assert values(arrival) == {("Q1", "households"): 10.0, ("Q1", "deprived_share"): 0.4}


def test_an_area_that_lost_a_row_or_lacks_one_has_no_sum(read):
    arrival = read(
        "Area,Dimensions,Households\n"
        "Q1,0,6\nQ1,1,3\nQ1,2,1\n"  # whole
        "Q2,0,6\nQ2,1,x\nQ2,2,1\n"  # one row is no number
        "Q3,0,6\nQ3,1,3\n"  # one row is missing
        "Q4,0,6\nQ4,1,\nQ4,2,1\n"  # one value is held back
        "Q5,0,6\nQ5,0,7\nQ5,1,3\nQ5,2,1\n",  # one row is said twice, differently
        LONG,
    )
    assert {area for area, _ in values(arrival)} == {"Q1"}
    assert arrival.notes["areas lack a row, and so a sum"] == 4
    assert (arrival.read, arrival.quarantined.num_rows) == (15, 3)


def test_a_row_said_again_does_not_spoil_a_sum(read):
    arrival = read("Area,Dimensions,Households\nQ1,0,6\nQ1,1,3\nQ1,2,1\nQ1,2,1\n", LONG)
    assert values(arrival)["Q1", "households"] == 10.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('scale = "count"', 'scale = "counts"'), "Did you mean count"),
        (('need_is = "low"', 'need_is = "down"'), "need_is that there is not"),
        (('column = "Need"', ""), "which column need_rank is read from"),
        (('name = "need_rank"', 'name = "population"'), "two measures one name"),
        (('vintage = "beats-24"', ""), "does not say vintage"),
        (("vintage", "vintag"), "says vintag"),
        (('unit = "people"', 'units = "people"'), "Did you mean unit"),
        (('period = "2024"', 'key_column = "Area"'), "only one of"),
        (("[[measures]]", "[[measure]]"), "names no measure"),
        (("citation =", "citation"), "as TOML"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(read, change, says):
    with pytest.raises(MappingError, match=says) as refusal:
        read("Area,Residents,Need\nQ1,5,3\n", WIDE.replace(*change))
    assert refusal.value.read == "how-to/load-measures"


def test_a_file_that_lacks_a_mapped_column_is_refused(read):
    with pytest.raises(MappingError, match="lacks Residents") as refusal:
        read("Area,Resident,Need\nQ1,5,3\n")
    assert "Did you mean Resident" in refusal.value.try_
    with pytest.raises(MappingError, match="two columns of one name"):
        read("Area,Residents,Need,need\nQ1,5,3,4\n")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"a,b\n\xff\xfe\x00", gzip.compress(b"a,b\n1,2\n")]
)
def test_files_that_are_no_tables_are_refused(tmp_path, content):
    (tmp_path / "m.csv").write_bytes(content)
    with pytest.raises(InputError) as refusal:
        read_measures(tmp_path / "m.csv")
    assert "m.csv" in str(refusal.value)


def test_a_packed_file_cut_short_is_refused(tmp_path):
    text = "Area,Residents,Need\n" + "".join(f"Q{n},5,{n}\n" for n in range(9999))
    (tmp_path / "m.csv.gz").write_bytes(gzip.compress(text.encode())[:-100])
    (tmp_path / "map.toml").write_text(WIDE)
    with pytest.raises(InputError, match="cut short"):
        read_measures(tmp_path / "m.csv.gz", mapping=tmp_path / "map.toml")


def test_a_file_of_footnotes_alone_is_refused_with_the_reasons(read):
    with pytest.raises(InputError, match="1 because the area code is blank"):
        read("Area,Residents,Need\n,,see below\n")


def test_an_unknown_header_is_refused_with_the_nearest_layout(tmp_path):
    (tmp_path / "m.csv").write_text("lsoa11_code,Education_decile,Outdoors_decile\nE01000001,1,1\n")
    with pytest.raises(InputError, match="needs a mapping") as refusal:
        read_measures(tmp_path / "m.csv")
    assert "sub-domains (3 of 19 columns)" in refusal.value.found


def test_codes_of_another_vintage_are_refused(read):
    mapping = WIDE.replace("beats-24", "LSOA11")
    with pytest.raises(InputError, match="are of LSOA21, not of LSOA11"):
        read("Area,Residents,Need\nE01000001,5,3\nE01033769,5,3\n", mapping)
    assert read("Area,Residents,Need\nE01000001,5,3\n", mapping).loaded == 1


def test_one_header_for_two_editions_needs_the_row_that_tells_them_apart(tmp_path):
    layout = next(m for m in known_maps() if m.known_row)
    header = list(layout.needed)
    row = dict.fromkeys(header, "1") | {layout.area_column: "E01000001"}
    path = tmp_path / "m.csv"

    def write(**more):
        path.write_text(",".join(header) + "\n" + ",".join({**row, **more}.values()) + "\n")
        return path

    with pytest.raises(InputError, match="other editions have the same"):
        read_measures(write())
    known = {k: str(v) for k, v in layout.known_row.items() if k != "area"}
    assert read_measures(write(**known)).layout == layout.title


def test_measures_known_by_header_are_well_declared():
    """One name is one measure within a vintage; what holds recorded crime says so."""
    seen = {}
    for layout in known_maps():
        for measure in layout.measures:
            meaning = (measure.scale, measure.need_is, measure.circular, measure.title)
            assert seen.setdefault((layout.vintage, measure.name), meaning) == meaning
            assert measure.scale in SCALES
            assert (measure.need_is == "neither") == (measure.scale == "count")
            if measure.scale in ("rank", "decile"):
                assert measure.need_is == "low"
                assert measure.name.endswith(measure.scale)
            whole = measure.name.startswith("crime") or measure.title.startswith("Recorded")
            part = measure.name.startswith("imd")
            assert measure.circular == ("wholly" if whole else "part" if part else "no")
        assert known_map("x", [fold_header(c).upper() for c in layout.needed]) == layout


def held(arrival):
    return arrival["measures"], arrival["area_measures"]


def test_what_the_store_holds_already_is_not_loaded_again(read):
    first = read("Area,Residents,Need\nQ1,5,3\nQ2,6,4\n")
    again = without_held(first, *held(first))
    assert (again.read, again.loaded, again.duplicates) == (2, 0, 2)
    assert [again[name].num_rows for name in again.tables] == [0, 0]


def test_new_areas_and_new_measures_are_added(read):
    first = read("Area,Residents,Need\nQ1,5,3\n")
    more = without_held(read("Area,Residents,Need\nQ1,5,3\nQ2,6,4\n"), *held(first))
    assert (more.loaded, more.duplicates) == (1, 1)
    assert set(more["area_measures"]["area_code"].to_pylist()) == {"Q2"}
    assert more["measures"].num_rows == 0
    other = read("Area,Residents,Need\nQ1,5,3\n", WIDE.replace("need_rank", "want_rank"))
    beside = without_held(other, *held(first))
    assert beside["measures"]["measure"].to_pylist() == ["want_rank"]
    assert (beside.loaded, beside["area_measures"].num_rows) == (1, 1)


def test_other_values_for_the_same_measure_are_refused(read):
    first = read("Area,Residents,Need\nQ1,5,3\nQ2,6,4\n")
    with pytest.raises(AlreadyLoaded, match="population: 1 values differ"):
        without_held(read("Area,Residents,Need\nQ1,5,3\nQ2,7,4\n"), *held(first))


def test_another_meaning_for_the_same_name_is_refused(read):
    first = read("Area,Residents,Need\nQ1,5,3\n")
    changed = read("Area,Residents,Need\nQ1,5,3\n", WIDE.replace('"rank"', '"score"'))
    with pytest.raises(AlreadyLoaded, match="need_rank: another scale"):
        without_held(changed, *held(first))


def test_the_same_name_in_another_vintage_is_another_measure(read):
    first = read("Area,Residents,Need\nQ1,5,3\n")
    other = read("Area,Residents,Need\nQ1,9,9\n", WIDE.replace("beats-24", "beats-25"))
    assert without_held(other, *held(first)).loaded == 1


def test_the_row_set_aside_is_kept_as_it_came(read):
    row = read("Area,Residents,Need\nQ1,5,3\nQ2,x,1\n").quarantined["row"][0].as_py()
    assert json.loads(row) == {"Area": "Q2", "Residents": "x", "Need": "1"}


def test_words_beyond_the_header_are_kept_too(read):
    row = read("Area,Residents,Need\nQ1,5,3\nQ2,6,1,spare,too\n").quarantined["row"][0].as_py()
    assert json.loads(row)["beyond the header"] == ["spare", "too"]


def test_a_quote_that_swallows_a_line_loses_no_word_of_it(read):
    text = 'Area,Residents,Need\rQ1,5,3\rQ2,"open\rclosed",7,1,Q3\r'
    held = "".join(read(text).quarantined["row"].to_pylist())
    assert all(word in held for word in ("Q2", "open", "closed", "Q3"))


def test_a_header_with_the_name_of_that_place_loses_nothing(read):
    text = "Area,Residents,Need,beyond the header\nQ1,5,3,a\nQ2,6,1,b,more\n"
    row = json.loads(read(text).quarantined["row"][0].as_py())
    assert row["beyond the header"] == "b"
    assert row["beyond the header'"] == ["more"]


GEO = "data/uk_geography_deprivation/"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "rows", "found"),
    [
        ("File_2_-_IoD2019_Domains_of_Deprivation.csv.gz", 32_844, 32_844 * 16),
        ("File_6_-_IoD2019_Population_Denominators.csv.gz", 32_844, 32_844 * 5),
        ("imd2019_england_lsoa11_subdomains.csv.gz", 32_844, 32_844 * 18),
        ("imd2019_england_lsoa11_indicators.csv.gz", 32_844, 32_844 * 28 - 5_758),
        ("imd2025_england_lsoa21.csv.gz", 33_755, 33_755 * 24),
        ("imd2025_england_lsoa21_subdomains.csv.gz", 33_755, 33_755 * 18),
        ("imd2025_england_lsoa21_indicators.csv.gz", 33_755, 33_755 * 28 - 1_707),
        ("census21_deprivation_england_wales_lsoa21.csv.gz", 178_360, 35_672 * 8),
    ],
)
def test_published_files_are_known_by_their_header(shared, file, rows, found):
    arrival = read_measures(shared / GEO / file)
    assert (arrival.read, arrival.loaded) == (rows, rows)
    assert arrival["area_measures"].num_rows == found


@pytest.mark.shared
def test_population_and_households_of_real_areas(shared):
    people = read_measures(shared / GEO / "File_6_-_IoD2019_Population_Denominators.csv.gz")
    assert values(people)["E01000001", "population"] == 1296
    parts = ("population_0_15", "population_16_59", "population_60_plus")
    assert sum(values(people)["E01000001", part] for part in parts) == 1296
    homes = values(read_measures(shared / GEO / "census21_deprivation_england_wales_lsoa21.csv.gz"))
    share = homes["E01011954", "deprived_2_plus_share"]
    assert (
        share
        == homes["E01011954", "households_deprived_2_plus"] / homes[*("E01011954", "households")]
    )


@pytest.mark.shared
def test_two_published_files_agree_about_the_domains_they_share(shared):
    domains = read_measures(shared / GEO / "File_2_-_IoD2019_Domains_of_Deprivation.csv.gz")
    more = read_measures(shared / GEO / "imd2019_england_lsoa11_subdomains.csv.gz")
    added = without_held(more, *held(domains))
    assert added["measures"].num_rows == 12  # six of the eighteen were known
