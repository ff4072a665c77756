"""Kernels over all pairs of events: products of distance and gap in time, for many shuffles."""

import numpy as np

from peelian.statistics.compile import compiled


@compiled
def add_products(x, y, times, manhattan, reciprocal, products):
    """Add up, over all pairs, distance times gap in time, for every shuffle of the times.

    No pair is kept: each is worked out, used for all shuffles, and let go.

    Args:
        x: Eastings: shape (events,).
        y: Northings.
        times: Times in every shuffle: shape (events, shuffles).
        manhattan: Whether distance is along a grid of streets.
        reciprocal: Where above nought, it is added to distances and gaps, and they are turned
            into one over them.
        products: Added to: shape (shuffles,).
    """
    for i in range(len(x)):
        for j in range(i):
            dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
            d = dx + dy if manhattan else np.sqrt(dx * dx + dy * dy)
            a, b = times[i], times[j]
            if reciprocal > 0:
                d = 1 / (d + reciprocal)
                for p in range(len(products)):
                    products[p] += d / (abs(a[p] - b[p]) + reciprocal)
            else:
                for p in range(len(products)):
                    products[p] += d * abs(a[p] - b[p])


@compiled
def add_squares(x, y, manhattan, reciprocal):
    """Return the sum over all pairs of a distance, and of its square: written as above."""
    total = squares = 0.0
    for i in range(len(x)):
        for j in range(i):
            dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
            d = dx + dy if manhattan else np.sqrt(dx * dx + dy * dy)
            if reciprocal > 0:
                d = 1 / (d + reciprocal)
            total += d
            squares += d * d
    return total, squares


def warm() -> None:
    """Run every kernel on a tiny input."""
    xy = np.array([0.0, 1.0])
    add_products(xy, xy, np.ones((2, 1)), False, 0.0, np.zeros(1))
    add_squares(xy, xy, False, 0.0)
