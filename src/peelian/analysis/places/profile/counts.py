"""Moved to `peelian.placing.counts`; stands here for this session only."""

from peelian.placing.counts import *  # noqa: F403
