"""Is this safe and fair to publish? What stands against it, with what to do about each reason."""

from peelian.safeguards.publishing.check import Answers, Checked, check

__all__ = ["Answers", "Checked", "check"]
