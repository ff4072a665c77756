"""Every figure that demand promises, measured now and printed beside its target."""

import sys
from pathlib import Path

from bench.acceptance import run

# The generators that the tests are about, too, stand among the tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# From the gates, which take seconds, to what goes through the whole path.
PARTS = (
    "gates", "corrected", "recording", "trend", "repeat", "share", "composition", "definitions",
    "audit", "examples", "bad_input",
)  # fmt: skip

if __name__ == "__main__":
    sys.exit(run(__doc__ or "", "bench.demand", PARTS, sys.argv[1:]))
