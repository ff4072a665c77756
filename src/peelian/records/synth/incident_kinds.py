"""The kinds of incident a made-up force is called to: how often, who calls, and what is found."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.categories import ASB, Category
from peelian.records.synth.facts import CALLERS, PLACE_KINDS
from peelian.records.synth.when import Rhythm
from peelian.schema.codes import code_list

Floats = NDArray[np.float64]

FEATURES = ("alcohol", "drugs", "homeless", "domestic", "weapon", "injury", "child", "missing")
GRADES = ("immediate", "priority", "scheduled", "resolved", "referred")


class Style(NamedTuple):
    """What kinds of incident of one sort have in common; each list of shares is made to sum to 1.

    Args:
        grades: Shares of GRADES.
        callers: Shares of CALLERS by name.
        places: Shares of PLACE_KINDS by name.
        features: How often else is true, by name.
    """

    grades: tuple[float, float, float, float, float]
    callers: dict[str, float]
    places: dict[str, float]
    features: dict[str, float]


_PUBLIC = {"victim": 0.30, "neighbour": 0.15, "passer_by": 0.2, "anonymous": 0.1, "friend": 0.05}
STYLES = {
    "welfare": Style(
        (0.22, 0.43, 0.17, 0.15, 0.03),
        {
            **{"person_concerned": 0.16, "family": 0.22, "friend": 0.10, "neighbour": 0.10},
            **{"passer_by": 0.10, "ambulance": 0.10, "hospital": 0.07, "council": 0.05},
            **{"mental_health_team": 0.04, "school": 0.02, "care_home": 0.03, "anonymous": 0.01},
        },
        {
            **{"home": 0.62, "street": 0.14, "hospital": 0.06, "park": 0.03, "bridge": 0.03},
            **{"road": 0.03, "care_home": 0.05, "school": 0.01, "station": 0.02, "shop": 0.01},
        },
        {
            **{"alcohol": 0.16, "drugs": 0.08, "homeless": 0.03, "domestic": 0.03, "weapon": 0.02},
            **{"injury": 0.10, "child": 0.12},
        },
    ),
    "missing": Style(
        (0.18, 0.55, 0.12, 0.10, 0.05),
        {
            **{"family": 0.35, "care_home": 0.25, "hospital": 0.20, "friend": 0.08},
            **{"mental_health_team": 0.05, "council": 0.05, "school": 0.02},
        },
        {"home": 0.50, "care_home": 0.25, "hospital": 0.20, "school": 0.03, "street": 0.02},
        {"alcohol": 0.05, "drugs": 0.05, "child": 0.45, "missing": 1.0},
    ),
    "disorder": Style(
        (0.10, 0.30, 0.22, 0.35, 0.03),
        {**_PUBLIC, "shop_staff": 0.15, "family": 0.05},
        {
            **{"street": 0.42, "home": 0.26, "shop": 0.12, "pub": 0.08, "park": 0.06},
            **{"station": 0.03, "car_park": 0.03},
        },
        {"alcohol": 0.25, "drugs": 0.06, "homeless": 0.04, "weapon": 0.01, "child": 0.22},
    ),
    "domestic": Style(
        (0.30, 0.45, 0.17, 0.07, 0.01),
        {"victim": 0.50, "family": 0.15, "neighbour": 0.20, "friend": 0.05, "anonymous": 0.05},
        {"home": 0.92, "street": 0.08},
        {
            **{"alcohol": 0.30, "drugs": 0.07, "domestic": 1.0, "weapon": 0.02, "injury": 0.08},
            "child": 0.20,
        },
    ),
    "suspicion": Style(
        (0.20, 0.38, 0.16, 0.24, 0.02),
        {**_PUBLIC, "shop_staff": 0.05, "alarm_company": 0.05, "officer": 0.05},
        {
            **{"street": 0.45, "home": 0.35, "shop": 0.06, "car_park": 0.05, "park": 0.04},
            "workplace": 0.05,
        },
        {"alcohol": 0.06, "drugs": 0.06, "weapon": 0.02, "child": 0.05},
    ),
    "alarm": Style(
        (0.12, 0.42, 0.05, 0.38, 0.03),
        {"alarm_company": 0.85, "shop_staff": 0.10, "neighbour": 0.05},
        {"shop": 0.45, "workplace": 0.30, "home": 0.20, "school": 0.05},
        {},
    ),
    "roads": Style(
        (0.20, 0.32, 0.13, 0.30, 0.05),
        {
            **{"victim": 0.25, "passer_by": 0.45, "officer": 0.12, "ambulance": 0.08},
            **{"fire_service": 0.05, "anonymous": 0.05},
        },
        {"road": 0.80, "street": 0.15, "car_park": 0.05},
        {"alcohol": 0.05, "drugs": 0.02, "injury": 0.12, "child": 0.03},
    ),
    "desk": Style(
        (0.01, 0.05, 0.16, 0.74, 0.04),
        {
            **{"victim": 0.35, "person_concerned": 0.30, "family": 0.10, "officer": 0.10},
            **{"council": 0.05, "anonymous": 0.10},
        },
        {"home": 0.75, "street": 0.15, "shop": 0.05, "workplace": 0.05},
        {"alcohol": 0.02},
    ),
    "crime": Style(
        (0.10, 0.24, 0.32, 0.33, 0.01),
        {"victim": 0.62, "family": 0.08, "neighbour": 0.08, "passer_by": 0.08, "shop_staff": 0.14},
        {
            **{"home": 0.45, "street": 0.30, "shop": 0.10, "workplace": 0.05, "car_park": 0.05},
            "pub": 0.05,
        },
        {"alcohol": 0.08, "drugs": 0.03, "weapon": 0.02, "injury": 0.04, "child": 0.05},
    ),
    "violence": Style(
        (0.26, 0.36, 0.28, 0.09, 0.01),
        {
            **{"victim": 0.55, "family": 0.12, "passer_by": 0.10, "friend": 0.06},
            **{"shop_staff": 0.06, "hospital": 0.05, "ambulance": 0.03, "school": 0.03},
        },
        {
            **{"home": 0.50, "street": 0.25, "pub": 0.10, "shop": 0.05, "school": 0.03},
            **{"hospital": 0.04, "station": 0.03},
        },
        {
            **{"alcohol": 0.28, "drugs": 0.05, "domestic": 0.33, "weapon": 0.06, "injury": 0.35},
            "child": 0.10,
        },
    ),
}


class IncidentKind(NamedTuple):
    """One kind of incident.

    Args:
        code: Its incident category, or for a crime its public crime type.
        rate: A year per 1,000 people, before all are scaled to the plan's total: so a weight.
        gradient, visitors, spread, swing, peak: As in `Category`; of crimes and anti-social
            behaviour these stand elsewhere, and are 0 here.
        rhythm: Its course over the week.
        style: Which of STYLES.
        need: How often mental-health need is true of it, relative to the others.
        minutes: Median minutes of one unit on the scene.
        units: Mean units beyond the first where one is sent at once.
        repeats: How readily those who call often call about it, relative to the others.
        sites: Share of it that comes from hospitals, care homes and stations.
        taken_for: What else it is first said to be.
    """

    code: str
    rate: float
    gradient: float
    visitors: float
    spread: float
    swing: float
    peak: int
    rhythm: Rhythm
    style: str
    need: float
    minutes: float
    units: float
    repeats: float
    sites: float
    taken_for: tuple[str, ...]


ROUND, OUT, EVENING = Rhythm.ROUND, Rhythm.NIGHT_OUT, Rhythm.EVENING
DAY, ROADS = Rhythm.DAY, Rhythm.ROADS
K = IncidentKind
_CONCERN, _SUSPICION, _MESSAGE = "concern-for-safety", "suspicious-circumstances", "message"
_DOMESTIC, _NUISANCE, _VIOLENCE = (
    *("domestic-incident", "asb-nuisance"),
    "violence-and-sexual-offences",
)
# Rates make concern for safety, missing people and absconders about a ninth of all incidents, as
# in Humberside (domain/demand.md, section 4); the rest are ours, in the order forces report.
# `need` is ours too: relative weights, scaled to the plan's overall share.
FILL = (
    K("abandoned-call", 11, 1.8, 0.3, 8, 0.05, 7, OUT, "desk", 0.05, 15, 0.1, 1.5, 0.05, (_CONCERN, "hoax-call")),
    K("absconder-absent-without-leave-or-wanted", 3.5, 3.0, 0.1, 5, 0.04, 6, DAY, "missing", 0.45, 70, 0.5, 0.1, 0.45, (_CONCERN, "missing-person")),
    K("alarm", 5, 1.2, 0.4, 6, 0.05, 12, ROUND, "alarm", 0.01, 18, 0.3, 0.1, 0.10, (_SUSPICION, "burglary")),
    K("animals", 2.5, 0.7, 0.1, 6, 0.10, 6, DAY, "roads", 0.01, 25, 0.1, 0.3, 0.00, ("highway-disruption", _MESSAGE)),
    K("civil-dispute", 6, 2.0, 0.1, 8, 0.06, 7, DAY, "disorder", 0.06, 28, 0.2, 1.5, 0.02, (_DOMESTIC, _NUISANCE)),
    K("collapse-illness-or-injury", 5, 2.2, 0.4, 8, 0.05, 12, ROUND, "welfare", 0.20, 55, 0.6, 0.5, 0.15, (_CONCERN, "sudden-death")),
    K("concern-for-safety", 22, 2.6, 0.2, 9, 0.05, 6, ROUND, "welfare", 0.34, 62, 0.5, 1.6, 0.20, (_SUSPICION, "collapse-illness-or-injury", _DOMESTIC, _MESSAGE)),
    K("domestic-incident", 13, 3.4, 0.05, 9, 0.08, 7, EVENING, "domestic", 0.10, 58, 0.7, 1.0, 0.00, (_NUISANCE, _CONCERN, _VIOLENCE)),
    K("firearms-incident", 0.4, 3.0, 0.2, 4, 0.05, 7, EVENING, "suspicion", 0.12, 95, 3.5, 0.1, 0.00, (_SUSPICION,)),
    K("hoax-call", 1.2, 2.0, 0.2, 5, 0.05, 7, OUT, "desk", 0.16, 20, 0.2, 3.0, 0.02, (_CONCERN, _SUSPICION)),
    K("immigration", 0.2, 1.5, 0.3, 3, 0.05, 6, DAY, "suspicion", 0.01, 70, 0.8, 0.0, 0.00, (_SUSPICION,)),
    K("industrial-accident", 0.1, 1.0, 0.6, 3, 0.05, 6, DAY, "welfare", 0.01, 90, 1.2, 0.0, 0.00, ("collapse-illness-or-injury",)),
    K("licensing", 0.5, 1.2, 0.8, 3, 0.10, 12, OUT, "desk", 0.01, 30, 0.4, 0.1, 0.00, (_NUISANCE,)),
    K("missing-person", 7, 2.6, 0.1, 6, 0.06, 6, EVENING, "missing", 0.26, 95, 0.8, 0.6, 0.35, (_CONCERN, "absconder-absent-without-leave-or-wanted")),
    K("protest-or-demonstration", 0.2, 1.0, 1.0, 2, 0.10, 6, DAY, "disorder", 0.02, 150, 3.0, 0.1, 0.00, (_NUISANCE,)),
    K("sudden-death", 1.6, 1.6, 0.1, 8, 0.08, 1, ROUND, "welfare", 0.16, 130, 0.8, 0.1, 0.10, ("collapse-illness-or-injury", _CONCERN)),
    K("suspicious-circumstances", 15, 2.2, 0.3, 8, 0.06, 10, EVENING, "suspicion", 0.06, 30, 0.4, 1.2, 0.04, (_CONCERN, "burglary", _NUISANCE)),
    K("suspicious-package-or-object", 0.1, 1.0, 1.0, 2, 0.05, 6, DAY, "suspicion", 0.02, 80, 1.5, 0.1, 0.20, (_SUSPICION,)),
    K("road-traffic-collision", 11, 1.3, 0.4, 6, 0.06, 11, ROADS, "roads", 0.02, 60, 0.8, 0.1, 0.00, ("highway-disruption", "road-related-offence")),
    K("road-related-offence", 11, 1.4, 0.3, 6, 0.06, 7, ROADS, "roads", 0.02, 24, 0.3, 0.6, 0.00, ("highway-disruption", _NUISANCE)),
    K("highway-disruption", 8, 1.1, 0.4, 5, 0.10, 12, ROADS, "roads", 0.04, 28, 0.3, 0.2, 0.00, ("road-traffic-collision", "road-related-offence")),
    K("rail-air-or-marine-incident", 0.3, 1.0, 0.6, 3, 0.10, 7, ROUND, "welfare", 0.12, 75, 1.0, 0.0, 0.30, (_CONCERN,)),
    K("message", 13, 1.6, 0.2, 9, 0.04, 3, DAY, "desk", 0.03, 20, 0.1, 2.0, 0.02, (_NUISANCE, "other-administration")),
    K("lost-or-found-property", 4, 1.2, 0.6, 7, 0.08, 8, DAY, "desk", 0.01, 15, 0.0, 0.3, 0.05, (_MESSAGE, "other-theft")),
    K("complaint-against-police", 1, 2.0, 0.1, 8, 0.04, 6, DAY, "desk", 0.06, 25, 0.0, 2.5, 0.00, (_MESSAGE,)),
    K("pre-planned-event", 1, 1.0, 0.9, 3, 0.15, 7, DAY, "desk", 0.01, 120, 1.0, 0.0, 0.00, (_MESSAGE,)),
    K("duplicate-log", 5, 2.0, 0.3, 9, 0.05, 7, EVENING, "desk", 0.06, 10, 0.0, 1.0, 0.02, (_CONCERN, _SUSPICION, _NUISANCE)),
    K("other-administration", 4, 1.6, 0.2, 8, 0.04, 3, DAY, "desk", 0.02, 20, 0.1, 1.0, 0.02, (_MESSAGE,)),
)  # fmt: skip
# What anti-social behaviour turns out to be: the public files hold the three as one.
ASB_KINDS = (
    K("asb-personal", 0.27, 0, 0, 0, 0, 0, EVENING, "disorder", 0.08, 32, 0.3, 1.5, 0.0, (_CONCERN, "civil-dispute", _VIOLENCE)),
    K("asb-nuisance", 0.63, 0, 0, 0, 0, 0, OUT, "disorder", 0.06, 24, 0.3, 1.0, 0.0, (_SUSPICION, "public-order")),
    K("asb-environmental", 0.10, 0, 0, 0, 0, 0, EVENING, "disorder", 0.01, 20, 0.1, 0.4, 0.0, (_MESSAGE, "criminal-damage-and-arson")),
)  # fmt: skip
CRIMES = (
    K("bicycle-theft", 0, 0, 0, 0, 0, 0, DAY, "crime", 0.01, 35, 0.1, 0.0, 0.0, ("other-theft",)),
    K("burglary", 0, 0, 0, 0, 0, 0, ROUND, "crime", 0.01, 70, 0.6, 0.0, 0.0, (_SUSPICION,)),
    K("criminal-damage-and-arson", 0, 0, 0, 0, 0, 0, EVENING, "crime", 0.04, 45, 0.3, 0.0, 0.0, (_NUISANCE, _SUSPICION)),
    K("drugs", 0, 0, 0, 0, 0, 0, EVENING, "crime", 0.02, 80, 0.7, 0.0, 0.0, (_SUSPICION,)),
    K("other-crime", 0, 0, 0, 0, 0, 0, DAY, "crime", 0.03, 60, 0.3, 0.0, 0.0, (_MESSAGE,)),
    K("other-theft", 0, 0, 0, 0, 0, 0, DAY, "crime", 0.01, 40, 0.2, 0.0, 0.0, ("lost-or-found-property",)),
    K("possession-of-weapons", 0, 0, 0, 0, 0, 0, OUT, "violence", 0.06, 95, 1.2, 0.0, 0.0, (_SUSPICION,)),
    K("public-order", 0, 0, 0, 0, 0, 0, OUT, "violence", 0.08, 60, 0.8, 0.0, 0.0, (_NUISANCE, _VIOLENCE)),
    K("robbery", 0, 0, 0, 0, 0, 0, OUT, "violence", 0.02, 85, 1.4, 0.0, 0.0, ("theft-from-the-person", _SUSPICION)),
    K("shoplifting", 0, 0, 0, 0, 0, 0, DAY, "crime", 0.02, 50, 0.3, 0.0, 0.0, (_NUISANCE,)),
    K("theft-from-the-person", 0, 0, 0, 0, 0, 0, OUT, "crime", 0.01, 40, 0.2, 0.0, 0.0, ("robbery",)),
    K("vehicle-crime", 0, 0, 0, 0, 0, 0, ROUND, "crime", 0.01, 40, 0.2, 0.0, 0.0, (_SUSPICION,)),
    K("violence-and-sexual-offences", 0, 0, 0, 0, 0, 0, EVENING, "violence", 0.07, 90, 0.8, 0.0, 0.0, (_DOMESTIC, "public-order", _CONCERN)),
)  # fmt: skip
ALL = (*FILL, *ASB_KINDS, *CRIMES)
NAMES = tuple(kind.code for kind in ALL)
NUMBER = {name: number for number, name in enumerate(NAMES)}
FIRST_ASB, FIRST_CRIME = len(FILL), len(FILL) + len(ASB_KINDS)
# As rates draw them: each fill kind, and anti-social behaviour whole.
CATEGORIES = tuple(
    Category(kind.code, kind.rate, kind.gradient, kind.visitors, kind.spread, kind.swing, kind.peak)
    for kind in FILL
)
ASB_SHARES = np.array([kind.rate for kind in ASB_KINDS])

# Where recording of mental health differs (see `need`): by what a kind is, in four classes.
CLASSES = ("welfare", "disorder", "crime", "other")
_CLASS_OF_STYLE = {"missing": 0, "welfare": 0, "disorder": 1, "domestic": 1, "suspicion": 1}


def _shares(words: tuple[str, ...], shares: dict[str, float]) -> Floats:
    row = np.array([shares.get(word, 0.0) for word in words])
    return row / row.sum()


def _taken_for() -> NDArray[np.int64]:
    """Return, for each kind, the kinds it is first said to be: four to choose among evenly."""
    rows = [[NUMBER[kind.taken_for[n % len(kind.taken_for)]] for n in range(12)] for kind in ALL]
    return np.array(rows)


GRADE_SHARES = np.array([np.array(STYLES[k.style].grades) / sum(STYLES[k.style].grades) for k in ALL])
CALLER_SHARES = np.array([_shares(CALLERS, STYLES[kind.style].callers) for kind in ALL])
PLACE_SHARES = np.array([_shares(PLACE_KINDS, STYLES[kind.style].places) for kind in ALL])
FEATURE_SHARES = np.array([[STYLES[k.style].features.get(f, 0.0) for f in FEATURES] for k in ALL])
TAKEN_FOR = _taken_for()
RHYTHMS = np.array([int(kind.rhythm) for kind in ALL])
VISITORS = np.array([kind.visitors for kind in ALL])
MINUTES = np.array([kind.minutes for kind in ALL])
UNITS = np.array([kind.units for kind in ALL])
REPEATS = np.array([kind.repeats for kind in ALL])
SITES = np.array([kind.sites for kind in ALL])
NEED = np.array([kind.need for kind in ALL])
CLASS_OF = np.array(
    [2 if n >= FIRST_CRIME else _CLASS_OF_STYLE.get(k.style, 3) for n, k in enumerate(ALL)]
)
# What `incidents` holds as the category: a crime is one however it is sorted.
CATEGORY = tuple("crime-reported" if n >= FIRST_CRIME else name for n, name in enumerate(NAMES))
# Public crime types by the words the public files use, for crimes that bring an incident.
CRIME_NUMBER = {
    code.label: NUMBER[code.code] for code in code_list("crime_type").codes if code.code in NUMBER
}
ASB_NAME = ASB


def draw_rows(shares: Floats, row: NDArray[np.int64], chance: Floats) -> NDArray[np.int64]:
    """Return a column for each draw, by the shares of the row each belongs to.

    Args:
        shares: Rows that sum to 1.
        row: Each draw's row.
        chance: Uniform numbers from 0 up to 1.
    """
    reached = np.cumsum(shares, axis=1)
    reached = (reached / reached[:, -1:] + np.arange(len(shares))[:, None]).ravel()
    found = np.searchsorted(reached, row + chance, side="right") - row * shares.shape[1]
    return np.minimum(found, shares.shape[1] - 1)
