"""Whether a log is as it was written: nothing edited, moved, taken out, put in, or cut off."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peelian.errors import AuditError
from peelian.safeguards.audit.heads import read_heads
from peelian.safeguards.audit.line import START, Head, Line, digest
from peelian.safeguards.audit.log import MADE, Log
from peelian.safeguards.settings import PAGE

RELEASE = "release.json"


@dataclass
class Verdict:
    """What was found of a log.

    Args:
        lines: How many lines it has.
        head: Its end; empty where it has no line.
        findings: What is wrong; the log is whole where there is nothing.
        notes: What to know besides: the clock, operations whose end nobody saw.
        outside: How many heads from outside the store it was checked against.
    """

    lines: int = 0
    head: str = ""
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outside: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def verify(
    log: Log,
    *,
    heads: Path | None = None,
    releases: Sequence[Path] = (),
    generations: Mapping[int, str] | None = None,
) -> Verdict:
    """Was the log kept whole, as far as anybody can tell?

    Args:
        log: The log.
        heads: The outside file, if not the one that its settings name.
        releases: Folders of releases that were written of the store.
        generations: The fingerprint of every generation the store has had, by number, to see that
            each came about by an operation that was logged.

    Assumes:
        The outside heads and the releases were not changed by whoever changed the log.

    Cannot show:
        That lines after the last head known outside were not cut off or written anew: with no
        outside file and no release, a log that was rewritten from its start looks whole.
    """
    verdict = Verdict()
    hashes: list[str] = []
    told: list[dict[str, Any]] = []
    if log.path.is_file():
        _check_shape(log, verdict)
        try:
            _check_chain(log.lines(), verdict, hashes, told)
        except AuditError as damage:
            verdict.findings.append(f"{damage.problem} {damage.found}")
    name = str(told[0].get("log", "")) if told else ""
    verdict.lines = len(hashes)
    verdict.head = str(Head(name, len(hashes) - 1, hashes[-1])) if hashes else ""
    _check_outside(log, heads, releases, (name, hashes), verdict)
    _check_operations(told, verdict)
    if generations is not None:
        _check_generations(told, generations, verdict)
    return verdict


def _check_shape(log: Log, verdict: Verdict) -> None:
    if log.shape() != MADE:
        verdict.findings.append("the log's file has other parts than peelian gave it")


def _check_chain(
    lines: Iterable[Line], verdict: Verdict, hashes: list[str], told: list[dict[str, Any]]
) -> None:
    previous = START
    for at, line in enumerate(lines):
        says = _words(line)
        if line.number != at:
            verdict.findings.append(f"line {line.number} stands where line {at} should")
        if says is None or digest(line.body) != line.hash:
            verdict.findings.append(f"line {line.number} is not what its hash was made of")
        elif says.get("previous") != previous or says.get("line") != line.number:
            verdict.findings.append(
                f"line {line.number} does not follow the line before it: one was taken out, put in "
                "or moved"
            )
        previous = line.hash
        hashes.append(line.hash)
        told.append(says or {})


def _words(line: Line) -> dict[str, Any] | None:
    try:
        return line.says
    except (ValueError, TypeError):
        return None


def _check_outside(
    log: Log,
    heads: Path | None,
    releases: Sequence[Path],
    chain: tuple[str, Sequence[str]],
    verdict: Verdict,
) -> None:
    outside: list[tuple[str, Head]] = []
    path = heads or log.settings.heads
    if path is not None and (heads is not None or path.is_file()):
        found, strange = read_heads(path)
        mine = [head for head in found if head.log == chain[0]] if chain[0] else found
        outside += [("the outside file", head) for head in mine]
        if strange:
            verdict.notes.append(f"{strange} lines of the outside file are no heads")
        if found and not mine:
            verdict.findings.append("no head in the outside file is of this log")
    elif path is not None and chain[1]:
        verdict.findings.append(f"the outside file {path.name} is gone")
    for folder in releases:
        outside += [(f"the release {folder.name}", head) for head in heads_of_release(folder)]
    verdict.outside = len(outside)
    if not outside and chain[1]:
        verdict.notes.append("no head from outside was at hand, so a cut tail would not be seen")
    for where, head in outside:
        _check_head(where, head, chain, verdict)


def _check_head(where: str, head: Head, chain: tuple[str, Sequence[str]], verdict: Verdict) -> None:
    name, hashes = chain
    if head.log != name:
        verdict.findings.append(f"{where} is of another log than this one")
    elif head.line >= len(hashes):
        verdict.findings.append(
            f"{where} knows line {head.line}, and the log ends before it: its tail is cut"
        )
    elif hashes[head.line] != head.hash:
        verdict.findings.append(f"{where} knows another line {head.line} than the log holds")


def heads_of_release(folder: Path) -> list[Head]:
    """Return the heads that a written release holds.

    Raises:
        AuditError: There is no release in the folder.
    """
    try:
        told = json.loads((folder / RELEASE).read_text(encoding="utf-8"))
        written = [str(r["provenance"].get("audit", "")) for r in told["releases"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise AuditError(
            "There is no release there.",
            found=f"{folder.name}: no {RELEASE} that can be read",
            try_="the folder that `peelian run --out` or `peelian report --out` wrote",
            read=PAGE,
        ) from problem
    heads = []
    for text in written:
        try:
            heads.append(Head.read(text))
        except ValueError:
            continue  # made before the log was kept, or of a store that could not be written
    return heads


def _check_operations(told: Sequence[Mapping[str, Any]], verdict: Verdict) -> None:
    ended = {says["ends"] for says in told if "ends" in says}
    left = [
        str(says.get("line"))
        for says in told
        if says.get("state") == "begun" and says.get("line") not in ended
    ]
    if left:
        verdict.notes.append(f"begun, and not seen to end: line {', '.join(left)}")
    back = sum("clock_moved_back_s" in says for says in told)
    if back:
        verdict.notes.append(f"the clock was moved back before {back} of the lines")


def _check_generations(
    told: Sequence[Mapping[str, Any]], generations: Mapping[int, str], verdict: Verdict
) -> None:
    """Find generations that came about with no operation logged, and logged ones that are gone."""
    if not told or told[0].get("generation") is None:
        return
    changes = {
        says["generation"]: says.get("version")
        for says in told[1:]
        if says.get("state") in ("done", "found done") and "ends" in says
    }
    since = int(told[0]["generation"])
    open_now = any("not seen to end" in note for note in verdict.notes)
    for number, fingerprint in sorted(generations.items()):
        if number <= since:
            continue
        if number not in changes:
            words = f"generation {number} came about with no operation logged"
            (verdict.notes if open_now else verdict.findings).append(words)
        elif changes[number] != fingerprint:
            verdict.findings.append(f"generation {number} is not the one that was logged")
    last = max(generations, default=0)
    gone = [number for number in changes if isinstance(number, int) and number > last]
    if gone:
        verdict.findings.append(
            f"the log knows generation {max(gone)}, and the store is at {last}: it was put back"
        )
