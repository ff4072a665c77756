"""Logs that people read, by period and by what the flag and the text say of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peelian.analysis.demand.recording.counting import PAGE
from peelian.definitions import Definition, marked
from peelian.errors import CannotAnswer
from peelian.statistics.intervals import Estimate
from peelian.statistics.two_phase import Strata, accuracy, stratified
from peelian.statistics.two_signs import Right

Floats = NDArray[np.float64]

# Both signs, the text alone, the flag alone, neither: in this order everywhere.
CELLS = ("both", "text_only", "flag_only", "neither")
FEWEST = 20  # logs read of a cell before its share stands for anything
_DRAWN = ("random", "all")  # logs that somebody picked stand for no others
_SETTLES = "settles"


@dataclass(frozen=True)
class Read:
    """What reading showed, by period (before, after) and cell: arrays of shape (2, 4).

    Args:
        read: Logs read.
        worth: How many logs drawn with one chance would tell as much.
        share: Share of each cell that was so, by the chances they were drawn with.
        unsure: Logs whose readers could not say, which are left out.
        split: Logs on which readers differ and nobody settled it: each counts half.
    """

    read: Floats
    worth: Floats
    share: Floats
    unsure: int
    split: int

    @property
    def any(self) -> bool:
        """Return whether anything was read."""
        return bool(self.read.sum())

    def right(self) -> Right | None:
        """Return how many that the signs point at are so; None where too few were read to say."""
        worth = self.worth.sum(axis=0)
        if worth[1] < FEWEST:
            return None
        weighed = np.where(self.worth > 0, self.worth * self.share, 0.0).sum(axis=0)
        share = (weighed + 0.5) / (worth + 1)
        se = np.sqrt(share * (1 - share) / np.maximum(worth, 1))
        if worth[0] < FEWEST:
            return Right(1.0, float(share[1]), 0.0, float(se[1]))
        return Right(float(share[0]), float(share[1]), float(se[0]), float(se[1]))

    def strata(self, period: int, sizes: Floats) -> Strata:
        """Return one period as strata whose sizes are known."""
        worth = np.minimum(self.worth[period], sizes)
        return Strata(sizes, worth, np.where(worth > 0, worth * self.share[period], 0.0))

    def corrected(self, period: int, sizes: Floats) -> tuple[Estimate, Estimate] | None:
        """Return a period's share that is so, and the flag's sensitivity; None if a cell is unread.

        Args:
            period: 0 before, 1 after.
            sizes: Incidents of each cell in it.
        """
        if ((sizes > 0) & (self.worth[period] < 1)).any():
            return None
        strata = self.strata(period, sizes)
        flagged = np.array(["flag" in cell or cell == "both" for cell in CELLS])
        return stratified(strata), accuracy(strata, flagged)[0]


def read_logs(
    tables: Mapping[str, Any],
    definitions: tuple[Definition, Definition],
    changed_on: np.datetime64,
    codebook: str | None,
) -> Read:
    """Return what people read of these incidents.

    Args:
        tables: incidents, strata, samples, labels and what the definitions look at.
        definitions: The flag's and the text's.
        changed_on: The first day after.
        codebook: Which codebook's readings; None where there is only one.

    Raises:
        CannotAnswer: Readings of several codebooks are held, and none was named.
    """
    strata = tables["strata"]
    drawn = strata.filter(strata.item_kind == "incident", strata.drawing.isin(_DRAWN))
    plans = drawn.select("plan", "codebook", "code").distinct().to_pyarrow().to_pylist()
    held = sorted({row["codebook"] for row in plans})
    if codebook is None and len(held) > 1:
        raise CannotAnswer(
            "Logs were read by several codebooks, which may ask different things.",
            found=", ".join(held),
            try_=f"codebook={held[0]}",
            read=PAGE,
        )
    wanted = [row for row in plans if codebook in (None, row["codebook"])]
    empty = np.zeros((2, len(CELLS)))
    if not wanted:
        return Read(empty, empty, empty, 0, 0)
    return _weighed(_rows(tables, definitions, wanted), changed_on)


def _rows(
    tables: Mapping[str, Any],
    definitions: tuple[Definition, Definition],
    plans: list[dict[str, str]],
) -> list[dict]:
    """Return one row a label of a log that was drawn; as many rows as people read, not records."""
    flag, text = definitions
    names = [row["plan"] for row in plans]
    samples, labels = tables["samples"], tables["labels"]
    samples = samples.filter(samples.item_kind == "incident", samples.plan.isin(names))
    mine = tables["incidents"].semi_join(samples, [("incident_id", "item_id")])
    signs: Any = marked(mine, definitions, tables)
    signs = signs.select("incident_id", "local_date", flagged=flag.column, worded=text.column)
    labels = labels.filter(
        labels.item_kind == "incident",
        labels.codebook.isin([row["codebook"] for row in plans]),
        labels.code.isin([row["code"] for row in plans]),
    ).select(labelled="item_id", value="value", coder="coder")
    joined = samples.select("plan", "item_id", "chance").inner_join(
        labels, [("item_id", "labelled")]
    )
    joined = joined.inner_join(signs, [("item_id", "incident_id")])
    # A reader's key begins with the plan: other labels of the same log are not this plan's.
    joined = joined.filter(joined.coder.startswith(joined.plan + ":"))
    columns = ("plan", "item_id", "chance", "value", "coder", "local_date", "flagged", "worded")
    return joined.select(*columns).to_pyarrow().to_pylist()


def _weighed(rows: list[dict], changed_on: np.datetime64) -> Read:
    read, weight, square, so = (np.zeros((2, len(CELLS))) for _ in range(4))
    unsure = split = 0
    by_log: dict[tuple[str, str], list[dict]] = {}
    for row in rows:
        by_log.setdefault((row["plan"], row["item_id"]), []).append(row)
    for readings in by_log.values():
        settled = [r for r in readings if r["coder"].endswith(":" + _SETTLES)]
        said = {r["value"] for r in (settled or readings)}
        if not said <= {"yes", "no"}:
            unsure += 1
            continue
        split += len(said) > 1
        first = readings[0]
        cell = CELLS.index(
            {(1, 1): "both", (0, 1): "text_only", (1, 0): "flag_only"}.get(
                (int(first["flagged"]), int(first["worded"])), "neither"
            )
        )
        at = (int(np.datetime64(first["local_date"]) >= changed_on), cell)
        each = 1 / first["chance"]
        read[at] += 1
        weight[at] += each
        square[at] += each**2
        so[at] += each * ("yes" in said) / len(said)
    share = np.divide(so, weight, out=np.zeros_like(so), where=weight > 0)
    worth = np.divide(weight**2, square, out=np.zeros_like(so), where=square > 0)
    return Read(read, worth, share, unsure, split)
