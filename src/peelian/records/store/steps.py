"""Expressions over raw rows in steps, so that what many of them share is worked out once a row."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.graph import Graph

from peelian.records.store.engines import DuckDB, Expr, named

# A node of an expression, and the graph of one: Ibis types neither for a checker.
Node = Any
# What is worth a column of its own when it is asked for twice: reading numbers and times from text.
_DEAR: Any = (ops.TryCast, ops.ScalarUDF)


class Steps:
    """A chain of views, each adding named columns that the next ones may use.

    The engine works out every column of a view once a row, but works out anew whatever stands
    twice inside conditions; expressions that ask the same thing in many conditions need names.

    Args:
        engine: The loader's DuckDB.
        raw: The rows that all expressions are over.
        base: Some of those rows, in a table of the same columns; all of them if none is given.
    """

    def __init__(self, engine: DuckDB, raw: ir.Table, base: ir.Table | None = None) -> None:
        self._engine, self._raw = engine, raw
        self._now = self._base = raw if base is None else base
        self._known: dict[Node, str] = {}
        self._views = 0

    @property
    def name(self) -> str:
        """Return the last view's name: all columns of the rows and all that were named."""
        return self._now.get_name()

    def take(
        self, values: Mapping[str, Expr], *, known_as: Mapping[str, Expr] | None = None
    ) -> None:
        """Add columns.

        Args:
            values: Expressions over the raw rows, by the names their columns get.
            known_as: For a name, the expression it may stand in for, if not the same: one that is
                only asked where both agree.
        """
        if not values:
            return
        raw: Node = self._raw.op()
        swap: dict[Node, Any] = {raw: self._now.op()}
        swap |= {node: ops.Field(self._now, name) for node, name in self._known.items()}
        columns = {name: value.op().replace(swap).to_expr() for name, value in values.items()}
        self._views += 1
        view = f"{self._base.get_name()}_step_{self._views}"
        sql = ibis.to_sql(self._now.mutate(**columns), dialect="duckdb")
        self._engine.run(f"CREATE VIEW {named(view)} AS {sql}")
        self._now = self._engine.ibis.table(view)
        self._known |= {value.op(): name for name, value in {**values, **(known_as or {})}.items()}

    def take_shared(self, values: Sequence[Expr]) -> None:
        """Add a column for each reading of a number or a time that expressions ask for twice."""
        root = self._raw.select(**{f"c{n}": value for n, value in enumerate(values)}).op()
        graph: Any = Graph.from_bfs(root)
        shared: set[Node] = {
            node
            for node, above in graph.invert().items()
            if isinstance(node, _DEAR) and len(above) > 1 and node not in self._known
        }
        for number, level in enumerate(_levels(graph, shared)):
            self.take({f"_s{number}_{n}": node.to_expr() for n, node in enumerate(level)})


def _levels(graph: Any, wanted: set[Node]) -> list[list[Node]]:
    """Return the wanted nodes in levels: each rests on those of earlier levels alone."""
    depth: dict[Node, int] = {}
    levels: dict[int, list[Node]] = {}
    for node, below in graph.toposort()[0].items():
        depth[node] = max((depth[other] + (other in wanted) for other in below), default=0)
        if node in wanted:
            levels.setdefault(depth[node], []).append(node)
    return [levels[level] for level in sorted(levels)]
