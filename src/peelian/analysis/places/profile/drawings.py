"""The pictures of a profile: the map, the grid of classes, and the listed areas' intervals."""

from peelian.analysis.places.profile.asked import Profile
from peelian.results import Cell, Drawing
from peelian.sentences import say


def drawings(asked: Profile, *, outlined: bool) -> tuple[Drawing, ...]:
    """Return the pictures; no map without outlines, no intervals where no area is listed."""
    words = {"need": asked.need_words, "records": asked.records}
    title = say(
        "{both} of {rated} areas combine {need} with a high rate of {records}"
        if asked.shown
        else "Need and the rate of {records}, by area: no meeting of the two is shown",
        words,
    )
    detail = ["n", *(["harm"] if asked.harm else []), "denominator", "rate", "smoothed", "low",
              "high", "ratio", "need", *(["vulnerability"] if asked.vulnerability else []),
              "class_stability", "exceeds", "visitors"]  # fmt: skip
    grid = Drawing(
        kind="class_grid",
        title=title,
        table="classes",
        encode={"row": "need_band", "column": "rate_class", "value": "areas", "detail": ["n"]},
        alt=say("Areas counted by three bands of need and three classes of rate."),
    )
    area_map = Drawing(
        kind="area_map",
        title=title,
        table="areas",
        outlines="outlines",
        encode={
            "area": "area_code",
            "name": "area_name",
            "row": "need_band",
            "column": "rate_class",
            "stable": "class_stability",
            "targets": "targets",
            "detail": detail,
        },
        alt=say(
            "Each area is coloured by its need and its rate together; {firm_share} of areas keep "
            "their class in four draws of five or more, and the others are striped."
        ),
    )
    intervals = Drawing(
        kind="intervals",
        title=say(
            "{targets} areas where support could start, with the average of {average} {per}",
            {"per": asked.rate_words},
        ),
        table="targets",
        encode={
            "label": "area_name",
            "value": "smoothed",
            "low": "low",
            "high": "high",
            "reference": Cell("totals", 0, "average"),
        },
        alt=say("The steadied rate of each listed area, with its interval."),
    )
    return (
        *((area_map,) if outlined else ()),
        grid,
        *((intervals,) if len(asked.targets) else ()),
    )
