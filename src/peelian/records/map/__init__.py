"""A source's columns to ours, written as data."""

from peelian.records.map.bind import Bound, Context, Route, bind, spellings
from peelian.records.map.language import Mapping, fold_name

__all__ = ["Bound", "Context", "Mapping", "Route", "bind", "fold_name", "spellings"]
