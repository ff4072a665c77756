"""The one place where kernels are compiled: kept on disk where the machine lets us."""

import time
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numba

# Rooms with kernels. Each has a `warm()` that runs every one of its kernels on a tiny input.
KERNEL_ROOMS = (
    "peelian.statistics.kernels_hawkes",
    "peelian.statistics.kernels_lags",
    "peelian.statistics.kernels_mantel",
    "peelian.statistics.kernels_pairs",
    "peelian.statistics.kernels_polygons",
    "peelian.statistics.kernels_recursion",
)


class KernelsNotKept(UserWarning):
    """Compiled kernels cannot be kept on this machine, so each run compiles them again."""


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel at its first call, and keep what was compiled for the next run.

    The compiled form is kept beside the source; where that folder may not be written (an installed
    wheel), in the user's own cache folder; where that may not either, nowhere, with a warning.
    No kernel starts a thread of its own and none holds the interpreter while it runs.

    Args:
        function: Plain Python over arrays and numbers, as numba understands it.
    """
    try:
        return numba.njit(function, cache=True, nogil=True, fastmath=False)
    except RuntimeError:  # numba tried beside the source and in the user's folder; neither opens
        warnings.warn(
            "No folder can be written to keep compiled kernels in, so each run compiles them "
            "again. Set NUMBA_CACHE_DIR to a folder you may write.",
            KernelsNotKept,
            stacklevel=2,
        )
        return numba.njit(function, nogil=True, fastmath=False)


def warm() -> dict[str, float]:
    """Compile every kernel now, and return the seconds each room took."""
    seconds = {}
    for room in KERNEL_ROOMS:
        started = time.perf_counter()
        import_module(room).warm()
        seconds[room] = time.perf_counter() - started
    return seconds
