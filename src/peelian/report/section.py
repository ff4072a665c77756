"""One release on the page: its finding, pictures, tables, checks, caveats and definitions."""

from collections.abc import Callable, Mapping
from typing import Any

from peelian.disclosure import Release
from peelian.render import charts, words
from peelian.render.charts_choices import specification
from peelian.render.charts_curves import curves
from peelian.render.charts_dots import dots
from peelian.render.charts_grids import flows, tiles
from peelian.render.charts_sets import upset
from peelian.render.charts_steps import waterfall
from peelian.render.charts_time import bands
from peelian.render.html import Markup, join, tag
from peelian.render.maps import area_map, map_data
from peelian.report.names import table_ids
from peelian.report.tables import SHORT, table_data, table_html
from peelian.results import Check, Drawing, Sentence

_CHARTS: Mapping[str, Callable[[Release, Drawing], Markup]] = {
    "class_grid": charts.class_grid,
    "intervals": charts.intervals,
    "bars": charts.bars,
    "lines": charts.lines,
    "dots": dots,
    "upset": upset,
    "specification": specification,
    "waterfall": waterfall,
    "bands": bands,
    "tiles": tiles,
    "flows": flows,
    "curves": curves,
}
# Tables in themselves, which a reader's machine reads cell by cell, and not as one picture.
_READ_BY_CELL = ("class_grid", "flows")
# Shown with the provenance, not among the findings.
_KEPT_FOR_THE_END = ("records_used",)


class Section:
    """One release on the page."""

    def __init__(self, name: str, release: Release) -> None:
        self.name, self.release = name, release
        self.ids = table_ids(name, release)

    def html(self) -> Markup:
        """Return the finding, then the pictures, then tables, checks, caveats and definitions."""
        release = self.release
        return tag(
            "section",
            tag("h2", release.question),
            tag("p", self.sentence(release.answer), class_="answer"),
            self._warning(),
            *(self._figure(i, drawing) for i, drawing in enumerate(release.drawings)),
            self._other_tables(),
            self._checks(),
            self._caveats(),
            self._definitions(),
            id=self.name,
            class_="release",
        )

    def sentence(self, sentence: Sentence) -> Markup:
        """Return a sentence whose every number leads to the cell it comes from."""
        made: list[object] = []
        for part in words.parts(self.release, sentence):
            if part.cell is None:
                made.append(part.text)
                continue
            table = self.ids[part.cell.table]
            made.append(
                tag(
                    "a",
                    part.text,
                    class_="trace",
                    href=f"#{table}",
                    title=words.where(self.release, part.cell),
                    data_row=part.cell.row,
                    data_column=part.cell.column,
                )
            )
        return join(made)

    def kept_for_the_end(self) -> Markup:
        """Return the tables that say what was used."""
        return join(self._table(name) for name in _KEPT_FOR_THE_END if name in self.release.tables)

    def tables_data(self) -> dict[str, Any]:
        """Return every table for the page's script."""
        return {
            self.ids[name]: table_data(table, self._file(name))
            for name, table in self.release.tables.items()
            if not table.for_machine
        }

    def maps_data(self) -> dict[str, Any]:
        """Return every map for the page's script."""
        return {
            f"{self.name}-map-{i}": map_data(self.release, drawing, self.ids)
            for i, drawing in enumerate(self.release.drawings)
            if drawing.kind == "area_map"
        }

    def _file(self, table: str) -> str:
        return f"tables/{self.ids[table]}.csv"

    def _table(self, name: str) -> Markup:
        return table_html(self.release.tables[name], self.ids[name], self._file(name))

    def _warning(self) -> Markup | None:
        """Return, before any picture, the checks that did not hold."""
        failed = [check for check in self.release.diagnostics if check.held is False]
        if not failed:
            return None
        items = [
            tag("li", tag("strong", "Does not hold: "), self._check_words(check))
            for check in failed
        ]
        return tag(
            "div",
            tag("h3", "Before you use this"),
            tag("ul", *items),
            class_="warning",
        )

    def _check_words(self, check: Check) -> Markup:
        return join([tag("strong", f"{check.name}. "), self.sentence(check.says)])

    def _figure(self, number: int, drawing: Drawing) -> Markup:
        """Return a picture under its finding, with its table."""
        said = words.say(self.release, drawing.alt) or words.say(self.release, drawing.title)
        if drawing.kind == "area_map":
            files = {n: self._file(n) for n in self.ids}
            picture = area_map(self.release, drawing, f"{self.name}-map-{number}", files)
        else:
            chart = _CHARTS[drawing.kind](self.release, drawing)
            role = None if drawing.kind in _READ_BY_CELL else "img"
            picture = tag("div", chart, class_="chart", role=role, aria_label=role and said)
        return tag(
            "figure",
            tag("figcaption", tag("h3", self._title(number, drawing))),
            picture,
            self._table_of(number, drawing),
            self._as_at(),
            class_=f"drawing {drawing.kind.replace('_', '-')}",
        )

    def _title(self, number: int, drawing: Drawing) -> Markup:
        """Return the finding; where an earlier picture has said it, what the picture shows."""
        earlier = [d.title for d in self.release.drawings[:number]]
        if drawing.title in earlier:
            return join([self.release.tables[drawing.table].caption])
        return self.sentence(drawing.title)

    def _table_of(self, number: int, drawing: Drawing) -> Markup:
        earlier = {d.table for d in self.release.drawings[:number]}
        if drawing.table in earlier:
            link = tag("a", "Its table stands above.", href=f"#{self.ids[drawing.table]}")
            return tag("p", link, class_="small")
        return tag(
            "details",
            tag("summary", "Show as a table", self._on_paper(drawing.table)),
            self._table(drawing.table),
            class_="as-table",
            open=drawing.encode.get("open", drawing.kind == "intervals"),
        )

    def _on_paper(self, table: str) -> Markup | None:
        """Return where a table too long for paper can be read."""
        rows = self.release.tables[table].data.num_rows
        if rows <= SHORT:
            return None
        return tag("span", f" ({rows:,} rows, in {self._file(table)})", class_="on-paper")

    def _as_at(self) -> Markup | None:
        month = self.release.provenance.data_as_at
        said = words.write(month, "month") if month else "not known"
        return tag("p", f"Data as at {said}", class_="small as-at")

    def _other_tables(self) -> Markup | None:
        drawn = {drawing.table for drawing in self.release.drawings}
        rest = [
            name
            for name, table in self.release.tables.items()
            if name not in drawn and name not in _KEPT_FOR_THE_END and not table.for_machine
        ]
        if not rest:
            return None
        parts = [
            tag(
                "details",
                tag("summary", self.release.tables[name].caption, self._on_paper(name)),
                self._table(name),
            )
            for name in rest
        ]
        return tag("div", tag("h3", "More tables"), *parts, class_="more-tables")

    def _checks(self) -> Markup | None:
        if not self.release.diagnostics:
            return None
        verdicts = {
            True: ("held", "Holds"),
            False: ("failed", "Does not hold"),
            None: ("open", "Cannot tell"),
        }
        items = [
            tag(
                "li",
                tag("span", verdicts[check.held][1], class_=f"verdict {verdicts[check.held][0]}"),
                tag("div", self._check_words(check)),
            )
            for check in self.release.diagnostics
        ]
        return tag("div", tag("h3", "What was checked"), tag("ul", *items, class_="checks"))

    def _caveats(self) -> Markup | None:
        if not self.release.caveats:
            return None
        items = [tag("li", self.sentence(caveat)) for caveat in self.release.caveats]
        return tag(
            "div", tag("h3", "What to know before using it"), tag("ol", *items), class_="caveats"
        )

    def _definitions(self) -> Markup | None:
        if not self.release.definitions:
            return None
        pairs = [
            item
            for term, meaning in self.release.definitions.items()
            for item in (tag("dt", term), tag("dd", meaning))
        ]
        return tag("div", tag("h3", "What the words mean"), tag("dl", *pairs, class_="definitions"))
