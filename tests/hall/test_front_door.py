"""The front door: light, complete, and honest about what it does not have."""

import subprocess
import sys

import pytest

import peelian


@pytest.mark.parametrize("name", peelian.__all__)
def test_everything_the_front_door_offers_is_there(name):
    assert getattr(peelian, name) is not None


def test_the_list_and_the_rooms_agree():
    assert sorted([*peelian._ROOMS, "__version__"]) == sorted(peelian.__all__)


def test_a_name_it_does_not_have_is_refused():
    with pytest.raises(AttributeError, match="has no 'predict'"):
        _ = peelian.predict


def test_nothing_heavy_is_imported_with_it():
    probe = "import sys, peelian; print(sorted(m for m in sys.modules if m.startswith('peelian')))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['peelian']"
