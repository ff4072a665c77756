"""The page: one file that asks for nothing, says where its numbers come from, and stays small."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import get_args, get_type_hints

import pytest

from fixtures.made_up import composition_release, profile_release
from fixtures.made_up_demand import demand_release
from peelian.disclosure import Release
from peelian.report.document import page
from peelian.report.tables import display_order
from peelian.results import Drawing
from peelian.schema.kinds import Sensitivity


def _page(*releases: Release) -> str:
    return page(releases, title="A made-up study", purpose="To try it", beside=["release.json"])


@pytest.fixture(scope="module")
def both() -> str:
    return _page(composition_release(), profile_release())


def _inside(html: str, element: str) -> str:
    return re.search(rf"<{element}>(.*?)</{element.partition(' ')[0]}>", html, re.S)[1]


def _data(html: str) -> dict:
    """The page's data, unpacked as its script does it."""
    data = json.loads(_inside(html, 'script type="application/json" id="data"'))
    for table in data["tables"].values():
        for column in table["columns"].values():
            for part in {"d", "v", "sort"} & set(column):
                if isinstance(column[part], int):
                    column[part] = data["lists"][column[part]]
                if isinstance(column[part], str):
                    column[part] = [data["letters"].index(one) - 1 for one in column[part]]
    return data


class _Reader(HTMLParser):
    """Gathers ids, links and the order of elements, and sees that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        assert not any(name.startswith("on") or name == "style" for name in found)
        assert "src" not in found
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def test_the_policy_allows_this_script_and_style_and_nothing_else(both):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', both)[1].replace(
        "&#x27;", "'"
    )
    for kind, text in (("script", _inside(both, "script")), ("style", _inside(both, "style"))):
        fingerprint = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{fingerprint}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_nothing_outside_is_named(both):
    assert not re.findall(
        r"""(?:https?:)?//[a-z]""", re.sub(r"^\s*//.*$|\s// .*$", "", both, flags=re.M)
    )
    assert "@import" not in both
    assert "url(#" in both
    assert not re.search(r"url\((?!#)", both)


def test_elements_close_ids_are_unique_and_links_lead_somewhere(both):
    reader = _read(both)
    assert len(reader.ids) == len(set(reader.ids))
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert all(link.startswith("#") for link in reader.links)


def test_the_finding_stands_before_the_picture_and_provenance_last(both):
    order = [
        "A made-up study",
        "In short",
        'class="answer"',
        "data-map=",
        "What was checked",
        "What to know before using it",
        "What the words mean",
        "How this was made",
    ]
    profile = both.index('<section id="places-profile"')
    places = [both.index(order[0]), both.index(order[1])]
    places += [both.index(mark, profile) for mark in order[2:]]
    assert places == sorted(places)


def test_every_number_of_a_sentence_leads_to_its_cell(both):
    made = profile_release()
    data = _data(both)["tables"]
    for hole, cell in made.answer.cells.items():
        table = f"places-profile-{cell.table}"
        link = re.search(
            rf'<a class="trace" href="#{table}" title="From the table [^"]*" '
            rf'data-row="{cell.row}" data-column="{cell.column}">([^<]*)</a>',
            both,
        )
        assert link, hole
        value = data[table]["columns"][cell.column]["v"][cell.row]
        assert float(link[1].replace(",", "")) == value


def test_every_table_a_reader_may_see_is_on_the_page(both):
    ids = set(_read(both).ids)
    for name, made in (
        ("demand-composition", composition_release()),
        ("places-profile", profile_release()),
    ):
        for table, released in made.tables.items():
            assert (f"{name}-{table.replace('_', '-')}" in ids) is not released.for_machine


def test_how_far_to_trust_a_row_stands_beside_its_name():
    tables = profile_release().tables
    assert display_order(tables["areas"])[:3] == ("area_name", "visitors", "area_code")
    assert display_order(tables["targets"])[:3] == ("rank", "area_name", "rank_stability")
    totals = tables["totals"]  # no row of it has a name: its count of such areas stays where it is
    assert display_order(totals) == tuple(totals.fields)


def test_failed_checks_stand_before_the_first_picture(both):
    warning = both.index("Before you use this")
    assert warning < both.index("data-map=")
    assert "Resident denominator" in both[warning : warning + 300]


def test_names_cannot_become_html_or_end_the_data():
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&lt;"
    html = page(
        [profile_release(240, hostile=hostile)],
        title=f"Title{hostile}", purpose=f"Purpose{hostile}", beside=[f"{hostile}.csv"],
    )  # fmt: skip
    assert html.count("<script") == 2
    assert "<img" not in html
    assert hostile in "".join(_read(html).text)
    names = _data(html)["tables"]["places-profile-areas"]["columns"]["area_name"]["v"]
    assert names[0].endswith(hostile)


def test_a_held_back_count_is_nowhere_on_the_page():
    open_page, held_page = (_data(_page(profile_release(240, level))) for level in
                            (Sensitivity.OPEN, Sensitivity.INTERNAL))  # fmt: skip
    areas = "places-profile-areas"
    held = held_page["tables"][areas]["columns"]["n"]["held"]
    assert held
    for column in ("n", "rate", "smoothed", "expected_excess"):
        values = held_page["tables"][areas]["columns"][column]["v"]
        assert all(values[row] is None for row in held)
        assert all(
            open_page["tables"][areas]["columns"][column]["v"][row] is not None for row in held
        )


def test_one_release_needs_no_list_of_findings():
    assert "In short" not in _page(composition_release())


@pytest.mark.parametrize(("areas", "most"), [(916, 450_000), (5000, 1_500_000)])
def test_the_page_stays_small(areas, most):
    html = _page(composition_release(), profile_release(areas))
    assert len(html.encode()) <= most


def test_what_is_packed_is_all_there():
    """Each value of each table, unpacked, is the one that the release holds."""
    for made in (composition_release(), profile_release(), demand_release()):
        tables = _data(_page(made))["tables"]
        for name, table in made.tables.items():
            held = next((t for n, t in tables.items() if n.endswith(name.replace("_", "-"))), None)
            assert (held is None) is table.for_machine
            for column, packed in (held or {"columns": {}})["columns"].items():
                words = [packed["d"][code] if code >= 0 else None for code in packed["v"]] \
                    if "d" in packed else packed["v"]  # fmt: skip
                empty = [value is None for value in table.data.column(column).to_pylist()]
                assert [value is None for value in words] == empty, (name, column)
                if table.fields[column].form == "text":
                    assert [word for word in words if word is not None] == [
                        str(v) for v in table.data.column(column).to_pylist() if v is not None
                    ]


def test_maps_of_the_same_areas_hold_their_outlines_once():
    data = _data(_page(profile_release(), profile_release()))
    assert len(data["maps"]) == 2
    assert len(data["outlines"]) == 1


def test_every_kind_of_drawing_that_can_be_asked_for_is_drawn():
    kinds = get_args(get_type_hints(Drawing)["kind"])
    made = [composition_release(), profile_release(), demand_release()]
    drawn = {drawing.kind for release in made for drawing in release.drawings}
    assert drawn == set(kinds)
    page_of_all = _page(*made)
    for kind in kinds:
        assert f'<figure class="drawing {kind.replace("_", "-")}">' in page_of_all
