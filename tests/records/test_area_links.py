"""Links between vintages: what changed how, and how much of a count goes where."""

import pytest

from peelian.errors import InputError, MappingError
from peelian.records.area_links import SETTINGS, read_area_links
from peelian.records.settings_map import read_settings
from peelian.schema import TABLES

ONS = """LSOA11CD,LSOA11NM,CHGIND,LSOA21CD,LSOA21NM,LAD22CD
A1,a,U,A1,a,L
A2,b,S,B1,b,L
A2,b,S,B2,b,L
A3,c,M,B3,c,L
A4,d,M,B3,d,L
A5,e,X,B4,e,L
"""


@pytest.fixture
def read(tmp_path):
    def reader(text, **settings):
        path = tmp_path / "links.csv"
        path.write_text(text)
        return read_area_links(path, **settings)

    return reader


def links(arrival):
    return {
        (r["from_code"], r["to_code"]): (r["change"], r["weight"])
        for r in arrival["area_links"].to_pylist()
    }


TRUE = {
    ("A1", "A1"): ("U", 1.0),
    ("A2", "B1"): ("S", None),
    ("A2", "B2"): ("S", None),
    ("A3", "B3"): ("M", 1.0),
    ("A4", "B3"): ("M", 1.0),
    ("A5", "B4"): ("X", None),
}


def test_the_exact_fit_look_up_is_known_by_its_columns(read):
    arrival = read(ONS)
    assert links(arrival) == TRUE
    assert (arrival.notes["from"], arrival.notes["to"]) == ("LSOA11", "LSOA21")
    assert arrival.notes["links have no weight"] == 3
    meant = [c for c in TABLES["area_links"].names if c not in ("source", "load_id")]
    assert arrival["area_links"].column_names == meant


def test_the_older_column_is_older_whichever_stands_first(read):
    rows = [line.split(",") for line in ONS.splitlines()]
    turned = "\n".join(",".join([row[3], row[2], row[0]]) for row in rows)
    assert links(read(turned)) == TRUE


def test_the_change_is_worked_out_where_the_file_does_not_say_it(read):
    text = "lsoa11_code,lsoa21_code\nA1,A1\nA2,B1\nA2,B2\nA3,B3\nA4,B3\nA5,B4\nA5,B5\nA6,B5\n"
    found = links(read(text))
    assert {pair: change for pair, (change, _) in found.items()} == {
        **{("A1", "A1"): "U", ("A2", "B1"): "S", ("A2", "B2"): "S"},
        **{("A3", "B3"): "M", ("A4", "B3"): "M"},
        **{("A5", "B4"): "S", ("A5", "B5"): "X", ("A6", "B5"): "M"},
    }


def test_weights_of_the_file_are_kept(read):
    found = links(read("LSOA11CD,LSOA21CD,CHGIND,weight\nA2,B1,S,0.25\nA2,B2,S,0.75\nA1,A1,U,\n"))
    assert found == {("A2", "B1"): ("S", 0.25), ("A2", "B2"): ("S", 0.75), ("A1", "A1"): ("U", 1.0)}


def test_rows_that_are_no_links_are_set_aside(read):
    arrival = read(
        "LSOA11CD,LSOA21CD,CHGIND,weight\n"
        "A1,A1,U,\nA1,A1,U,\nA2,,S,1\nA3,B3,Q,1\nA4,B4,S,half\nA5,B5,S,1.5\nA6,B6\n"
    )
    assert arrival.quarantined.to_pylist()[0]["line"] == 3
    assert [row["reason"] for row in arrival.quarantined.to_pylist()] == [
        "the row repeats an earlier link",
        "the older or the newer code is blank",
        "the change is not one of U, S, M and X",
        "the weight is not a number",
        "the weight is not between 0 and 1",
        "the row has 2 fields and the header 4",
    ]
    assert (arrival.read, arrival.loaded) == (7, 1)


def test_a_forces_own_look_up_needs_its_columns_named(read, tmp_path):
    text = "was,is,share\nN1,N1,1\nN2,N7,0.4\nN2,N8,0.6\n"
    with pytest.raises(InputError, match="which codes are the older"):
        read(text)
    mapping = tmp_path / "links.toml"
    mapping.write_text(
        'older = "was"\nnewer = "is"\nfrom_vintage = "beats-23"\nto_vintage = "beats-24"\n'
    )
    settings = read_settings(mapping, SETTINGS, "how-to/link-vintages")
    assert links(read(text, **settings))["N2", "N8"] == ("S", 0.6)
    with pytest.raises(MappingError, match="Did you mean was"):
        read(text, **{**settings, "older": "wass"})


def test_a_look_up_of_nothing_is_refused(read):
    with pytest.raises(InputError, match="No row of the file is a link"):
        read("LSOA11CD,LSOA21CD,CHGIND\n")


def test_words_beyond_the_header_are_kept_with_the_row_set_aside(read):
    held = read(f"{ONS}A6,f,U,B5,f,L,spare\n").quarantined["row"].to_pylist()
    assert ["spare" in row for row in held] == [True]
