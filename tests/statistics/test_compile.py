"""Compiled kernels are kept where the machine lets us, and said if it does not."""

import os
import subprocess
import sys

import pytest

from peelian.statistics import compile as compiling

KERNEL = (
    "from peelian.statistics.compile import compiled\n@compiled\ndef add(a, b):\n    return a + b\n"
)


def run(folder, **env):
    words = "import kernel; print(kernel.add(1, 2), len(kernel.add.stats.cache_misses))"
    return subprocess.run(
        [sys.executable, "-W", "always", "-c", words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **env},
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.fixture
def no_folder(tmp_path):
    """A kernel beside which nothing can be written, as in an installed wheel; root or not."""
    (tmp_path / "kernel.py").write_text(KERNEL)
    (tmp_path / "__pycache__").write_text("a file where the folder would be")
    return tmp_path


def homes(where):
    return {name: str(where) for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE")}


def test_beside_the_source_first(tmp_path):
    (tmp_path / "kernel.py").write_text(KERNEL)
    assert run(tmp_path).stdout.split() == ["3", "1"]
    assert list((tmp_path / "__pycache__").glob("*.nbi"))
    assert run(tmp_path).stdout.split() == ["3", "0"]  # nothing compiled the second time


def test_then_in_the_users_own_folder(no_folder, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    assert run(no_folder, **homes(own)).stderr == ""
    assert list(own.rglob("*.nbi"))


def test_then_nowhere_with_a_warning(no_folder):
    done = run(no_folder, **homes(no_folder / "kernel.py"))
    assert done.stdout.split()[0] == "3"
    assert "NUMBA_CACHE_DIR" in done.stderr


def test_warming_compiles_every_room():
    assert set(compiling.warm()) == set(compiling.KERNEL_ROOMS)
