"""Towns and country of small areas in two vintages: outlines, need, people, partners, points."""

from peelian.records.synth.places.files import PlaceFile, place_files
from peelian.records.synth.places.ground import Integers
from peelian.records.synth.places.made import (
    OLDER_VINTAGE,
    VINTAGE,
    Links,
    Older,
    Places,
    make_places,
)
from peelian.records.synth.places.need import NATION, Domain
from peelian.records.synth.places.partners import Sites
from peelian.records.synth.places.plan import DOMAINS, GROUPS, SITES, PlacesPlan
from peelian.records.synth.places.points import MapPoints
from peelian.records.synth.places.tables import place_tables

# The force that stands alone, where no `Who` is at hand.
FORCE = "Merrowshire Police"

__all__ = [
    "DOMAINS",
    "FORCE",
    "GROUPS",
    "NATION",
    "OLDER_VINTAGE",
    "SITES",
    "VINTAGE",
    "Domain",
    "Integers",
    "Links",
    "MapPoints",
    "Older",
    "PlaceFile",
    "Places",
    "PlacesPlan",
    "Sites",
    "make_places",
    "place_files",
    "place_tables",
]
