"""Figures that places promise, measured now and printed beside their targets.

Not all that is promised is built: a gate without a test, and an analysis that is not in the
catalogue, is missed.
"""

import sys
from pathlib import Path

from bench.acceptance import run

# The generators that the tests are about, too, stand among the tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# From the gates, which take seconds, to a thousand made-up cities.
PARTS = (
    "catalogue",
    "gates",
    "kernels",
    "feedback",
    "forecast",
    "hotspots",
    "near_repeats",
    "spread",
    "studies",
)

if __name__ == "__main__":
    sys.exit(run(__doc__ or "", "bench.places", PARTS, sys.argv[1:]))
