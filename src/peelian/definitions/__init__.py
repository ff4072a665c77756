"""What counts as X: definitions as data, each compiled to one expression over the records.

A definition is one TOML file: what it counts, by which rule, who says so, and what share was
published under it. Analyses ask for definitions by name, and mark incidents with them:

    from peelian.definitions import find, lacking, marked

    wanted = find(("mental-health", "missing-people", "mine/stalking.toml"))
    records = {"incident_codes": incident_codes, "labels": labels,
               "involvements": involvements, "markers": markers}
    refused = lacking(incidents, wanted, records)     # {name: CannotAnswer}: what cannot be applied
    able = [one for one in wanted if one.name not in refused]
    table = marked(incidents, able, records)          # incidents + one boolean column each

The interface:

- `find(asked) -> tuple[Definition, ...]`: names of shipped definitions, families (`mental-health`,
  `non-crime` …), or paths ending in `.toml`, relative to the working folder. `UsageError` with the
  nearest name. `shipped()` gives all of them by name, `families()` the names of families.
- `Definition`: `name`, `title`, `counts`, `families`, `health` (then by district or force only),
  `rule`, `source`, `verification`, `held`, `published` (a tuple of `Published`, chief one first;
  `anchor(denominator)` gives the one nearest to a denominator), `fingerprint`, `file`, `tables`
  (the canonical tables it looks at), `column` (its column, `is_` and its name) and `asked_column`.
- `Published`: `share`, `low`, `high` (0 to 1, or None), `count`, `of`, `denominator`, `where`,
  `when`, `source`, `verification`.
- `marked(incidents, definitions, records, asked=False) -> ir.Table`: every incident once, with a
  boolean column each, never null. With `asked=True` also `asked_column`: false where nobody could
  tell, because it rests on readers who were not asked about that incident, or its log has no words.
  A share under such a definition is of the incidents that were asked about. Raises `CannotAnswer`.
- `lacking(incidents, definitions, records) -> dict[str, CannotAnswer]`: which cannot be applied to
  these records, and what would be needed; empty if all can.
- `met(incidents, definition, records) -> tuple[Met, ...]`: how many incidents meet each part of a
  rule, code by code, so that a code that occurs nowhere is told and not silently nought. Counts of
  records: they leave through the door like any others.
- `anchors() -> tuple[Anchor, ...]`: published figures that no rule can make (leaders' estimates).
"""

from peelian.definitions.claims import Anchor, anchors
from peelian.definitions.lacking import lacking
from peelian.definitions.marking import marked
from peelian.definitions.meeting import Met, met
from peelian.definitions.reading import DENOMINATORS, Definition, Published
from peelian.definitions.shelf import families, find, shipped

__all__ = [
    "DENOMINATORS",
    "Anchor",
    "Definition",
    "Met",
    "Published",
    "anchors",
    "families",
    "find",
    "lacking",
    "marked",
    "met",
    "shipped",
]
