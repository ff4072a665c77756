"""What the kernels of places cost, each in a process of its own, on the inputs of the peers."""

from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.measure import measure, python

_HEAD = """
import json, resource, sys, time
sys.path.insert(0, {inputs!r})
import numpy as np
from inputs import CITY, events, lattice
from peelian.statistics.compile import warm
"""
_TAIL = """
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(dict(found, cpu_s=time.process_time() - start, used_mb=used)))
"""
_KNOX = """
from peelian.statistics.knox import knox
warm()
x, y, t = events(200_000)
start = time.process_time()
table = knox(x, y, t, within=[0, np.nextafter(200, 201)], after=[0, np.nextafter(7, 8)])
found = dict(pairs=int(table.observed[0, 0]), p=float(table.p[0, 0]))
"""
_DENSITY = """
from peelian.statistics.density import Box, density
x, y, _ = events(1_000_000)
box = Box(0, 0, CITY, CITY, 500, 500)
density(x[:1000], y[:1000], 300.0, box)
start = time.process_time()
made = density(x, y, 300.0, box)
stopped = time.process_time()
middle = (np.arange(500) + 0.5) * CITY / 500
off = []
for row, column in np.random.default_rng(1).integers(0, 500, (40, 2)):
    d2 = (x - middle[column]) ** 2 + (y - middle[row]) ** 2
    exact = np.exp(-d2 / (2 * 300.0**2)).sum() / (2 * np.pi * 300.0**2)
    off.append(abs(made[row, column] / exact - 1))
found, start = dict(off=max(off)), start + time.process_time() - stopped
"""
_LOCAL = """
import time
start = time.process_time()
import json, resource, sys
sys.path.insert(0, {inputs!r})
import numpy as np
from inputs import lattice
from peelian.statistics.local_autocorrelation import chances, gi_star, local_moran
from peelian.statistics.weights import Neighbours
side, values = lattice(35_000)
at = np.arange(side * side).reshape(side, side)
pairs = [(at[:, :-1], at[:, 1:]), (at[:-1], at[1:]), (at[:-1, :-1], at[1:, 1:]),
         (at[:-1, 1:], at[1:, :-1])]
near = Neighbours.of_pairs(
    np.concatenate([np.stack([a.ravel(), b.ravel()], axis=1) for a, b in pairs]), side * side
)
p = chances(values, near, permutations=999)
found = dict(moran=local_moran(values, near, "n-1")[0], gi=gi_star(values, near)[0])
"""
_HAWKES = """
from peelian.statistics.hawkes import Events, fit, smooth
warm()
x, y, t = events(100_000)
held = Events.of(x, y, t, 365.0, (0.0, 0.0, CITY, CITY))
start = time.process_time()
fitted = fit(held, smooth(held, 300.0), rounds=40)
found = dict(theta=fitted.theta, rounds=fitted.rounds)
"""


def figures(shared: Path) -> Iterator[Figure]:
    """Yield CPU, memory and agreement of each kernel.

    Args:
        shared: The folder whose `bench/inputs.py` made the inputs of the peers.
    """
    inputs = str(shared / "bench")

    def cost(code: str, head: str = _HEAD) -> dict:
        run = measure(python("-c", (head + code + _TAIL).format(inputs=inputs)))
        if run.code:
            raise RuntimeError(run.err)
        return run.json() | {"wall_s": run.wall_s}

    ran = cost(_KNOX.replace("{", "{{").replace("}", "}}"))
    yield Figure("Knox, 200,000 events, 999 shuffles (CPU s)", ran["cpu_s"], "≤", 12,
                 "the old pointpats takes 54 s for 99")  # fmt: skip
    yield Figure("its memory, MB", ran["used_mb"], "≤", 1000)
    yield Figure("close pairs, as the peers count them", ran["pairs"], "=", 346_428)
    ran = cost(_LOCAL.replace("{inputs!r}", repr(inputs)), head="")
    yield Figure("Gi* and local Moran, 35,000 areas, 999 draws, from a cold start (s)",
                 ran["wall_s"], "≤", 1.5, f"{ran['cpu_s']:.2f} CPU s; esda 28 s")  # fmt: skip
    yield Figure("the first local I, as esda has it", round(ran["moran"], 12), "=",
                 round(-0.017046248183896662, 12))  # fmt: skip
    yield Figure("the first Gi*, as esda has it", round(ran["gi"], 12), "=",
                 round(-0.2988906061043723, 12))  # fmt: skip
    ran = cost(_DENSITY)
    yield Figure("density of a million events on 500 by 500 (CPU s)", ran["cpu_s"], "≤", 1)
    yield Figure("its furthest from exact sums, of forty cells", ran["off"], "≤", 1e-3)
    ran = cost(_HAWKES)
    yield Figure("Hawkes, 100,000 events, 40 rounds, smooth background (CPU s)", ran["cpu_s"],
                 "≤", 20, f"{ran['rounds']} rounds")  # fmt: skip
    yield Figure("its memory, MB", ran["used_mb"], "≤", 600)
