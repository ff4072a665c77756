"""How large a made-up force is: small for tests, a real force's size, or a nation of 43."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from peelian.errors import UsageError, nearest
from peelian.records.synth.force import areas_of_nation, forces_of_nation, one_force
from peelian.records.synth.plan import Plan
from peelian.records.synth.plan_file import plan_of
from peelian.records.synth.who import Who

_PAGE = "how-to/make-up-a-force"
_MOST_OF_A_NATION = 41_000
# Incidents a year: forces differ, and the last of them should not be found out of reach at the end.
_LEAST_AN_AREA = 330


@dataclass(frozen=True, slots=True)
class Scale:
    """A size of made-up records.

    Args:
        areas: How many small areas, over all forces.
        incidents: How many incidents a year, over all forces.
        months: How many months.
        crs: The grid its distances are in.
        nation: Whether it is 43 forces rather than one.
    """

    areas: int
    incidents: int
    months: int
    crs: str
    nation: bool = False


SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        # A rehearsal in seconds.
        "small": Scale(40, 12_000, 3, "EPSG:27700"),
        # One force at its real size: about 1.7 million residents' incidents.
        "force": Scale(1_000, 400_000, 36, "EPSG:27700"),
        # England and Wales have some 35,700 small areas in 43 forces. Their made-up likes lie in
        # the Atlantic, where one zone of the UTM grid holds all of them.
        "nation": Scale(35_000, 14_000_000, 36, "EPSG:32625", nation=True),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One force to be made.

    Args:
        who: The force.
        plan: What is planted in it.
        number: Its number in the nation, from 0.
        wave: With which wave it takes up the step-back, from 0.
    """

    who: Who
    plan: Plan
    number: int
    wave: int


def scale_called(
    name: str, *, areas: int | None = None, incidents: int | None = None, years: int | None = None
) -> Scale:
    """Return a scale by name, some of its sizes changed.

    Args:
        name: `small`, `force` or `nation`.
        areas: How many areas, over all forces; they follow the incidents if only those are said.
        incidents: How many incidents a year, over all forces; they follow the areas likewise.
        years: How many whole years.

    Raises:
        UsageError: There is no such scale, or a size is out of reach.
    """
    if name not in SCALES:
        raise UsageError(
            "There is no such scale.", found=name, try_=nearest(name, SCALES), read=_PAGE
        )
    scale = SCALES[name]
    least, most = (43 * 20, _MOST_OF_A_NATION) if scale.nation else (20, 2_000)
    wanted = (
        ("--areas", areas, least, most),
        ("--incidents", incidents, 1_000, 100_000_000),
        ("--years", years, 1, 20),
    )
    for option, said, low, high in wanted:
        if said is not None and not low <= said <= high:
            raise UsageError(
                "That is more or less than can be made.",
                found=f"{option} {said:,}",
                try_=f"from {low:,} to {high:,}",
                read=_PAGE,
            )
    if areas is None:
        areas = _following(scale.areas, incidents, scale.incidents)
        areas = min(max(areas, least), most)
    if incidents is None:
        incidents = _following(scale.incidents, areas, scale.areas)
    if scale.nation and incidents < _LEAST_AN_AREA * areas:
        raise UsageError(
            "Crimes and anti-social behaviour alone bring more incidents than that.",
            found=f"--incidents {incidents:,} over {areas:,} areas",
            try_=f"--incidents {_LEAST_AN_AREA * areas:,} or more, or fewer --areas",
            read=_PAGE,
        )
    months = 12 * years if years else scale.months
    return replace(scale, areas=areas, incidents=incidents, months=months)


def _following(usual: int, other: int | None, of: int) -> int:
    """Return a size that keeps its usual proportion to another, if that one is said."""
    return usual if other is None else round(usual * other / of)


def plan_at(scale: Scale, words: Mapping[str, Any] | None = None) -> Plan:
    """Return the plan of a scale, with what a plan file says of it.

    Args:
        scale: How large.
        words: The tables of a plan file. Of one force it may set sizes too; a nation's are those
            of its scale.

    Raises:
        UsageError: The plan cannot be carried out.
    """
    words = words or {}
    if not scale.nation:
        areas = words.get("places", {}).get("areas", scale.areas)
        sizes = {
            "period": {"months": scale.months},
            "places": {"areas": scale.areas},
            "calls": {"incidents": _of_as_many(scale, areas)},
        }
        return plan_of(words, sizes)
    for part, size, option in (
        ("places", "areas", "--areas"),
        ("calls", "incidents", "--incidents"),
    ):
        if size in words.get(part, {}):
            raise UsageError(
                "A nation's sizes are shared out among its forces.",
                found=f"{part}.{size} in the plan",
                try_=f"{option}, of all forces together",
                read=_PAGE,
            )
    return plan_of(words, {"period": {"months": scale.months}})


def _of_as_many(scale: Scale, areas: Any) -> int:
    """Return the incidents of as many areas as a plan file says, which may yet be refused."""
    sound = isinstance(areas, int) and areas > 0
    return _following(scale.incidents, areas if sound else None, scale.areas)


def jobs_of(scale: Scale, plan: Plan, seed: int) -> tuple[Job, ...]:
    """Return the forces of a scale, each with its own plan.

    Args:
        scale: How large.
        plan: What is planted. The forces of a nation get their sizes from the scale.
        seed: Of all of them.
    """
    if not scale.nation:
        return (Job(who=one_force(seed), plan=plan, number=0, wave=0),)
    forces = forces_of_nation(seed)
    sizes = areas_of_nation(round(scale.areas / len(forces)))
    # One wave more than the plan has: the forces of the last never begin, and are compared with.
    waves = len(plan.policy.stagger) + 1
    return tuple(
        Job(
            who=who, plan=_sized(plan, scale, areas, sum(sizes)), number=number, wave=number % waves
        )
        for number, (who, areas) in enumerate(zip(forces, sizes, strict=True))
    )


def _sized(plan: Plan, scale: Scale, areas: int, of: int) -> Plan:
    return replace(
        plan,
        places=replace(plan.places, areas=areas),
        calls=replace(plan.calls, incidents=round(scale.incidents * areas / of)),
    )
