"""The pictures of shares: the definition table, overlap, choices, the way between two, groups."""

from peelian.analysis.demand.share.asked import OF
from peelian.analysis.demand.share.found import Found
from peelian.analysis.demand.share.overlap import holds
from peelian.results import Cell, Drawing, Sentence
from peelian.sentences import plural, say

_INTERVAL = {"value": "share", "low": "low", "high": "high"}


def drawings(found: Found) -> tuple[Drawing, ...]:
    """Return every picture."""
    cells = {
        "least": Cell("choices", found.ends[0], "share"),
        "most": Cell("choices", found.ends[1], "share"),
        "choices": Cell("totals", 0, "choices"),
        "days": Cell("totals", 0, "days_a_run"),
    }
    pictures = [
        Drawing(
            kind="dots",
            title=say("Each definition finds its own share: {least} to {most}", cells=cells),
            table="shares",
            encode={
                "label": "definition_name",
                **_INTERVAL,
                "group": "denominator_name",
                "published_low": "published_low",
                "published_high": "published_high",
            },
            alt=Sentence(
                "A panel for each denominator, with the share and interval of every definition, "
                "and published shares pale behind."
            ),
        ),
        Drawing(
            kind="specification",
            title=say(
                "The share depends on what is chosen: {choices} "
                + plural(len(found.choices), "way"),
                cells=cells,
            ),
            table="choices",
            encode={
                **_INTERVAL,
                "choices": ("definition_name", "denominator_name", "rule_name"),
                "mark": "own",
            },
            alt=Sentence("Every share from the least to the most, with its choices beneath."),
        ),
    ]
    if len(found.definitions) > 1:
        pictures.append(
            Drawing(
                kind="upset",
                title=Sentence("Which definitions meet on the same incidents"),
                table="combinations",
                encode={"sets": tuple(one.name for one in found.definitions), "n": "n"},
                alt=Sentence("Incidents by every combination of definitions, the most first."),
            )
        )
    return (*pictures, *_steps(found), *_groups(found))


def _steps(found: Found) -> list[Drawing]:
    if found.target is None:
        return []
    lead, to = found.lead, found.definitions[found.target]
    # What the rules leave no room for is no count, and is not told as one.
    moves = {
        "out": ("{out} move out", Cell("steps", 1, "n"), holds(to, lead)),
        "into": ("{into} move in", Cell("steps", 2, "n"), holds(lead, to)),
    }
    told = [words for words, _, none in moves.values() if not none] or ["the same"]
    return [
        Drawing(
            kind="waterfall",
            title=say(
                f"From “{{lead}}” to “{{to}}”: {', '.join(told)}",
                {"lead": lead.title, "to": to.title},
                {name: cell for name, (_, cell, none) in moves.items() if not none},
            ),
            table="steps",
            encode={"label": "step", "change": "change", "total": "total"},
            alt=Sentence("Incidents under one definition, what moves out and in, and the other."),
        )
    ]


def _groups(found: Found) -> list[Drawing]:
    pictures = []
    for one in found.groups:
        if one.by in ("hour", "area"):
            continue
        pictures.append(
            Drawing(
                kind="intervals",
                title=say(
                    "“{lead}”, of {of}, by {by}",
                    {"lead": found.lead.title, "of": OF[one.shares.denominator], "by": one.by},
                ),
                table=f"by_{one.by}",
                encode={"label": f"{one.by}_name", **_INTERVAL, "open": False},
                alt=Sentence(f"The share within each {one.by}, with its interval."),
            )
        )
    if any(one.by == "hour" for one in found.groups):
        pictures.append(
            Drawing(
                kind="tiles",
                title=say(
                    "“{lead}”, of incidents, by hour of the week", {"lead": found.lead.title}
                ),
                table="week",
                encode={"row": "weekday", "column": "hour", "value": "share"},
                alt=Sentence("The share in each hour of the week, darker where it is larger."),
            )
        )
    return pictures
