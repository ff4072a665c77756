"""The verbs of reading by people: draw the logs, write the sheets, take the answers back."""

from pathlib import Path
from typing import Annotated

import typer

from peelian.cli.options import AsJson, Out, PeriodText, StorePath, Why
from peelian.cli.speak import say, say_json, verb
from peelian.errors import UsageError, nearest

reading = typer.Typer()

_PAGE = "how-to/read-logs-by-hand"
_COLUMNS = ("category", "opening_code", "grade")
PlanName = Annotated[
    str, typer.Option("--plan", metavar="PLAN", help="The plan, where the store holds several.")
]
Book = Annotated[
    str, typer.Option("--codebook", metavar="NAME", help="A codebook we ship, or your own's path.")
]


@reading.command()
@verb
def draw(  # noqa: PLR0913, PLR0917  (an option each)
    store: StorePath,
    codebook: Book = "mental-health",
    flag: Annotated[
        list[str] | None,
        typer.Option(metavar="DEFINITION", help="Logs that meet it are flagged; may be repeated."),
    ] = None,
    sign: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DEFINITION", help="Logs go by how many of these they meet; may be repeated."
        ),
    ] = None,
    word: Annotated[
        list[str] | None,
        typer.Option(metavar="WORD", help="Or by how many of these words; may be repeated."),
    ] = None,
    machine: Annotated[
        str | None,
        typer.Option(metavar="CODEBOOK/CODE", help="Or by the score of a machine's labels."),
    ] = None,
    cuts: Annotated[str, typer.Option(help="Where the score is cut into bands.")] = "0.2,0.5",
    by: Annotated[
        str | None, typer.Option(help="Class of call: category, opening_code or grade.")
    ] = None,
    read: Annotated[int, typer.Option(help="How many logs are to be read.")] = 400,
    period: PeriodText = None,
    source: Annotated[str, typer.Option(help="Whose logs, where several supplied some.")] = "",
    least: Annotated[int, typer.Option(help="Least logs read of a stratum.")] = 20,
    least_low: Annotated[
        int, typer.Option(help="Least logs read where there is neither flag nor sign.")
    ] = 100,
    guess_flagged: Annotated[
        float, typer.Option(help="The share you expect of flagged logs.")
    ] = 0.8,
    guess_rest: Annotated[
        float, typer.Option(help="The share you expect where there is neither flag nor sign.")
    ] = 0.01,
    twice: Annotated[float, typer.Option(help="The share that both readers read.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Where chance begins.")] = 1829,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would be.")] = False,
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """Draw the logs that two people will read, and say how sure the share will be."""
    from peelian.hand_reading import draw as draw_logs
    from peelian.reading.codebook import codebook as named
    from peelian.reading.rule import Rule
    from peelian.records.reading.plan import Wanted
    from peelian.study import Period

    months = None if period is None else Period.read(period)
    if by is not None and by not in _COLUMNS:
        raise UsageError(
            "There is no such class of call.", found=by, try_=nearest(by, _COLUMNS), read=_PAGE
        )
    wanted = Wanted(
        codebook=named(codebook),
        rule=Rule(
            flags=tuple(flag or ()),
            signs=tuple(sign or ()),
            words=tuple(word or ()),
            machine=_machine(machine, cuts),
            column=by,  # pyright: ignore[reportArgumentType]  (one of the columns, as was checked)
        ),
        read=read,
        first=months.first if months else None,
        last=months.last if months else None,
        source=source,
        least=least,
        least_low=max(least, least_low),
        guess_flagged=guess_flagged,
        guess_rest=guess_rest,
        twice=twice,
        seed=seed,
    )
    done = draw_logs(store, wanted, purpose=purpose, dry_run=dry_run)
    if as_json:
        say_json(done.as_json())
    else:
        _tell_plan(done, dry_run=dry_run)


def _machine(text: str | None, cuts: str):
    from peelian.reading.rule import Machine

    if text is None:
        return None
    book, slash, code = text.partition("/")
    try:
        at = tuple(float(cut) for cut in cuts.split(","))
    except ValueError as problem:
        raise UsageError("Cuts are numbers.", found=cuts, try_="0.2,0.5", read=_PAGE) from problem
    if not slash or not book or not code:
        raise UsageError(
            "A machine's labels are named CODEBOOK/CODE.", found=text, try_="machine/mental-health",
            read=_PAGE,
        )  # fmt: skip
    return Machine(book, code, at)


def _tell_plan(done, *, dry_run: bool) -> None:
    state = "would read" if dry_run else "held already, reads" if done.held else "reads"
    say(f"Plan {done.name} {state} {done.read:,} of {done.size:,} logs:")
    for one in done.strata:
        say(f"{one.drawn:>8,} of {one.size:>10,}  {one.name} (guessed: {one.guess:.0%})")
    say(
        f"If the guesses are right, the share's interval will be {100 * done.width:.1f} points "
        f"wide; as many logs drawn at random among all would give {100 * done.width_simple:.1f}."
    )
    say(
        f"Where there is neither flag nor sign, {done.low:,} of {done.low_size:,} logs are read: "
        f"finding none would leave at most {done.bound:.2%}, which is "
        f"{done.bound * done.low_size:,.0f} logs."
    )
    if done.without_text:
        say(f"{done.without_text:,} drawn logs have no text: nobody can tell what they are about.")
    if not dry_run:
        say(f"Next: peelian sheet STORE --plan {done.name} --out FOLDER --purpose 'CODE: why'")


@reading.command()
@verb
def sheet(  # noqa: PLR0913, PLR0917  (an option each)
    store: StorePath,
    out: Out,
    plan: PlanName = "",
    codebook: Book = "",
    settle: Annotated[
        bool, typer.Option("--settle", help="The one sheet of logs on which two readers differ.")
    ] = False,
    form: Annotated[str, typer.Option("--as", help="xlsx or csv.")] = "xlsx",
    keep_days: Annotated[int, typer.Option(help="In how many days it must be gone.")] = 90,
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """Write blind reading sheets, one a reader: people's words, so handle them as the records."""
    from peelian.hand_reading import plans_codebook, write_sheets
    from peelian.reading.codebook import codebook as named

    if form not in ("xlsx", "csv"):
        raise UsageError("A sheet is a workbook or CSV.", found=form, try_="xlsx, csv", read=_PAGE)
    done = write_sheets(
        store,
        out,
        book=named(codebook or plans_codebook(store, plan)),
        plan=plan,
        settle=settle,
        form=form,  # pyright: ignore[reportArgumentType]  (one of the two, as was checked)
        keep_days=keep_days,
        purpose=purpose,
    )
    if as_json:
        say_json(
            [
                {"reader": s.reader, "file": str(s.path), "logs": s.logs, "sha256": s.sha256}
                for s in done
            ]
        )
        return
    for one in done:
        say(f"{one.logs:,} logs: {one.path}")
        if one.without_text:
            say(f"  {one.without_text:,} of them have no text")
    if not done:
        say("Nothing to settle: the two readers agree on every log." if settle else "Nothing.")


@reading.command()
@verb
def take(
    store: StorePath,
    sheets: Annotated[list[Path], typer.Argument(help="Sheets, as workbooks or CSV.")],
    plan: PlanName = "",
    codebook: Book = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Let these answers take the place of earlier ones.")
    ] = False,
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """Take readers' sheets back into the store, and say what became of every row."""
    from peelian.hand_reading import plans_codebook, take_sheets
    from peelian.reading.codebook import codebook as named

    done = take_sheets(
        store,
        sheets,
        book=named(codebook or plans_codebook(store, plan)),
        plan=plan,
        replace_answers=replace,
        purpose=purpose,
    )
    if as_json:
        say_json([one.as_json() for one in done])
        return
    for one in done:
        refused = sum(one.refused.values())
        say(
            f"{one.file}: {one.rows:,} rows = {one.taken:,} taken + {one.known:,} known + "
            f"{one.blank:,} blank + {one.repeated:,} repeated + {refused:,} refused"
        )
        for who, n in one.readers.items():
            say(f"  {n:,} answers of {who}")
        for reason, n in one.refused.items():
            say(f"  {n:,} refused: {reason}")
        for note in one.notes:
            say(f"  note: {note}")
        if one.replaced:
            say(f"  {one.replaced:,} of those taken stand in the place of other answers")
