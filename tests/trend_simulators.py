"""Series whose trend is known, drawn otherwise than methods assume; no code is shared with them.

The methods say negative binomial about a smooth mean. Here the mean itself wanders from step to
step, by a memory of one of several shapes, and the seasons are triangles and not waves.
"""

import numpy as np

BURN = 200


def first_order(e, memory):
    z = np.zeros(len(e))
    for t in range(1, len(z)):
        z[t] = memory * z[t - 1] + np.sqrt(1 - memory**2) * e[t]
    return z


def moving_mean(e, memory):
    """Of four steps: no autoregression at all."""
    return np.convolve(e, np.full(4, 0.5))[: len(e)]


def second_order(e, memory):
    z = np.zeros(len(e))
    for t in range(2, len(z)):
        z[t] = 0.4 * z[t - 1] + 0.2 * z[t - 2] + 0.849 * e[t]
    return z


SHAPES = {"first order": first_order, "moving mean": moving_mean, "second order": second_order,
          "heavy tails": first_order}  # fmt: skip


def wandering(rng, shape, steps, spread, memory=0.5):
    """Draw a wandering log mean of standard deviation `spread`."""
    if shape == "heavy tails":
        e = rng.standard_t(4, steps + BURN) / np.sqrt(2)
    else:
        e = rng.standard_normal(steps + BURN)
    return spread * SHAPES[shape](e, memory)[BURN:]


def triangle(phase, height):
    """Return a season of straight lines: up to its height in the middle of the year, and down."""
    return height * (1 - 4 * np.abs((phase % 1.0) - 0.5))


def series(
    rng, *, steps, year=12.0, level=400.0, growth=0.0, season=0.15, shape="first order",
    spread=0.08, memory=0.5, noise=0.004,
):  # fmt: skip
    """Draw a series of counts.

    `growth` is the change of the log mean a year; `noise` the gamma noise of each step alone.
    """
    t = np.arange(steps)
    log_mean = np.log(level) + growth * (t - steps / 2) / year + triangle(t / year, season)
    mean = np.exp(log_mean + wandering(rng, shape, steps, spread, memory))
    if noise:
        mean = mean * rng.gamma(1 / noise, noise, steps)
    return rng.poisson(mean).astype(float)
