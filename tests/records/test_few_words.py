"""Times are read alike, whether each word is read once and looked up or each row is read."""

import pytest

from peelian.records.load import load
from peelian.records.store import Store, steps
from police_rows import STOPS, STREET, stop, street, write

WHEN = ["2022-06-30T23:10:00+00:00", "2022-01-02T00:00:00+00:00", "2022-03-27T01:30:00+00:00"]


def loaded(folder, few, monkeypatch):
    monkeypatch.setattr(steps, "_FEW", few)
    files = [
        write(folder / "a-street.csv", STREET, [*street(40), *street(40, "2023-01"), *spoilt()]),
        write(folder / "b-stops.csv", STOPS, [stop(when) for when in [*WHEN, *WHEN, "then", ""]]),
    ]
    Store.create(folder / "store").close()
    load(folder / "store", files, layout="police-uk")
    with Store.open(folder / "store") as opened:
        return {
            name: sorted(map(repr, opened.table(name).to_pyarrow().to_pylist()))
            for name in ("crimes", "incidents", "stops", "quarantine", "coverage")
        }


def spoilt():
    return [
        [row[0], month, *row[2:]]
        for month, row in zip(["", "2022-13", "May", "1066-10"], street(4, first=80), strict=True)
    ]


@pytest.mark.parametrize("few", [1, 1_000])
def test_a_time_does_not_depend_on_how_many_words_its_column_has(few, tmp_path, monkeypatch):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    found = loaded(one, few, monkeypatch)
    assert found == loaded(other, 0, monkeypatch)
    assert len(found["quarantine"]) == 6
    assert found["crimes"]
    assert found["stops"]
