"""The canonical tables: each column with its kind, meaning, unit and limits, declared once."""

from collections.abc import Mapping
from types import MappingProxyType

from peelian.schema.kinds import RecordTable
from peelian.schema.tables.areas import AREAS
from peelian.schema.tables.around import AROUND
from peelian.schema.tables.events import EVENTS
from peelian.schema.tables.kept import KEPT
from peelian.schema.tables.parts import EVERY, PERSON, PLACED, TIMED
from peelian.schema.tables.people import PEOPLE
from peelian.schema.tables.readings import READINGS

__all__ = ["EVERY", "PERSON", "PLACED", "TABLES", "TIMED"]

_ALL = (*EVENTS, *PEOPLE, *AREAS, *AROUND, *READINGS, *KEPT)
TABLES: Mapping[str, RecordTable] = MappingProxyType({table.name: table for table in _ALL})
