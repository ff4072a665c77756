"""How a report was made: enough to make it again, at the end of the page."""

from collections.abc import Iterable, Sequence
from typing import Any

from peelian.disclosure import Release
from peelian.render.html import Markup, tag
from peelian.results import SourceFile
from peelian.schema.kinds import Sensitivity

_MANY_FILES = 12


def sensitivity_words(sensitivity: Sensitivity) -> str:
    """Say what care the records needed on the way out."""
    name = sensitivity.name.lower()
    if not sensitivity.threshold:
        return f"{name}: nothing needed to be held back"
    below = f"{name}: counts below {sensitivity.threshold} are held back"
    if sensitivity < Sensitivity.SENSITIVE:
        return below
    return f"{below}, and every count of places smaller than a district"


def how_it_was_made(
    releases: Sequence[Release], beside: Sequence[str], used: Sequence[Markup]
) -> Markup:
    """Return the records, files, settings, versions and seeds behind every release.

    Args:
        releases: The page's releases, in order.
        beside: The files beside the page.
        used: For each release, its table of the records it used.
    """
    sources = {(f.sha256, f.layout): f for r in releases for f in r.provenance.files}
    return tag(
        "section",
        tag("h2", "How this was made"),
        tag(
            "p",
            "With the same records, settings and version, peelian makes the same figures again.",
        ),
        *(_release(release, table) for release, table in zip(releases, used, strict=True)),
        tag("h3", "Files the records came from"),
        _files(tuple(sources.values())),
        tag("h3", "Files beside this page"),
        tag("ul", *(tag("li", tag("span", name, class_="file")) for name in beside)),
        id="how",
        class_="how",
    )


def _release(release: Release, used: Markup) -> Markup:
    made = release.provenance
    facts = [
        ("Analysis", made.analysis),
        ("Settings", _pairs(made.settings.items())),
        ("Period", made.period),
        ("Records (fingerprint)", tag("code", made.generation)),
        ("Seed", "none" if made.seed is None else str(made.seed)),
        ("Engine", made.engine),
        ("Versions", _pairs(made.versions.items())),
        ("Made at", made.made_at),
        ("Audit log (head)", tag("code", made.audit) if made.audit else "not logged"),
        ("Sensitivity", sensitivity_words(release.sensitivity)),
        ("Cells held back", f"{sum(t.cells_held_back for t in release.tables.values()):,}"),
    ]
    pairs = [item for name, said in facts for item in (tag("dt", name), tag("dd", said))]
    return tag("div", tag("h3", release.question), tag("dl", *pairs, class_="made"), used)


def _pairs(pairs: Iterable[tuple[str, Any]]) -> str:
    return ", ".join(f"{name} = {_setting(value)}" for name, value in pairs)


def _setting(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "; ".join(map(str, value)) or "all"
    return "none" if value is None else str(value)


def _files(sources: Sequence[SourceFile]) -> Markup:
    rows = [
        tag(
            "tr",
            tag("th", file.name, scope="row"),
            tag("td", file.layout),
            tag("td", file.source),
            tag("td", f"{file.loaded:,}", class_="num"),
            tag("td", tag("code", file.sha256)),
        )
        for file in sources
    ]
    names = ("File", "Layout", "Source", "Rows loaded", "SHA-256")
    head = tag("tr", *(tag("th", name, scope="col") for name in names))
    table = tag(
        "div",
        tag(
            "table",
            tag("caption", tag("span", "Every file, with its hash"), id="files-caption"),
            tag("thead", head),
            tag("tbody", *rows),
        ),
        class_="scroll files",
        tabindex=0,
        role="group",
        aria_labelledby="files-caption",
    )
    if len(sources) <= _MANY_FILES:
        return table
    return tag("details", tag("summary", f"All {len(sources):,} files"), table)
