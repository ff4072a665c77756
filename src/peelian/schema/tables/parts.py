"""What tables are built of: kinds of columns by short names, and columns that many share."""

from peelian.schema.kinds import Column, Kind, RecordTable, Sensitivity

TEXT, KEY, CODE, INTEGER, NUMBER = Kind.TEXT, Kind.KEY, Kind.CODE, Kind.INTEGER, Kind.NUMBER
FLAG, INSTANT, DAY, GEOMETRY = Kind.FLAG, Kind.INSTANT, Kind.DAY, Kind.GEOMETRY
OPEN, SENSITIVE, SPECIAL = Sensitivity.OPEN, Sensitivity.SENSITIVE, Sensitivity.SPECIAL


def need(name: str, kind: Kind, means: str, **rest: object) -> Column:
    """Return a column that every record of its table must fill."""
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


def table(
    name: str,
    row: str,
    *own: Column,
    clock: tuple[str, ...] = (),
    key: tuple[str, ...] = (),
    placed: bool = False,
    person: bool = False,
    kept_by_store: bool = False,
) -> RecordTable:
    """Return a table with its own columns, and those it shares with all of its sort.

    Args:
        name: Its name.
        row: What one row of it is.
        own: The columns that it alone has.
        clock: Its times, from the best to the least; it then has the columns of a timed record.
        key: The columns that tell its records apart, with their source.
        placed: Whether it has the columns of a placed record.
        person: Whether it has the columns of a record about a person.
        kept_by_store: Whether the store writes it, and no source brings it.
    """
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
