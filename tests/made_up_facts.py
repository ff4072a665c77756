"""Facts of incidents drawn at random, for tests of what is told of them; no part of any force."""

import numpy as np

from peelian.records.synth.facts import CALLERS, PLACE_KINDS, RESULTS, Facts

KINDS = (
    *("concern-for-safety", "domestic-incident", "road-traffic-collision", "missing-person"),
    *("suspicious-circumstances", "public-order", "asb-nuisance", "asb-personal", "burglary"),
    *("abandoned-call", "other-theft", "vehicle-crime", "shoplifting", "other-crime"),
    *("violence-and-sexual-offences", "highway-disruption", "other-administration", "message"),
    *("road-related-offence", "sudden-death", "asb-environmental", "collapse-illness-or-injury"),
    *("lost-or-found-property", "animals", "theft-from-the-person", "alarm", "civil-dispute"),
    *("hoax-call", "criminal-damage-and-arson", "robbery", "drugs", "bicycle-theft"),
    *("possession-of-weapons", "absconder-absent-without-leave-or-wanted", "immigration"),
    *("licensing", "protest-or-demonstration", "pre-planned-event", "duplicate-log", "other"),
    *("firearms-incident", "industrial-accident", "rail-air-or-marine-incident"),
    *("complaint-against-police", "crime-reported", "anti-social-behaviour", "violent-crime"),
    *("suspicious-package-or-object", "public-disorder-and-weapons"),
)
# Roughly how often each stands among the hand-written logs, by hand; the rest are rare there.
COMMON = (36, 19, 13, 11, 13, 12, 12, 6, 9, 9, 8, 7, 6, 6, 12, 5, 5, 2, 5, 4, 3, 4, 2, 2, 1, 2, 2)
WELFARE = (
    "concern-for-safety",
    "domestic-incident",
    "missing-person",
    "collapse-illness-or-injury",
)
_FITTING = {
    "concern-for-safety": "to_hospital located_safe left_with_family referred_to_partner "
    "section_136 no_police_role declined_step_back ambulance_attending resolved_by_phone no_trace",
    "missing-person": "located_safe located_safe left_with_family no_trace to_hospital",
    "domestic-incident": "words_of_advice arrest no_offence left_with_family crime_recorded",
    "road-traffic-collision": "to_hospital no_offence crime_recorded words_of_advice arrest",
}
_ELSE = "no_trace words_of_advice arrest crime_recorded no_offence resolved_by_phone duplicate"
_CRIME = "crime_recorded crime_recorded crime_recorded arrest no_trace resolved_by_phone"
_CALM = "resolved_by_phone no_offence no_police_role referred_to_partner"


def facts(count: int, seed: int, *, kinds=None, **fixed) -> Facts:
    """Draw the facts of `count` incidents; `fixed` sets a flag everywhere."""
    rng = np.random.default_rng(seed)
    weight = np.array([*COMMON, *([0.3] * (len(KINDS) - len(COMMON)))])
    kind = rng.choice(len(KINDS), count, p=weight / weight.sum())
    if kinds:
        kind = rng.choice([KINDS.index(name) for name in kinds], count)
    told = {"welfare": np.isin(kind, [KINDS.index(name) for name in WELFARE])}
    welfare = told["welfare"]

    def often(here, there):
        return rng.random(count) < np.where(welfare, here, there)

    mental = fixed.get("mental_health", often(0.42, 0.1))
    flags = {
        "mental_health": mental,
        "suicidal": mental & (rng.random(count) < 0.45),
        "alcohol": often(0.12, 0.09),
        "drugs": often(0.08, 0.06),
        "homeless": often(0.08, 0.03),
        "domestic": (kind == KINDS.index("domestic-incident")) & (rng.random(count) < 0.3),
        "weapon": often(0.03, 0.03),
        "injury": often(0.05, 0.08),
        "child": often(0.15, 0.05),
        "missing": (kind == KINDS.index("missing-person")) & (rng.random(count) < 0.2),
        "repeat": often(0.06, 0.04),
        "mental_words": rng.random(count) < np.where(mental, 0.45, 0.12),
    }
    flags |= {name: np.broadcast_to(value, count).copy() for name, value in fixed.items()}
    flags["suicidal"] &= flags["mental_health"]
    reported = np.datetime64("2025-03-01T00:00:00") + rng.integers(0, 31 * 86400, count).astype(
        "m8[s]"
    )
    units = rng.poisson(1.1, count)
    dispatched = reported + rng.integers(60, 3600, count).astype("m8[s]")
    arrived = dispatched + rng.integers(120, 2400, count).astype("m8[s]")
    closed = arrived + rng.integers(300, 20000, count).astype("m8[s]")
    never = np.datetime64("NaT")
    return Facts(
        kinds=KINDS,
        kind=kind,
        said=kind,
        grade=rng.integers(0, 5, count),
        caller=_callers(kind, rng),
        place=rng.integers(0, len(PLACE_KINDS), count),
        result=_results(kind, flags, rng),
        reported=reported,
        dispatched=np.where(units > 0, dispatched, never),
        arrived=np.where(units > 0, arrived, never),
        closed=closed,
        units=units,
        street=rng.choice(_STREETS, count),
        town=rng.choice(["Ottermouth", "Brackley Vale", "Sandhowe", "Pellgate", "Low Tarn"], count),
        **flags,
    )


def _callers(kind, rng):
    rings = rng.choice(len(CALLERS), len(kind), p=_SHARES / _SHARES.sum())
    shop = kind == KINDS.index("shoplifting")
    return np.where(shop, CALLERS.index("shop_staff"), rings)


def _results(kind, flags, rng):
    chosen = []
    for number, ill in zip(kind.tolist(), flags["mental_health"].tolist(), strict=True):
        name = KINDS[number]
        quiet = name in ("message", "other-administration", "lost-or-found-property", "alarm")
        crime = "theft" in name or "crime" in name or name in ("burglary", "robbery", "shoplifting")
        fitting = _FITTING.get(name, _CALM if quiet else _CRIME if crime else _ELSE).split()
        fitting = [result for result in fitting if ill or result != "section_136"]
        chosen.append(RESULTS.index(fitting[rng.integers(len(fitting))]))
    return np.array(chosen)


_STREETS = [
    f"{first}{second} {kind}"
    for first in ("Am", "Bar", "Cor", "Del", "Fen", "Gran", "Hol", "Kil", "Mor", "Tan")
    for second in ("bury", "dale", "gate", "low", "mont", "sby", "ton", "wood")
    for kind in ("Street", "Road", "Lane", "Close", "Way", "Drive", "Row", "Court")
]
_SHARES = np.array([30, 8, 12, 5, 12, 10, 5, 3, 4, 3, 3, 3, 2, 1, 2, 4, 4], float)
