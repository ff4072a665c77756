"""How a mapping reads words: each kind of reading, its odd spellings, and what it will not take."""

from datetime import UTC, date, datetime

import ibis
import pytest

from peelian.records.map import Context, Mapping, bind

HEAD = 'source = "a force"\n'


@pytest.fixture(scope="module")
def engine():
    return ibis.duckdb.connect()


def read(engine, table, column, spec, words, *, head="", extra=""):
    """Return, for each word, the value it was read as, or the reason it was not."""
    toml = f"{head}[[route]]\ntable = '{table}'\n[route.columns]\n{column} = {spec}\n{extra}"
    kinds = {"A": "string", "_file": "int32"}
    raw = ibis.memtable({"A": words, "_file": [0] * len(words)}, schema=kinds)
    bound = bind(Mapping.parse(toml, "test.toml"), raw, Context("Europe/London"))
    value = bound.routes[0].columns[column]
    sound = ibis.ifelse(bound.fault.isnull(), value, None)
    rows = engine.to_pyarrow(raw.select(value=sound, fault=bound.fault)).to_pylist()
    return [row["fault"] or row["value"] for row in rows]


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


NOT_TIME = "A: not a date and time"
NOT_YEAR = "A: a year outside 1900 to 2100"


@pytest.mark.parametrize(
    ("spec", "words", "values"),
    [
        # By its own offset where it has one, by local clocks (in summer one hour on) where not.
        (
            "{ column = 'A' }",
            ["2020-07-01T10:00:00Z", "2020-07-01T10:00:00+01:00", "2020-07-01 10:00:00-0400",
             "2020-07-01 10:00:00.25+00", "2020-07-01 10:00", "2020-01-01 10:00:00", "", "soon",
             "2020-02-30 10:00", "1020-01-01 10:00", "infinity"],
            [at(2020, 7, 1, 10), at(2020, 7, 1, 9), at(2020, 7, 1, 14),
             at(2020, 7, 1, 10, 0, 0, 250000), at(2020, 7, 1, 9), at(2020, 1, 1, 10), None,
             NOT_TIME, NOT_TIME, NOT_YEAR, NOT_YEAR],
        ),
        ("{ column = 'A', zone = 'UTC' }", ["2020-07-01 10:00"], [at(2020, 7, 1, 10)]),
        (
            "{ column = 'A', zone = 'America/Los_Angeles' }",
            ["2020-07-01 10:00"], [at(2020, 7, 1, 17)],
        ),
        (
            "{ column = 'A', format = ['%d/%m/%Y %H:%M', '%d/%m/%Y'] }",
            ["03/04/2021 17:06", "03/04/2021", "2021-04-03 17:06", "31/02/2021"],
            [at(2021, 4, 3, 16, 6), at(2021, 4, 2, 23), NOT_TIME, NOT_TIME],
        ),
        (
            "{ column = 'A', format = '%d/%m/%Y %H:%M %z' }",
            ["03/04/2021 17:06 +0000"], [at(2021, 4, 3, 17, 6)],
        ),
        (
            "{ column = 'A', epoch = 'milliseconds', null = ['-2208988800000'] }",
            ["1546300800000", "-2208988800000", "15463008000000000000000", "9999999999999999", "x"],
            [at(2019, 1, 1), None, NOT_TIME, NOT_TIME, NOT_TIME],
        ),
        (
            "{ column = 'A', epoch = 'seconds' }",
            ["1546300800", "-1"], [at(2019, 1, 1), at(1969, 12, 31, 23, 59, 59)],
        ),
        # A calendar date becomes that date's first moment by local clocks.
        (
            "{ column = 'A', as = 'day' }",
            ["2020-07-01", "2020-01-01T00:00:00+00:00", "2020-07-01 23:59", "1/7/2020"],
            [at(2020, 6, 30, 23), at(2020, 1, 1), at(2020, 6, 30, 23), "A: not a date"],
        ),
        (
            "{ column = 'A', as = 'day', zone = 'Europe/London' }",
            ["2020-06-30T23:30:00Z"], [at(2020, 6, 30, 23)],
        ),
        ("{ column = 'A', as = 'month' }", ["2020-07", "2020-7", "2020-13", "2020-07-01"],
         [at(2020, 6, 30, 23), "A: not a month", "A: not a month", "A: not a month"]),
        ("{ column = 'A', as = 'month', format = '%b-%y' }", ["Jul-20"], [at(2020, 6, 30, 23)]),
    ],
)  # fmt: skip
def test_moments(engine, spec, words, values):
    assert read(engine, "incidents", "reported_at", spec, words) == values


def test_midnights_that_are_local_dates_stay_those_dates_west_of_greenwich(engine):
    spec = "{ column = 'A', as = 'day', epoch = 'milliseconds' }"
    head = "timezone = 'America/Los_Angeles'\n"
    (value,) = read(engine, "incidents", "reported_at", spec, ["1546300800000"], head=head)
    assert value == at(2019, 1, 1, 8)  # the first moment of 1 January in California


@pytest.mark.parametrize(
    ("spec", "words", "values"),
    [
        ("'A'", ["2001-02-03", "2001-02-03 10:00", "3 Feb 2001"],
         [date(2001, 2, 3), date(2001, 2, 3), "A: not a date"]),
        ("{ column = 'A', format = '%d.%m.%Y' }", ["03.02.2001"], [date(2001, 2, 3)]),
        ("{ column = 'A', as = 'month' }", ["2001-02"], [date(2001, 2, 1)]),
    ],
)  # fmt: skip
def test_dates(engine, spec, words, values):
    extra = "person_id = { value = 'x' }\n"
    assert read(engine, "people", "born_on", spec, words, extra=extra) == values


def test_numbers(engine):
    words = ["12", "1,296", "1,234,567.5", "-3.5", " 7 ", "1e3", ""]
    numbers = [12.0, 1296.0, 1234567.5, -3.5, 7.0, 1000.0, None]
    assert read(engine, "incidents", "unit_minutes", "'A'", words) == numbers
    words = ["12,5", "twelve", "£5", "nan", "inf"]
    reasons = ["A: not a number"] * 3 + ["A: not a finite number"] * 2
    assert read(engine, "incidents", "unit_minutes", "'A'", words) == reasons


def test_whole_numbers(engine):
    words = ["3", "1,296", "3.0", "3.5", "0x10", "99999999999999999999", "three"]
    bad = "A: not a whole number"
    extra = "incident_id = { value = 'x' }\ncode = { value = 'x' }\n"
    values = read(engine, "incident_codes", "position", "'A'", words, extra=extra)
    assert values == [3, 1296, 3, bad, bad, bad, bad]


def test_flags(engine):
    words = ["True", "FALSE", "y", "N", "1", "0", "", "perhaps"]
    values = read(engine, "stops", "outcome_linked", "'A'", words)
    assert values == [True, False, True, False, True, False, None, "A: not a yes or no"]
    own = read(
        engine, "stops", "outcome_linked", "{ column = 'A', words = { J = 'yes', Nein = 'no' } }",
        ["J", "nein"],
    )  # fmt: skip
    assert own == [True, False]


def test_codes_are_known_by_any_spelling_of_their_list(engine):
    words = ["Offender given penalty notice", "OFFENDER GIVEN A  PENALTY NOTICE", "Outcome 14",
             "14", "", "Unable to prosecute suspect", "Set free"]  # fmt: skip
    values = read(engine, "crimes", "last_outcome_code", "'A'", words)
    unknown = "A: not a word of the code list outcome"
    assert values == ["6", "6", "14", "14", None, "unable-to-prosecute-suspect", unknown]


def test_a_mapping_may_add_words_and_say_what_becomes_of_unknown_ones(engine):
    words = ["I", "Grade 9", "priority"]

    def grades(rest):
        return read(engine, "incidents", "grade", "{ column = 'A', %s }" % rest, words)  # noqa: UP031

    unknown = "A: not a word of the code list grade"
    assert grades("words = { 'Grade 9' = 'resolved' }") == ["immediate", "resolved", "priority"]
    assert grades("unknown = 'fault'") == ["immediate", unknown, "priority"]
    assert grades("unknown = 'keep'") == ["immediate", "Grade 9", "priority"]
    assert grades("unknown = 'blank'") == ["immediate", None, "priority"]


def test_words_for_nothing_and_padding_are_taken_off(engine):
    words = ["  padded ", "NULL", "N/A", "", "   ", "null"]
    head = "null = ['NULL', 'N/A']\n"
    values = read(engine, "incidents", "opening_code", "'A'", words, head=head)
    assert values == ["padded", None, None, None, None, "null"]


def test_a_force_may_keep_its_own_code_list(engine, tmp_path):
    own = '[[codes]]\ncode = "blue-light"\nlabel = "Blue light"\naliases = ["BL"]\n'
    (tmp_path / "grade.toml").write_text(own)
    toml = "[[route]]\ntable = 'incidents'\n[route.columns]\ngrade = 'A'\n"
    raw = ibis.memtable({"A": ["BL", "priority"], "_file": [0, 0]})
    bound = bind(Mapping.parse(toml, "t"), raw, Context(codes=tmp_path))
    rows = engine.to_pyarrow(
        raw.select(v=bound.routes[0].columns["grade"], f=bound.fault)
    ).to_pylist()
    assert rows == [
        {"v": "blue-light", "f": None},
        {"v": None, "f": "A: not a word of the code list grade"},
    ]
