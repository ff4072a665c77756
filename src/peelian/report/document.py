"""The page: what it is, every finding in short, each release, and how it was made."""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from peelian.disclosure import Release
from peelian.render import words
from peelian.render.html import Markup, tag
from peelian.report.names import release_names
from peelian.report.packing import packed, without_comments
from peelian.report.provenance import how_it_was_made, sensitivity_words
from peelian.report.section import Section

# Classic scripts, in the order in which they need one another.
_SCRIPTS = ("outlines.js", "areas.js", "picture.js", "map.js", "image.js", "report.js")


def page(releases: Sequence[Release], *, title: str, purpose: str, beside: Sequence[str]) -> str:
    """Return the whole page as HTML that asks for nothing from outside.

    Args:
        releases: In the order to show them.
        title: The study's title.
        purpose: What the study is for.
        beside: The files that lie beside the page.
    """
    sections = [
        Section(name, release)
        for name, release in zip(release_names(releases), releases, strict=True)
    ]
    data = packed(
        {
            "tables": {k: v for section in sections for k, v in section.tables_data().items()},
            **_maps_data(sections),
        }
    )
    script = "\n".join(['"use strict";', *(without_comments(_asset(n)) for n in _SCRIPTS)])
    style = _asset("report.css")
    body = tag(
        "body",
        tag("a", "Skip to the findings", href="#findings", class_="skip"),
        _hatching(),
        _header(releases, title, purpose),
        tag(
            "main",
            _in_short(sections),
            *(section.html() for section in sections),
            how_it_was_made(releases, beside, [s.kept_for_the_end() for s in sections]),
            id="findings",
        ),
        tag("div", id="tip", role="tooltip", hidden=True),
        tag("script", _as_data(data), type="application/json", id="data"),
        tag("script", Markup(script)),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(script, style)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en-GB')}\n"


def _maps_data(sections: Sequence[Section]) -> dict[str, Any]:
    """Return every map, with outlines that several share held once."""
    maps = {k: v for section in sections for k, v in section.maps_data().items()}
    outlines: list[Any] = []
    for spec in maps.values():
        if spec["outline"] not in outlines:
            outlines.append(spec["outline"])
        spec["outline"] = outlines.index(spec["outline"])
    return {"maps": maps, "outlines": outlines}


def _asset(name: str) -> str:
    return (files("peelian.report") / "assets" / name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """Allow this page's own script and style, by their hashes, and nothing else."""

    def fingerprint(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")

    return (
        f"default-src 'none'; script-src 'sha256-{fingerprint(script)}'; "
        f"style-src 'sha256-{fingerprint(style)}'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _as_data(data: object) -> Markup:
    """Return JSON that cannot end its script element, whatever names it holds."""
    text = json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _hatching() -> Markup:
    stripes = tag("path", d="M0 6 L6 0", class_="hatch-line")
    pattern = tag("pattern", stripes, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    return tag("svg", tag("defs", pattern), width=0, height=0, class_="defs", aria_hidden="true")


def _header(releases: Sequence[Release], title: str, purpose: str) -> Markup:
    made = [release.provenance for release in releases]
    facts = (
        ("Period", _listed(_period_words(m.period) for m in made)),
        ("Data as at", _listed(words.write(m.data_as_at, "month") for m in made if m.data_as_at)),
        ("Made", _listed(words.write(m.made_at[:10], "date") for m in made)),
        ("Sensitivity", _listed(sensitivity_words(r.sensitivity) for r in releases)),
    )
    items = [tag("div", tag("dt", name), tag("dd", said or "not known")) for name, said in facts]
    return tag(
        "header",
        tag("p", "peelian", class_="mark"),
        tag("h1", title),
        tag("p", purpose, class_="purpose"),
        tag("dl", *items, class_="facts"),
    )


def _listed(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(parts))


def _period_words(period: str) -> str:
    first, dots, last = period.partition("..")
    if not dots:
        return "all that was loaded" if period == "all" else period
    ends = [words.write(month, "month") for month in (first, last)]
    return ends[0] if first == last else f"{ends[0]} to {ends[1]}"


def _in_short(sections: Sequence[Section]) -> Markup | None:
    """Return every answer in one list, each leading to its section."""
    if len(sections) < 2:
        return None
    items = [
        tag(
            "li",
            tag("a", section.release.question, href=f"#{section.name}"),
            tag("p", section.sentence(section.release.answer)),
        )
        for section in sections
    ]
    return tag("section", tag("h2", "In short"), tag("ol", *items), class_="in-short")
