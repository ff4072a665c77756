"""Expressions over raw rows in steps, so that what many of them share is worked out once a row."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.graph import Graph

from peelian.records.store.engines import DuckDB, Expr, named, quoted

# A node of an expression, and the graph of one: Ibis types neither for a checker.
Node = Any
# What is worth a column of its own when it is asked for twice: reading numbers and times from text.
_DEAR: Any = (ops.TryCast, ops.ScalarUDF)
_FEW = 1_000  # words of a column that are worth looking up


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
        self._view(ibis.to_sql(self._now.mutate(**columns), dialect="duckdb"))
        self._known |= {value.op(): name for name, value in {**values, **(known_as or {})}.items()}

    def _view(self, sql: str) -> None:
        self._views += 1
        view = f"{self._base.get_name()}_step_{self._views}"
        self._engine.run(f"CREATE VIEW {named(view)} AS {sql}")
        self._now = self._engine.ibis.table(view)

    def take_shared(self, values: Sequence[Expr], *, but: Sequence[Expr] = ()) -> None:
        """Add a column for each reading of a number or a time that expressions ask for twice.

        Args:
            values: The expressions.
            but: What among them will have a column of its own later.
        """
        root = self._raw.select(**{f"c{n}": value for n, value in enumerate(values)}).op()
        graph: Any = Graph.from_bfs(root)
        named_else = {*self._known, *(value.op() for value in but)}
        shared = _shared(graph, named_else)
        for number, level in enumerate(_levels(graph, shared)):
            self._take_level({f"_s{number}_{n}": node for n, node in enumerate(level)})

    def _take_level(self, nodes: Mapping[str, Node]) -> None:
        """Add columns for nodes: of times from the words of a column, where few words come often.

        A month's file has millions of rows and one word for the month; to turn it into a moment
        costs more than all the rest.
        """
        told: dict[str, str] = {}
        for name, node in nodes.items():
            column = self._one_column(node) if node.dtype.is_timestamp() else None
            if column is not None and self._few_words(column):
                told[name] = self._looked_up(name, node, column)
        if told:
            columns = ", ".join(f"{value} AS {named(name)}" for name, value in told.items())
            self._view(f"SELECT *, {columns} FROM {named(self.name)}")
            self._known.update((nodes[name], name) for name in told)
        self.take({name: node.to_expr() for name, node in nodes.items() if name not in told})

    def _one_column(self, node: Node) -> str | None:
        """Return the one column of text that a value rests on; None if there is no such."""
        fields = node.find(ops.Field)
        names = {field.name for field in fields}
        if len(names) != 1 or not fields[0].dtype.is_string() or node.find(ops.WindowFunction):
            return None
        return names.pop()

    def _few_words(self, column: str) -> bool:
        """Say whether a column of the raw rows has few words; a look at some rows spares most."""
        if self._base is not self._raw:
            return False
        rows, word = named(self._raw.get_name()), named(column)
        some = f"SELECT {word} FROM {rows} LIMIT {100 * _FEW}"
        for among in (f"({some})", rows):
            count = self._engine.run(f"SELECT count(DISTINCT {word}) FROM {among}")
            if not 0 < count.fetchone()[0] <= _FEW:
                return False
        return True

    def _looked_up(self, name: str, node: Node, column: str) -> str:
        """Work a value out for each word of a column; return SQL that looks it up."""
        word, words = named(column), f"{self._raw.get_name()}_words_{name}"
        each = self._raw.select(column).distinct()
        raw: Node = self._raw.op()
        value: Any = node.replace({raw: each.op()})
        sql = ibis.to_sql(each.mutate(_value=value.to_expr()), dialect="duckdb")
        self._engine.run(f"CREATE TABLE {named(words)} AS {sql}")
        # The engine takes a variable for a constant, and looks up each word of a block once.
        lists = []
        for what in ("_value", word):
            variable = f"{words}_{len(lists)}"
            self._engine.run(
                f"SET VARIABLE {named(variable)} = (SELECT list({what} ORDER BY {word}) "
                f"FROM {named(words)} WHERE {word} IS NOT NULL)"
            )
            lists.append(f"getvariable({quoted(variable)})")
        return f"list_extract({lists[0]}, list_position({lists[1]}, {word}))"


def _shared(graph: Any, named_else: set[Node]) -> set[Node]:
    """Return what stands under several others and is dear, or rests on what is and has no name."""
    above = graph.invert()
    dear: set[Node] = set()
    shared: set[Node] = set()
    for node, below in graph.toposort()[0].items():
        if node in named_else or not (isinstance(node, _DEAR) or dear.intersection(below)):
            continue
        if isinstance(node, ops.Value) and len(above[node]) > 1:
            shared.add(node)
        else:
            dear.add(node)
    return shared


def _levels(graph: Any, wanted: set[Node]) -> list[list[Node]]:
    """Return the wanted nodes in levels: each rests on those of earlier levels alone."""
    depth: dict[Node, int] = {}
    levels: dict[int, list[Node]] = {}
    for node, below in graph.toposort()[0].items():
        depth[node] = max((depth[other] + (other in wanted) for other in below), default=0)
        if node in wanted:
            levels.setdefault(depth[node], []).append(node)
    return [levels[level] for level in sorted(levels)]
