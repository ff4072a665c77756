"""Chance, by name: each process draws from a stream of its own, so that a new one disturbs none."""

from hashlib import sha256

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random stream of one process of the made-up force.

    A stream depends on the seed and its own name alone: adding, leaving out or re-ordering other
    processes changes nothing it draws, and any part can be made again without the rest.

    >>> stream(1829, "calls").integers(1000, size=3).tolist()
    [601, 432, 356]
    >>> stream(1829, "stops").integers(1000, size=3).tolist()
    [884, 98, 718]

    Args:
        seed: The seed of the whole force; not negative.
        name: The process, and within it the part, such as `calls/2025-03`.
    """
    words = np.frombuffer(sha256(name.encode()).digest(), dtype="<u4")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words.tolist()])))
