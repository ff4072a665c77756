"""Every figure the made-up force promises, measured now and printed beside its target."""

import sys
from pathlib import Path

from bench.acceptance import run

# Facts and plans that the tests are about, too, stand among the tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# In the order of the force's making.
PARTS = (
    "places", "crimes", "stops", "calls", "need", "policy", "narratives", "plans", "sameness",
    "beside", "making",
)  # fmt: skip

if __name__ == "__main__":
    sys.exit(run(__doc__ or "", "bench.synth", PARTS, sys.argv[1:]))
