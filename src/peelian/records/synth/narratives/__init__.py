"""Log text composed from true facts in control-room register, with its identifiers in view."""

from peelian.records.synth.narratives.plan import NarrativesPlan
from peelian.records.synth.narratives.write import Narratives, write_narratives

__all__ = ["Narratives", "NarrativesPlan", "write_narratives"]
