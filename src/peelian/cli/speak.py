"""How the command line speaks: answers, progress, refusals, and exit codes that say which."""

import functools
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from peelian.errors import PeelianError, plain

INTERRUPTED = 130
BROKEN = 70  # a fault of peelian's own

EXIT_CODES = {
    0: "done",
    2: "the command, a setting or a study could not be understood",
    3: "a file or a mapping could not be read; nothing was loaded",
    4: "a different file for a source and month the store already holds",
    5: "the store is missing, damaged, of another version, or held by another load",
    6: "the records cannot answer the question as it was asked",
    7: "an engine or an extra is not installed",
    8: "something tried to leave without passing the door",
    9: "the audit log cannot be written, or is not as it was written",
    BROKEN: "a fault of peelian's own",
    INTERRUPTED: "stopped by you; what was half done is undone",
}


def say(text: str) -> None:
    """Write an answer to stdout, whatever the terminal's encoding can hold."""
    _write(sys.stdout, text)


def say_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    say(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def tell(text: str) -> None:
    """Write a remark to stderr, where it cannot spoil an answer that is piped on."""
    _write(sys.stderr, text)


def _write(stream: Any, text: str) -> None:
    text = "\n".join(map(plain, text.split("\n")))
    try:
        stream.write(text + "\n")
    except UnicodeEncodeError:  # an old Windows console: lose an accent, not the answer
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


def verb(command: Callable[..., None]) -> Callable[..., None]:
    """Wrap a command so that every way it can end is a clear message and an exit code."""

    @functools.wraps(command)
    def wrapped(*args: Any, **settings: Any) -> None:
        as_json = bool(settings.get("as_json"))
        try:
            command(*args, **settings)
        except PeelianError as refusal:
            _refuse(refusal, as_json)
            raise SystemExit(refusal.exit_code) from None
        except KeyboardInterrupt:
            _stopped()
        except BrokenPipeError:  # `peelian show … | head`
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            raise SystemExit(0) from None
        except Exception as fault:
            if type(fault).__name__ == "InterruptException":  # how DuckDB says that we were stopped
                _stopped()
            _confess(fault, as_json)
            raise SystemExit(BROKEN) from None

    return wrapped


def _stopped() -> NoReturn:
    tell("Stopped. Whatever was half done is undone; files that were finished before it stay.")
    raise SystemExit(INTERRUPTED) from None


def _refuse(refusal: PeelianError, as_json: bool) -> None:
    if as_json:
        _write(sys.stderr, json.dumps(refusal.as_json(), ensure_ascii=False))
    else:
        tell(refusal.text())


def _confess(fault: Exception, as_json: bool) -> None:
    """Report a fault of our own without its message, which might quote a record."""
    if os.environ.get("PEELIAN_DEBUG"):
        traceback.print_exception(fault)
        return
    if as_json:
        own = PeelianError(
            "A fault of peelian's own.",
            found=type(fault).__name__,
            try_="PEELIAN_DEBUG=1 shows where; its message might quote a record",
        )
        _refuse(own, as_json)
        return
    tell(f"A fault of peelian's own: {type(fault).__name__}, raised at")
    for frame in traceback.extract_tb(fault.__traceback__)[-4:]:
        tell(f"  {os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}")
    tell("Its message is not shown, since it might quote a record; PEELIAN_DEBUG=1 shows it.")


@contextmanager
def progress(title: str) -> Iterator[Callable[..., None]]:
    """Give a `tell(what, done, total)` that draws a bar on a terminal, or now and then a line.

    Args:
        title: What is going on, before the first report.
    """
    if not sys.stderr.isatty():
        yield _line_teller()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def report(what: str, done: int = 0, total: int = 0) -> None:
            bar.update(task, description=plain(what), completed=done, total=total or None)

        yield report


def _line_teller(every_s: float = 2.0) -> Callable[..., None]:
    last_what, last_at = "", 0.0

    def report(what: str, done: int = 0, total: int = 0) -> None:
        nonlocal last_what, last_at
        now = time.monotonic()
        if what == last_what and now - last_at < every_s:
            return
        last_what, last_at = what, now
        share = f" ({done / total:.0%})" if total else ""
        tell(f"{what}{share}")

    return report
