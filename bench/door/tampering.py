"""Tampering with an audit log, by somebody who knows its file and its hashes and has all day."""

import hashlib
import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Lines = list[tuple[int, str, str]]


def read(path: Path) -> Lines:
    """Return the lines of a log's file."""
    with closing(sqlite3.connect(path)) as base:
        return base.execute("select line, body, hash from lines order by line").fetchall()


def put(path: Path, lines: Lines) -> None:
    """Put other lines into a log's file, and leave it looking as peelian made it."""
    with closing(sqlite3.connect(path)) as base:
        guards = base.execute("select name, sql from sqlite_master where type='trigger'").fetchall()
        for name, _ in guards:
            base.execute(f"drop trigger {name}")
        base.execute("delete from lines")
        base.executemany("insert into lines values (?, ?, ?)", lines)
        for _, sql in guards:
            base.execute(sql)
        base.commit()
        base.execute("pragma wal_checkpoint(truncate)")


def forged(bodies: list[str], start: int) -> Lines:
    """Return lines from these words, numbered and hashed anew from `start` on as if honest."""
    lines: Lines = []
    for number, words in enumerate(bodies):
        body = words
        if number >= start:
            says = json.loads(words)
            says["line"] = number
            says["previous"] = lines[-1][2] if lines else "0" * 64
            body = json.dumps(says, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        lines.append((number, body, hashlib.sha256(body.encode()).hexdigest()))
    return lines


def _other(rng: random.Random, body: str) -> str:
    """Return a line's words with one of them changed."""
    says = json.loads(body)
    name = rng.choice(sorted(set(says) - {"line", "previous"}))
    old = says[name]
    says[name] = (old or 0) + 1 if isinstance(old, int) or old is None else f"{old}x"
    return json.dumps(says, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def edit(rng: random.Random, lines: Lines) -> Lines:
    """Change a word of a line."""
    at = rng.randrange(len(lines))
    number, body, digest = lines[at]
    return [*lines[:at], (number, _other(rng, body), digest), *lines[at + 1 :]]


def edit_and_hash(rng: random.Random, lines: Lines) -> Lines:
    """Change a word of a line, and its hash with it."""
    at = rng.randrange(len(lines))
    body = _other(rng, lines[at][1])
    digest = hashlib.sha256(body.encode()).hexdigest()
    return [*lines[:at], (lines[at][0], body, digest), *lines[at + 1 :]]


def edit_and_chain(rng: random.Random, lines: Lines) -> Lines:
    """Change a word of a line, and chain every later line to it anew."""
    at = rng.randrange(len(lines))
    bodies = [body for _, body, _ in lines]
    bodies[at] = _other(rng, bodies[at])
    return forged(bodies, at)


def respell(rng: random.Random, lines: Lines) -> Lines:
    """Write a line's words with other spaces, so that they mean the same."""
    at = rng.randrange(len(lines))
    number, body, digest = lines[at]
    return [*lines[:at], (number, body.replace(":", ": ", 1), digest), *lines[at + 1 :]]


def change_hash(rng: random.Random, lines: Lines) -> Lines:
    """Change one sign of a hash."""
    at, sign = rng.randrange(len(lines)), rng.randrange(64)
    number, body, digest = lines[at]
    other = rng.choice([c for c in "0123456789abcdef" if c != digest[sign]])
    changed = digest[:sign] + other + digest[sign + 1 :]
    return [*lines[:at], (number, body, changed), *lines[at + 1 :]]


def swap(rng: random.Random, lines: Lines) -> Lines:
    """Let two lines change places."""
    a, b = rng.sample(range(len(lines)), 2)
    out = list(lines)
    out[a], out[b] = (a, *lines[b][1:]), (b, *lines[a][1:])
    return out


def swap_and_chain(rng: random.Random, lines: Lines) -> Lines:
    """Let two lines change places, and chain everything after anew."""
    a, b = sorted(rng.sample(range(len(lines)), 2))
    bodies = [body for _, body, _ in lines]
    bodies[a], bodies[b] = bodies[b], bodies[a]
    return forged(bodies, a)


def take_out(rng: random.Random, lines: Lines) -> Lines:
    """Take a line out that is not the last."""
    at = rng.randrange(len(lines) - 1)
    return [*lines[:at], *lines[at + 1 :]]


def take_out_and_chain(rng: random.Random, lines: Lines) -> Lines:
    """Take a line out, and number and chain the rest anew."""
    at = rng.randrange(len(lines) - 1)
    return forged([body for n, (_, body, _) in enumerate(lines) if n != at], at)


def put_in_and_chain(rng: random.Random, lines: Lines) -> Lines:
    """Put a line in that was never written, and chain the rest anew."""
    at = rng.randrange(1, len(lines))
    bodies = [body for _, body, _ in lines]
    bodies.insert(at, _other(rng, bodies[at]))
    return forged(bodies, at)


def cut_tail(rng: random.Random, lines: Lines) -> Lines:
    """Cut off the last lines, or all of them."""
    return lines[: rng.randrange(len(lines))]


def cut_tail_and_go_on(rng: random.Random, lines: Lines) -> Lines:
    """Cut off the last lines, and write as many others in their place."""
    at = rng.randrange(1, len(lines))
    bodies = [body for _, body, _ in lines]
    return forged([*bodies[:at], *(_other(rng, body) for body in bodies[at:])], at)


WAYS: tuple[Callable[[random.Random, Lines], Lines], ...] = (
    edit, edit_and_hash, edit_and_chain, respell, change_hash, swap, swap_and_chain, take_out,
    take_out_and_chain, put_in_and_chain, cut_tail, cut_tail_and_go_on,
)  # fmt: skip
