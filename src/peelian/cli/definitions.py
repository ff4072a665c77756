"""The verb `peelian definitions`: what is shipped, what one says, and what it finds in a store."""

from pathlib import Path
from typing import Annotated, Any

import typer

from peelian.cli.options import AsJson, PeriodText, Why
from peelian.cli.speak import say, say_json, verb
from peelian.errors import UsageError

definitions = typer.Typer()


@definitions.command("definitions")
@verb
def definitions_(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME|FILE", help="A name, a family, or the path of a TOML file."),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="STORE", help="Try them on this store, part by part."),
    ] = None,
    period: PeriodText = None,
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """List the definitions of what counts as X, say what one counts, or try one on a store."""
    from peelian.definitions import find, shipped

    if check is not None:
        _check(check, names or (), period, purpose, as_json=as_json)
        return
    told = find(names) if names else tuple(shipped().values())
    if as_json:
        say_json([as_words(one) for one in told])
    elif names:
        say("\n\n".join(in_full(one) for one in told))
    else:
        for one in told:
            say(f"{one.name:<30} {one.title}")
        say("\nMore on one of them, or on a file of yours: peelian definitions NAME|FILE")


def _check(
    store: Path, names: list[str] | tuple[()], period: str | None, purpose: str, *, as_json: bool
) -> None:
    """Ask the store what each definition finds in it; the answers leave through the door."""
    from peelian import render
    from peelian.definitions import find
    from peelian.records.store import Store
    from peelian.schema import own_code_lists
    from peelian.study import Period, Question, answer

    if not names:
        raise UsageError(
            "Nothing was named to be tried.",
            try_="peelian definitions mine.toml --check STORE",
            read="how-to/write-a-definition",
        )
    months = None if period is None else Period.read(period)
    with Store.open(store) as opened:
        with own_code_lists(opened.codes):
            found = find(names)
        questions = (Question("demand.definition", {"definition": d.file or d.name}) for d in found)
        releases = [answer(opened, question, months, purpose=purpose) for question in questions]
    if as_json:
        say_json([render.as_json(one) for one in releases])
    else:
        say("\n\n".join(render.as_text(one) for one in releases))


def as_words(one: Any) -> dict[str, Any]:
    """Return a definition as plain values, for another program."""
    from dataclasses import asdict

    from peelian.definitions.rules import in_words

    kept = ("name", "title", "counts", "families", "health", "source", "verification", "held")
    return {name: getattr(one, name) for name in kept} | {
        "rule": in_words(one.rule),
        "tables": one.tables,
        "published": [asdict(share) for share in one.published],
        "fingerprint": one.fingerprint,
    }


def in_full(one: Any) -> str:
    """Return what a definition says, for a terminal."""
    from peelian.definitions.rules import in_words
    from peelian.definitions.tell import figure, word_lists

    lines = [
        f"{one.name}: {one.title}",
        f"  counts: {one.counts}",
        f"  rule: {in_words(one.rule)}",
        *(f"  {label.lower()}: {words}" for label, words in word_lists(one)),
        f"  looks at: {', '.join(one.tables)}",
        f"  source: {one.source} ({one.verification})",
    ]
    lines += [f"  published: {figure(share)}; {share.source}" for share in one.published]
    lines += ["  linked to health: by district or force only"] if one.health else []
    return "\n".join([*lines, f"  fingerprint: {one.fingerprint}"])
