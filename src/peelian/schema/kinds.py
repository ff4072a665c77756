"""What a column can be: its kind, its sensitivity, and the table it stands in."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """The kinds of value a record can hold. One kind, one type on every engine."""

    TEXT = "text"  # free words: never shown outside without redaction
    KEY = "key"  # an identifier, compared and never read
    CODE = "code"  # a word from a code list
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    INSTANT = "instant"  # a moment in UTC, to the microsecond
    DAY = "day"  # a local calendar date
    GEOMETRY = "geometry"  # well-known binary, in longitude and latitude

    @property
    def ibis(self) -> str:
        """Return the Ibis type that stands for this kind."""
        return _IBIS[self]


_IBIS = {
    Kind.TEXT: "string",
    Kind.KEY: "string",
    Kind.CODE: "string",
    Kind.INTEGER: "int64",
    Kind.NUMBER: "float64",
    Kind.FLAG: "boolean",
    Kind.INSTANT: "timestamp('UTC', 6)",
    Kind.DAY: "date",
    Kind.GEOMETRY: "binary",
}


class Sensitivity(IntEnum):
    """How much care a value needs on its way out. A higher level includes the lower ones' care."""

    OPEN = 0  # already public: nothing suppressed
    INTERNAL = 1  # counts below 5 are held back
    SENSITIVE = 2  # counts below 10 are held back; nothing below district
    SPECIAL = 3  # as sensitive, and every look is logged

    @property
    def threshold(self) -> int:
        """Return the smallest count that may be shown; from 1 up to it a cell is held back."""
        return {0: 0, 1: 5, 2: 10, 3: 10}[int(self)]

    @classmethod
    def named(cls, word: str) -> "Sensitivity":
        """Return the level called `word`, whatever its case."""
        return cls[word.upper()]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table, declared once.

    Args:
        name: The field's own word for it; the name used everywhere in the code.
        kind: What it holds.
        means: One sentence for the reference page.
        unit: Of a number: minutes, metres, people; empty where there is none.
        sensitivity: The care its values need.
        required: Whether a record without it cannot be loaded.
        codes: The code list that says which words it may hold, if there is one.
    """

    name: str
    kind: Kind
    means: str
    unit: str = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    required: bool = False
    codes: str = ""


@dataclass(frozen=True, slots=True)
class RecordTable:
    """One canonical table: what a row is, its columns, and how rows are known and timed.

    Args:
        name: The table's name.
        row: What one row is, in words.
        columns: Every column, in order, with the shared ones included.
        clock: The columns from which `local_date` and its kin are taken: the first that is filled.
        key: The columns that tell one record of a source from another; empty where rows have no
            identity and identical rows are separate events.
        kept_by_store: Whether peelian writes it itself, so that no mapping may fill it.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    clock: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    placed: bool = False
    kept_by_store: bool = False
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(column.name for column in self.columns))

    def __getitem__(self, name: str) -> Column:
        return self.columns[self.names.index(name)]

    def __contains__(self, name: object) -> bool:
        return name in self.names

    @property
    def timed(self) -> bool:
        """Whether its rows have a moment, and so a local date."""
        return bool(self.clock)

    @property
    def required(self) -> tuple[str, ...]:
        """Return the names of the columns without which a row cannot be loaded."""
        return tuple(column.name for column in self.columns if column.required)
