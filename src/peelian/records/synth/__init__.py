"""The made-up force: one file a process, and the truth of each written down beside the store."""

from peelian.records.synth.plan import Category, Plan
from peelian.records.synth.truth import write_truth
from peelian.records.synth.whole import Force, make_force
from peelian.records.synth.write import Files, write_files

__all__ = ["Category", "Files", "Force", "Plan", "make_force", "write_files", "write_truth"]
