"""The made-up force: one file a process, and the truth of each written down beside the store."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peelian.records.synth.categories import Category
    from peelian.records.synth.plan import Plan
    from peelian.records.synth.truth import write_truth
    from peelian.records.synth.whole import Force, make_force
    from peelian.records.synth.write import Files, write_files

__all__ = ["Category", "Files", "Force", "Plan", "make_force", "write_files", "write_truth"]

# Each name is fetched when it is asked for: one process can be used without the others.
_HOME = {
    "Category": "categories",
    "Files": "write",
    "Force": "whole",
    "Plan": "plan",
    "make_force": "whole",
    "write_files": "write",
    "write_truth": "truth",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
