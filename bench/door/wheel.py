"""The wheel as a locked laptop gets it: installed offline, run where nothing may change."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from bench.door.faults import bound_by_modes, made_read_only
from bench.figures import Figure

_ROOT = Path(__file__).parents[2]
_SUMS = "SHA256SUMS.txt"


def sums(folder: Path) -> int:
    """Write the SHA-256 of every wheel of a folder into it; return how many there are."""
    wheels = sorted(folder.glob("*.whl"))
    lines = [f"{hashlib.sha256(w.read_bytes()).hexdigest()}  {w.name}\n" for w in wheels]
    (folder / _SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    return len(wheels)


def missing_from(wheel: Path) -> list[str]:
    """Return the files of the package that git knows and the wheel lacks."""
    listed = subprocess.run(
        ["git", "ls-files", "src/peelian"], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    with zipfile.ZipFile(wheel) as archive:
        there = set(archive.namelist())
    wanted = [line.removeprefix("src/") for line in listed.stdout.splitlines()]
    return [name for name in wanted if name not in there and (_ROOT / "src" / name).exists()]


def _run(command: list[str], *, home: Path, offline: bool = True, **environment: str):
    """Run a command with a home of its own and, where this account can do that, no network."""
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    env |= {"HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home)} | environment
    if offline and sys.platform == "linux" and os.geteuid() == 0 and shutil.which("unshare"):
        command = ["unshare", "--net", *command]
    return subprocess.run(
        command, capture_output=True, text=True, env=env, cwd=home, check=False, timeout=900
    )


def collected(folder: Path) -> Path:
    """Return a folder of wheels: the one that `make wheels` filled, with the wheel of today."""
    ready, lock = _ROOT / "dist" / "wheels", _ROOT / "requirements.lock"
    done = ready / _SUMS  # written last
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["make", "wheels"], cwd=_ROOT, check=True, timeout=1800)
    wheels = folder / "wheels"
    shutil.copytree(ready, wheels)
    for old in wheels.glob("peelian-*.whl"):
        old.unlink()
    built = [str(Path(sys.executable).with_name("hatchling")), "build", "-t", "wheel", "-d"]
    subprocess.run([*built, str(wheels)], cwd=_ROOT, check=True, capture_output=True)
    return wheels


def figures(work: Path) -> Iterator[Figure]:
    """Yield the wheel's size, and how installing it and the demonstration went."""
    folder = work / "wheel with a space"  # as a OneDrive folder has
    folder.mkdir(parents=True)
    wheels = collected(folder)
    (wheel,) = wheels.glob("peelian-*.whl")
    yield Figure("wheel: megabytes", wheel.stat().st_size / 1e6, "≤", 5)
    yield Figure("wheel: files of the package it lacks", len(missing_from(wheel)), "=", 0)
    total = sum(path.stat().st_size for path in wheels.glob("*.whl")) / 1e6
    yield Figure("folder of wheels: how many", sums(wheels), "≥", 20, f"{total:,.0f} MB in all")

    home, venv = folder / "home", folder / "peelian-env"
    home.mkdir()
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, timeout=300)
    scripts = venv / ("Scripts" if os.name == "nt" else "bin")
    python, started = str(scripts / "python"), time.perf_counter()
    installed = _run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index",
         "--find-links", str(wheels), "peelian"], home=home,
    )  # fmt: skip
    took = time.perf_counter() - started
    print(installed.stderr[-600:], end="")
    yield Figure("installs without a network", installed.returncode, "=", 0, f"{took:.0f} s")
    yield from _demonstrated(venv, python, home)


def _demonstrated(venv: Path, python: str, home: Path) -> Iterator[Figure]:
    """Run the demonstration with the packages read-only, with a home for kernels and without."""
    (packages,) = venv.rglob("site-packages")
    before = _there(packages)
    closed = home / "closed"
    closed.mkdir()
    demo = bound_by_modes([python, "-m", "peelian.cli", "demo", "--no-open", "--out", home / "out"])
    warm = bound_by_modes([python, "-m", "peelian.cli", "doctor", "--warm"])
    if demo is None or warm is None:
        print("SKIPPED read-only packages: no account here that modes bind")
        return
    made_read_only(packages)
    made_read_only(closed)
    try:
        started = time.perf_counter()
        ran = _run(demo, home=home)
        took = time.perf_counter() - started
        kept = _run(warm, home=home)
        barred = _run(warm, home=home, XDG_CACHE_HOME=str(closed), LOCALAPPDATA=str(closed))
        changed = _there(packages) ^ before
    finally:
        made_read_only(packages, undo=True)
        made_read_only(closed, undo=True)
    for one in (ran, kept, barred):
        print((one.stdout + one.stderr)[-800:] if one.returncode else "", end="")
    yield Figure("demo with read-only packages", ran.returncode, "=", 0, f"{took:.0f} s")
    reports = len([*(home / "out").rglob("*.html")])
    yield Figure("demo made a report", reports, "≥", 1)
    yield Figure("kernels warmed with read-only packages", kept.returncode, "=", 0)
    kernels = len([*home.rglob("*.nbi")])
    yield Figure("kernels kept in the user's own folder", kernels, "≥", 1)
    yield Figure("kernels warmed where they can be kept nowhere", barred.returncode, "=", 0)
    said = "No folder can be written to keep compiled kernels" in barred.stderr
    yield Figure("and it says so", said, "=", True)
    yield Figure("files changed among the packages", len(changed), "=", 0)


def _there(folder: Path) -> set[tuple[str, int]]:
    return {
        (path.relative_to(folder).as_posix(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sums", type=Path, help="only write the sums of a folder of wheels")
    asked = parser.parse_args()
    if asked.sums:
        print(f"{sums(asked.sums)} wheels in {asked.sums}, their SHA-256 in {_SUMS}")
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            for figure in figures(Path(temporary)):
                print(figure.line(), flush=True)
