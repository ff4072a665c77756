"""What the study of Northumbria's anti-social behaviour finds, as its README says it."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.measure import measure, peelian
from peelian.disclosure import Release
from peelian.records.store import Store
from peelian.render.words import say
from peelian.study import Study, run

EXAMPLE = Path(__file__).parents[2] / "examples" / "northumbria-asb"
BEGIN, END = "<!-- figures:", "<!-- /figures -->"
STREET = "data/uk_northumbria/northumbria-street.csv.gz"


def loaded(shared: Path, work: Path) -> Path:
    """Load the public file, and return the store."""
    store = work / "northumbria-asb"
    if not store.is_dir():
        for command in (("new", store), ("load", store, shared / STREET, "--as", "police-uk")):
            done = measure(peelian(*command))
            if done.code:
                raise RuntimeError(done.err)
    return store


def releases(shared: Path, work: Path) -> tuple[Release, ...]:
    """Run the study on the public file."""
    with Store.open(loaded(shared, work)) as store:
        return run(Study.read(EXAMPLE / "study.toml"), store)


def told(released: tuple[Release, ...]) -> str:
    """Return what was found, as Markdown: each question's answer, and its forecast's scores."""
    lines = []
    for one in released:
        lines += [f"**{one.question}.** {say(one, one.answer)}", ""]
    lines += [
        "| forecast, by mean absolute scaled error | error | in its 80 % interval |",
        "|---|---|---|",
    ]
    for row in released[1].tables["scores"].data.to_pylist():
        lines.append(f"| {row['method']} | {row['mase']:.2f} | {row['covered']:.0%} |")
    return "\n".join(lines)


def readme_with(figures: str) -> str:
    """Return the README with these figures in their place."""
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    begin = text.index("\n", text.index(BEGIN)) + 1
    return f"{text[:begin]}\n{figures}\n\n{text[text.index(END) :]}"


def current(released: tuple[Release, ...]) -> bool:
    """Say whether the README tells what the study finds now."""
    return readme_with(told(released)) == (EXAMPLE / "README.md").read_text(encoding="utf-8")


def main() -> int:
    """Write the figures, or say whether those that are written still hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="the real open records")
    parser.add_argument("--write", action="store_true", help="write the README anew")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        released = releases(asked.shared, Path(work))
    if asked.write:
        text = readme_with(told(released))
        (EXAMPLE / "README.md").write_text(text, encoding="utf-8", newline="\n")
        return 0
    return 0 if current(released) else 1


if __name__ == "__main__":
    sys.exit(main())
