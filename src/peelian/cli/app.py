"""The verbs of the command line."""

from pathlib import Path
from typing import Annotated

import typer

from peelian.cli.definitions import definitions
from peelian.cli.guarding import guarding
from peelian.cli.options import (
    AsJson,
    Engine,
    Out,
    PeriodText,
    Settings,
    StorePath,
    Why,
    read_settings,
)
from peelian.cli.reading import reading
from peelian.cli.speak import progress, say, say_json, tell, verb
from peelian.errors import UsageError

app = typer.Typer(
    name="peelian",
    help="Turn a police force's own records into evidence that can be checked.\n\n"
    "Start with: [bold]peelian demo --out demo[/] (a made-up force, nothing to download), or, on "
    "your own files: [bold]peelian new STORE[/], [bold]peelian load STORE FILES --as police-uk[/], "
    "[bold]peelian show STORE places.profile --set denominator=population[/].",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.command()
@verb
def demo(
    out: Out = Path("demo"),
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the report.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed makes another force.")] = 1829,
) -> None:
    """Make up a small force, run the standard study on it, and open the report."""
    from peelian.cli.demo import make_demo

    with progress("Making up a force") as report:
        page = make_demo(out, seed=seed, tell=report)
    say(f"The report: {page}")
    if not no_open:
        typer.launch(str(page))


@app.command()
@verb
def make(  # noqa: PLR0913, PLR0917  (an option each)
    store: Annotated[
        Path, typer.Argument(metavar="STORE", help="Where the store goes: a new folder.")
    ],
    scale: Annotated[
        str, typer.Option(help="small (seconds), force (one force's real size) or nation (43).")
    ] = "force",
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same bytes.")] = 1829,
    areas: Annotated[int | None, typer.Option(help="Small areas, over all forces.")] = None,
    incidents: Annotated[
        int | None, typer.Option(help="Incidents a year, over all forces.")
    ] = None,
    years: Annotated[int | None, typer.Option(help="Whole years.")] = None,
    plant: Annotated[
        Path | None, typer.Option(metavar="PLAN.toml", help="What is planted, as TOML.")
    ] = None,
    off: Annotated[
        list[str] | None,
        typer.Option(metavar="PART", help="Switch a part of the plan off; may be repeated."),
    ] = None,
    no_narratives: Annotated[
        bool, typer.Option("--no-narratives", help="Leave the logs' words out: much faster.")
    ] = False,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="FORCE/MONTH",
            help="Make one partition alone, as Parquet files in the folder STORE.",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0 for what the machine and size bear.")
    ] = 0,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Make nothing: set STORE, as it is, beside real records."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="With --compare: where its page goes; beside STORE."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make up a force with known truths, straight into a store; the truth goes beside it."""
    making = {"areas": areas, "incidents": incidents, "years": years, "plant": plant, "off": off}
    if compare or out is not None:
        from peelian.cli.compare import compare_only

        page = compare_only(store, out, compare=compare, making=making | {"only": only})
        say_json({"report": str(page)}) if as_json else say(f"The page: {page}")
        return
    from peelian.cli.make import Asked, make_only, tell_made
    from peelian.cli.make import make as make_up
    from peelian.records.synth.scales import scale_called

    asked = Asked(
        scale=scale_called(scale, areas=areas, incidents=incidents, years=years),
        seed=seed,
        plant=plant,
        off=off or (),
        narratives=not no_narratives,
        workers=workers,
    )
    with progress("Making up a force") as report:
        made = make_only(store, only, asked) if only else make_up(store, asked, report)
    if as_json:
        say_json(made)
    else:
        tell_made(made)


@app.command()
@verb
def new(
    store: StorePath,
    crs: Annotated[str, typer.Option(help="The grid for distances in metres.")] = "EPSG:27700",
    timezone: Annotated[str, typer.Option(help="The zone of local dates.")] = "Europe/London",
    as_json: AsJson = False,
) -> None:
    """Make an empty store."""
    from peelian.records.store import Store

    with Store.create(store, crs=crs, timezone=timezone) as made:
        if as_json:
            say_json({"store": str(store), "crs": made.crs, "timezone": made.timezone})
        else:
            say(f"An empty store at {store}, in {made.crs}, {made.timezone}.")
            say("Next: peelian load STORE FILES --as police-uk (or areas, measures, incidents …)")


@app.command("map")
@verb
def map_(
    file: Annotated[Path, typer.Argument(help="A CSV, Excel or Parquet file.")],
    table: Annotated[str, typer.Option(help="The canonical table its rows are.")],
    out: Annotated[Path | None, typer.Option(help="Write here instead of to the screen.")] = None,
) -> None:
    """Draft a mapping from a file's columns to ours, for a person to finish."""
    from peelian.records.draft import draft

    text = draft(file, table)
    if out is None:
        say(text)
        return
    if out.exists():
        raise UsageError(f"{out.name} is already there.", try_="another --out, or move it away")
    out.write_text(text, encoding="utf-8")
    tell(f"A draft at {out}. Read every line marked CHECK before you load with it.")


@app.command()
@verb
def load(  # noqa: PLR0913, PLR0917  (an option each)
    store: StorePath,
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or zips.")],
    layout: Annotated[
        str,
        typer.Option("--as", help="police-uk, areas, area-links, measures, or a table's name."),
    ],
    mapping: Annotated[Path | None, typer.Option("--map", help="A mapping, as TOML.")] = None,
    source: Annotated[str | None, typer.Option(help="Who supplied the files.")] = None,
    sensitivity: Annotated[
        str | None, typer.Option(help="open, internal, sensitive or special.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the months these files cover.")
    ] = False,
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """Read files into the store: all of them or, if anything is wrong, none."""
    from peelian.changes import load as load_files
    from peelian.cli.tell import tell_load

    with progress("Looking at the files") as report:
        done = load_files(
            store,
            paths,
            purpose=purpose,
            layout=layout,
            mapping=mapping,
            source=source,
            sensitivity=sensitivity,
            replace=replace,
            tell=report,
        )
    if as_json:
        say_json(done.as_json())
    else:
        tell_load(done)


@app.command()
@verb
def ledger(store: StorePath, as_json: AsJson = False) -> None:
    """Show every file that was read, and where each of its rows went."""
    from peelian.cli.tell import ledger_as_json, tell_ledger
    from peelian.records.store import Store

    with Store.open(store) as opened:
        if as_json:
            say_json(ledger_as_json(opened))
        else:
            tell_ledger(opened)


@app.command()
@verb
def catalogue(
    analysis: Annotated[
        str | None, typer.Argument(help="One analysis, to see its settings.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the questions peelian answers, or one question's settings."""
    from peelian.cli.tell import catalogue_as_json, tell_catalogue

    if as_json:
        say_json(catalogue_as_json(analysis))
    else:
        tell_catalogue(analysis)


@app.command()
@verb
def show(
    store: StorePath,
    analysis: Annotated[str, typer.Argument(help="Its name in `peelian catalogue`.")],
    period: PeriodText = None,
    settings: Settings = None,
    engine: Engine = "duckdb",
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """Ask one question, and print the answer with its tables, caveats and provenance."""
    from peelian import render
    from peelian.catalogue import entry
    from peelian.records.store import Store
    from peelian.study import Period, Question, answer

    entry(analysis)  # a wrong name is worth saying before a store is opened
    question = Question(analysis, read_settings(settings))
    months = None if period is None else Period.read(period)
    with Store.open(store, engine=engine) as opened:
        released = answer(opened, question, months, purpose=purpose)
    if as_json:
        say_json(render.as_json(released))
    else:
        say(render.as_text(released))


@app.command()
@verb
def run(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study.")],
    store: Annotated[Path, typer.Option("--store", metavar="STORE", help="The store's folder.")],
    out: Out,
    engine: Engine = "duckdb",
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """Run a study on a store and write its report, tables and release."""
    from peelian.study import Study

    _write_study(Study.read(study), store, out, engine=engine, as_json=as_json, purpose=purpose)


@app.command()
@verb
def report(
    store: StorePath,
    analysis: Annotated[str, typer.Argument(help="Its name in `peelian catalogue`.")],
    out: Out,
    period: PeriodText = None,
    settings: Settings = None,
    engine: Engine = "duckdb",
    purpose: Why = "",
    as_json: AsJson = False,
) -> None:
    """Ask one question and write its report, without writing a study first."""
    from peelian.catalogue import entry
    from peelian.safeguards.purpose import UNSTATED
    from peelian.study import Study

    words = {
        "title": entry(analysis).question,
        "purpose": purpose or "One question, asked from the command line",
        "analyses": [{"id": analysis, "settings": read_settings(settings)}],
    }
    _write_study(
        Study.from_words(words | ({} if period is None else {"period": period})),
        store,
        out,
        engine=engine,
        as_json=as_json,
        purpose=purpose or UNSTATED,
    )


@app.command()
@verb
def doctor(
    store: Annotated[
        Path | None, typer.Argument(metavar="[STORE]", help="A store to check.")
    ] = None,
    warm: Annotated[bool, typer.Option("--warm", help="Compile the kernels now.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check this machine, and a store if one is named; say what to do about each fault."""
    from peelian.cli.doctor import examine

    findings = examine(store, warm=warm)
    if as_json:
        say_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            say(finding.text())
    if any(finding.fault for finding in findings):
        raise SystemExit(1)


app.add_typer(definitions)
app.add_typer(guarding)
app.add_typer(reading)


def _make_room(out: Path) -> None:
    """Make the folder for what will be written, before anybody waits for it to be worked out."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UsageError(
            f"Nothing can be written to {out.name}.",
            found=type(problem).__name__,
            try_="another --out: a folder you may write to",
        ) from problem


def _write_study(
    study, store: Path, out: Path, *, engine: str, as_json: bool, purpose: str
) -> None:
    from peelian.cli.writing import run_and_write
    from peelian.records.store import Store

    _make_room(out)
    with Store.open(store, engine=engine) as opened, progress(study.title) as told:
        page, releases = run_and_write(study, opened, out, purpose=purpose, tell=told)
    if as_json:
        answers = [{"analysis": r.provenance.analysis, "question": r.question} for r in releases]
        say_json({"report": str(page), "answers": answers})
    else:
        say(f"The report: {page}")
