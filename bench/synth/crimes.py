"""Crimes that follow crimes, records of some of them, and how they end: counted from the truth."""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy import stats
from scipy.spatial import KDTree

from bench.figures import Figure
from peelian.records.synth.categories import CATEGORIES
from peelian.records.synth.crimes import Crimes, make_crimes
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.outcomes import ENDINGS
from peelian.records.synth.period import Period
from peelian.records.synth.places import Places, PlacesPlan, make_places
from peelian.records.synth.recording import RecordingPlan
from peelian.records.synth.who import Who

SEEDS = range(20)
PERIOD = Period("2022-01", 24)
DAY = np.timedelta64(86_400, "s")
KIND = {kind.name: kind for kind in CATEGORIES}
BURGLARY, DRUGS, VIOLENCE = "Burglary", "Drugs", "Violence and sexual offences"
METRES = np.array([111_320 * np.cos(np.radians(54.5)), 111_320])


def figures() -> Iterator[Figure]:
    """Yield how far crimes lie from their plan over twenty forces, and what they cost."""
    cities = [make_places(PlacesPlan(areas=60), Who(seed=seed)) for seed in SEEDS]
    yield from _families(cities)
    yield from _knox(cities)
    yield from _totals(cities)
    yield from _records(cities)
    yield from _outcomes(cities)
    yield _cost()


def _made(
    cities: list[Places], plan: CrimesPlan, kind: str, recording: RecordingPlan | None = None
) -> list[Crimes]:
    return [
        make_crimes(plan, city, PERIOD, Who(seed=seed), recording=recording, kinds=[KIND[kind]])
        for seed, city in zip(SEEDS, cities, strict=True)
    ]


def _families(cities: list[Places]) -> Iterator[Figure]:
    """Count offspring from true parents; those of the last 200 days have not had all of theirs."""
    for kind, planted in ((BURGLARY, 0.18), ("Vehicle crime", 0.15), (VIOLENCE, 0.10)):
        parents, offspring = 0, 0
        for crimes in _made(cities, CrimesPlan(), kind):
            offences = crimes.offences
            fair = offences.occurred < PERIOD.end - 200 * DAY
            child = np.flatnonzero(offences.parent >= 0)
            parents += int(fair.sum())
            offspring += int(fair[offences.parent[child]].sum())
        error = np.sqrt(planted / parents)
        found = offspring / parents
        # Offspring that would lie beyond the border are dropped: a few in a hundred at most.
        yield Figure(f"crimes: offspring of one {kind.lower()}, away from its branching ratio",
                     abs(found - planted), "≤", 3 * error + 0.03 * planted,
                     f"{found:.4f} of {parents:,} parents, planted {planted}")  # fmt: skip
    delays, far = _burglary_gaps(_made(cities, CrimesPlan(), BURGLARY))
    yield Figure("crimes: delays of burglaries against an exponential of 10 days, KS p",
                 stats.kstest(delays, lambda t: 1 - np.exp(-t / 10)).pvalue, "≥", 0.001,
                 f"{len(delays):,} pairs")  # fmt: skip
    yield Figure("crimes: their distances against a Gaussian of 120 m, KS p",
                 stats.kstest(far, lambda d: 1 - np.exp(-(d**2) / (2 * 120**2))).pvalue, "≥", 0.001,
                 f"{len(far):,} pairs not at one place")  # fmt: skip
    off = _made(cities, CrimesPlan().off(), BURGLARY)
    yield Figure("crimes, not contagious: events with a parent",
                 sum(int((c.offences.parent != -1).sum()) for c in off), "=", 0)  # fmt: skip


def _burglary_gaps(made: list[Crimes]) -> tuple[np.ndarray, np.ndarray]:
    delays, far = [], []
    for crimes in made:
        offences = crimes.offences
        child = np.flatnonzero(offences.parent >= 0)
        child = child[offences.occurred[offences.parent[child]] < PERIOD.end - 200 * DAY]
        parent = offences.parent[child]
        delays.append((offences.occurred[child] - offences.occurred[parent]) / DAY)
        east = METRES[0] * (offences.lon[child] - offences.lon[parent])
        north = METRES[1] * (offences.lat[child] - offences.lat[parent])
        far.append(np.hypot(east, north))
    away = np.concatenate(far)
    return np.concatenate(delays), away[away > 0]


def _knox(cities: list[Places]) -> Iterator[Figure]:
    """Deal the dates out again: pairs within 200 m and 7 days, beside what chance makes."""
    for name, plan, how, target in (
        ("contagious", CrimesPlan(), "≥", 0.9),
        ("clustered but not contagious", CrimesPlan().off(), "≤", 0.2),
    ):
        made = _made(cities, plan, BURGLARY)
        found = [_p_value(c, np.random.default_rng(s)) for s, c in enumerate(made)]
        yield Figure(f"crimes, {name}: share of cities whose close pairs exceed chance at 5 %",
                     float(np.mean(np.array(found) <= 0.05)), how, target)  # fmt: skip
    tied = [_p_value(c, np.random.default_rng(1)) for c in
            _made(cities, replace(CrimesPlan().off(), uneven_growth=2.0), BURGLARY)]  # fmt: skip
    print(f"       not contagious, but one town doubling a year: {np.mean(np.array(tied) <= 0.05)}")


def _p_value(crimes: Crimes, rng: np.random.Generator) -> float:
    offences = crimes.offences
    tree = KDTree(np.stack([offences.lon, offences.lat], axis=1) * METRES)
    one, other = tree.query_pairs(200, output_type="ndarray").T
    day = offences.occurred.astype(np.int64) / 86_400
    seen = (np.abs(day[one] - day[other]) <= 7).sum()
    chance = (rng.permutation(day) for _ in range(99))
    return (1 + sum((np.abs(d[one] - d[other]) <= 7).sum() >= seen for d in chance)) / 100


def _totals(cities: list[Places]) -> Iterator[Figure]:
    for name, plan in (("contagious", CrimesPlan()), ("not contagious", CrimesPlan().off())):
        made = _made(cities, plan, BURGLARY)
        n = sum(int((c.point >= 0).sum()) for c in made)
        expected = sum(float(c.rates[0].expected.sum()) for c in made)
        yield Figure(f"crimes, {name}: recorded over expected, away from 1",
                     abs(n / expected - 1), "≤", 0.025, f"{n:,} of {expected:,.0f}")  # fmt: skip


def _records(cities: list[Places]) -> Iterator[Figure]:
    for name, recording in (("as planted", RecordingPlan()), ("even", RecordingPlan().off())):
        known, offences = np.zeros(5), np.zeros(5)
        for crimes in _made(cities, CrimesPlan(), VIOLENCE, recording):
            truth = crimes.offences
            fair = (truth.occurred >= PERIOD.starts[0]) & (truth.occurred < PERIOD.end - 240 * DAY)
            recorded = np.isin(np.arange(len(truth)), crimes.offence)
            offences += np.bincount(truth.group[fair], minlength=5)
            known += np.bincount(truth.group[fair & recorded], minlength=5)
        share = known / offences
        odds = share / (1 - share)
        planted = 0.75 if recording.uneven_reporting else 1.0
        yield Figure(f"recording, {name}: odds of a report, third group over first, off the plan",
                     float(abs(odds[2] / odds[0] - planted)), "≤", 0.07,
                     f"{odds[2] / odds[0]:.3f}, planted {planted}; areas forgotten")  # fmt: skip
        ratio = _found_by_decile(cities, recording)
        planted = 2.6 ** (5 / 9) if recording.enforcement_bias else 1.0
        yield Figure(f"recording, {name}: drugs found, deciles 1-5 over 6-10, over the plan",
                     abs(float(np.log(ratio / planted))), "≤", 0.08,
                     f"{ratio:.3f}, planted near {planted:.3f}")  # fmt: skip


def _found_by_decile(cities: list[Places], recording: RecordingPlan) -> float:
    """Return how much oftener police find unreported drugs in the more deprived half."""
    found, missed = np.zeros(2), np.zeros(2)
    for crimes, city in zip(_made(cities, CrimesPlan(), DRUGS, recording), cities, strict=True):
        half = (city.decile > 5).astype(int)[crimes.offences.area]
        reported = np.zeros(len(half), dtype=bool)
        reported[crimes.offence[crimes.by_public]] = True
        known = np.zeros(len(half), dtype=bool)
        known[crimes.offence] = True
        found += np.bincount(half[known & ~reported], minlength=2)
        missed += np.bincount(half[~known], minlength=2)
    share = found / (found + missed)
    return float(share[0] / share[1])


def _outcomes(cities: list[Places]) -> Iterator[Figure]:
    made = _made(cities, CrimesPlan(), VIOLENCE)
    ending = np.concatenate([c.ending for c in made])
    wait = np.concatenate([(c.ended - c.recorded) / DAY for c in made])
    for pathway, share in (("no suspect", 0.20), ("victim does not support", 0.3965)):
        at = [n for n, end in enumerate(ENDINGS) if end.pathway == pathway]
        yield Figure(f"outcomes of violence: {pathway}, away from its share",
                     float(abs(np.isin(ending, at).mean() - share)), "≤", 0.01)  # fmt: skip
    charged = wait[ending == [end.code for end in ENDINGS].index("1")]
    yield Figure("outcomes of violence: median days to charge, away from 42",
                 float(abs(np.median(charged) - 42)), "≤", 3,
                 f"mean {charged.mean():.0f}, ninth decile {np.quantile(charged, 0.9):.0f}",
                 )  # fmt: skip


def _cost() -> Figure:
    who, period = Who(seed=1), Period("2022-01", 36)
    city = make_places(PlacesPlan(areas=1000), who)
    start = time.process_time()
    crimes = make_crimes(CrimesPlan(), city, period, who)
    seconds = time.process_time() - start
    return Figure("crimes: CPU seconds for 300,000 recorded", 300_000 / len(crimes) * seconds, "≤",
                  3.0, f"{len(crimes):,} recorded of {len(crimes.offences):,} in {seconds:.2f} s",
                  )  # fmt: skip
