"""Moved to `peelian.placing.period`; stands here for this session only."""

from peelian.placing.period import *  # noqa: F403
