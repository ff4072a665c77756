"""A plan is read whole, or refused with what to change; every key is documented."""

import tomllib

import pytest
from typer.testing import CliRunner

from bad_plans import BAD_PLANS
from peelian.cli.app import app
from peelian.errors import UsageError
from peelian.records.synth.keys import keys_of
from peelian.records.synth.plan import PARTS, Plan
from peelian.records.synth.plan_file import as_toml, check_documented, plan_of, plan_page
from peelian.records.synth.scales import SCALES, jobs_of, plan_at, scale_called


@pytest.mark.parametrize(("text", "word"), BAD_PLANS.values(), ids=BAD_PLANS.keys())
def test_a_plan_that_cannot_be_carried_out_is_refused_with_what_to_change(tmp_path, text, word):
    path, store = tmp_path / "plan.toml", tmp_path / "store"
    path.write_text(text, encoding="utf-8")
    run = ["make", str(store), "--scale", "small", "--plant", str(path)]
    done = CliRunner().invoke(app, run)
    assert done.exit_code == 2, done.output
    said = done.stderr
    assert word in said
    assert "Try: " in said
    assert "Read: reference/plan" in said
    assert not store.exists()
    assert not (tmp_path / "truth").exists()


@pytest.mark.parametrize(
    ("words", "found", "instead"),
    [
        ({"crimes": {"contagion": 1}}, "1", "such as true"),
        ({"places": {"areas": True}}, "true", "such as 300"),
        ({"policy": {"stagger": "soon"}}, '"soon"', "such as [0, 3, 6]"),
    ],
)
def test_what_to_write_instead_is_written_as_a_plan_is(words, found, instead):
    with pytest.raises(UsageError) as refused:
        plan_of(words)
    assert refused.value.found == found
    assert refused.value.try_.endswith(instead)


def test_every_key_is_documented_with_its_source():
    check_documented()
    page = plan_page()
    for name, part in PARTS.items():
        assert f"## [{name}]" in page
        for key in keys_of(part):
            assert len(key.means) > 10, (name, key.name)
            assert key.source, (name, key.name)
            assert f"| `{key.name}` |" in page


def test_a_plan_written_out_is_read_as_itself():
    plan = plan_of({"policy": {"effect": 0.2}, "crimes": {"contagion": False}})
    assert plan_of(tomllib.loads(as_toml(plan))) == plan != Plan()


@pytest.mark.parametrize("part", [name for name, part in PARTS.items() if hasattr(part, "off")])
def test_each_part_can_be_switched_off_and_the_others_stay(part):
    plan, off = Plan(), Plan().off(part)
    assert getattr(off, part) != getattr(plan, part)
    assert all(getattr(off, name) == getattr(plan, name) for name in PARTS if name != part)


def test_switching_off_what_is_no_part_is_refused(tmp_path):
    done = CliRunner().invoke(app, ["make", str(tmp_path / "s"), "--off", "period"])
    assert done.exit_code == 2
    assert "one of places, crimes" in done.stderr


def test_sizes_of_the_command_line_come_before_the_scales_own():
    scale = scale_called("force", areas=200, years=1)
    assert (scale.areas, scale.incidents, scale.months) == (200, 80_000, 12)
    assert scale_called("force", incidents=80_000).areas == 200
    assert scale_called("force", areas=100, incidents=50_000).incidents == 50_000
    plan = plan_at(SCALES["force"], {"places": {"areas": 50}})
    assert (plan.places.areas, plan.calls.incidents) == (50, 20_000)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("forces", {}),
        ("force", {"areas": 3}),
        ("nation", {"areas": 100}),
        ("nation", {"areas": 35_000, "incidents": 1_000_000}),
        ("small", {"years": 0}),
    ],
)
def test_a_scale_out_of_reach_is_refused(name, size):
    with pytest.raises(UsageError):
        scale_called(name, **size)


def test_a_nations_sizes_are_shared_out():
    scale = scale_called("nation", areas=8_600, incidents=4_300_000, years=1)
    jobs = jobs_of(scale, plan_at(scale), 1)
    assert abs(sum(job.plan.places.areas for job in jobs) / 8_600 - 1) < 0.01
    assert abs(sum(job.plan.calls.incidents for job in jobs) / 4_300_000 - 1) < 0.01
    waves = {job.wave for job in jobs}
    assert waves == {0, 1, 2, 3}, "three waves, and forces that never begin"
    with pytest.raises(UsageError, match="shared out"):
        plan_at(scale, {"places": {"areas": 50}})
