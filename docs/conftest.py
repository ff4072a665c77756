"""Docs that fail when they lie: every Python and shell block of a page is run, in order."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

BIN = Path(sys.executable).parent


def run_shell(example):
    """Run a shell block in the page's folder; a command that fails, fails the page."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "CI": "true"}
    done = subprocess.run(
        ["sh", "-eu", "-c", example.parsed],
        cwd=example.namespace["folder"],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{example.parsed}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One empty folder a page, which its blocks share; the page's Python runs inside it."""
    here, there = Path.cwd(), tmp_path_factory.mktemp("page")
    os.chdir(there)
    yield there
    os.chdir(here)


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=0),
        CodeBlockParser(language="sh", evaluator=run_shell),
        SkipParser(),
    ],
    patterns=["*.md"],
    excludes=["reference/*"],
    fixtures=["folder"],
).pytest()
