"""The kinds of event a made-up force has: how often each comes, where, and when."""

from dataclasses import dataclass

ASB = "Anti-social behaviour"


@dataclass(frozen=True, slots=True)
class Category:
    """How often one kind of event happens, where, and when.

    The defaults stand near one force's public files (Northumbria Police, 2020-05 to 2023-02, per
    1,000 of its mid-2015 residents a year), except that anti-social behaviour is set lower, since
    those months hold breaches of the Covid rules.

    Args:
        name: The words the public files use.
        rate: Events per 1,000 people a year, in an area midway between deciles 5 and 6.
        gradient: The rate in decile 1 (most deprived) over that in decile 10.
        visitors: How much a visitor counts beside a resident, from 0 (not at all) to 1.
        spread: Shape of the gamma factor that is the area's own for this kind alone; small is
            very uneven.
        swing: How far the busiest month stands above the mean, as a share of it.
        peak: The busiest month, 1 to 12.
        trend: The factor by which it changes in a year.
    """

    name: str
    rate: float
    gradient: float
    visitors: float
    spread: float
    swing: float
    peak: int
    trend: float = 1.0


CATEGORIES = (
    Category(ASB, 22.0, 3.0, 0.30, 10.0, 0.28, 7, 0.95),
    Category("Bicycle theft", 0.9, 1.2, 0.35, 4.0, 0.35, 8, 0.95),
    Category("Burglary", 4.0, 3.2, 0.03, 12.0, 0.08, 12, 0.94),
    Category("Criminal damage and arson", 12.5, 3.6, 0.06, 14.0, 0.08, 6, 0.97),
    Category("Drugs", 2.0, 3.4, 0.25, 6.0, 0.05, 5),
    Category("Other crime", 2.4, 2.6, 0.08, 12.0, 0.04, 3),
    Category("Other theft", 7.5, 1.7, 0.30, 8.0, 0.05, 11),
    Category("Possession of weapons", 0.8, 3.6, 0.15, 8.0, 0.05, 7),
    Category("Public order", 10.5, 3.6, 0.30, 10.0, 0.10, 6),
    Category("Robbery", 0.5, 3.8, 0.40, 5.0, 0.06, 11),
    Category("Shoplifting", 5.0, 1.6, 0.75, 3.0, 0.06, 11, 1.09),
    Category("Theft from the person", 0.5, 1.2, 0.75, 4.0, 0.10, 12),
    Category("Vehicle crime", 5.0, 2.0, 0.05, 8.0, 0.07, 11, 1.02),
    Category("Violence and sexual offences", 33.0, 4.6, 0.20, 12.0, 0.055, 7),
)
