"""Figures that places promise, measured now and printed beside their targets.

Not all that is promised is built: a gate without a test, and an analysis that is not in the
catalogue, is missed.
"""

import sys

from bench.acceptance import run

PARTS = ("catalogue", "gates", "kernels", "hotspots")

if __name__ == "__main__":
    sys.exit(run(__doc__ or "", "bench.places", PARTS, sys.argv[1:]))
