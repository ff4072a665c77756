"""An attacker with a linear programme, and everything the door ever let out of a world."""

import pytest
from bench.door.attacker import Attacker
from bench.door.worlds import play

from peelian.statistics.boxes import Boxes

CHUNK = 20


@pytest.mark.parametrize("first", range(0, 200, CHUNK))
def test_no_held_back_count_is_narrowed_by_all_releases_together(first, tmp_path):
    played = [play(seed, tmp_path) for seed in range(first, first + CHUNK)]
    assert sum(one.narrowed for one in played) == 0
    assert sum(one.differences for one in played) == 0
    assert sum(one.held for one in played) > 100  # there was something to find


def test_what_is_shown_again_after_all_opens_no_small_difference(tmp_path):
    """Here a cell was held back for another's sake, and given back once that had other cover."""
    assert play(2602, tmp_path).differences == 0


@pytest.mark.deep
def test_nor_in_two_thousand_worlds(tmp_path):
    played = [play(seed, tmp_path) for seed in range(1000, 3000)]
    assert sum(one.narrowed + one.differences for one in played) == 0


def test_the_attacker_finds_what_a_careless_door_gives_away(tmp_path, monkeypatch):
    """Without complementary suppression, and without the register, it narrows counts at once."""
    monkeypatch.setattr(
        "peelian.statistics.suppression.protect", lambda cells, **_: cells.held.copy()
    )
    assert sum(play(seed, tmp_path).narrowed for seed in range(10)) > 50


def test_the_attacker_finds_what_releases_give_away_together(tmp_path, monkeypatch):
    monkeypatch.setattr("peelian.disclosure.register.Desk.told", lambda self, measures: ([], []))
    assert sum(play(seed, tmp_path).narrowed for seed in (14, 15, 17, 18)) > 20


def test_the_attacker_knows_its_arithmetic():
    """A row of 3, 4 and a total of 9 leaves 2; with two cells held back each is from 0 to 6."""
    attacker = Attacker(3)
    attacker.read([0, 1, 2], 9)
    attacker.read([0], 3)
    attacker.read([1], None)
    attacker.read([2], None)
    assert attacker.interval([1]) == (0, 6)
    assert attacker.narrowed(6) == []
    assert len(attacker.narrowed(7)) == 2
    attacker.read([1], 4)
    assert attacker.interval([2]) == (2, 2)


def test_the_attacker_subtracts_periods():
    attacker = Attacker(12)
    attacker.read(range(12), 100)
    attacker.read(range(11), 97)
    assert attacker.small_differences(5) == [(11,)]


def test_the_attacker_shares_no_code_with_the_door():
    import ast
    from pathlib import Path

    import bench.door.attacker as theirs

    tree = ast.parse(Path(str(theirs.__file__)).read_text(encoding="utf-8"))
    met = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    met |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert not any(name and name.startswith("peelian") for name in met)


def test_nor_where_large_tables_are_protected_box_by_box(tmp_path, monkeypatch):
    """The quick way of large tables, made to serve small ones."""
    lifted = []
    monkeypatch.setattr("peelian.statistics.suppression._MANY", 0)
    lift = Boxes.lift
    monkeypatch.setattr(Boxes, "lift", lambda *given: lifted.append(move := lift(*given)) or move)
    played = [play(seed, tmp_path) for seed in range(40)]
    assert sum(one.narrowed + one.differences for one in played) == 0
    assert sum(move is not None for move in lifted) > 10
