"""Measure a command as a whole process: wall, CPU and peak memory, its children included."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Run:
    """What one run of a command cost."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    code: int
    out: str
    err: str

    def json(self):
        """Return what the command printed as JSON."""
        return json.loads(self.out)


def measure(command, *, cwd=None, env=None, timeout=1800) -> Run:
    """Run a command to its end and return what it cost.

    The peak is the largest sum of resident memory over the process and its children, sampled every
    20 ms; CPU is the process's own at its end.

    Modules are kept compiled between runs, as Python keeps them on a user's machine: build machines
    often forbid it, and every run would then pay for compiling all it imports.
    """
    env = {k: v for k, v in (env or os.environ).items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = {"peak": 0.0, "cpu": 0.0}
    watcher = threading.Thread(target=_watch, args=(process.pid, seen), daemon=True)
    watcher.start()
    out, err = process.communicate(timeout=timeout)
    wall = time.perf_counter() - start
    watcher.join(timeout=1)
    return Run(wall, seen["cpu"], seen["peak"], process.returncode, out, err)


def _watch(pid, seen):
    try:
        parent = psutil.Process(pid)
        while True:
            family = [parent, *parent.children(recursive=True)]
            resident = cpu = 0.0
            for one in family:
                try:
                    resident += one.memory_info().rss / 1e6
                    times = one.cpu_times()
                    cpu += times.user + times.system
                except psutil.NoSuchProcess:
                    continue
            if not resident:
                return
            seen["peak"], seen["cpu"] = max(seen["peak"], resident), max(seen["cpu"], cpu)
            time.sleep(0.02)
    except psutil.NoSuchProcess:
        return


def python(*arguments) -> list[str]:
    """Return a command that runs this Python."""
    return [sys.executable, *map(str, arguments)]


def peelian(*arguments) -> list[str]:
    """Return a command that runs the installed command line."""
    name = "peelian.exe" if sys.platform == "win32" else "peelian"
    return [str(Path(sys.executable).with_name(name)), *map(str, arguments)]
