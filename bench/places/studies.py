"""Three cities' open records through the examples' studies: what is found, as their READMEs say."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure
from peelian.disclosure import Release
from peelian.records.load import load
from peelian.records.store import Store
from peelian.render.words import say
from peelian.report import write_report
from peelian.study import Study, run

_EXAMPLES = Path(__file__).parents[2] / "examples"
_BEGIN, _END = "<!-- figures:", "<!-- /figures -->"
_KB = 600


@dataclass(frozen=True)
class City:
    """A city's file, and how it is loaded.

    Args:
        name: Of its example.
        file: Its records.
        table: What they are.
        crs: The store's grid.
        zone: Its clocks.
        rows: Read, loaded, quarantined and known duplicates.
    """

    name: str
    file: str
    table: str
    crs: str
    zone: str
    rows: tuple[int, int, int, int]

    def ask(self, shared: Path, work: Path) -> tuple[tuple[int, ...], tuple[Release, ...]]:
        """Load the file and run the study; return what became of its rows, and the answers."""
        path = work / self.name
        Store.create(path, crs=self.crs, timezone=self.zone).close()
        mapping = _EXAMPLES / self.name / f"{self.table}.toml"
        told = load(path, [shared / self.file], layout=self.table, mapping=mapping).as_json()
        with Store.open(path) as store:
            released = run(Study.read(_EXAMPLES / self.name / "study.toml"), store)
        parts = ("read", "loaded", "quarantined", "duplicates")
        return tuple(told[part] for part in parts), released


CITIES = (
    City("chicago-burglary", "data/burglary_chicago_nearrepeat/chicago_be.csv.gz", "crimes",
         "EPSG:26971", "America/Chicago", (11_701, 11_700, 1, 0)),
    City("washington-gunshots",
         "data/gunshots_washington_dc/WashingtonDC_Incidents_2006-2013_Raw_Data_2.csv.gz",
         "incidents", "EPSG:26985", "America/New_York", (39_066, 39_066, 0, 0)),
    City("nyc-shootings", "data/shootings_nyc/NYPD_Shooting_Incident_Data__Historic_.csv.gz",
         "incidents", "EPSG:32118", "America/New_York", (20_659, 16_255, 0, 4_404)),
)  # fmt: skip


def figures(shared: Path) -> Iterator[Figure]:
    """Yield, for each city: rows accounted for, its report's size, and whether its README is so."""
    for city in CITIES:
        with tempfile.TemporaryDirectory() as work:
            started = time.perf_counter()
            rows, released = city.ask(shared, Path(work))
            wall = time.perf_counter() - started
            study = Study.read(_EXAMPLES / city.name / "study.toml")
            page = write_report(
                released, Path(work) / "report", title=study.title, purpose=study.purpose
            )
            size = page.stat().st_size / 1000
        yield Figure(
            f"{city.name}: read, loaded, quarantined, known duplicates", rows, "=", city.rows
        )
        yield Figure(f"{city.name}: report, KB", size, "≤", _KB, f"the study takes {wall:.0f} s")
        now = _readme_with(city, told(city, released)) == _readme(city).read_text(encoding="utf-8")
        yield Figure(f"{city.name}: its README says what the study finds", now, "=", True)
        for one in released:
            yield Figure(f"{city.name}: answered", True, "=", True, say(one, one.answer))


def told(city: City, released: tuple[Release, ...]) -> str:
    """Return what was found, as Markdown: each question's answer, and the city's own table."""
    lines = []
    for one in released:
        lines += [f"**{one.question}** {say(one, one.answer)}", ""]
    return "\n".join([*lines, *_OWN[city.name](released)])


def _curves(released: tuple[Release, ...]) -> list[str]:
    rows = released[2].tables["curves"].data.to_pylist()
    budgets = list(dict.fromkeys(row["budget"] for row in rows))
    lines = [
        f"Burglaries found of {rows[0]['events']:,}, with PAI and PEI, by the share of the area "
        "that may be taken:",
        "",
        f"| forecast | {' | '.join(f'{budget:.1%}' for budget in budgets)} |",
        f"|---|{'---|' * len(budgets)}",
    ]
    for model in dict.fromkeys(row["model"] for row in rows):
        cells = (
            f"{row['hits']} ({row['pai']:.1f}; {row['pei']:.2f})"
            for row in rows
            if row["model"] == model
        )
        lines.append(f"| {model} | {' | '.join(cells)} |")
    return lines


def _estimates(released: tuple[Release, ...]) -> list[str]:
    lines = [
        "| without fireworks' days | events | one leads to | half within |",
        "|---|---|---|---|",
    ]
    for row in released[0].tables["estimates"].data.to_pylist():
        minutes = 1440 * row["half_days"]
        lines.append(
            f"| {row['events']} | {row['n']:,} | {row['theta']:.2f} ({row['low']:.2f} to "
            f"{row['high']:.2f}) | {minutes:.1f} minutes, {row['half_metres']:.0f} m |"
        )
    return lines


def _soonest(released: tuple[Release, ...]) -> list[str]:
    lines = [
        "| shootings 0 to 2 days apart | pairs | times chance | chance alone |",
        "|---|---|---|---|",
    ]
    for row in released[0].tables["soonest"].data.to_pylist():
        lines.append(
            f"| {row['apart']} | {row['n']:,} | {row['ratio']:.2f} | {row['low']:.2f} to "
            f"{row['high']:.2f} |"
        )
    return lines


_OWN: dict[str, Callable[[tuple[Release, ...]], list[str]]] = {
    "chicago-burglary": _curves,
    "washington-gunshots": _estimates,
    "nyc-shootings": _soonest,
}


def _readme(city: City) -> Path:
    return _EXAMPLES / city.name / "README.md"


def _readme_with(city: City, found: str) -> str:
    text = _readme(city).read_text(encoding="utf-8")
    begin = text.index("\n", text.index(_BEGIN)) + 1
    return f"{text[:begin]}\n{found}\n\n{text[text.index(_END) :]}"


def main() -> int:
    """Write what each study finds into its README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="the real open records")
    parser.add_argument("names", nargs="*", help="only these examples")
    asked = parser.parse_args()
    for city in CITIES:
        if asked.names and city.name not in asked.names:
            continue
        with tempfile.TemporaryDirectory() as work:
            _, released = city.ask(asked.shared, Path(work))
        text = _readme_with(city, told(city, released))
        _readme(city).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
