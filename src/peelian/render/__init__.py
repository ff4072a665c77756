"""A release made visible: words, tables, charts, maps."""

from peelian.render.machine import as_json as as_json
from peelian.render.terminal import as_text as as_text
