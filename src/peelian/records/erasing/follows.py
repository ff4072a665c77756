"""Which records cannot stand without another, and which only speak of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Follow:
    """A column that names a record of another table.

    Args:
        table: Where the column stands.
        column: The column.
        parent: The table of the record it names.
        key: That table's own column for it.
        when: A column and the word it must hold for the name to be one of `parent`'s.
    """

    table: str
    column: str
    parent: str
    key: str
    when: tuple[str, str] | None = None


# What is erased with the record it names. Parents come before what follows them.
FOLLOWS = (
    Follow("outcomes", "crime_id", "crimes", "crime_id"),
    Follow("case_events", "crime_id", "crimes", "crime_id"),
    Follow("devices", "crime_id", "crimes", "crime_id"),
    Follow("documents", "crime_id", "crimes", "crime_id"),
    Follow("incident_codes", "incident_id", "incidents", "incident_id"),
    Follow("deployments", "incident_id", "incidents", "incident_id"),
    Follow("recordings", "incident_id", "incidents", "incident_id"),
    Follow("utterances", "recording_id", "recordings", "recording_id"),
    Follow("markers", "person_id", "people", "person_id"),
    Follow("relations", "person_id", "people", "person_id"),
    Follow("relations", "other_id", "people", "person_id"),
    Follow("programmes", "person_id", "people", "person_id"),
    Follow("involvements", "person_id", "people", "person_id"),
    Follow("involvements", "event_id", "crimes", "crime_id", ("event_kind", "crime")),
    Follow("involvements", "event_id", "incidents", "incident_id", ("event_kind", "incident")),
    Follow("involvements", "event_id", "stops", "stop_id", ("event_kind", "stop")),
    Follow("labels", "item_id", "incidents", "incident_id", ("item_kind", "incident")),
    Follow("labels", "item_id", "documents", "document_id", ("item_kind", "document")),
    Follow("samples", "item_id", "incidents", "incident_id", ("item_kind", "incident")),
    Follow("samples", "item_id", "documents", "document_id", ("item_kind", "document")),
)
# What stays, and no longer says which record it belonged to.
SPEAKS_OF = (
    Follow("incidents", "crime_id", "crimes", "crime_id"),
    Follow("contacts", "incident_id", "incidents", "incident_id"),
)
