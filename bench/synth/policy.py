"""The step-back, counted back from what it did: shares, starts, and conservation to the unit."""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np

from bench.figures import Figure
from peelian.records.synth.period import Period
from peelian.records.synth.policy import FATES, PolicyPlan, count_fates, make_steps
from peelian.records.synth.services import service_tables
from peelian.records.synth.who import Who

SEEDS = 20
PERIOD = Period("2022-01", 36)
AREAS, CALLS = 40, 12_000


def figures() -> Iterator[Figure]:
    """Yield how far what happened lies from what was planted, over twenty forces."""
    on, off = PolicyPlan(), PolicyPlan().off()
    runs = [_run(on, seed) for seed in range(SEEDS)]
    without = [_run(off, seed) for seed in range(SEEDS)]
    lost = sum(
        int(abs(n["services"] - o["services"] - n["moved"]).sum())
        for n, o in zip(runs, without, strict=True)
    )
    yield Figure("policy: units moved that no service has, or has twice", lost, "=", 0,
                 f"{sum(int(n['moved'].sum()) for n in runs):,} moved, {SEEDS} forces")  # fmt: skip
    yield Figure("policy: health calls without exactly one fate",
                 sum(n["unsettled"] for n in runs), "=", 0)  # fmt: skip
    asked, declined = (sum(n[name] for n in runs) for name in ("asked", "declined"))
    share, planted = declined / asked, on.effect
    error = np.sqrt(planted * (1 - planted) / asked)
    yield Figure("policy: declined at full strength, standard errors from the plan",
                 float(abs(share - planted) / error), "≤", 4.0,
                 f"{share:.4f} of {asked:,} calls, planted {planted}")  # fmt: skip
    to = np.sum([n["to"] for n in runs], axis=0)
    error = np.sqrt(on.split * (1 - on.split) / to.sum())
    yield Figure("policy: furthest destination, standard errors from the plan",
                 float((abs(to / to.sum() - on.split) / error).max()), "≤", 4.0,
                 ", ".join(f"{w} {s:.3f}" for w, s in zip(FATES[1:], to / to.sum(), strict=True)),
                 )  # fmt: skip
    yield Figure("policy: declined before anything is foreseen", sum(n["early"] for n in runs),
                 "=", 0)  # fmt: skip
    yield Figure("policy, switched off: calls declined or not logged",
                 sum(int(n["gone"]) for n in without), "=", 0)  # fmt: skip


def _run(plan: PolicyPlan, seed: int) -> dict:
    """Step back for three years, and count what became of the calls from the decisions alone."""
    who = Who(seed=seed)
    rng = np.random.default_rng(seed)
    places = SimpleNamespace(
        district_codes=tuple(f"D{n}" for n in rng.integers(4, size=AREAS)),
        residents=rng.integers(900, 2500, size=AREAS),
    )
    steps = make_steps(plan, PERIOD, who, phase=0)
    first, full = steps.begun[0], steps.begun[0] + plan.ramp_months
    word, kinds = plan.call_types[0], np.array([*plan.call_types, "alarm"])
    counts, tally = [], dict.fromkeys(("unsettled", "asked", "declined", "early", "gone"), 0)
    tally |= {"to": np.zeros(4, int)}
    for number in range(PERIOD.length):
        kind, health = kinds[rng.integers(len(kinds), size=CALLS)], rng.random(CALLS) < 0.6
        area = rng.integers(AREAS, size=CALLS)
        made = steps.decide(number, health, kind, rng)
        named = np.stack([made.fate == n for n in range(len(FATES))])
        tally["unsettled"] += int((named.sum(axis=0) != health).sum())
        gone, asked = named[1:].any(axis=0), health & (kind == word)
        tally["gone"] += int(gone.sum() + (~made.logged).sum())
        tally["to"] = tally["to"] + named[1:].sum(axis=1)
        if number >= full:
            tally["asked"] += int(asked.sum())
            tally["declined"] += int((asked & gone).sum())
        if number < first - plan.anticipation_months:
            tally["early"] += int(gone.sum())
        counts.append(count_fates(made, area, AREAS))
    moved = np.stack(counts, axis=1)
    rows = service_tables(plan, places, PERIOD, who, moved, steps=steps)["services"]  # type: ignore[arg-type]
    shape = (3, len(set(places.district_codes)), PERIOD.length)
    services = rows.column("value").to_numpy().reshape(shape)
    # The districts again, by a loop of their own.
    districts = sorted(set(places.district_codes))
    by_hand = np.zeros(shape)
    for number, code in enumerate(places.district_codes):
        by_hand[:, districts.index(code)] += moved[number, :, 1:4].T
    return tally | {"services": services, "moved": by_hand}
