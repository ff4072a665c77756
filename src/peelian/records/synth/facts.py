"""What was true of each incident: drawn by the calls, told by the narratives, kept as truth."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Moments = NDArray[np.datetime64]
Words = NDArray[np.str_]

CALLERS = (
    *("victim", "person_concerned", "family", "friend", "neighbour", "passer_by", "shop_staff"),
    *("ambulance", "hospital", "mental_health_team", "care_home", "council", "school"),
    *("fire_service", "alarm_company", "officer", "anonymous"),
)
PLACE_KINDS = (
    *("home", "street", "shop", "pub", "hospital", "school", "park", "care_home", "station"),
    *("road", "workplace", "bridge", "car_park"),
)
RESULTS = (
    *("no_trace", "words_of_advice", "arrest", "crime_recorded", "section_136", "to_hospital"),
    *("left_with_family", "referred_to_partner", "resolved_by_phone", "duplicate"),
    *("no_police_role", "declined_step_back", "located_safe", "ambulance_attending", "no_offence"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The truth of a stretch of incidents: each array has one value an incident, in their order.

    Args:
        kinds: Canonical incident categories (`incident_category`) and public crime types that
            `kind` numbers.
        kind: What it truly was.
        said: What it was first said to be, numbered likewise: the opening code.
        grade: Number of the grade: 0 immediate, 1 priority, 2 scheduled, 3 resolved, 4 referred.
        caller: Number in CALLERS.
        place: Number in PLACE_KINDS.
        result: Number in RESULTS: how it ended.
        reported, dispatched, arrived, closed: Local time to the second; NaT where it never was.
        units: How many units were sent; 0 for none.
        mental_health: Whether need of mental health was truly central or made a difference.
        suicidal: Whether that need is suicidal thought, plan or act; only where mental_health.
        alcohol, drugs, homeless, domestic, weapon, injury, child, missing: What else was true.
        repeat: Whether the caller is one who calls often.
        mental_words: Whether words that name mental ill health stand in the log: the plan decides,
            with the sensitivity and specificity it states for a reader of keywords.
        street, town: Made-up names of where it was.
    """

    kinds: tuple[str, ...]
    kind: Numbers
    said: Numbers
    grade: Numbers
    caller: Numbers
    place: Numbers
    result: Numbers
    reported: Moments
    dispatched: Moments
    arrived: Moments
    closed: Moments
    units: Numbers
    mental_health: Flags
    suicidal: Flags
    alcohol: Flags
    drugs: Flags
    homeless: Flags
    domestic: Flags
    weapon: Flags
    injury: Flags
    child: Flags
    missing: Flags
    repeat: Flags
    mental_words: Flags
    street: Words
    town: Words

    def __len__(self) -> int:
        return len(self.kind)

    def where(self, chosen: Flags | Numbers) -> "Facts":
        """Return the chosen incidents, in that order."""
        kept = {f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name != "kinds"}
        return Facts(kinds=self.kinds, **kept)
