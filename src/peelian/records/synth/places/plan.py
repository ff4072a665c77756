"""What is planted in the places: each key with its default and where that comes from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from peelian.records.synth.keys import Problem, key
from peelian.records.synth.period import Period

# In the order of `Places.group_residents`: the five groups that the public stop files observe.
GROUPS = ("white", "mixed", "asian", "black", "other")
DOMAINS = ("income", "employment", "education", "health", "barriers", "living")
SITES = (
    *("ambulance_station", "emergency_department", "crisis_cafe", "mental_health_hospital"),
    "care_home",
)
_LEAST, _MOST = 20, 2000
_IOD = (
    "rank correlation of the domain with the whole index over 33,755 areas of England, Indices of "
    "Deprivation 2025 (data/uk_geography_deprivation), worked out here"
)
_CENSUS = "Census 2021, England and Wales (general knowledge)"
_LINKS = "England's 32,844 areas of 2011: 834 split, 194 merged, 6 irregular (domain/places.md)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesPlan:
    """The places of a made-up force: `[places]` of a plan."""

    areas: int = key(
        300,
        "How many small areas the force has, of the newer vintage: 20 to 2,000",
        "ours: a small county; Northumbria has 916 (data/uk_northumbria)",
    )
    towns: int = key(
        0,
        "How many towns; 0 draws two to five, as the force's seed has it",
        "ours: an English force's area has a few towns and country between them",
    )
    country: float = key(
        0.20,
        "Share of the areas that lie in the country and its villages",
        "ours: about a fifth of England's people live in the country (general knowledge)",
    )
    residents: int = key(
        1670,
        "Residents of a usual area",
        "56.5 million in 33,755 areas of England; 1,000 to 3,000 each (domain/places.md)",
        unit="people",
    )
    household_size: float = key(2.4, "Residents to a household", _CENSUS, unit="people")
    need_level: float = key(
        0.33,
        "Mean deprivation of the force, in standard deviations of its nation",
        "Northumbria's 916 areas in the Indices of 2019: .33 (data/uk_geography_deprivation)",
    )
    need_spread: float = key(
        1.03,
        "Standard deviation of deprivation over the force's areas, likewise",
        "the same areas: 1.03",
    )
    need_clusters: bool = key(
        True,
        "Whether neighbours are alike in deprivation; off deals the same values out at random",
        "ours: the switch",
    )
    loadings: tuple[float, ...] = key(
        (0.94, 0.94, 0.87, 0.86, 0.24, 0.34),
        "Correlation of each domain with the whole: income, employment, education, health, "
        "barriers to services, living environment",
        _IOD,
    )
    mood: float = key(
        0.75,
        "Correlation of the measure of mood and anxiety disorders with deprivation",
        "ours: below the health domain's .86, of which it is a part in the Indices",
    )
    visitors: bool = key(
        True,
        "Whether people are elsewhere by day and in the evening; off leaves all at home",
        "ours: the switch",
    )
    away_by_day: float = key(
        0.30,
        "Share of residents who are in another area by day",
        "ours: near the share of residents who travel to work or study beyond their own area",
    )
    to_centres: float = key(
        0.45,
        "Share of those who are in a town centre; the rest are at workplaces elsewhere",
        "ours: gives a centre several visitors to each resident",
    )
    out_at_night: float = key(
        0.04, "Share of residents who are in a town centre late in a usual evening", "ours"
    )
    group_shares: tuple[float, ...] = key(
        (0.817, 0.029, 0.093, 0.040, 0.021),
        "Share of residents in each ethnic group: white, mixed, Asian, Black, other",
        _CENSUS + ": 81.7, 2.9, 9.3, 4.0 and 2.1 per cent",
    )
    group_spread: float = key(
        0.9,
        "How unevenly groups live: standard deviation of the log of a group's odds over areas",
        "ours: an area at the ninth decile then has several times the share of one at the first",
    )
    groups_cluster: bool = key(
        True,
        "Whether neighbours are alike in who lives there beyond what deprivation does; off deals "
        "the same values out at random",
        "ours: the switch",
    )
    groups_by_need: float = key(
        0.25,
        "Correlation of the log odds of the four smaller groups with deprivation; 0 for none",
        "ours: they live in more deprived areas more often, which confounds comparisons of groups",
    )
    vintages: bool = key(
        True,
        "Whether the areas of the older vintage differ from the newer; off leaves all unchanged",
        "ours: the switch",
    )
    split: float = key(
        0.0254,
        "Share of older areas that were split, into two or three; above 0, at least one",
        _LINKS,
    )
    merged: float = key(
        0.0059,
        "Share of older areas that were merged, two and two; above 0, at least two",
        _LINKS,
    )
    irregular: float = key(
        0.0002,
        "Share of older areas redrawn with a neighbour; above 0, at least two, so that every force "
        "has each kind of link",
        _LINKS,
    )
    partners: bool = key(True, "Whether partner services have sites", "ours: the switch")
    residents_per_site: tuple[float, ...] = key(
        (60_000.0, 330_000.0, 190_000.0, 400_000.0, 3_800.0),
        "Residents to a site of each service: ambulance station, emergency department, crisis "
        "café, mental-health hospital, care home; each force has at least one",
        "ours, near England's: some 900 stations, 170 major departments, 300 cafés and havens, 140 "
        "hospital sites and 15,000 care homes for 56.5 million (general knowledge)",
        unit="people",
    )

    def problems(self, period: Period | None = None) -> Iterator[Problem]:
        """Say why the places cannot be made.

        Args:
            period: Not needed: places stand still.
        """
        if not _LEAST <= self.areas <= _MOST:
            yield Problem(
                f"places.areas = {self.areas}",
                "from 20 areas to 2,000: a larger force would reach a real coast",
            )
        if not 0 <= self.towns <= 8:
            yield Problem(f"places.towns = {self.towns}", "from 1 town to 8, or 0 to draw them")
        yield from self._bad_shares()
        yield from self._bad_lists()
        for name in ("residents", "household_size", "need_spread"):
            if getattr(self, name) <= 0:
                yield Problem(f"places.{name} = {getattr(self, name)}", "a number above 0")
        if not 300 <= self.residents <= 20_000:
            yield Problem(f"places.residents = {self.residents}", "from 300 to 20,000")
        if self.group_spread < 0:
            yield Problem(f"places.group_spread = {self.group_spread}", "0 or more")
        if self.split + self.merged + self.irregular > 0.25:
            yield Problem(
                "places.split + merged + irregular = "
                f"{self.split + self.merged + self.irregular:g}",
                "shares that leave three older areas in four unchanged",
            )

    def _bad_shares(self) -> Iterator[Problem]:
        limits = {"country": 0.6, "away_by_day": 0.9, "out_at_night": 0.5, "split": 0.2}
        for name in ("country", "away_by_day", "to_centres", "out_at_night", "split", "merged",
                     "irregular"):  # fmt: skip
            value, most = getattr(self, name), limits.get(name, 1.0)
            if not 0 <= value <= most:
                yield Problem(f"places.{name} = {value}", f"a share from 0 to {most:g}")
        for name in ("mood", "groups_by_need"):
            if not -1 <= getattr(self, name) <= 1:
                yield Problem(f"places.{name} = {getattr(self, name)}", "from -1 to 1")

    def _bad_lists(self) -> Iterator[Problem]:
        shares = self.group_shares
        if len(shares) != len(GROUPS) or min(shares, default=0) <= 0 or abs(sum(shares) - 1) > 1e-9:
            yield Problem(
                f"places.group_shares, {len(shares)} of them with sum {sum(shares):g}",
                f"{len(GROUPS)} shares above 0 that add up to 1: {', '.join(GROUPS)}",
            )
        if len(self.loadings) != len(DOMAINS) or any(not -1 <= x <= 1 for x in self.loadings):
            yield Problem(
                f"places.loadings, {len(self.loadings)} of them",
                f"{len(DOMAINS)} correlations from -1 to 1: {', '.join(DOMAINS)}",
            )
        each = self.residents_per_site
        if len(each) != len(SITES) or any(x < 500 for x in each):
            yield Problem(
                f"places.residents_per_site, {len(each)} of them",
                f"{len(SITES)} numbers of 500 or more: {', '.join(SITES)}",
            )

    def off(self) -> Self:
        """Return the same places with nothing to find in them but that areas differ.

        Deprivation and groups keep their spread and their links with one another; neighbours are
        no more alike than strangers, everyone is at home, and the vintages agree.
        """
        return replace(
            self, need_clusters=False, groups_cluster=False, visitors=False, vintages=False
        )
