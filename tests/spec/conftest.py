"""The fixture `spec`: a question, the tables it is asked of, and what must come out."""

import ibis
import pytest

from conftest import skip_or_fail
from spec_harness import arrow, ask, compare, drawn


@pytest.fixture(scope="session")
def connection(engine):
    """The engine on which specs run."""
    if engine == "duckdb":
        yield ibis.duckdb.connect()
        return
    pyspark = pytest.importorskip("pyspark") if not engine else __import__("pyspark.sql")
    try:
        session = (
            pyspark.sql.SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
    except Exception as problem:  # Java's own errors have no common base
        skip_or_fail(f"Spark does not start: {type(problem).__name__}")
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.fixture
def result_of(connection):
    """Ask a question of drawn tables and return the whole result."""

    def run(given, question, default="crimes"):
        tables = {name: arrow(name, rows) for name, rows in drawn(given, default).items()}
        return ask(question, tables, connection)

    return run


@pytest.fixture
def spec(result_of):
    """Ask a question of drawn tables and compare what comes out with drawn tables."""

    def run(given, question, expected, *, table=""):
        result = result_of(given, question)
        compare(result, expected, table)
        return result

    return run
