"""Moved to `peelian.placing.need`; stands here for this session only."""

from peelian.placing.need import *  # noqa: F403
