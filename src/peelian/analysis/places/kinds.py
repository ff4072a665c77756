"""Moved to `peelian.placing.kinds`; stands here for this session only."""

from peelian.placing.kinds import *  # noqa: F403
