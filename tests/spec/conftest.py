"""The fixture `spec`: a question, the tables it is asked of, and what must come out."""

import pytest

from conftest import skip_or_fail
from peelian.errors import EngineMissing
from peelian.records.store.engines import engine_called
from spec_harness import arrow, ask, compare, drawn


@pytest.fixture(scope="session")
def on(engine):
    """The engine on which specs run: the store's own."""
    try:
        held = engine_called(engine)
    except EngineMissing as problem:
        skip_or_fail(str(problem))
    yield held
    held.close()


@pytest.fixture
def result_of(on, tmp_path):
    """Ask a question of drawn tables and return the whole result."""

    def run(given, question, default="crimes"):
        tables = {name: arrow(name, rows) for name, rows in drawn(given, default).items()}
        return ask(question, tables, on, tmp_path)

    return run


@pytest.fixture
def spec(result_of):
    """Ask a question of drawn tables and compare what comes out with drawn tables."""

    def run(given, question, expected, *, table=""):
        result = result_of(given, question)
        compare(result, expected, table)
        return result

    return run


@pytest.fixture
def said():
    """Return a sentence of a result as it reads, its holes filled."""

    def fill(result, sentence):
        cells = {hole: result.value(cell) for hole, cell in sentence.cells.items()}
        return sentence.template.format(**cells, **sentence.words)

    return fill
