"""Releases, in order, as one page and the files beside it."""

import json
from collections.abc import Sequence
from pathlib import Path

from peelian.disclosure import Release
from peelian.render.machine import as_json
from peelian.report.document import page
from peelian.report.files import write_areas, write_tables


def write_report(releases: Sequence[Release], out: Path, *, title: str, purpose: str) -> Path:
    """Write a study's report and everything that goes with it.

    Writes `report.html` (one file, which asks for nothing from outside), `tables/*.csv` with
    `tables/columns.csv` saying what each column is, `release.json`, and, where there is a map,
    `areas.gpkg` and `areas.geojson`.

    Args:
        releases: What the study let out, in the order to show it.
        out: The folder to write to; made if it is not there.
        title: The study's title.
        purpose: What the study is for: it stands under the title.

    Returns:
        The path of `report.html`.
    """
    out.mkdir(parents=True, exist_ok=True)
    tables = write_tables(releases, out / "tables")
    areas = write_areas(releases, out)
    study = {
        "title": title,
        "purpose": purpose,
        "releases": [as_json(release) for release in releases],
    }
    text = json.dumps(study, allow_nan=False, ensure_ascii=False, indent=1)
    (out / "release.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    report = out / "report.html"
    html = page(releases, title=title, purpose=purpose, beside=[*tables, *areas, "release.json"])
    report.write_text(html, encoding="utf-8", newline="\n")
    return report
