"""What is said of time, codes, hours and blanks; and what dates alone cannot show."""

from peelian.analysis.demand.composition.deep import Deep
from peelian.analysis.demand.composition.work_tables import furthest
from peelian.results import Cell, Check, Drawing, ResultTable, Sentence
from peelian.sentences import say

_MOST_UNKNOWN = 0.1


def _first(deep: Deep, tables: dict[str, ResultTable], measure: int) -> int:
    """Return the row of `time_by_category` with a measure's largest category."""
    names = tables["time_by_category"].data["time"].to_pylist()
    return names.index(deep.work[measure].name)


def _time_cells(deep: Deep, tables: dict[str, ResultTable]) -> dict[str, Cell]:
    top = _first(deep, tables, 0)
    return {
        "top": Cell("time_by_category", top, "category_name"),
        "top_time": Cell("time_by_category", top, "time_share"),
        "top_records": Cell("time_by_category", top, "records_share"),
        "hours": Cell("time", 0, "hours"),
        "mean": Cell("time", 0, "mean"),
        "median": Cell("time", 0, "median"),
        "measure": Cell("time", 0, "time"),
        "ranked": Cell("time_totals", 0, "ranked"),
        "moved": Cell("time_totals", 0, "moved"),
        "measures": Cell("time_totals", 0, "measures"),
        "furthest": Cell("ranks", furthest(tables["ranks"]), "category_name"),
        "places": Cell("ranks", furthest(tables["ranks"]), "moved"),
    }


def with_time(answer: Sentence, deep: Deep, tables: dict[str, ResultTable]) -> Sentence:
    """Return the answer with the largest category by time beside the largest by number."""
    if not deep.work:
        return answer
    more = (
        " By {time_measure} the largest is {time_top}: {time_share} of the time, {time_records} of "
        "the incidents."
    )
    cells = _time_cells(deep, tables)
    named = {
        "time_measure": cells["measure"],
        "time_top": cells["top"],
        "time_share": cells["top_time"],
        "time_records": cells["top_records"],
    }
    return Sentence(answer.template + more, {**answer.cells, **named}, answer.words)


def deep_checks(deep: Deep, tables: dict[str, ResultTable]) -> tuple[Check, ...]:
    """Return what was tested: whether measures of time agree, are known, and hours are."""
    if deep.incidents is None:
        return ()
    said = [
        Check(
            name="Incidents: the hour is known",
            held=None if deep.hours is None else not deep.no_hour,
            says=_hour_said(deep, tables),
        )
    ]
    if deep.work:
        cells = _time_cells(deep, tables)
        said.append(
            Check(
                name="Incidents: the measures of time agree",
                held=not cells_value(tables, "moved") if len(deep.work) > 1 else None,
                says=say(
                    "Of {ranked} larger categories, {moved} change place between {measures} "
                    "measures of time; {furthest} the most, by {places}.",
                    cells=cells,
                )
                if cells_value(tables, "moved")
                else say(
                    "Measures of time: {measures}. Larger categories that change place between "
                    "them: {moved} of {ranked}.",
                    cells=cells,
                ),
            )
        )
        said += [
            Check(
                name=f"Incidents: {one.name} are known",
                held=bool((one.records - one.measured).sum() <= _MOST_UNKNOWN * one.records.sum()),
                says=Sentence(
                    "Known of {known} incidents, not of {unknown}; over the cap: {over} of those "
                    "that took any.",
                    {
                        "known": Cell("time", row, "measured"),
                        "unknown": Cell("time", row, "unknown"),
                        "over": Cell("time", row, "over_share"),
                    },
                ),
            )
            for row, one in enumerate(deep.work)
            if one.measure != "open"
        ]
    return tuple(said)


def cells_value(tables: dict[str, ResultTable], column: str) -> int:
    """Return a number of what the measures agree on."""
    return int(tables["time_totals"].data[column][0].as_py())


def _hour_said(deep: Deep, tables: dict[str, ResultTable]) -> Sentence:
    row = _missing_row(tables, "incidents", "local_hour")
    if deep.hours is None:
        return Sentence("The hour is known of none: these are dates without a time of day.")
    return Sentence(
        "The hour is not known of {unknown} incidents.",
        {"unknown": Cell("missing", row, "n")},
    )


def _missing_row(tables: dict[str, ResultTable], records: str, field: str) -> int:
    held = tables["missing"].data
    pairs = list(zip(held["records"].to_pylist(), held["field"].to_pylist(), strict=True))
    return pairs.index((records, field))  # the row of the empty ones, which comes first


def deep_caveats(deep: Deep, tables: dict[str, ResultTable]) -> tuple[Sentence, ...]:
    """Return what a reader must know of time, codes and hours, and what is not there."""
    if deep.incidents is None:
        return ()
    said = []
    if deep.hours is None:
        said.append(
            Sentence(
                "No incident has a time of day: the hour of the week, how long anything took and "
                "how soon anybody came cannot be shown. Times that are missing are not midnights."
            )
        )
    if deep.work:
        said += _of_time(deep, tables)
    else:
        said.append(
            Sentence(
                "No incident says how long it took (unit-minutes, deployments, or arrival and "
                "closing to the moment), so that shares are of incidents and never of time."
            )
        )
    if deep.flows is None:
        said.append(
            Sentence(
                "What incidents were opened as and closed as cannot be set side by side: none has "
                "both an opening and a closing code."
            )
        )
    elif deep.flows.comparable:
        cells = {"share": Cell("flow_totals", 0, "changed_share")}
        said.append(
            Sentence(
                "An opening code is what was said, a closing code what it turned out to be: "
                "{share} were closed under another code. Neither is the truth, and only the "
                "primary closing code is followed.",
                cells,
            )
        )
    return tuple(said)


def _of_time(deep: Deep, tables: dict[str, ResultTable]) -> list[Sentence]:
    cells = _time_cells(deep, tables)
    said = []
    if cells_value(tables, "moved") and len(deep.work) > 1:
        said.append(
            say(
                "Measures of time do not agree on the order: {moved} of {ranked} larger categories "
                "change place between them. Name the measure whenever a share of time is told.",
                cells=cells,
            )
        )
    said.append(
        say(
            "Time is from assigned to cleared, capped, without custody, paperwork or travel that "
            "is not logged. It is skewed: by {measure} the mean is {mean} minutes and the median "
            "{median}, of incidents that took any.",
            cells=cells,
        )
    )
    if any(one.measure == "officer" for one in deep.work):
        said.append(
            Sentence(
                "Officer-minutes need every unit's crew size, so that incidents with many units "
                "are likelier to have none: what draws many units has too small a share of them."
            )
        )
    if any(one.measure == "open" for one in deep.work):
        said.append(
            Sentence(
                "When a log is closed is a matter of the office: arrival to close is no time that "
                "anybody spent, and the cap decides much of it."
            )
        )
    return said


def deep_drawings(deep: Deep, tables: dict[str, ResultTable]) -> tuple[Drawing, ...]:
    """Return pictures of time against number, of codes that change, and of the week."""
    drawn = []
    if deep.work:
        cells = _time_cells(deep, tables)
        drawn.append(
            Drawing(
                kind="intervals",
                title=say(
                    "By {measure}, {top} takes {top_time} of the time with {top_records} of the "
                    "incidents",
                    cells=cells,
                ),
                table="time_ratio",
                encode={"label": "category_name", "value": "ratio", "low": "low", "high": "high",
                        "reference": Cell("time_totals", 0, "even"), "open": False},
                alt=say(
                    "Share of {measure} over share of incidents, by category: above one, more time "
                    "than the average incident.",
                    cells=cells,
                ),
            )
        )  # fmt: skip
    if deep.flows is not None:
        drawn.append(
            Drawing(
                kind="flows",
                title=Sentence(
                    "Of {both} incidents, {changed} were closed under another code than they were "
                    "opened under",
                    {
                        "both": Cell("flow_totals", 0, "both"),
                        "changed": Cell("flow_totals", 0, "changed_share"),
                    },
                )
                if deep.flows.comparable
                else Sentence(
                    "From opening to closing code, of {both} incidents",
                    {"both": Cell("flow_totals", 0, "both")},
                ),
                table="flows",
                encode={"from": "opening_name", "to": "closing_name", "n": "n", "share": "share"},
                alt=Sentence("Incidents from each opening code to each closing code."),
            )
        )
    if deep.hours is not None:
        top = int(deep.hours.argmax())
        drawn.append(
            Drawing(
                kind="tiles",
                title=Sentence(
                    "Most incidents are reported on {day} in the hour from {hour}",
                    {
                        "day": Cell("hour_of_week", top, "weekday"),
                        "hour": Cell("hour_of_week", top, "hour"),
                    },
                ),
                table="hour_of_week",
                encode={"row": "weekday", "column": "hour", "value": "n"},
                alt=Sentence("Incidents by day of the week and hour of the day."),
            )
        )
    return tuple(drawn)


def deep_definitions(deep: Deep) -> dict[str, str]:
    """Return each term of time and code, and what it means here."""
    meanings = {
        "unit": "Minutes from assigned to cleared, added up over the units of an incident; nought "
        "where none was sent.",
        "officer": "The same, each unit's minutes times its crew.",
        "open": "Minutes from the first unit's arrival until the log was closed.",
    }
    held = {
        one.name.capitalize(): f"{meanings[one.measure]} At most {one.cap:,.0f}."
        for one in deep.work
    }
    if deep.work:
        held["Ratio"] = (
            "Share of the time over share of the incidents whose time is known, with a linearised "
            "95% interval."
        )
    if deep.flows is not None:
        held["Closed as"] = "The primary closing code: that of the lowest position."
    return held
