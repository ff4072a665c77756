"""How the command line ends: a clear message, the right exit code, and never a record's value."""

import json
import subprocess
import sys

import pytest
import typer

from peelian.cli.options import read_settings
from peelian.cli.speak import BROKEN, EXIT_CODES, INTERRUPTED, verb
from peelian.errors import CannotAnswer, InputError, PeelianError, StoreBusy, UsageError

VERBS = ("demo", "new", "map", "load", "ledger", "catalogue", "show", "run", "report", "doctor")
SECRET = "Mary Example, 1 Made Up Road"


def run(*arguments, **rest):
    return subprocess.run(
        [sys.executable, "-m", "peelian.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **rest,
    )


def all_errors(of=PeelianError):
    return {of}.union(*(all_errors(sub) for sub in of.__subclasses__()))


@pytest.mark.parametrize("error", sorted(all_errors(), key=lambda e: e.__name__))
def test_every_error_has_an_exit_code_that_is_documented(error):
    assert error.exit_code in EXIT_CODES or error is PeelianError


@pytest.mark.parametrize(
    ("refusal", "code"), [(UsageError, 2), (InputError, 3), (StoreBusy, 5), (CannotAnswer, 6)]
)
def test_a_refusal_ends_with_its_own_code_and_lends_a_hand(refusal, code, capsys):
    @verb
    def command():
        raise refusal("It cannot be done.", found="three of them", try_="two of them")

    with pytest.raises(SystemExit) as end:
        command()
    assert end.value.code == code
    told = capsys.readouterr().err
    assert "It cannot be done." in told
    assert "Found: three of them" in told
    assert "Try: two of them" in told


def test_a_refusal_to_a_machine_is_one_json_object(capsys):
    @verb
    def command(as_json=False):
        raise UsageError("No.", try_="yes")

    with pytest.raises(SystemExit):
        command(as_json=True)
    told = json.loads(capsys.readouterr().err)
    assert set(told) == {"error", "problem", "found", "try", "read"}


def test_a_fault_of_ours_never_quotes_what_it_met(capsys, monkeypatch):
    monkeypatch.delenv("PEELIAN_DEBUG", raising=False)

    @verb
    def command():
        int(SECRET)

    with pytest.raises(SystemExit) as end:
        command()
    assert end.value.code == BROKEN
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "Mary" not in told


# What DuckDB raises instead, where it is stopped within a query.
Interrupted = type("InterruptException", (Exception,), {})


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Interrupted])
def test_stopping_is_said_plainly(stop, capsys):
    @verb
    def command():
        raise stop

    with pytest.raises(SystemExit) as end:
        command()
    assert end.value.code == INTERRUPTED
    assert "Stopped" in capsys.readouterr().err


def test_settings_are_read_as_pairs():
    assert read_settings(["a=1", "b=x=y"]) == {"a": "1", "b": "x=y"}


@pytest.mark.parametrize("pairs", [["a"], ["=1"], ["a=1", "a=2"]])
def test_settings_that_are_not_pairs_are_refused(pairs):
    with pytest.raises(UsageError):
        read_settings(pairs)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("show", "nowhere", "places.profil"), 2, "Did you mean places.profile"),
        (("show", "nowhere", "places.profile", "--period", "soon"), 2, "not a period"),
        (("ledger", "nowhere"), 5, "Try:"),
        (("catalogue", "demand.everything"), 2, "no such analysis"),
        (("run", "missing.toml", "--store", "nowhere", "--out", "out"), 2, "cannot be read"),
        (("load",), 2, "Missing argument"),
        (("frobnicate",), 2, "No such command"),
    ],
)
def test_a_slip_on_the_command_line_gets_help(arguments, code, says, tmp_path):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_verb():
    told = run("--help").stdout
    for name in VERBS:
        assert f" {name} " in told


def test_the_app_does_not_open_heavy_rooms_for_help():
    heavy = ("ibis", "numpy", "duckdb")
    probe = f"import sys, peelian.cli.app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_is_wrapped():
    from peelian.cli.app import app

    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        assert hasattr(command.callback, "__wrapped__"), name
