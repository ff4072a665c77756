"""Plans that cannot be carried out: how many of them the command line refuses, and how."""

from collections.abc import Iterator
from pathlib import Path

from typer.testing import CliRunner

from bad_plans import BAD_PLANS
from bench.figures import Figure
from peelian.cli.app import app


def figures(work: Path) -> Iterator[Figure]:
    """Yield how many bad plans are refused with what to change and nothing left behind.

    Args:
        work: Where the plans are written.
    """
    refused, accepted = 0, []
    for name, (text, word) in BAD_PLANS.items():
        plan, store = work / "plan.toml", work / "bad"
        plan.write_text(text, encoding="utf-8")
        run = ["make", str(store), "--scale", "small", "--plant", str(plan)]
        done = CliRunner().invoke(app, run)
        told = word in done.stderr and "Try: " in done.stderr
        if done.exit_code == 2 and told and not store.exists():
            refused += 1
        else:
            accepted.append(name)
    note = "; ".join(accepted) or "shares, branching, kernels, dates, numbers, words"
    yield Figure("invalid plans refused with what to change", refused, "=", len(BAD_PLANS), note)
