"""What may be public: every check refuses what it should, and the public release is another one."""

import copy
import hashlib
import json
from datetime import date, timedelta

import pytest
from bench.kill_bench import street

from peelian.changes import load
from peelian.cli.publish import publish
from peelian.cli.writing import run_and_write
from peelian.errors import InputError, UsageError
from peelian.records.store import Store
from peelian.safeguards.audit import Log
from peelian.safeguards.publishing import Answers, check
from peelian.safeguards.publishing.language import slips
from peelian.safeguards.publishing.names import street_names
from peelian.safeguards.publishing.written import Written
from peelian.study import Study

TODAY = date(2026, 11, 23)
FINE = Answers(expires=date.today() + timedelta(days=200))
WORDS = {"title": "What is recorded", "purpose": "scrutiny: a public meeting"}
STUDY = WORDS | {"analyses": [{"id": "demand.composition"}]}


def make(folder, sensitivity):
    """A store and a release written from it."""
    store, out = folder / f"{sensitivity}-store", folder / f"{sensitivity}-release"
    Store.create(store).close()
    load(store, [street(folder / f"{sensitivity}.csv", "2031-01", 400)], layout="police-uk",
         sensitivity=sensitivity)  # fmt: skip
    with Store.open(store) as opened:
        run_and_write(Study.from_words(STUDY), opened, out)
    return store, out


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    return {care: make(folder, care) for care in ("open", "internal")}


@pytest.fixture
def told(made):
    """What an open release says, to be changed."""
    return copy.deepcopy(Written.read(made["open"][1]).told)


def judged(told, tmp_path, answers=FINE, **rest):
    folder = tmp_path / "changed"
    folder.mkdir(exist_ok=True)
    (folder / "release.json").write_text(json.dumps(told), encoding="utf-8")
    return check(Written.read(folder), answers, today=date.today(), **rest)


def reasons(checked):
    return [reason.check for reason in checked.reasons]


@pytest.mark.parametrize("care", ["open", "internal"])
def test_what_the_door_wrote_passes_and_is_published(made, tmp_path, care):
    store, release = made[care]
    checked, page = publish(release, tmp_path / "public", FINE, store=store, purpose="")
    assert reasons(checked) == []
    assert page == tmp_path / "public" / "index.html"
    last = list(Log.of(store).lines())[-1].says
    assert (last["operation"], last["recipient"]) == ("disclosure", "the public")
    assert last["detail"]["made_from_release_sha256"] == checked.written.sha256


def test_the_public_release_is_another_artefact(made, tmp_path):
    _, release = made["open"]
    publish(release, tmp_path / "public", FINE, store=None, purpose="")
    words = json.loads((tmp_path / "public" / "public.json").read_text(encoding="utf-8"))
    assert words["speaks_until"] == FINE.expires.isoformat()
    assert "open.csv" not in json.dumps(words)
    manifest = json.loads((tmp_path / "public" / "manifest.json").read_text(encoding="utf-8"))
    files = {p.relative_to(tmp_path / "public").as_posix(): p for p in
             (tmp_path / "public").rglob("*") if p.is_file()}  # fmt: skip
    assert set(manifest["sha256"]) == set(files) - {"manifest.json"}
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == digest
    assert not [name for name in files if name.endswith((".gpkg", ".geojson"))]
    page = files["index.html"].read_text(encoding="utf-8")
    assert f"speaks until {FINE.expires}" in page
    assert "33.3%" in page
    assert "<script" not in page


def test_tables_that_put_places_in_order_stay_with_the_analyst(told, tmp_path):
    ranked = copy.deepcopy(next(iter(told["releases"][0]["tables"].values())))
    ranked["columns"][0]["name"] = "rank"
    ranked["rows"] = [{**row, "rank": 1} for row in ranked["rows"]]
    told["releases"][0]["tables"]["targets"] = ranked
    judged(told, tmp_path)
    publish(tmp_path / "changed", tmp_path / "public", FINE, store=None, purpose="")
    words = json.loads((tmp_path / "public" / "public.json").read_text(encoding="utf-8"))
    assert "targets" not in words["findings"][0]["tables"]
    assert "by_category" in words["findings"][0]["tables"]


def test_records_that_are_not_open_need_their_register(made, tmp_path):
    checked, page = publish(made["internal"][1], tmp_path / "p", FINE, store=None, purpose="")
    assert (reasons(checked), page) == (["register"], None)
    assert not (tmp_path / "p").exists()
    other = check(Written.read(made["internal"][1]), FINE, today=TODAY, store=made["open"][0])
    assert set(reasons(other)) >= {"register", "audit log"}


def test_a_small_count_is_seen(made, tmp_path):
    told = copy.deepcopy(Written.read(made["internal"][1]).told)
    told["releases"][0]["tables"]["by_month"]["rows"][0]["n"] = 4
    checked = judged(told, tmp_path, store=made["internal"][0])
    assert "1 counts of the table by_month are below 5" in [r.says for r in checked.reasons]


def test_a_changed_release_is_not_the_one_that_was_logged(made, tmp_path):
    told = copy.deepcopy(Written.read(made["open"][1]).told)
    told["releases"][0]["answer"] = "Everything is well."
    checked = judged(told, tmp_path, store=made["open"][0])
    assert "it was changed" in checked.reasons[0].says


@pytest.mark.parametrize("column", ["incident_id", "crime_id", "lon", "narrative", "person_id"])
def test_single_records_are_refused(told, tmp_path, column):
    table = told["releases"][0]["tables"]["by_month"]
    table["columns"].append(table["columns"][0] | {"name": column})
    table["rows"] = [{**row, column: "x"} for row in table["rows"]]
    assert reasons(judged(told, tmp_path)) == ["single records"]


@pytest.mark.parametrize(
    "words",
    [
        "Support for problem families", "The worst areas of the county", "A hotspot of crime",
        "Crime hotspots in the north", "prolific offenders", "Our high-crime estates",
        "frequent callers", "the mentally ill", "hard to reach communities", "drug addicts",
        "gang-related incidents", "broken homes", "Worst  streets",
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["title", "purpose", "answer", "caption"])
def test_deficit_language_is_found_wherever_it_stands(told, tmp_path, words, where):
    if where in told:
        told[where] = words
    elif where == "answer":
        told["releases"][0]["answer"] = words
    else:
        told["releases"][0]["tables"]["by_month"]["caption"] = words
    checked = judged(told, tmp_path)
    assert set(reasons(checked)) == {"language"}
    assert all(reason.try_ for reason in checked.reasons)


@pytest.mark.parametrize(
    "words",
    [
        "Areas where support could start", "The problem was solved by families",
        "Where recorded crime bunches", "People who called often", "The worst case",
        "Calls to streets near the station", "Drugs", "A known sum", "the area's rate",
    ],
)  # fmt: skip
def test_plain_words_are_let_be(words):
    assert not list(slips([("title", words)]))


def test_streets_are_not_named_where_people_were_harmed(told, tmp_path):
    told["title"] = "Calls around Quarry Bank Road"
    assert reasons(judged(told, tmp_path)) == ["names"]  # its categories speak of violence
    allowed = Answers(expires=FINE.expires, not_streets=("Quarry Bank Road",))
    assert reasons(judged(told, tmp_path, allowed)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("near High Street", "High Street"),
        ("the Byker Wall Estate", "Byker Wall Estate"),
        ("St Mary's Court flats", "St Mary's Court"),
        ("the road to the street", None),
        ("Newcastle upon Tyne 024B", None),
        ("Home Office Road count", None),
    ],
)
def test_what_is_called_a_street(text, name):
    assert list(street_names([("here", text)])) == ([name] if name else [])


def test_pictures_need_an_answer(told, tmp_path):
    judged(told, tmp_path)
    (tmp_path / "changed" / "poster.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert reasons(judged(told, tmp_path)) == ["pictures"]
    shown = Answers(expires=FINE.expires, weapons_shown=True)
    assert reasons(judged(told, tmp_path, shown)) == ["pictures"]
    none = Answers(expires=FINE.expires, weapons_shown=False)
    assert reasons(judged(told, tmp_path, none)) == []
    publish(tmp_path / "changed", tmp_path / "public", none, store=None, purpose="")
    assert (tmp_path / "public" / "poster.png").is_file()


@pytest.mark.parametrize("days", [None, 0, -3, 800])
def test_it_speaks_for_a_while_only(told, tmp_path, days):
    until = None if days is None else date.today() + timedelta(days=days)
    assert reasons(judged(told, tmp_path, Answers(expires=until))) == ["expiry"]


def test_the_two_folders_are_apart(made, tmp_path):
    release = made["open"][1]
    for to in (release, release / "public", release.parent):
        with pytest.raises(UsageError, match="a folder of its own"):
            publish(release, to, FINE, store=None, purpose="")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    with pytest.raises(UsageError, match="something else"):
        publish(release, tmp_path / "full", FINE, store=None, purpose="")
    assert [p.name for p in tmp_path.iterdir()] == ["full"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"title":"t","purpose":"p","releases":[{}]}'])
def test_what_is_no_release_is_refused(tmp_path, text):
    (tmp_path / "release.json").write_text(text)
    with pytest.raises(InputError, match="no release there"):
        Written.read(tmp_path)


def test_hostile_words_do_nothing_on_the_page(told, tmp_path):
    told["releases"][0]["question"] = "<script>alert(1)</script>"
    table = told["releases"][0]["tables"]["by_category"]
    table["rows"][0]["category"] = "=cmd|' /C calc'!A0"
    judged(told, tmp_path)
    publish(tmp_path / "changed", tmp_path / "public", FINE, store=None, purpose="")
    assert "<script" not in (tmp_path / "public" / "index.html").read_text(encoding="utf-8")
    file = tmp_path / "public" / "tables" / "1-by-category.csv"
    assert "\n=cmd" not in file.read_text(encoding="utf-8-sig").replace(",=cmd", "\n=cmd")
