"""Options that several verbs share, and how their words are read."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from peelian.errors import UsageError

StorePath = Annotated[Path, typer.Argument(metavar="STORE", help="The store's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
Engine = Annotated[str, typer.Option("--engine", help="duckdb, or spark where it is installed.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting of the analysis; may be repeated."),
]
PeriodText = Annotated[
    str | None, typer.Option("--period", help="Months to look at, such as 2022-02..2023-02.")
]
Why = Annotated[
    str,
    typer.Option(
        "--purpose",
        metavar="'CODE: WHY'",
        help="Why, for the audit log: a code such as prevention, and words.",
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write.")]


def read_day(text: str | None) -> date | None:
    """Read a day such as 2020-01-31.

    Raises:
        UsageError: It is none.
    """
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as problem:
        raise UsageError("That is not a day.", found=text or "", try_="2020-01-31") from problem


def read_settings(pairs: list[str] | None) -> dict[str, str]:
    """Read `--set key=value` words.

    Raises:
        UsageError: One of them has no `=`, or a key is said twice.
    """
    settings: dict[str, str] = {}
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(
                "A setting is written KEY=VALUE.",
                found=pair,
                try_="--set denominator=population",
                read="reference/catalogue",
            )
        if key in settings:
            raise UsageError(
                f"The setting {key!r} is said twice.",
                try_="say it once, with commas between several values",
                read="reference/catalogue",
            )
        settings[key] = value
    return settings
