"""The engines a store can be opened on: the same files as tables of DuckDB or of Spark."""

import contextlib
import shutil
import tempfile
from collections.abc import Sequence
from importlib.resources import files as package_files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from peelian.errors import EngineMissing, UsageError, nearest
from peelian.schema import TABLES, Kind

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any
ENGINES = ("duckdb", "spark")
_PAGE = "how-to/run-on-spark"
_DUCKDB = {
    Kind.TEXT: "VARCHAR",
    Kind.KEY: "VARCHAR",
    Kind.CODE: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.FLAG: "BOOLEAN",
    Kind.INSTANT: "TIMESTAMPTZ",
    Kind.DAY: "DATE",
    Kind.GEOMETRY: "BLOB",
}
_SPARK = _DUCKDB | {
    Kind.TEXT: "STRING",
    Kind.KEY: "STRING",
    Kind.CODE: "STRING",
    Kind.INSTANT: "TIMESTAMP",
    Kind.GEOMETRY: "BINARY",
}


class Engine(Protocol):
    """What the store asks of an engine."""

    name: str

    def table(self, name: str, files: Sequence[Path]) -> ir.Table:
        """Return a canonical table over some Parquet files: its columns, order and types."""
        ...

    def fetch(self, rows: ir.Table) -> pa.Table:
        """Return rows as Arrow."""
        ...

    def close(self) -> None:
        """Let go of what the engine holds."""
        ...


def engine_called(name: str) -> Engine:
    """Return an engine by name.

    Raises:
        UsageError: There is no such engine.
        EngineMissing: It is not installed here.
    """
    if name == "duckdb":
        return DuckDB()
    if name == "spark":
        return Spark()
    raise UsageError("There is no such engine.", found=name, try_=nearest(name, ENGINES))


def quoted(text: str | Path) -> str:
    """Return a text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


def named(name: str) -> str:
    """Return a column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal_path(path: Path) -> str:
    """Return a path as SQL, with the signs that an engine would search with made plain."""
    return quoted("".join(f"[{sign}]" if sign in "[*?" else sign for sign in path.as_posix()))


def duckdb_type(kind: Kind) -> str:
    """Return DuckDB's type for a kind of value."""
    return _DUCKDB[kind]


class DuckDB:
    """The default engine, within this process.

    Args:
        memory: The most it may hold, such as `1GB`; empty leaves it to DuckDB (four fifths of the
            machine's).
        spill: Where it may put what does not fit; a folder of its own if none is given.
    """

    name = "duckdb"

    def __init__(self, *, memory: str = "", spill: Path | None = None) -> None:
        self._own = None if spill else Path(tempfile.gettempdir()) / f"peelian-{id(self):x}"
        self.ibis = ibis.duckdb.connect()
        # Made only if anything spills; without it DuckDB would spill into the folder we stand in.
        self.run(f"SET temp_directory = {quoted(spill or self._own or '')}")
        self.run("SET TimeZone = 'UTC'")
        self.run("SET autoinstall_known_extensions = false")
        self.run("SET autoload_known_extensions = false")
        self.run("SET enable_progress_bar = false")
        if memory:
            self.run(f"SET memory_limit = {quoted(memory)}")

    def run(self, sql: str) -> Any:
        """Run SQL and return DuckDB's own cursor over the answer."""
        return self.ibis.con.execute(sql)

    def cursor(self) -> Any:
        """Return another connection to the same tables, for another thread."""
        cursor = self.ibis.con.cursor()
        cursor.execute("SET enable_progress_bar = false")
        return cursor

    def table(self, name: str, files: Sequence[Path], *, like: str = "") -> ir.Table:
        """Return a canonical table over some Parquet files.

        Args:
            name: The table's name, or another name for the view where `like` is the table.
            files: Its files; none for an empty table.
            like: The canonical table, if `name` is not its own.
        """
        columns = TABLES[like or name].columns
        if files:
            what = ", ".join(named(column.name) for column in columns)
            paths = ", ".join(literal_path(file) for file in files)
            body = f"SELECT {what} FROM read_parquet([{paths}])"
        else:
            what = ", ".join(f"NULL::{_DUCKDB[c.kind]} AS {named(c.name)}" for c in columns)
            body = f"SELECT {what} WHERE false"
        self.run(f"CREATE OR REPLACE VIEW {named(name)} AS {body}")
        return self.ibis.table(name)

    def fetch(self, rows: ir.Table) -> pa.Table:
        """Return rows as Arrow, without the frame library that Ibis would load on the way."""
        table = self.run(ibis.to_sql(rows, dialect="duckdb")).to_arrow_table()
        return table.cast(rows.schema().to_pyarrow())

    def close(self) -> None:
        """Close the connection and remove what was spilt."""
        self.ibis.disconnect()
        if self._own:
            shutil.rmtree(self._own, ignore_errors=True)


class Spark:
    """Spark in local mode: quiet, without its web page, and heard on this machine alone."""

    name = "spark"

    def __init__(self) -> None:
        self.session = _session()
        self.ibis = ibis.pyspark.connect(self.session)
        self._views: list[str] = []

    def table(self, name: str, files: Sequence[Path]) -> ir.Table:
        """Return a canonical table over some Parquet files."""
        columns = TABLES[name].columns
        if files:
            frame = self.session.read.parquet(*[_plain_to_spark(file) for file in files])
            frame = frame.select(*[f"`{column.name}`" for column in columns])
        else:
            what = ", ".join(f"CAST(NULL AS {_SPARK[c.kind]}) AS `{c.name}`" for c in columns)
            frame = self.session.sql(f"SELECT {what} WHERE false")
        view = f"{name}_{id(self):x}"  # the session is shared by every store that is open
        frame.createOrReplaceTempView(view)
        self._views.append(view)
        return self.ibis.table(view)

    def fetch(self, rows: ir.Table) -> pa.Table:
        """Return rows as Arrow."""
        return rows.to_pyarrow()

    def close(self) -> None:
        """Drop this store's views; the session stays for the next store."""
        for view in self._views:
            with contextlib.suppress(Exception):  # a session that ended has no views
                self.session.catalog.dropTempView(view)


def _plain_to_spark(path: Path) -> str:
    return "".join("\\" + sign if sign in "[]{}*?" else sign for sign in path.as_posix())


def _session() -> Any:
    if find_spec("pyspark") is None:
        raise EngineMissing(
            "Spark is not installed.",
            found="no pyspark in this environment",
            try_='pip install "peelian[spark]", or leave --engine out',
            read=_PAGE,
        )
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    quiet = package_files("peelian.records.store") / "spark_log.properties"
    settings = {
        "spark.master": "local[2]",
        "spark.app.name": "peelian",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={Path(str(quiet)).as_uri()}",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": (Path(tempfile.gettempdir()) / "peelian-spark").as_uri(),
    }
    builder = SparkSession.builder
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except (OSError, RuntimeError, PySparkException) as problem:
        raise EngineMissing(
            "Spark cannot start.",
            found=f"{type(problem).__name__} while starting Java",
            try_="install Java 17 and set JAVA_HOME, or leave --engine out",
            read=_PAGE,
        ) from problem
    session.conf.set("spark.sql.session.timeZone", "UTC")
    session.sparkContext.setLogLevel("ERROR")
    return session
