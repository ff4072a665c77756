"""What may be seen: a result after the door, and its tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from peelian.errors import DisclosureError
from peelian.results import Cell, Check, Drawing, Field, Provenance, Sentence
from peelian.schema.kinds import Sensitivity

KEY = object()  # only the door turns it


@dataclass(frozen=True, kw_only=True)
class ReleasedTable:
    """A table as it may be seen: held-back cells are null in `data` and True in `held_back`.

    A null that is not held back was never there (a missing month, an area with no denominator).
    """

    caption: str
    data: pa.Table
    fields: Mapping[str, Field]
    held_back: Mapping[str, np.ndarray]
    for_machine: bool = False

    @property
    def cells_held_back(self) -> int:
        """Return how many cells were held back."""
        return int(sum(mask.sum() for mask in self.held_back.values()))


@dataclass(frozen=True, kw_only=True)
class Release:
    """A result that has passed the door. Render, report, analyst and web take nothing else."""

    question: str
    answer: Sentence
    tables: Mapping[str, ReleasedTable]
    drawings: tuple[Drawing, ...]
    diagnostics: tuple[Check, ...]
    caveats: tuple[Sentence, ...]
    definitions: Mapping[str, str]
    provenance: Provenance
    sensitivity: Sensitivity
    key: object = field(repr=False)

    def __post_init__(self) -> None:
        if self.key is not KEY:
            raise DisclosureError(
                "A Release can only be made at the door.",
                try_="peelian.disclosure.release(result, sensitivity=...)",
                read="explanation/one-door-out",
            )

    def value(self, cell: Cell) -> object:
        """Return what may be seen in a cell: None where nothing is there or it is held back."""
        return self.tables[cell.table].data.column(cell.column)[cell.row].as_py()

    def is_held_back(self, cell: Cell) -> bool:
        """Say whether a cell was held back at the door."""
        mask = self.tables[cell.table].held_back.get(cell.column)
        return bool(mask is not None and mask[cell.row])
