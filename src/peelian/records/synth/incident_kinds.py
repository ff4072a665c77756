"""The kinds of incident a made-up force is called to: how often, who calls, and what is found."""

import tomllib
from importlib.resources import files
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
        rhythm: Its course over the week.
        style: Which of STYLES.
        need: How often mental-health need is true of it, relative to the others.
        minutes: Median minutes of one unit on the scene.
        units: Mean units beyond the first where one is sent at once.
        repeats: How readily those who call often call about it, relative to the others.
        sites: Share of it that comes from hospitals, care homes and stations.
        taken_for: What else it is first said to be.
        rate: Of a fill kind, a year per 1,000 people before all are scaled to the plan's total: so
            a weight. Of anti-social behaviour, the share of the whole.
        gradient, visitors, spread, swing, peak: Of a fill kind, as in `Category`; of the others
            these stand elsewhere.
    """

    code: str
    rhythm: Rhythm
    style: str
    need: float
    minutes: float
    units: float
    repeats: float
    sites: float
    taken_for: tuple[str, ...]
    rate: float = 0.0
    gradient: float = 1.0
    visitors: float = 0.0
    spread: float = 1.0
    swing: float = 0.0
    peak: int = 1


def _read() -> dict[str, tuple[IncidentKind, ...]]:
    words = files("peelian.records.synth").joinpath("incident_kinds.toml").read_text("utf-8")
    return {
        name: tuple(
            IncidentKind(
                **{key: value for key, value in kind.items() if key not in ("rhythm", "taken_for")},
                rhythm=Rhythm[kind["rhythm"].upper().replace("-", "_")],
                taken_for=tuple(kind["taken_for"]),
            )
            for kind in kinds
        )
        for name, kinds in tomllib.loads(words).items()
    }


_READ = _read()
FILL, ASB_KINDS, CRIMES = _READ["fill"], _READ["antisocial"], _READ["crimes"]
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
    """Return, for each kind, the kinds it is first said to be: twelve to choose among evenly."""
    rows = [[NUMBER[kind.taken_for[n % len(kind.taken_for)]] for n in range(12)] for kind in ALL]
    return np.array(rows)


_GRADES = np.array([STYLES[kind.style].grades for kind in ALL])
GRADE_SHARES = _GRADES / _GRADES.sum(axis=1, keepdims=True)
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
