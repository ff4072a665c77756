"""The reference pages, made from the schema, the code lists, the catalogue and the verbs."""

import argparse
import inspect
import sys
from pathlib import Path
from typing import Any

from peelian.catalogue import CATALOGUE, Entry
from peelian.cli.speak import EXIT_CODES, say, tell
from peelian.definitions.tell import definitions_page
from peelian.records.synth.plan_file import plan_page
from peelian.schema.reference import codes_page, records_page

_MADE = "<!-- Made by `make docs`; edit the code it comes from. -->\n\n"


def pages() -> dict[str, str]:
    """Return every generated page, by file name."""
    made = {
        "records.md": records_page(),
        "codes.md": codes_page(),
        "catalogue.md": catalogue_page(),
        "exit-codes.md": exit_codes_page(),
        "command-line.md": command_line_page(),
        "plan.md": plan_page(),
        "definitions.md": definitions_page(),
    }
    made |= {f"{one.id}.md": analysis_page(one) for one in CATALOGUE}
    return {name: _MADE + text.strip() + "\n" for name, text in made.items()}


def catalogue_page() -> str:
    """List the analyses with their questions."""
    rows = [f"| [`{e.id}`]({e.id}.md) | {e.question} |" for e in CATALOGUE]
    return "\n".join(["# The catalogue", "", "| analysis | question |", "|---|---|", *rows])


def analysis_page(one: Entry) -> str:
    """Describe one analysis from its docstring and its signature."""
    about = _sections(inspect.getdoc(one.function) or "")
    rows = [
        f"| `{s.name}` | {'must be given' if s.required else f'`{_show(s.default)}`'} | {s.help} |"
        for s in one.settings.values()
    ]
    parts = [
        f"# {one.id}",
        "",
        f"*{one.question}*",
        "",
        *about.pop("")[1:],
        f"Reads: {', '.join(f'`{name}`' for name in one.tables)}.",
        "",
        *(
            [f"Look beside it at: {', '.join(f'[`{n}`]({n}.md)' for n in one.companions)}.", ""]
            if one.companions
            else []
        ),
        "| setting | default | what it does |",
        "|---|---|---|",
        *rows,
    ]
    about.pop("Args", None)
    for title, lines in about.items():
        refusals = [f"- `{line.replace(':', '`:', 1)}" for line in lines if line]
        parts += ["", f"## {_TITLES.get(title, title)}", ""]
        parts += refusals if title == "Raises" else lines
    return "\n".join(parts)


_TITLES = {"Raises": "When it refuses", "Cannot show": "What it cannot show"}


def _sections(docstring: str) -> dict[str, list[str]]:
    """Return the parts of a Google-style docstring; the part before any heading is called ''."""
    parts: dict[str, list[str]] = {"": []}
    part = parts[""]
    for line in docstring.splitlines():
        if line.endswith(":") and line[:1].isupper() and line[:-1].replace(" ", "").isalpha():
            part = parts.setdefault(line[:-1], [])
        else:
            part.append(line.removeprefix("    "))
    return parts


def _show(default: Any) -> str:
    if default is None:
        return "none"
    return ",".join(map(str, default)) or "all" if isinstance(default, tuple) else str(default)


def exit_codes_page() -> str:
    """List what each exit code says."""
    rows = [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    return "\n".join(["# Exit codes", "", "| code | meaning |", "|---|---|", *rows])


def command_line_page() -> str:
    """List the verbs with what each of them does and takes."""
    import typer

    from peelian.cli.app import app

    group: Any = typer.main.get_command(app)
    parts = ["# The command line", ""]
    for name, command in group.commands.items():
        parts += [f"## peelian {name}", "", inspect.cleandoc(command.help or ""), ""]
        parts += ["| argument or option | what it is |", "|---|---|"]
        for parameter in command.params:
            words = ", ".join(parameter.opts) if parameter.opts[0].startswith("-") else ""
            shown = words or (parameter.metavar or parameter.name).strip("[]")
            parts.append(f"| `{shown}` | {getattr(parameter, 'help', '') or ''} |")
        parts.append("")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Write the pages; with --check, also fail if what was there differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="fail if a page had drifted")
    asked = parser.parse_args(arguments)
    drifted = []
    for name, text in pages().items():
        page = asked.folder / name
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            drifted.append(name)
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8", newline="\n")
    if drifted and asked.check:
        tell(f"These pages had drifted and were made anew; commit them: {', '.join(drifted)}")
        return 1
    say(f"{len(pages())} reference pages are current")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
