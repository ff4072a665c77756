"""What a mapping may say: a slip in it is found before any row is read, with help to mend it."""

import ibis
import pytest

from peelian.errors import MappingError
from peelian.records.map import Context, Mapping, bind, fold_name

ROUTE = "[[route]]\ntable = 'incidents'\n[route.columns]\n"


def said(toml: str) -> str:
    with pytest.raises(MappingError) as refused:
        Mapping.parse(toml, "mine.toml")
    return refused.value.text()


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("route = ", "is not TOML"),
        ("layout = 'x'\n", "no [[route]]"),
        ("sorce = 'x'\n" + ROUTE, "Did you mean source"),
        ("sensitivity = 'secret'\n" + ROUTE, "one of: internal, open, sensitive, special"),
        ("timezone = 'Europe/Lodnon'\n" + ROUTE, "Did you mean Europe/London"),
        ("years = [2020, 2010]\n" + ROUTE, "first and a last year"),
        ("bounds = [2.5, 49, -9, 61]\n" + ROUTE, "west, south, east, north"),
        ("null = [{}]\n" + ROUTE, "a word or a list of words"),
        ("layout = 3\n" + ROUTE, "layout must be a word"),
        ("[[route]]\ntable = 'incident'\n", "Did you mean incidents"),
        ("[[route]]\ntable = 'loads'\n", "there is no such table"),
        ("[[route]]\ntable = 'incidents'\nwen = 'x'\n", "Did you mean when"),
        ("[[route]]\ntable = 'incidents'\nwhen = { column = 'A' }\n", "is, is_not or blank"),
        (ROUTE + "reported = 'A'\n", "Did you mean reported_at"),
        (ROUTE + "local_date = 'A'\n", "or the loader fills it"),
        (ROUTE + "grade = { colum = 'A' }\n", "Did you mean column"),
        (ROUTE + "grade = {}\n", "either a column or a value"),
        (ROUTE + "grade = { column = 'A', value = 'x' }\n", "either a column or a value"),
        (ROUTE + "reported_at = { column = 'A', as = 'number' }\n", "cannot be read as number"),
        (ROUTE + "reported_at = { column = 'A', as = 'instnat' }\n", "Did you mean instant"),
        (ROUTE + "reported_at = { column = 'A', epoch = 'hours' }\n", "milliseconds, seconds"),
        (ROUTE + "reported_at = { column = 'A', format = '%Y', epoch = 'seconds' }\n", "either"),
        (ROUTE + "narrative = { column = 'A', zone = 'UTC' }\n", "belong to an instant"),
        (ROUTE + "reported_at = { column = 'A', zone = 'Mars/Base' }\n", "no such time zone"),
        (ROUTE + "lon = 'A'\n", "both lon and lat"),
        (ROUTE + "lon = 'A'\nlat = 'B'\n", "how exactly the place is known"),
        (ROUTE + "opening_code = { column = 'A', as = 'code' }\n", "the name of a code list"),
        (ROUTE + "x = 'A'\ny = 'B'\n", "once the mapping names their grid"),
        ("crs = 'EPSG:1'\n" + ROUTE, "there is no such grid"),
        ("crs = 'EPSG:4326'\n" + ROUTE, "degrees need no crs"),
        ("crs = 'EPSG:27700'\n" + ROUTE + "x = 'A'\n", "both x and y"),
        ("crs = 'EPSG:27700'\n" + ROUTE + "x = { value = 1.0 }\ny = 'B'\n", "no one number"),
        ("crs = 'EPSG:27700'\n" + ROUTE + "x = 'A'\ny = 'B'\n", "how exactly the place is known"),
        ("crs = 'EPSG:27700'\n" + ROUTE + "x = 'A'\ny = 'B'\nlon = 'C'\nlat = 'D'\n",
         "in degrees or on a grid"),
        (ROUTE + "reported_at = { column = 'A', together = true }\n", "for several columns"),
        ("[[route]]\ntable = 'outcomes'\n[route.columns]\ncrime_id = 'A'\n", "outcome_code"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_what_to_do(toml, says):
    text = said(toml)
    assert says in text
    assert "mine.toml" in text
    assert "Read: how-to/map-an-extract" in text


def test_a_missing_mapping_file_is_named(tmp_path):
    with pytest.raises(MappingError, match=r"nowhere\.toml"):
        Mapping.read(tmp_path / "nowhere.toml")


def rows_of(**columns: list[str]):
    n = len(next(iter(columns.values())))
    return ibis.memtable({**columns, "_file": [0] * n})


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("grade = { value = 'urgnt' }", "the list grade does not have"),
        ("grade = { column = 'A', words = { x = 'prioritty' } }", "Did you mean priority"),
        ("unit_minutes = { value = 'many' }", "not of its kind, number"),
        ("grade = 'Grad'", "Did you mean Grade"),
    ],
)
def test_a_mapping_that_does_not_fit_its_file_or_its_lists_is_refused(spec, says):
    mapping = Mapping.parse(ROUTE + spec, "mine.toml")
    with pytest.raises(MappingError) as refused:
        bind(mapping, rows_of(A=["x"], Grade=["y"]), Context())
    assert says in refused.value.text()


def test_column_names_may_differ_in_case_spacing_and_marks():
    assert (
        len({fold_name(n) for n in ("LSOA code", "lsoa_code", " LSOA.Code", "\ufeffLSOA  code")})
        == 1
    )
    mapping = Mapping.parse(ROUTE + "opening_code = 'Call Type'\n", "m")
    bound = bind(mapping, rows_of(call_type=["x"]), Context())
    assert bound.reads == ("call_type",)


def test_the_first_of_several_columns_that_says_anything_is_taken():
    mapping = Mapping.parse(ROUTE + "opening_code = { columns = ['A', 'B', 'C'] }\n", "m")
    raw = rows_of(A=["1", "", ""], B=["2", "2", " "])
    bound = bind(mapping, raw, Context())
    taken = ibis.duckdb.connect().to_pyarrow(raw.select(v=bound.routes[0].columns["opening_code"]))
    assert taken["v"].to_pylist() == ["1", "2", None]
    with pytest.raises(MappingError, match="A or B or C"):
        bind(mapping, rows_of(D=["x"]), Context())


def test_the_fingerprint_changes_with_the_words():
    one, two = (Mapping.parse(ROUTE + f"grade = '{c}'\n", "m") for c in "AB")
    assert one.sha256 != two.sha256
    assert len(one.sha256) == 64
