"""The audit log of a store: a chain of lines that cannot be changed without its being found."""

from peelian.safeguards.audit.line import Event, Head, Line, Operation
from peelian.safeguards.audit.log import Log
from peelian.safeguards.audit.verify import Verdict, verify

__all__ = ["Event", "Head", "Line", "Log", "Operation", "Verdict", "verify"]
