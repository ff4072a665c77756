"""The verbs that guard records: the log, erasure, transparency and what may be public."""

from pathlib import Path
from typing import Annotated

import typer

from peelian.cli.options import AsJson, StorePath, Why, read_day
from peelian.cli.speak import verb

guarding = typer.Typer()


@guarding.command()
@verb
def erase(  # noqa: PLR0913, PLR0917  (an option each)
    store: StorePath,
    source: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Of this supplier; may be repeated.")
    ] = None,
    load: Annotated[
        list[str] | None,
        typer.Option(metavar="LOAD", help="Of this load of the ledger; may be repeated."),
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="DATE", help="That happened before this day: 2020-01-31.")
    ] = None,
    expired: Annotated[
        bool, typer.Option("--expired", help="Past their day of expiry, or their retention.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """Erase records and all that follows from them, for good; where several are named, all hold."""
    from peelian.cli.erase import erase_and_tell
    from peelian.records.erasing import Wish

    wish = Wish(
        sources=tuple(source or ()),
        loads=tuple(load or ()),
        before=read_day(before),
        expired=expired,
    )
    erase_and_tell(store, wish, purpose=purpose, dry_run=dry_run, sure=yes, as_json=as_json)


@guarding.command()
@verb
def audit(
    store: StorePath,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check that nothing was changed, moved or cut off.")
    ] = False,
    heads: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The outside file of heads, if not the store's own."),
    ] = None,
    release: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A written release to check against; may be repeated."),
    ] = None,
    last: Annotated[int, typer.Option(min=0, help="Only the last lines; 0 for all.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show who did what with a store's records and why, or check that the log is whole."""
    from peelian.cli.audit import tell_log, verify_log

    if verify or heads is not None or release:
        verify_log(store, heads, release or [], as_json=as_json)
    else:
        tell_log(store, last, as_json=as_json)


@guarding.command()
@verb
def transparency(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study.")],
    store: Annotated[
        Path | None,
        typer.Option("--store", metavar="STORE", help="A store it runs on, to name its records."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write it there, as Markdown and JSON.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draft a study's algorithmic transparency record, and mark what a person must fill in."""
    from peelian.cli.transparency import tell_transparency

    tell_transparency(study, store, out, as_json=as_json)


@guarding.command()
@verb
def publish(
    release: Annotated[
        Path, typer.Argument(metavar="RELEASE_DIR", help="What run or report wrote.")
    ],
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="OUT", help="The public release's own folder; else check only."
        ),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day until which it speaks.")
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", metavar="STORE", help="The store it was made from.")
    ] = None,
    weapons_shown: Annotated[
        bool | None,
        typer.Option(
            "--weapons-shown/--no-weapons-shown", help="Whether a picture beside it shows a weapon."
        ),
    ] = None,
    not_a_street: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name that is no street or estate; may be repeated."),
    ] = None,
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """Check whether a written release is safe and fair to publish, and write its public form."""
    from peelian.cli.publish import publish as publish_release
    from peelian.cli.publish import tell_published
    from peelian.safeguards.publishing import Answers

    answers = Answers(
        weapons_shown=weapons_shown,
        not_streets=tuple(not_a_street or ()),
        expires=read_day(expires),
    )
    checked, page = publish_release(release, to, answers, store=store, purpose=purpose)
    tell_published(checked, page, as_json=as_json)
