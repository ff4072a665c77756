"""Who took part: people by key alone, what is known of them, and their part in records."""

from peelian.schema.kinds import Column
from peelian.schema.tables.parts import (
    CODE,
    DAY,
    INSTANT,
    KEY,
    SENSITIVE,
    SPECIAL,
    TEXT,
    need,
    table,
)

PEOPLE = (
    table(
        "people",
        "one nominal as one system holds it",
        need("person_id", KEY, "The system's key for the person.", sensitivity=SENSITIVE),
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
    table(
        "markers",
        "a marker held on a person",
        need("person_id", KEY, "The person.", sensitivity=SENSITIVE),
        need("marker", TEXT, "The marker.", sensitivity=SPECIAL),
        Column("from", DAY, "Held from."),
        Column("to", DAY, "Held to."),
        person=True,
    ),
    table(
        "relations",
        "a tie that a record asserts",
        need("person_id", KEY, "One person.", sensitivity=SENSITIVE),
        need("other_id", KEY, "The other.", sensitivity=SENSITIVE),
        need("kind", CODE, "Kin, household, school, associate.", codes="relation_kind"),
        Column("from", DAY, "From."),
        Column("to", DAY, "To."),
        person=True,
    ),
    table(
        "involvements",
        "a person's part in an event",
        need("person_id", KEY, "The person.", sensitivity=SENSITIVE),
        need("event_id", KEY, "The event."),
        need("event_kind", CODE, "Crime, incident or stop.", codes="event_kind"),
        need(
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
)
