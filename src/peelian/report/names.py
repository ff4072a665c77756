"""Names: what the page and its files call each release and each of its tables."""

from collections import Counter
from collections.abc import Sequence

from peelian.disclosure import Release


def release_names(releases: Sequence[Release]) -> list[str]:
    """Return a short name for each release: its analysis, numbered where it was asked twice."""
    seen: Counter[str] = Counter()
    names = []
    for release in releases:
        name = release.provenance.analysis.replace(".", "-").replace("_", "-")
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names


def table_ids(name: str, release: Release) -> dict[str, str]:
    """Return what the page calls each table of a release that is called `name`."""
    return {table: f"{name}-{table.replace('_', '-')}" for table in release.tables}
