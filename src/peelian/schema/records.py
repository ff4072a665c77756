"""The canonical tables: each column with its kind, meaning, unit and limits, declared once."""

from collections.abc import Mapping
from types import MappingProxyType

from peelian.schema.kinds import Column, Kind, RecordTable, Sensitivity

TEXT, KEY, CODE, INTEGER, NUMBER = Kind.TEXT, Kind.KEY, Kind.CODE, Kind.INTEGER, Kind.NUMBER
FLAG, INSTANT, DAY, GEOMETRY = Kind.FLAG, Kind.INSTANT, Kind.DAY, Kind.GEOMETRY
OPEN, SENSITIVE, SPECIAL = Sensitivity.OPEN, Sensitivity.SENSITIVE, Sensitivity.SPECIAL


def _need(name: str, kind: Kind, means: str, **rest: object) -> Column:
    return Column(name, kind, means, required=True, **rest)  # type: ignore[arg-type]


# On every record.
EVERY = (
    Column("source", KEY, "Who supplied it: a force, a partner, a publisher.", sensitivity=OPEN),
    Column("load_id", KEY, "The load that brought it in; see `loads`.", sensitivity=OPEN),
)
# On every timed record, derived at load so that engines cannot disagree.
TIMED = (
    Column("local_date", DAY, "Calendar date where it happened; of a month, its first day."),
    Column(
        "local_hour",
        INTEGER,
        "Hour 0-23 where it happened; empty unless the time is known.",
        unit="hour",
    ),
    Column("local_weekday", INTEGER, "0 Monday to 6 Sunday; empty where only the month is known."),
    Column("time_precision", CODE, "How exactly the time is known.", codes="time_precision"),
)
# On every placed record.
PLACED = (
    Column("lon", NUMBER, "Longitude, WGS 84.", unit="degrees", sensitivity=SENSITIVE),
    Column("lat", NUMBER, "Latitude, WGS 84.", unit="degrees", sensitivity=SENSITIVE),
    Column("x", NUMBER, "Easting in the store's grid.", unit="metres", sensitivity=SENSITIVE),
    Column("y", NUMBER, "Northing in the store's grid.", unit="metres", sensitivity=SENSITIVE),
    Column(
        "location_precision", CODE, "How exactly the place is known.", codes="location_precision"
    ),
    Column("location_text", TEXT, "The place in the source's words.", sensitivity=SENSITIVE),
    Column("area_code", KEY, "The statistical area it lies in; empty where it has no place."),
    Column("area_vintage", KEY, "The vintage of that area code, such as LSOA11."),
)
# On every record about a person: the law asks that fact and assessment, and roles, stay apart.
PERSON = (
    Column(
        "subject_category",
        CODE,
        "Suspect, convicted, victim, witness or other.",
        codes="subject_category",
        sensitivity=SENSITIVE,
    ),
    Column("basis", CODE, "Whether it is fact or somebody's assessment.", codes="basis"),
    Column("grading", TEXT, "The grading its source gave it.", sensitivity=SENSITIVE),
    Column("source_regime", CODE, "The law it was collected under.", codes="source_regime"),
    Column("expires_on", DAY, "When it must be gone from an analysis store."),
)


def _table(
    name: str,
    row: str,
    *own: Column,
    clock: tuple[str, ...] = (),
    key: tuple[str, ...] = (),
    placed: bool = False,
    person: bool = False,
    kept_by_store: bool = False,
) -> RecordTable:
    columns = (
        own
        + (TIMED if clock else ())
        + (PLACED if placed else ())
        + (PERSON if person else ())
        + (() if kept_by_store else EVERY)
    )
    return RecordTable(
        name, row, columns, clock=clock, key=key, placed=placed, kept_by_store=kept_by_store
    )


_ALL = (
    _table(
        "contacts",
        "one contact from the public or a partner",
        _need("contact_id", KEY, "The contact's own identifier."),
        Column(
            "channel", CODE, "How it came: 999, 101, online, front desk, partner.", codes="channel"
        ),
        Column("answered_at", INSTANT, "When it was answered."),
        Column("incident_id", KEY, "The incident it became or joined."),
        clock=("answered_at",),
        key=("contact_id",),
        placed=True,
    ),
    _table(
        "incidents",
        "one call or log",
        Column("incident_id", KEY, "The log's identifier; empty in published files."),
        Column("reported_at", INSTANT, "When it was reported."),
        Column("dispatched_at", INSTANT, "When the first unit was sent."),
        Column("arrived_at", INSTANT, "When the first unit arrived."),
        Column("closed_at", INSTANT, "When the log was closed: an administrative moment."),
        Column("grade", CODE, "How urgent it was graded.", codes="grade"),
        Column(
            "category", CODE, "The incident category it was settled as.", codes="incident_category"
        ),
        Column("opening_code", TEXT, "What it was first said to be, in the force's own code."),
        Column("narrative", TEXT, "The log's free text.", sensitivity=SPECIAL),
        Column("caller_id", KEY, "A key for the caller.", sensitivity=SPECIAL),
        Column("unit_minutes", NUMBER, "Sum over units of cleared less assigned.", unit="minutes"),
        Column("officer_minutes", NUMBER, "Unit-minutes times crew.", unit="minutes"),
        Column("crime_id", KEY, "The crime it led to."),
        clock=("reported_at",),
        key=("incident_id",),
        placed=True,
    ),
    _table(
        "incident_codes",
        "one closing code or qualifier of one incident",
        _need("incident_id", KEY, "The incident."),
        Column("position", INTEGER, "1 for the primary code, then in order."),
        Column(
            "kind", CODE, "Opening code, closing code or qualifier.", codes="incident_code_kind"
        ),
        _need("code", TEXT, "The code, as the force writes it."),
        key=("incident_id", "kind", "position"),
    ),
    _table(
        "deployments",
        "one unit sent to one incident",
        _need("incident_id", KEY, "The incident."),
        Column("unit_id", KEY, "The unit.", sensitivity=SENSITIVE),
        Column("assigned_at", INSTANT, "When it was assigned."),
        Column("arrived_at", INSTANT, "When it arrived."),
        Column("cleared_at", INSTANT, "When it was free again."),
        Column("crew_size", INTEGER, "Officers aboard.", unit="officers"),
        clock=("assigned_at",),
    ),
    _table(
        "crimes",
        "one recorded crime",
        Column("crime_id", KEY, "The crime's identifier."),
        Column("occurred_from", INSTANT, "Earliest it can have happened."),
        Column("occurred_to", INSTANT, "Latest it can have happened."),
        Column("recorded_at", INSTANT, "When it was recorded; in published files, its month."),
        Column("offence_code", KEY, "The offence code of the counting rules."),
        Column("crime_type", CODE, "The public category.", codes="crime_type"),
        Column(
            "last_outcome_code",
            CODE,
            "The outcome the source last showed, as at its file's month.",
            codes="outcome",
        ),
        clock=("recorded_at", "occurred_from"),
        key=("crime_id",),
        placed=True,
    ),
    _table(
        "outcomes",
        "one outcome of one crime, in order; identical rows are kept",
        Column("crime_id", KEY, "The crime."),
        _need("outcome_code", CODE, "The outcome.", codes="outcome"),
        Column("outcome_at", INSTANT, "When it was given; in published files, its month."),
        Column("repeats_row", FLAG, "Whether an identical row stands earlier in the same load."),
        clock=("outcome_at",),
        placed=True,
    ),
    _table(
        "case_events",
        "one step of an investigation",
        _need("crime_id", KEY, "The crime."),
        _need(
            "kind",
            CODE,
            "Which step: suspect interview, early advice, referral, charge file.",
            codes="case_event",
        ),
        Column("at", INSTANT, "When."),
        clock=("at",),
    ),
    _table(
        "devices",
        "one device examined",
        _need("device_id", KEY, "The device's exhibit identifier.", sensitivity=SENSITIVE),
        Column("crime_id", KEY, "The crime."),
        Column(
            "owner_role",
            CODE,
            "Whose it is: victim, suspect, witness.",
            codes="subject_category",
            sensitivity=SENSITIVE,
        ),
        Column("submitted_at", INSTANT, "When it was handed in."),
        Column("returned_at", INSTANT, "When its examination came back."),
        clock=("submitted_at",),
        key=("device_id",),
    ),
    _table(
        "documents",
        "a case document",
        _need("document_id", KEY, "Its identifier."),
        Column("crime_id", KEY, "The crime."),
        Column("kind", TEXT, "What it is: a log entry, a report, advice."),
        Column("written_at", INSTANT, "When it was written."),
        Column("text", TEXT, "Its words.", sensitivity=SPECIAL),
        clock=("written_at",),
        key=("document_id",),
    ),
    _table(
        "stops",
        "one stop and search; identical rows are kept",
        Column("stop_id", KEY, "Its identifier; published files have none."),
        Column("stopped_at", INSTANT, "When it began."),
        Column("kind", CODE, "Person, vehicle, or both.", codes="stop_kind"),
        Column("object", TEXT, "What was searched for."),
        Column("legislation", TEXT, "The power used."),
        Column("outcome", TEXT, "What came of it."),
        Column("outcome_linked", FLAG, "Whether the outcome was about the object of search."),
        Column(
            "clothing_removed",
            FLAG,
            "Whether more than outer clothing was removed.",
            sensitivity=SENSITIVE,
        ),
        Column("operation", TEXT, "The operation it was part of."),
        Column("ethnicity_self", TEXT, "As the person said.", sensitivity=SPECIAL),
        Column(
            "ethnicity_observed",
            TEXT,
            "As the officer saw; never merged with the other.",
            sensitivity=SPECIAL,
        ),
        Column("age_band", TEXT, "Age band.", sensitivity=SENSITIVE),
        Column("sex", TEXT, "Sex or gender as recorded.", sensitivity=SENSITIVE),
        Column("repeats_row", FLAG, "Whether an identical row stands earlier in the same load."),
        clock=("stopped_at",),
        key=("stop_id",),
        placed=True,
    ),
    _table(
        "people",
        "one nominal as one system holds it",
        _need("person_id", KEY, "The system's key for the person.", sensitivity=SENSITIVE),
        Column("given_name", TEXT, "Given names.", sensitivity=SENSITIVE),
        Column("family_name", TEXT, "Family name.", sensitivity=SENSITIVE),
        Column("born_on", DAY, "Date of birth.", sensitivity=SENSITIVE),
        Column("sex", TEXT, "Sex or gender as recorded.", sensitivity=SENSITIVE),
        Column(
            "ethnicity", TEXT, "As recorded, with its scheme in the source.", sensitivity=SPECIAL
        ),
        Column("address", TEXT, "Address as recorded.", sensitivity=SENSITIVE),
        key=("person_id",),
        person=True,
    ),
    _table(
        "markers",
        "a marker held on a person",
        _need("person_id", KEY, "The person.", sensitivity=SENSITIVE),
        _need("marker", TEXT, "The marker.", sensitivity=SPECIAL),
        Column("from", DAY, "Held from."),
        Column("to", DAY, "Held to."),
        person=True,
    ),
    _table(
        "relations",
        "a tie that a record asserts",
        _need("person_id", KEY, "One person.", sensitivity=SENSITIVE),
        _need("other_id", KEY, "The other.", sensitivity=SENSITIVE),
        _need("kind", CODE, "Kin, household, school, associate.", codes="relation_kind"),
        Column("from", DAY, "From."),
        Column("to", DAY, "To."),
        person=True,
    ),
    _table(
        "involvements",
        "a person's part in an event",
        _need("person_id", KEY, "The person.", sensitivity=SENSITIVE),
        _need("event_id", KEY, "The event."),
        _need("event_kind", CODE, "Crime, incident or stop.", codes="event_kind"),
        _need(
            "role",
            CODE,
            "The part: suspect, victim, witness.",
            codes="subject_category",
            sensitivity=SENSITIVE,
        ),
        Column("at", INSTANT, "When."),
        clock=("at",),
        person=True,
    ),
    _table(
        "areas",
        "one statistical area, of a vintage",
        _need("area_code", KEY, "Its code.", sensitivity=OPEN),
        _need(
            "vintage",
            KEY,
            "Which edition of the areas: LSOA11, LSOA21, a force's beats.",
            sensitivity=OPEN,
        ),
        Column("name", TEXT, "Its name, for people.", sensitivity=OPEN),
        Column("parent_code", KEY, "The area it nests in, such as its district.", sensitivity=OPEN),
        Column("parent_name", TEXT, "That area's name.", sensitivity=OPEN),
        _need("geometry", GEOMETRY, "Its outline.", sensitivity=OPEN),
        Column("centre_lon", NUMBER, "A point inside it.", unit="degrees", sensitivity=OPEN),
        Column("centre_lat", NUMBER, "A point inside it.", unit="degrees", sensitivity=OPEN),
        Column("square_km", NUMBER, "Its size.", unit="square kilometres", sensitivity=OPEN),
        key=("vintage", "area_code"),
    ),
    _table(
        "area_arcs",
        "one stretch of border, held once for both its sides",
        _need("vintage", KEY, "The vintage.", sensitivity=OPEN),
        _need("arc", INTEGER, "Its number within the vintage.", sensitivity=OPEN),
        _need("left_code", KEY, "The area on its left as it runs.", sensitivity=OPEN),
        Column("right_code", KEY, "The area on its right; empty on the outside.", sensitivity=OPEN),
        _need("line", GEOMETRY, "The stretch.", sensitivity=OPEN),
        Column("metres", NUMBER, "Its length.", unit="metres", sensitivity=OPEN),
    ),
    _table(
        "area_links",
        "how an area of one vintage meets one of another",
        _need("from_vintage", KEY, "The older vintage.", sensitivity=OPEN),
        _need("from_code", KEY, "The older code.", sensitivity=OPEN),
        _need("to_vintage", KEY, "The newer vintage.", sensitivity=OPEN),
        _need("to_code", KEY, "The newer code.", sensitivity=OPEN),
        Column(
            "change",
            CODE,
            "U unchanged, S split, M merged, X irregular.",
            codes="area_change",
            sensitivity=OPEN,
        ),
        Column(
            "weight",
            NUMBER,
            "Share of the older area's count that goes to the newer.",
            sensitivity=OPEN,
        ),
        key=("from_vintage", "from_code", "to_vintage", "to_code"),
    ),
    _table(
        "measures",
        "what one measure of areas is",
        _need("measure", KEY, "Its name in settings, such as imd2019_decile.", sensitivity=OPEN),
        _need("vintage", KEY, "The vintage of the areas it describes.", sensitivity=OPEN),
        Column("title", TEXT, "Its name for people.", sensitivity=OPEN),
        _need(
            "scale",
            CODE,
            "What arithmetic it bears: count, ratio, score, rank or decile.",
            codes="measure_scale",
            sensitivity=OPEN,
        ),
        Column("unit", TEXT, "What it counts, such as people or households.", sensitivity=OPEN),
        Column(
            "need_is",
            CODE,
            "Which end means more need: low, high, or neither.",
            codes="need_direction",
            sensitivity=OPEN,
        ),
        Column(
            "circular",
            CODE,
            "Whether recorded crime is inside it: no, part or wholly.",
            codes="circularity",
            sensitivity=OPEN,
        ),
        Column(
            "bands",
            TEXT,
            "Its own class limits, high need first, if it declares any.",
            sensitivity=OPEN,
        ),
        Column("period", TEXT, "When it speaks of.", sensitivity=OPEN),
        Column("citation", TEXT, "Who published it, and where.", sensitivity=OPEN),
        key=("vintage", "measure"),
    ),
    _table(
        "area_measures",
        "one measure of one area",
        _need("area_code", KEY, "The area.", sensitivity=OPEN),
        _need("vintage", KEY, "The area's vintage.", sensitivity=OPEN),
        _need("measure", KEY, "The measure; see `measures`.", sensitivity=OPEN),
        _need("value", NUMBER, "The value.", sensitivity=OPEN),
        key=("vintage", "area_code", "measure"),
    ),
    _table(
        "counts",
        "records that arrive already counted",
        Column(
            "series",
            KEY,
            "Which table of counts it stands in. Series may count the same things: never add them.",
            sensitivity=OPEN,
        ),
        _need("area_code", KEY, "The area."),
        Column("area_vintage", KEY, "Its vintage."),
        _need("period_start", DAY, "First day counted."),
        _need("period_end", DAY, "Last day counted."),
        _need("category", TEXT, "What was counted."),
        _need("n", INTEGER, "How many."),
        key=("series", "area_vintage", "area_code", "period_start", "category"),
    ),
    _table(
        "services",
        "a partner's activity",
        _need("service", TEXT, "The service."),
        Column("area_code", KEY, "The area."),
        Column("area_vintage", KEY, "Its vintage."),
        _need("period_start", DAY, "First day counted."),
        _need("measure", TEXT, "What was measured."),
        _need("value", NUMBER, "How much."),
    ),
    _table(
        "interventions",
        "what was done where, when",
        _need("name", TEXT, "What it was."),
        Column("area_code", KEY, "Where."),
        Column("area_vintage", KEY, "The area's vintage."),
        Column("announced_at", INSTANT, "When it was announced."),
        Column("started_at", INSTANT, "When it began."),
        Column("ended_at", INSTANT, "When it ended."),
        Column("dose", NUMBER, "How much of it."),
        clock=("started_at",),
    ),
    _table(
        "programmes",
        "a person's time in a diversion programme",
        _need("person_id", KEY, "The person.", sensitivity=SENSITIVE),
        _need("programme", TEXT, "The programme.", sensitivity=SPECIAL),
        Column("referred_at", INSTANT, "When referred."),
        Column("started_at", INSTANT, "When begun."),
        Column("ended_at", INSTANT, "When ended."),
        Column("status", TEXT, "How it stands."),
        clock=("referred_at",),
        person=True,
    ),
    _table(
        "recordings",
        "one body-worn recording",
        _need("recording_id", KEY, "Its identifier."),
        Column("incident_id", KEY, "The incident."),
        Column("sha256", KEY, "Fingerprint of the original file."),
        Column("started_at", INSTANT, "When it began."),
        clock=("started_at",),
        key=("recording_id",),
    ),
    _table(
        "utterances",
        "a stretch of speech",
        _need("recording_id", KEY, "The recording."),
        Column("speaker", TEXT, "A label within the recording, not a name.", sensitivity=SPECIAL),
        _need("start_s", NUMBER, "From.", unit="seconds"),
        Column("end_s", NUMBER, "To.", unit="seconds"),
        Column("text", TEXT, "What was said.", sensitivity=SPECIAL),
        Column("confidence", NUMBER, "The recogniser's own, 0 to 1."),
    ),
    _table(
        "staff_months",
        "a unit's people in a month",
        _need("unit", TEXT, "The unit."),
        _need("month", DAY, "First day of the month."),
        Column("fte", NUMBER, "Full-time equivalents.", unit="people"),
        Column("accredited", INTEGER, "How many hold the accreditation.", unit="people"),
        Column("sickness_days", NUMBER, "Days lost.", unit="days"),
        Column("leavers", INTEGER, "How many left.", unit="people"),
        key=("unit", "month"),
    ),
    _table(
        "responses",
        "one answer to one survey item",
        _need("survey", TEXT, "The survey."),
        Column("wave", TEXT, "The wave."),
        _need("respondent_id", KEY, "A key for the respondent.", sensitivity=SENSITIVE),
        Column("unit", TEXT, "Their unit."),
        _need("item", TEXT, "The item."),
        Column("answer", TEXT, "The answer.", sensitivity=SENSITIVE),
        key=("survey", "wave", "respondent_id", "item"),
    ),
    _table(
        "labels",
        "a code given to a text, by a person or a machine",
        _need(
            "item_kind",
            CODE,
            "What was read: an incident, a document, an utterance.",
            codes="item_kind",
        ),
        _need("item_id", KEY, "Which one."),
        _need("codebook", TEXT, "The codebook."),
        _need("code", TEXT, "The code."),
        Column("value", TEXT, "The value given."),
        _need("coder", KEY, "A key for who or what gave it."),
        Column("coded_at", INSTANT, "When."),
        clock=("coded_at",),
    ),
    # What the store writes about itself, in the same generation as the records it speaks of.
    _table(
        "loads",
        "one file that was read: the ledger",
        _need(
            "load_id",
            KEY,
            "Made from the file's content, its mapping and its source.",
            sensitivity=OPEN,
        ),
        _need("source", KEY, "Who supplied it.", sensitivity=OPEN),
        _need("file", TEXT, "The file's own name, without its folders.", sensitivity=OPEN),
        _need("sha256", KEY, "Fingerprint of the file.", sensitivity=OPEN),
        _need("layout", KEY, "What it was read as.", sensitivity=OPEN),
        _need(
            "sensitivity", CODE, "The care its records need.", codes="sensitivity", sensitivity=OPEN
        ),
        _need("read", INTEGER, "Rows in the file.", sensitivity=OPEN),
        _need("loaded", INTEGER, "Rows that became records.", sensitivity=OPEN),
        _need("quarantined", INTEGER, "Rows set aside, each with its reason.", sensitivity=OPEN),
        _need("duplicates", INTEGER, "Rows the store already knew.", sensitivity=OPEN),
        Column("tables", TEXT, "Rows per table, as JSON.", sensitivity=OPEN),
        Column("first_month", DAY, "First month it covers.", sensitivity=OPEN),
        Column("last_month", DAY, "Last month it covers.", sensitivity=OPEN),
        Column("notes", TEXT, "What was noticed, counted, as JSON.", sensitivity=OPEN),
        Column("loaded_at", INSTANT, "When.", sensitivity=OPEN),
        Column("peelian", KEY, "The version that read it.", sensitivity=OPEN),
        kept_by_store=True,
    ),
    _table(
        "quarantine",
        "one row set aside",
        _need("load_id", KEY, "The load.", sensitivity=OPEN),
        Column(
            "line", INTEGER, "The line of the file, where the reader knows it.", sensitivity=OPEN
        ),
        _need("reason", TEXT, "What is wrong, in words that quote no value.", sensitivity=OPEN),
        Column("row", TEXT, "The row as it came.", sensitivity=SPECIAL),
        kept_by_store=True,
    ),
    _table(
        "coverage",
        "one month of one table that a file of one source covers",
        _need("source", KEY, "The source.", sensitivity=OPEN),
        _need("layout", KEY, "What it was read as.", sensitivity=OPEN),
        _need("table", KEY, "The table.", sensitivity=OPEN),
        _need("month", DAY, "First day of the month.", sensitivity=OPEN),
        _need("load_id", KEY, "The load.", sensitivity=OPEN),
        _need("n", INTEGER, "Records loaded in it.", sensitivity=OPEN),
        kept_by_store=True,
    ),
)

TABLES: Mapping[str, RecordTable] = MappingProxyType({table.name: table for table in _ALL})
