"""Deprivation: one score behind several domains, alike among neighbours, ranked in its nation."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from peelian.records.synth.outlines import Floats
from peelian.records.synth.places.ground import Ground, Integers
from peelian.records.synth.places.plan import DOMAINS, PlacesPlan

# The made-up nation that ranks and deciles are out of: about as many areas as England has.
NATION = 33_000
# Of a domain's own part, how much is town or country: barriers to services are high in the
# country, far from everything, and poor surroundings are in the towns.
_RURAL = {"barriers": 0.6, "living": -0.5}
_WIDTHS = (700.0, 1900.0)


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain of deprivation over the areas."""

    score: Floats
    rank: Integers
    decile: Integers


def field(ground: Ground, widths: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Return a smooth field over the areas, of mean 0 and standard deviation 1.

    Args:
        ground: Where they lie.
        widths: The least and the greatest width of a hill, metres: neighbourhoods are as large in
            a large force as in a small one.
        rng: Where the hills come from.
    """
    centres, count = ground.seeds[: ground.areas], max(60, ground.areas // 2)
    hills = ground.radius * rng.uniform(-1.3, 1.3, size=(count, 2))
    width = rng.uniform(*widths, size=count)
    height = rng.normal(size=count)
    gaps = (centres[:, :1] - hills[:, 0]) ** 2
    gaps += (centres[:, 1:] - hills[:, 1]) ** 2
    gaps /= -2 * width**2
    return standard(np.exp(gaps, out=gaps) @ height)


def standard(values: Floats) -> Floats:
    """Return values less their mean, over their standard deviation."""
    return (values - values.mean()) / values.std()


def draw_need(ground: Ground, plan: PlacesPlan, rng: np.random.Generator) -> Floats:
    """Return the deprivation behind all domains: smooth, and higher in towns' inner areas.

    Args:
        ground: Where the areas lie.
        plan: How deprived the force is, how various, and whether neighbours are alike.
        rng: Where it comes from.
    """
    areas = ground.areas
    smooth = field(ground, _WIDTHS, rng)
    urban = ground.district < len(ground.towns)
    score = 0.75 * smooth + 0.8 * ground.inner + 0.35 * urban + 0.45 * rng.normal(size=areas)
    score = plan.need_level + plan.need_spread * standard(score)
    dealt = rng.permutation(areas)
    return score if plan.need_clusters else score[dealt]


def draw_domains(
    need: Floats, ground: Ground, plan: PlacesPlan, rng: np.random.Generator
) -> dict[str, Domain]:
    """Return the whole (`deprivation`) and every domain, with national ranks and deciles.

    A domain is the plan's loading times the whole, and for the rest its own: chance, and for two
    domains what town and country do beyond deprivation.

    Args:
        need: The whole, by area.
        ground: Where the areas lie.
        plan: The loadings.
        rng: Where the domains' own parts come from.
    """
    whole = standard(need)
    rural = (ground.district == len(ground.towns)).astype(float)
    rural -= rural.mean() + whole * (whole * rural).mean()
    rural /= max(float(rural.std()), 1e-9)
    scores = {"deprivation": need}
    for name, loading in zip(DOMAINS, plan.loadings, strict=True):
        place = _RURAL.get(name, 0.0)
        own = place * rural + np.sqrt(1 - place**2) * rng.normal(size=len(need))
        mixed = loading * whole + np.sqrt(1 - loading**2) * own
        scores[name] = plan.need_level + plan.need_spread * mixed
    return {name: ranked(score) for name, score in scores.items()}


def ranked(score: Floats) -> Domain:
    """Return a score with its rank and decile in the made-up nation; 1 is the most deprived.

    Args:
        score: In standard deviations of the nation; high is more deprived.
    """
    rank = np.floor((1 - ndtr(score)) * NATION).astype(np.int64) + 1
    rank = np.clip(rank, 1, NATION)
    return Domain(np.round(score, 3), rank, (rank - 1) * 10 // NATION + 1)
