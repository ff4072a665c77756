"""The public release: another artefact than the analyst's, in its own folder, with its hashes."""

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from peelian import __version__
from peelian.errors import UsageError
from peelian.render import words as words_of
from peelian.render.html import Markup, tag
from peelian.render.tables import NOT_AVAILABLE, inert

PAGE = "how-to/publish"
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}table{border-collapse:collapse;font-size:.9rem}"
    "th,td{border-bottom:1px solid #ccc;padding:.2rem .6rem;text-align:left}"
    ".scroll{overflow:auto;max-height:30rem}.until{border-left:4px solid #555;padding-left:1rem}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"


def public_words(told: Mapping[str, Any], *, source_sha256: str, expires: date) -> dict[str, Any]:
    """Return what of a written release the public is told.

    Left out are: tables that put places in an order, files and their fingerprints, engines and
    versions of libraries, drawings, outlines, and everything that the written release does not
    show in words or tables.

    Args:
        told: What the analyst's `release.json` says.
        source_sha256: That file's fingerprint.
        expires: The day until which it speaks.
    """
    return {
        "title": told["title"],
        "purpose": told["purpose"],
        "speaks_until": expires.isoformat(),
        "made_by": f"peelian {__version__}",
        "made_from_release_sha256": source_sha256,
        "findings": [_finding(release) for release in told["releases"]],
    }


def _finding(release: Mapping[str, Any]) -> dict[str, Any]:
    made = release["provenance"]
    return {
        "question": release["question"],
        "answer": release["answer"],
        "caveats": list(release["caveats"]),
        "definitions": dict(release["definitions"]),
        "tables": {
            name: {
                "caption": table["caption"],
                "columns": [
                    {part: c.get(part, "") for part in ("name", "label", "unit", "form", "note")}
                    for c in table["columns"]
                ],
                "rows": table["rows"],
                "held_back": table.get("held_back", {}),
            }
            for name, table in release["tables"].items()
            if not _in_order(table)
        },
        "period": made.get("period", ""),
        "data_as_at": made.get("data_as_at", ""),
        "sources": sorted({file["source"] for file in made.get("files", ())}),
        "analysis": made["analysis"],
        "audit": made.get("audit", ""),
    }


def _in_order(table: Mapping[str, Any]) -> bool:
    """Say whether a table puts places in an order: no league table of places is published."""
    return any(column["name"].split("_")[0] == "rank" for column in table["columns"])


def write_public(words: Mapping[str, Any], out: Path, pictures: Sequence[Path] = ()) -> Path:
    """Write the public release: a page, its words as JSON, its tables, and a list of fingerprints.

    Args:
        words: From `public_words`.
        out: The folder, which must not be there yet or be empty. It is written whole or not at all.
        pictures: Pictures to go with it, which somebody has looked at.

    Returns:
        The path of the page.

    Raises:
        UsageError: Something lies there already, or nothing can be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            "There is something else where the public release should go.",
            found=out.name,
            try_="another --to, or an empty folder",
            read=PAGE,
        )
    fresh = out.with_name(f".{out.name}.{uuid4().hex}")
    try:
        (fresh / "tables").mkdir(parents=True)
        _write_parts(words, fresh, pictures)
        if out.exists():
            out.rmdir()
        fresh.replace(out)
    except OSError as problem:
        raise UsageError(
            f"Nothing can be written to {out.name}.",
            found=type(problem).__name__,
            try_="another --to: a folder you may write to",
            read=PAGE,
        ) from problem
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return out / "index.html"


def _write_parts(words: Mapping[str, Any], fresh: Path, pictures: Sequence[Path]) -> None:
    for number, finding in enumerate(words["findings"], 1):
        for name, table in finding["tables"].items():
            file = fresh / "tables" / f"{number}-{name.replace('_', '-')}.csv"
            file.write_text(_csv(table), encoding="utf-8-sig", newline="")
    text = json.dumps(words, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    (fresh / "public.json").write_text(text, encoding="utf-8", newline="\n")
    for picture in pictures:
        shutil.copyfile(picture, fresh / picture.name)
    page = "<!doctype html>\n" + _page(words, [picture.name for picture in pictures])
    (fresh / "index.html").write_text(page, encoding="utf-8", newline="\n")
    hashes = {
        path.relative_to(fresh).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(fresh.rglob("*"))
        if path.is_file()
    }
    manifest = json.dumps({"speaks_until": words["speaks_until"], "sha256": hashes}, indent=1)
    (fresh / "manifest.json").write_text(manifest + "\n", encoding="utf-8", newline="\n")


def _csv(table: Mapping[str, Any]) -> str:
    out = io.StringIO()
    names = [column["name"] for column in table["columns"]]
    writer = csv.writer(out)
    writer.writerow(names)
    for row in table["rows"]:
        writer.writerow([_cell(row[name]) for name in names])
    return out.getvalue()


def _cell(value: Any) -> Any:
    return inert(value) if isinstance(value, str) else value


def _page(words: Mapping[str, Any], pictures: Sequence[str]) -> Markup:
    until = words["speaks_until"]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", words["title"]),
        tag("style", Markup(_STYLE)),
    )
    body = tag(
        "body",
        tag("h1", words["title"]),
        tag("p", words["purpose"]),
        tag("p", f"This speaks until {until}. After that day it must be asked again.",
            class_="until"),
        *(tag("img", src=name, alt="") for name in pictures),
        *(_section(finding) for finding in words["findings"]),
        tag("p", f"Made by {words['made_by']}."),
    )  # fmt: skip
    return tag("html", head, body, lang="en-GB")


def _section(finding: Mapping[str, Any]) -> Markup:
    sources = ", ".join(finding["sources"]) or "not named"
    return tag(
        "section",
        tag("h2", finding["question"]),
        tag("p", finding["answer"]),
        tag("h3", "What to know first"),
        tag("ul", *(tag("li", caveat) for caveat in finding["caveats"])),
        *(_table(table) for table in finding["tables"].values()),
        tag("h3", "What the words mean"),
        tag(
            "dl",
            *(
                item
                for name, text in finding["definitions"].items()
                for item in (tag("dt", name), tag("dd", text))
            ),
        ),
        tag("p", f"Period: {finding['period']}. Records from: {sources}."),
    )


def _table(table: Mapping[str, Any]) -> Markup:
    held = {(row, name): "held back" for name, rows in table["held_back"].items() for row in rows}
    columns = table["columns"]
    head = tag("tr", *(tag("th", column["label"], scope="col") for column in columns))
    rows = [
        tag("tr", *(_cell_of(row, column, held.get((i, column["name"]))) for column in columns))
        for i, row in enumerate(table["rows"])
    ]
    whole = tag("table", tag("caption", table["caption"]), tag("thead", head), tag("tbody", *rows))
    return tag("div", whole, class_="scroll", tabindex=0)


def _cell_of(row: Mapping[str, Any], column: Mapping[str, Any], held: str | None) -> Markup:
    return tag("td", _shown(row[column["name"]], column["form"], held))


def _shown(value: Any, form: Any, held: str | None) -> str:
    if held or value is None:
        return held or NOT_AVAILABLE
    return words_of.write(value, form)
