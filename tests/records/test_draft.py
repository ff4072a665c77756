"""A drafted mapping: what it takes from names and from values, what it asks, and that it works."""

import csv
import io

import openpyxl
import pytest

from peelian.errors import InputError, MappingError
from peelian.records.draft import draft
from peelian.records.glance import glance
from peelian.records.map import Mapping
from peelian.records.read import find


def written(tmp_path, columns, name="calls.csv"):
    path = tmp_path / name
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def seen(tmp_path, words):
    path = written(tmp_path, {"A": words, "B": ["x"] * len(words)})
    return glance(find([path], workdir=tmp_path / "work").extracts[0])[0]


@pytest.mark.parametrize(
    ("words", "kind", "more"),
    [
        (["1546300800000", "1546387200000", "-2208988800000"], "day", {"epoch": "milliseconds"}),
        (["1546300861000", "1546387200000"], "instant", {"epoch": "milliseconds"}),
        (["1546300861", "1546387200"], "instant", {"epoch": "seconds"}),
        (["2020-01-01", "2020-01-02"], "day", {}),
        (["2020-01-01T00:00:00", "2020-01-02 00:00"], "day", {"offset": False}),
        (["2020-01-01T10:00:00+01:00", "2020-01-02 00:00Z"], "instant", {"offset": True}),
        (["13/01/2020 10:00", "01/02/2020 11:30"], "instant",
         {"format": "%d/%m/%Y %H:%M", "either_way": False}),
        (["01/02/2020 10:00", "03/04/2020 11:30"], "instant",
         {"format": "%d/%m/%Y %H:%M", "either_way": True}),
        (["01/13/2020 10:00", "03/04/2020 11:30"], "instant", {"format": "%m/%d/%Y %H:%M"}),
        (["13/01/2020 00:00", "01/02/2020 00:00"], "day", {"format": "%d/%m/%Y %H:%M"}),
        (["13-Jan-2020", "01-Feb-2020"], "day", {"format": "%d-%b-%Y"}),
        (["2020-01", "2020-12"], "month", {}),
        (["1", "2", "1,296"], "integer", {"largest": 1296.0}),
        (["1.0", "-2.5", "3"], "number", {"largest": 3.0}),
        (["0151", "0161"], "text", {}),
        (["Y", "n", "Y"], "flag", {}),
        (["", "", ""], "empty", {"filled": 0}),
        (["a", "NULL", "N/A", "NULL"], "text", {"filled": 1, "null": (("NULL", 2), ("N/A", 1))}),
        (["1900-01-01", "2020-01-01", "9999-12-31"], "day",
         {"null": (("1900-01-01", 1), ("9999-12-31", 1))}),
        (["01/01/1900 00:00", "13/01/2020 10:00"], "instant", {"null": (("01/01/1900 00:00", 1),)}),
        (["7303185", "7304328", "7303186"], "integer", {"each_once": True}),
    ],
)  # fmt: skip
def test_what_a_column_seems_to_hold(tmp_path, words, kind, more):
    found = seen(tmp_path, words)
    assert found.kind == kind
    assert {name: getattr(found, name) for name in more} == more


CALLS = {
    "Incident Number": ["A1", "A2", "A3"],
    "Created DateTime": ["13/01/2020 10:00", "14/01/2020 11:30", "15/01/2020 00:10"],
    "First Arrival": ["13/01/2020 10:20", "NULL", "01/01/1900 00:00"],
    "Grade": ["Immediate", "P", "P"],
    "Opening Code": ["ASB", "RTC", "ASB"],
    "Longitude": ["-1.6", "-1.7", "-1.5"],
    "Latitude": ["54.9", "54.8", "55.0"],
    "Easting": ["425000", "425001", "425002"],
    "Log Text": ["a long story", "another", "a third"],
}


def test_a_draft_reads_names_and_values_and_asks_what_it_cannot_know(tmp_path):
    text = draft(written(tmp_path, CALLS), "incidents")
    mapping = Mapping.parse(text, "draft")
    ours = {reading.name: reading for reading in mapping.routes[0].readings}
    assert ours["incident_id"].columns == ("Incident Number",)
    assert ours["reported_at"].formats == ("%d/%m/%Y %H:%M",)
    assert ours["arrived_at"].null == ("01/01/1900 00:00",)
    assert ours["grade"].unknown == "blank"
    assert (ours["lon"].columns, ours["lat"].columns) == (("Longitude",), ("Latitude",))
    assert "NULL" in mapping.null
    assert 'words = { "P" = "" }' in text
    assert 'timezone = "Europe/London"  # CHECK: its times carry no zone' in text
    assert 'source = ""  # CHECK' in text
    assert 'location_precision = { value = "exact" }  # CHECK' in text
    assert "#   Easting: whole numbers beyond 180, so no degrees" not in text  # each stands once
    assert "#   Easting: whole numbers, each once" in text


def test_a_day_and_month_that_could_be_swapped_are_asked_about(tmp_path):
    columns = CALLS | {
        "Created DateTime": ["01/02/2020 10:00", "03/04/2020 11:30", "05/06/2020 1:00"]
    }
    text = draft(written(tmp_path, columns), "incidents")
    assert "CHECK: day and month could be the other way round" in text


def test_what_a_table_needs_and_nothing_fills_is_asked_for(tmp_path):
    text = draft(written(tmp_path, {"Crime No": ["1", "2"], "When": ["x", "y"]}), "outcomes")
    assert '# outcome_code = { column = "" }  # CHECK: needed.' in text
    with pytest.raises(MappingError, match="outcome_code"):
        Mapping.parse(text, "draft")


def test_a_workbook_is_drafted_like_a_csv(tmp_path):
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(CALLS))
    for row in zip(*CALLS.values(), strict=True):
        book.active.append(list(row))
    book.save(tmp_path / "calls.xlsx")
    of_csv = draft(written(tmp_path, CALLS), "incidents").split("[[route]]")[1]
    assert draft(tmp_path / "calls.xlsx", "incidents").split("[[route]]")[1] == of_csv


def test_a_table_that_is_not_there_and_a_file_of_two_tables_are_refused(tmp_path):
    path = written(tmp_path, CALLS)
    with pytest.raises(MappingError, match="Did you mean incidents"):
        draft(path, "incident")
    written(tmp_path, CALLS, "more.csv")
    with pytest.raises(InputError, match="2 tables"):
        draft(tmp_path, "incidents")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "table", "filled"),
    [("street", "crimes", 8), ("outcomes", "outcomes", 7), ("stop-and-search", "stops", 14)],
)
def test_public_files_draft_into_mappings_that_parse(shared, name, table, filled):
    path = shared / "data" / "uk_northumbria" / f"northumbria-{name}.csv.gz"
    mapping = Mapping.parse(draft(path, table), "draft")
    assert len(mapping.routes[0].readings) >= filled


def test_eastings_and_northings_are_drafted_as_a_question(tmp_path):
    columns = {"Ref": ["1", "2"], "X": ["430000", "431000"], "Y": ["560000.5", "561000"]}
    text = draft(written(tmp_path, columns), "incidents")
    assert "CHECK: which grid its eastings and northings are of" in text
    assert '# x = { column = "X" }' in text
    assert "#   X:" not in text
    answered = text.replace('# crs = "', 'crs = "').replace("# x =", "x =").replace("# y =", "y =")
    route = Mapping.parse(
        answered.replace("# location_precision =", "location_precision ="), "draft"
    ).routes[0]
    assert {"x", "y", "location_precision"} <= {reading.name for reading in route.readings}


def test_degrees_called_x_and_y_are_not_drafted_as_a_grid(tmp_path):
    columns = {"Ref": ["1", "2"], "X": ["-1.61", "-1.62"], "Y": ["54.97", "54.98"]}
    assert "crs" not in draft(written(tmp_path, columns), "incidents")


def test_a_date_and_the_one_time_of_day_are_read_together(tmp_path):
    columns = {"Log No": ["1", "2"], "Call Date": ["13/01/2024", "14/01/2024"],
               "Clock": ["23:30", "00:05"]}  # fmt: skip
    text = draft(written(tmp_path, columns), "incidents")
    assert (
        'reported_at = { columns = ["Call Date", "Clock"], together = true, '
        'format = "%d/%m/%Y %H:%M" }'
    ) in text


def test_two_times_of_day_are_not_guessed_between(tmp_path):
    columns = {"Log No": ["1", "2"], "Call Date": ["13/01/2024", "14/01/2024"],
               "Begun": ["23:30", "00:05"], "Ended": ["23:50", "00:25"]}  # fmt: skip
    text = draft(written(tmp_path, columns), "incidents")
    assert "together" not in text
    assert "Begun: times of day" in text


def test_a_key_that_comes_again_is_asked_about(tmp_path):
    columns = {"Incident Key": ["7", "7", "8"], "Call Date": ["13/01/2024"] * 3}
    assert "CHECK: 1 rows have a key that an earlier row has" in draft(
        written(tmp_path, columns), "incidents"
    )
