"""Moved to `peelian.placing.areas`; stands here for this session only."""

from peelian.placing.areas import *  # noqa: F403
