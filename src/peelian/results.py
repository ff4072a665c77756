"""What an analysis hands back: tables, sentences drawn from their cells, caveats and provenance."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pyarrow as pa

Role = Literal["key", "label", "count", "amount", "part", "figure", "geometry"]
Form = Literal["text", "integer", "one", "two", "three", "percent", "month", "date", "yes_no"]

# A number a reader could take for a finding must come from a cell, never from the template.
_DIGIT_OUTSIDE_BRACES = re.compile(r"\d(?![^{]*\})")


@dataclass(frozen=True, kw_only=True)
class Field:
    """What one column of a result's table is, so that the door and the page know how to treat it.

    Args:
        role: `key` tells rows apart; `label` names them; `count` counts people or events and may
            be held back; `amount` adds up something its records have, such as minutes, and may be
            held back too; `part` is one record's part of an amount and never leaves; `figure` is
            worked out from counts and amounts; `geometry` is an outline.
        label: The heading a reader sees.
        unit: What the number is in; empty where the label says it.
        form: How it is written.
        of: For a figure or an amount, the count and amount columns of its row that it rests on:
            held back with them.
        largest: For an amount, the columns with the largest and the second largest part of it,
            where one record could make up most of it.
        note: The definition, shown beside the table.
        below_district: Whether it names places smaller than a district: sensitive records may not
            be counted by them outside.
        where: For a count, what else is fixed of the records it counts, by key column; `measure` is
            `n` where it counts all of those, and `alike` names keys and words: counts whose values
            of those are the same are the same count, and held back together.
        picks: For a key whose values are names of other keys: what those keys are, of the records
            that the row counts. An empty value names no key. A count whose `where` names this key
            has its own word for that, or none; or the key's own name: it lies along the key itself.
    """

    role: Role
    label: str
    unit: str = ""
    form: Form = "text"
    of: tuple[str, ...] = ()
    largest: tuple[str, str] | None = None
    note: str = ""
    below_district: bool = False
    where: Mapping[str, str] = field(default_factory=dict)
    picks: str = ""


@dataclass(frozen=True, slots=True)
class Members:
    """Which rows of another table each row of a table is a sum of, or is once more.

    Where a member is held back, the row is too: else the row less its other members would tell.

    Args:
        table: The table of the members.
        match: The columns of the table, each with the members' column that must be equal.
    """

    table: str
    match: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ResultTable:
    """A table of a result: Arrow data, and what each of its columns is.

    Args:
        caption: One line saying what the table shows.
        data: The rows.
        fields: A `Field` for every column of `data`, in order.
        sums_over: The key columns across which a reader could add up counts to a total that is
            known elsewhere: what complementary suppression protects. None means every key.
        for_machine: Whether it feeds a drawing (outlines) and is not shown as a table.
        members: The rows of another table that its rows are made of, if any.
        where: What is fixed, by key column, of the records that its count column `n` counts; given
            only where `n` is every record that fits its keys, so that any two such tables of a
            store, from whatever analysis, can be compared at the door. None: compared only with
            itself, asked with the same settings.
    """

    caption: str
    data: pa.Table
    fields: Mapping[str, Field]
    sums_over: tuple[str, ...] | None = None
    for_machine: bool = False
    members: Members | None = None
    where: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if list(self.fields) != self.data.column_names:
            raise ValueError(f"fields {list(self.fields)} are not columns {self.data.column_names}")
        for name, meaning in self.fields.items():
            missing = set(meaning.of) - set(self.columns_of("count", "amount"))
            if missing:
                raise ValueError(f"{name} rests on {missing}, which are not counts of this table")
            strange = set(meaning.largest or ()) - set(self.columns_of("part"))
            if strange:
                raise ValueError(f"{name} has parts {strange}, which are not parts of this table")

    @classmethod
    def of(
        cls,
        caption: str,
        columns: Mapping[str, tuple[Any, Field]],
        *,
        sums_over: tuple[str, ...] | None = None,
        for_machine: bool = False,
        members: Members | None = None,
        where: Mapping[str, str] | None = None,
    ) -> "ResultTable":
        """Return a table made of named columns, each its values and what they are.

        >>> crimes = Field(role="count", label="Crimes")
        >>> ResultTable.of("Areas", {"n": ([3, 4], crimes)}).data.to_pydict()
        {'n': [3, 4]}

        Args:
            caption: One line saying what the table shows.
            columns: For each name, its values (anything Arrow takes) and its `Field`.
            sums_over: As for the class.
            for_machine: As for the class.
            members: As for the class.
            where: As for the class.
        """
        return cls(
            caption=caption,
            data=pa.table({name: values for name, (values, _) in columns.items()}),
            fields={name: meaning for name, (_, meaning) in columns.items()},
            sums_over=sums_over,
            for_machine=for_machine,
            members=members,
            where=where,
        )

    def columns_of(self, *roles: Role) -> tuple[str, ...]:
        """Return the names of the columns that play one of these parts."""
        return tuple(name for name, meaning in self.fields.items() if meaning.role in roles)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a number in a sentence comes from: a row and column of a named table."""

    table: str
    row: int
    column: str


@dataclass(frozen=True)
class Sentence:
    """Words with holes, each hole filled from a cell, so that no number is ever typed by hand.

    >>> Sentence("{n} areas were read.", {"n": Cell("totals", 0, "areas")}).template
    '{n} areas were read.'
    >>> Sentence("12 areas were read.", {})
    Traceback (most recent call last):
    ValueError: a number in a sentence must come from a cell: '12 areas were read.'

    Args:
        template: The words, with `{name}` for each hole.
        cells: The cell for each hole.
        words: Text holes that are settings or names, not findings (a denominator's name, a period).
    """

    template: str
    cells: Mapping[str, Cell] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if _DIGIT_OUTSIDE_BRACES.search(self.template):
            raise ValueError(f"a number in a sentence must come from a cell: {self.template!r}")
        holes = set(re.findall(r"\{(\w+)\}", self.template))
        unfilled = holes ^ (set(self.cells) | set(self.words))
        if unfilled:
            raise ValueError(f"holes and fillings differ: {sorted(unfilled)}")


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A chart or a map, as a specification over the result's tables.

    Args:
        kind: `area_map`, `bars`, `lines`, `class_grid`, `intervals`; `dots` (each definition:
            dot, interval, published range), `upset` (which definitions meet), `specification` (one
            number under every choice), `waterfall` (from one total to another), `bands` (a series
            with its fit), `tiles` (hour of week), `flows` (from one code to another) or
            `curves` (over a number that is no time).
        title: The finding, in one line.
        table: The table it draws.
        encode: Which column plays which part, by the kind's own words: each is said where the kind
            is drawn (`peelian.render.charts` and the files `charts_…` beside it).
        outlines: For a map, the table with the arcs.
        alt: What it shows, for a reader who cannot see it.
    """

    kind: Literal[
        "area_map", "bars", "lines", "class_grid", "intervals", "dots", "upset", "specification",
        "waterfall", "bands", "tiles", "flows", "curves",
    ]  # fmt: skip
    title: Sentence
    table: str
    encode: Mapping[str, Any]
    outlines: str = ""
    alt: Sentence = field(default_factory=lambda: Sentence(""))


@dataclass(frozen=True, kw_only=True)
class Check:
    """A diagnostic: what was tested, whether it held, and what that means for the reader.

    `held` is None where the data could not tell.
    """

    name: str
    held: bool | None
    says: Sentence


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file that records came from."""

    name: str
    sha256: str
    source: str
    layout: str
    loaded: int


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What made a result: enough to make it again, and to see that it is the same."""

    analysis: str
    settings: Mapping[str, Any]
    period: str
    generation: str  # the fingerprint of the records
    files: tuple[SourceFile, ...]
    data_as_at: str  # the last month any record of it covers
    records_used: Mapping[str, int]
    engine: str
    versions: Mapping[str, str]
    made_at: str
    seed: int | None = None
    audit: str = ""  # the head of the store's audit log, which holds the line of this look


@dataclass(frozen=True, kw_only=True)
class Result:
    """One answered question. Every sentence and picture is drawn from `tables`.

    A result stays inside; only `peelian.disclosure.release` lets a view of it out.

    Args:
        question: What was asked, in the reader's words.
        answer: One sentence, with its uncertainty.
        tables: The named tables.
        drawings: Charts and maps over them.
        diagnostics: What was tested about the answer.
        caveats: What the reader must know before using it, most important first.
        definitions: Each term the answer uses and what it means here.
        provenance: Stamped by the study; None until then.
    """

    question: str
    answer: Sentence
    tables: Mapping[str, ResultTable]
    drawings: tuple[Drawing, ...] = ()
    diagnostics: tuple[Check, ...] = ()
    caveats: tuple[Sentence, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    provenance: Provenance | None = None

    def __post_init__(self) -> None:
        for sentence in self.sentences():
            for cell in sentence.cells.values():
                self.value(cell)  # a sentence that points nowhere is found here, not on the page

        for table in self.tables.values():
            if table.members is not None:
                whole = self.tables[table.members.table].fields
                strange = set(table.members.match.values()) - set(whole)
                strange |= set(table.members.match) - set(table.fields)
                if strange:
                    raise KeyError(f"no columns {sorted(strange)} to match members by")

    def sentences(self) -> tuple[Sentence, ...]:
        """Return every sentence that speaks from cells."""
        return (
            self.answer,
            *self.caveats,
            *(check.says for check in self.diagnostics),
            *(sentence for d in self.drawings for sentence in (d.title, d.alt)),
        )

    def value(self, cell: Cell) -> object:
        """Return what stands in a cell.

        Raises:
            KeyError: No table, row or column there.
        """
        table = self.tables[cell.table]
        if cell.column not in table.fields or not 0 <= cell.row < table.data.num_rows:
            raise KeyError(f"no cell {cell}")
        return table.data.column(cell.column)[cell.row].as_py()

    def stamped(self, provenance: Provenance) -> "Result":
        """Return the same result with what made it written on it."""
        return replace(self, provenance=provenance)
