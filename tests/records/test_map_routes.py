"""Which rows go where: every row has a fault or one route; places and times say how exact."""

import random

import ibis
import pytest

from peelian.records.layouts import family, recognise, why_not
from peelian.records.map import Context, Mapping, bind

ENGINE = ibis.duckdb.connect()
STREET = [
    *["Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location"],
    *["LSOA code", "LSOA name", "Crime type", "Last outcome category", "Context"],
]
OUTCOMES = [*STREET[:9], "Outcome type"]
STOPS = [
    *["Type", "Date", "Part of a policing operation", "Policing operation", "Latitude"],
    *["Longitude", "Gender", "Age range", "Self-defined ethnicity", "Officer-defined ethnicity"],
    *["Legislation", "Object of search", "Outcome", "Outcome linked to object of search"],
    "Removal of more than just outer clothing",
]
SOUND = {
    "Crime ID": "abc",
    "Month": "2022-06",
    "Longitude": "-1.6",
    "Latitude": "54.9",
    "LSOA code": "E01000001",
    "Crime type": "Burglary",
    "Last outcome category": "Under investigation",
}


def raw_of(header, rows, file=None):
    columns = {name: [row.get(name, "") for row in rows] for name in header}
    kinds = dict.fromkeys(header, "string") | {"_file": "int32"}
    return ibis.memtable({**columns, "_file": file or [0] * len(rows)}, schema=kinds)


def routed(header, rows, file=None):
    """Return what becomes of each row: its reason, or its table and values."""
    raw = raw_of(header, rows, file).mutate(_row=ibis.row_number())
    mapping = recognise(header, family("police-uk"))
    assert mapping is not None
    bound = bind(mapping, raw, Context())
    out = {}
    faults = ENGINE.to_pyarrow(raw.select("_row", fault=bound.fault)).to_pylist()
    for route in bound.routes:
        sound = raw.select("_row", _on=route.when & bound.fault.isnull(), **route.columns)
        for row in ENGINE.to_pyarrow(sound.filter("_on")).to_pylist():
            assert row["_row"] not in out, "two routes took one row"
            out[row["_row"]] = {"table": route.table, **row}
    out |= {row["_row"]: row["fault"] for row in faults if row["fault"]}
    return [out[number] for number in range(len(rows))]


def streets(*changes):
    """Return what becomes of sound street rows with some cells changed, all in one query."""
    return routed(STREET, [SOUND | change for change in changes])


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        (STREET, "police-uk-street"),
        (OUTCOMES, "police-uk-outcomes"),
        (STOPS, "police-uk-stops"),
        ([name.upper().replace(" ", "_") for name in STREET], "police-uk-street"),
        (sorted(STREET), "police-uk-street"),
    ],
)
def test_a_file_is_known_by_its_header(header, layout):
    mapping = recognise(header, family("police-uk"))
    assert mapping is not None
    assert mapping.layout == layout


def test_a_file_that_is_none_of_them_is_told_what_it_lacks():
    assert recognise(["id", "date"], family("police-uk")) is None
    assert "its header is not that of" in why_not(["id", "date"], family("police-uk"))
    lacking = [name for name in STREET if name != "Crime type"]
    assert (
        why_not(lacking, family("police-uk")) == "its header lacks Crime type of police-uk-street"
    )


def test_anti_social_behaviour_is_an_incident_and_everything_else_a_crime():
    asb = {"Crime type": "Anti-social behaviour", "Crime ID": "", "Last outcome category": ""}
    incident, shouted, crime = streets(asb, asb | {"Crime type": "ANTI-SOCIAL BEHAVIOUR"}, {})
    assert (incident["table"], incident["category"]) == ("incidents", "anti-social-behaviour")
    assert incident["incident_id"] is None
    assert shouted["table"] == "incidents"
    assert (crime["table"], crime["crime_type"], crime["crime_id"]) == ("crimes", "burglary", "abc")
    assert crime["last_outcome_code"] == "under-investigation"


def test_a_row_that_does_not_fit_has_a_reason_that_names_the_column():
    swapped = "Latitude and Longitude: longitude and latitude are swapped"
    cases = [
        ({"Month": "June"}, "Month: not a month"),
        ({"Month": ""}, "Month: empty, and recorded_at needs it"),
        ({"Month": "1022-06"}, "Month: a year outside 2010 to 2100"),
        ({"Crime type": "Witchcraft"}, "Crime type: not a word of the code list crime_type"),
        ({"Crime type": ""}, "Crime type: empty, and crime_type needs it"),
        ({"Longitude": "west"}, "Longitude: not a number"),
        ({"Longitude": "54.9", "Latitude": "-1.6"}, swapped),
        ({"Latitude": "154.9"}, "Latitude and Longitude: not a place on the globe"),
        ({"Longitude": "nan"}, "Latitude and Longitude: not a place on the globe"),
        ({"Month": "June", "Longitude": "west"}, "Month: not a month"),
    ]
    assert streets(*(changes for changes, _ in cases)) == [reason for _, reason in cases]


def test_a_place_is_whole_or_absent_and_says_how_exact_it_is():
    cases = [
        ({}, (-1.6, 54.9, "snapped", "E01000001")),
        ({"Longitude": "", "Latitude": "", "LSOA code": ""}, (None, None, "none", None)),
        ({"Longitude": "0", "Latitude": "0.000000", "LSOA code": ""}, (None, None, "none", None)),
        ({"Longitude": ""}, (None, None, "area", "E01000001")),
        ({"LSOA code": ""}, (-1.6, 54.9, "snapped", None)),
        ({"Longitude": "0.0"}, (0.0, 54.9, "snapped", "E01000001")),
    ]
    names = ("lon", "lat", "location_precision", "area_code")
    rows = streets(*(changes for changes, _ in cases))
    assert [tuple(row[n] for n in names) for row in rows] == [place for _, place in cases]


def test_a_month_is_its_first_local_moment_and_known_as_a_month():
    (row,) = streets({})
    assert row["recorded_at"].isoformat() == "2022-05-31T23:00:00+00:00"
    assert row["time_precision"] == "month"


def test_no_location_is_no_place_text():
    nowhere, somewhere = streets({"Location": "No Location"}, {"Location": "On or near A Road"})
    assert (nowhere["location_text"], somewhere["location_text"]) == (None, "On or near A Road")


def test_older_generations_of_categories_keep_their_own_names():
    labels = ["Violent crime", "Public disorder and weapons", "Violence and sexual offences"]
    rows = streets(*({"Crime type": label} for label in labels))
    assert [row["crime_type"] for row in rows] == [
        label.lower().replace(" ", "-") for label in labels
    ]


def test_an_outcome_needs_its_outcome_and_is_timed_by_its_month():
    base = {k: v for k, v in SOUND.items() if k in OUTCOMES} | {"Outcome type": "Suspect charged"}
    sound, blank = routed(OUTCOMES, [base, base | {"Outcome type": ""}])
    assert (sound["outcome_code"], sound["time_precision"]) == ("1", "month")
    assert blank == "Outcome type: empty, and outcome_code needs it"


def stop(**changes):
    base = {"Type": "Person search", "Date": "2022-06-30T23:10:00+00:00", "Latitude": "54.9",
            "Longitude": "-1.6"}  # fmt: skip
    return base | changes


def test_stops_are_read_by_name_though_latitude_stands_first():
    (row,) = routed(STOPS, [stop(**{"Outcome linked to object of search": "False"})])
    assert (row["lon"], row["lat"], row["kind"]) == (-1.6, 54.9, "person")
    assert (row["outcome_linked"], row["clothing_removed"]) == (False, None)
    assert row["stopped_at"].isoformat() == "2022-06-30T23:10:00+00:00"
    assert row["time_precision"] == "instant"


def test_a_file_that_is_mostly_midnights_knows_only_days():
    dates = ["2022-06-30T23:00:00+00:00", "2022-07-01T23:00:00+00:00", "2022-07-03T11:00:00+00:00"]
    rows = routed(STOPS, [stop(Date=date) for date in dates])
    assert [row["time_precision"] for row in rows] == ["day", "day", "instant"]
    rows = routed(STOPS, [stop(Date=date) for date in [dates[0], *[dates[2]] * 3]])
    assert {row["time_precision"] for row in rows} == {"instant"}


def test_midnights_pile_up_file_by_file():
    dates = (
        ["2022-01-05T00:00:00+00:00"] * 2
        + ["2022-01-05T00:00:00+00:00"]
        + ["2022-01-05T12:30:00Z"] * 2
    )
    rows = routed(STOPS, [stop(Date=date) for date in dates], file=[0, 0, 1, 1, 1])
    assert [row["time_precision"] for row in rows] == [
        "day",
        "day",
        "instant",
        "instant",
        "instant",
    ]


CELLS = ["", "0", "-1.6", "54.9", "2022-06", "words", "Burglary", "Anti-social behaviour"]


@pytest.mark.parametrize("seed", range(2))
def test_every_row_has_a_reason_or_exactly_one_table(seed):
    """`routed` fails where two routes take a row, and lacks the key where none does."""
    deal = random.Random(seed)
    rows = [{name: deal.choice([word, *CELLS]) for name, word in SOUND.items()} for _ in range(300)]
    outcomes = routed(STREET, rows)
    assert len(outcomes) == len(rows)
    reasons = {outcome for outcome in outcomes if isinstance(outcome, str)}
    assert len(reasons) > 5
    assert not [reason for reason in reasons if any(len(c) > 1 and c in reason for c in CELLS)]


def test_rows_that_no_route_takes_have_a_reason():
    when = "when = { column = 'A', is = ['x'] }"
    toml = f"[[route]]\ntable = 'incidents'\n{when}\n[route.columns]\ngrade = 'B'\n"
    raw = raw_of(["A", "B"], [{"A": "x"}, {"A": "y"}, {"A": ""}])
    bound = bind(Mapping.parse(toml, "m"), raw, Context())
    faults = ENGINE.to_pyarrow(raw.select(f=bound.fault))["f"].to_pylist()
    assert faults == [None, *["no route of the mapping takes this row"] * 2]


@pytest.mark.parametrize(
    ("when", "taken"),
    [
        ("{ column = 'A', is = ['x', 'y'] }", ["x", "y"]),
        ("{ column = 'A', is_not = ['x'] }", ["y", "z", ""]),
        ("{ column = 'A', blank = true }", [""]),
        ("{ column = 'A', blank = false }", ["x", "y", "z"]),
        ("[{ column = 'A', is_not = ['x'] }, { column = 'A', blank = false }]", ["y", "z"]),
    ],
)
def test_conditions(when, taken):
    toml = f"[[route]]\ntable = 'incidents'\nwhen = {when}\n[route.columns]\nopening_code = 'A'\n"
    raw = raw_of(["A"], [{"A": word} for word in ("x", "y", "z", "")])
    bound = bind(Mapping.parse(toml, "m"), raw, Context())
    rows = ENGINE.to_pyarrow(raw.filter(bound.routes[0].when).select("A"))["A"].to_pylist()
    assert rows == taken


@pytest.mark.parametrize("there", [{}, {"Lon": "-1.6"}, {"Lat": "54.9"}])
def test_a_source_that_lacks_half_of_its_degrees_has_no_place(there):
    mapping = Mapping.parse(
        "[[route]]\ntable = 'incidents'\n[route.columns]\nincident_id = 'Log'\n"
        "lon = { column = 'Lon', optional = true }\nlat = { column = 'Lat', optional = true }\n"
        "location_precision = { value = 'exact' }\n",
        "mine",
    )
    raw = raw_of(["Log", *there], [{"Log": "1", **there}])
    bound = bind(mapping, raw, Context())
    (row,) = ENGINE.to_pyarrow(raw.select(**bound.routes[0].columns)).to_pylist()
    assert row["location_precision"] == "none"
    assert "lon" not in row
