"""Every figure of the one door out, measured now and printed beside its target."""

import sys

from bench.acceptance import run

PARTS = ("attack", "audit", "london", "hostile_files", "faults", "wheel")

if __name__ == "__main__":
    sys.exit(run(__doc__ or "", "bench.door", PARTS, sys.argv[1:]))
