"""Erasing: what is chosen and what follows it goes, the ledger says so, and the bytes are gone."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from peelian.records.erasing.chosen import LEDGER, Choice, Expr, Wish, choices, month_of
from peelian.records.erasing.follows import FOLLOWS, SPEAKS_OF, Follow
from peelian.records.erasing.retention import read_retention
from peelian.records.store.tables import arrow_schema
from peelian.records.store.transaction import Transaction
from peelian.records.tally import ERASED, ERASED_ASIDE, Tell
from peelian.schema import TABLES

_PAIR = "\x1f"  # between a source and a key, so that no two pairs are spelled alike
_FIRST = ("crimes", "incidents", "stops", "people", "documents", "recordings", "utterances")
_ORDER = (*_FIRST, *(t for t in TABLES if t not in (*_FIRST, *LEDGER)))


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What an erasure did, or would do.

    Args:
        tables: Rows erased, by table.
        followed: How many of them went because the record they belong to did.
        cleared: Rows that stay and no longer name an erased record, by table.
        undated: Rows of the chosen sources that have no date, and so stayed.
        loads: How many files of the ledger they came from.
        dry_run: Whether nothing was changed.
        generation: The fingerprint of the store as it now is.
    """

    tables: Mapping[str, int] = field(default_factory=dict)
    followed: int = 0
    cleared: Mapping[str, int] = field(default_factory=dict)
    undated: int = 0
    loads: int = 0
    dry_run: bool = False
    generation: str = ""

    @property
    def records(self) -> int:
        """Return how many rows went, over all tables."""
        return sum(self.tables.values())

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it for machines."""
        return {"records": self.records, **vars(self)}


def erase(
    store: str | Path,
    wish: Wish,
    *,
    dry_run: bool = False,
    today: date | None = None,
    tell: Tell | None = None,
) -> Erased:
    """Erase records and all that follows from them, or say how many that would be.

    Outcomes and case papers go with their crime, codes and deployments with their incident, all
    that is held on a person with the person; what merely names an erased record stays, without the
    name. Coverage and ledger are set right. Then the store's older generations are emptied, so that
    no file of the store holds the rows any more. All of this happens, or none of it; an erasure
    that is killed after its generation is in place is finished by whoever opens the store next for
    writing.

    Args:
        store: The store's folder.
        wish: What is to be erased.
        dry_run: Only count.
        today: The day by which expiry is reckoned; by default the day it is.
        tell: Told what is going on.

    Raises:
        UsageError: The wish names a source or load that is not there, or `retention.toml` is wrong.
        StoreError: There is no store, it is damaged, held by somebody, or a reader keeps an old
            file open so that it cannot be removed yet.

    Assumes:
        Identifiers are a source's own: a row follows a record of its own source, or, where that
        source holds no such record, one of another.

    Cannot show:
        That nothing is left on backups, in files the records were loaded from, in releases that
        were written, or in the disk's own spare blocks.
    """
    with Transaction(store, tell=tell) as t:
        erasure = _Erasure(t, choices(wish, t.loads(), read_retention(t.path), _day(today)))
        erasure.plan()
        undated = erasure.undated(wish)
        if not dry_run and erasure.gone:
            erasure.carry_out()
            t.commit_erasure()
        return Erased(
            tables=erasure.by_table(),
            followed=erasure.followed,
            cleared=dict(erasure.cleared),
            undated=undated,
            loads=len({load for _, load, _ in erasure.gone}),
            dry_run=dry_run,
            generation=t.current.fingerprint,
        )


def _day(today: date | None) -> date:
    return date.today() if today is None else today


class _Erasure:
    """One erasure while it is worked out, and then carried out."""

    def __init__(self, t: Transaction, chosen: Mapping[str, Choice]) -> None:
        self.t, self.chosen = t, chosen
        self.going: dict[str, Choice] = {}
        self.gone: Counter[tuple[str, str, date | None]] = Counter()
        self.cleared: dict[str, int] = {}
        self.followed = 0
        self._keys: dict[tuple[str, str], Expr] = {}
        self._clearing: list[tuple[Follow, Choice]] = []

    def plan(self) -> None:
        """Find what goes, table by table, parents before what follows them."""
        for done, table in enumerate(_ORDER):
            self.t.tell("finding what goes", done, len(_ORDER))
            if not self.t.files(table):
                continue
            ways = [self.chosen[table]] if table in self.chosen else []
            follows = [w for f in FOLLOWS if f.table == table for w in self._led_by(f)]
            if not ways and not follows:
                continue
            going = _any([*ways, *follows])
            own = self._count(table, _any(ways)) if follows and ways else Counter()
            found = self._count(table, going)
            if found:
                self.going[table] = going
                self.gone.update(found)
                if follows:
                    self.followed += found.total() - own.total()
        for follow in SPEAKS_OF:
            if self.t.files(follow.table):
                self._clear(follow)

    def _led_by(self, follow: Follow) -> Iterator[Choice]:
        """Yield whether a row follows a record that goes; nothing where none of those goes."""
        if follow.parent not in self.going:
            return
        keys = self._keys_of(follow.parent, follow.key)
        lost = keys.filter(keys["left"] == 0)
        by_key = keys.group_by("key").aggregate(left=keys["left"].sum())
        lost_by_all = by_key.filter(by_key["left"] == 0)

        def led(rows: Expr) -> Expr:
            name = rows[follow.column]
            pair = _pair(rows, follow.column)
            theirs = pair.isin(lost["pair"]) | (
                ~pair.isin(keys["pair"]) & name.isin(lost_by_all["key"])
            )
            if follow.when is not None:
                theirs = theirs & (rows[follow.when[0]] == follow.when[1])
            return (name.notnull() & theirs).fill_null(False)

        yield led

    def _keys_of(self, table: str, key: str) -> Expr:
        """Return the keys of a table, each with how many of its rows stay."""
        if (table, key) not in self._keys:
            rows = self.t.now(table)
            named = rows.filter(rows[key].notnull())
            stays = (~self.going[table](named)).cast("int64")
            marked = named.select(key=named[key], pair=_pair(named, key), stays=stays)
            grouped = marked.group_by("key", "pair").aggregate(left=marked["stays"].sum())
            self._keys[table, key] = self.t.hold(grouped)
        return self._keys[table, key]

    def _count(self, table: str, going: Choice) -> Counter[tuple[str, str, date | None]]:
        rows = self.t.now(table)
        lost = rows.filter(going(rows))
        lost = lost.select("load_id", month=month_of(lost, table))
        counted = lost.group_by("load_id", "month").aggregate(n=lost.count())
        return Counter(
            {(table, row["load_id"], row["month"]): row["n"] for row in self.t.rows(counted)}
        )

    def _clear(self, follow: Follow) -> None:
        for speaks in self._led_by(follow):
            going = self.going.get(follow.table)

            def stays(rows: Expr, speaks: Choice = speaks, going: Choice | None = going) -> Expr:
                return speaks(rows) if going is None else speaks(rows) & ~going(rows)

            rows = self.t.now(follow.table)
            n = self.t.count(rows.filter(stays(rows)))
            if n:
                self.cleared[follow.table] = n
                self._clearing.append((follow, stays))

    def undated(self, wish: Wish) -> int:
        """Return how many rows of the chosen loads have no date, where a date was asked for."""
        if wish.before is None:
            return 0
        names = [load.load_id for load in wish.among(self.t.loads())]
        n = 0
        for table in _ORDER:
            if TABLES[table].timed and self.t.files(table):
                rows = self.t.now(table)
                mine = rows["load_id"].isin(names) & rows["local_date"].isnull()
                n += self.t.count(rows.filter(mine & ~self._going(table, rows)))
        return n

    def _going(self, table: str, rows: Expr) -> Expr:
        return self.going[table](rows) if table in self.going else ibis.literal(False)

    def by_table(self) -> dict[str, int]:
        """Return how many rows of each table go."""
        tables: Counter[str] = Counter()
        for (table, _, _), n in self.gone.items():
            tables[table] += n
        return dict(sorted(tables.items()))

    def carry_out(self) -> None:
        """Write every table without what goes, and set coverage and ledger right."""
        for follow, speaks in self._clearing:
            rows = self.t.now(follow.table)
            kept = self.t.hold(
                rows.filter(speaks(rows)).mutate(**{follow.column: ibis.null("string")})
            )
            self.t.keep_only(follow.table, _not(speaks))
            self.t.add(follow.table, kept)
        for done, (table, going) in enumerate(self.going.items()):
            self.t.tell(f"writing {table} anew", done, len(self.going))
            self.t.keep_only(table, _not(going))
        self._set_coverage_right()
        self._set_ledger_right()

    def _set_coverage_right(self) -> None:
        loads = sorted({load for _, load, _ in self.gone})
        rows = self.t.now("coverage")
        mine = list(self.t.rows(rows.filter(rows["load_id"].isin(loads))))
        for row in mine:
            row["n"] -= self.gone[row["table"], row["load_id"], row["month"]]
        self.t.keep_only("coverage", lambda rows: ~rows["load_id"].isin(loads))
        left = [row for row in mine if row["n"] > 0]
        self.t.coverage(pa.Table.from_pylist(left, schema=arrow_schema("coverage")))

    def _set_ledger_right(self) -> None:
        lost: dict[str, Counter[str]] = {}
        for (table, load, _), n in self.gone.items():
            lost.setdefault(load, Counter())[table] += n
        for name, tables in lost.items():
            load = self.t.known(name)
            if load is None:
                continue
            aside = tables.pop("quarantine", 0)
            notes = dict(load.notes)
            for words, n in ((ERASED, tables.total()), (ERASED_ASIDE, aside)):
                if n:
                    notes[words] = n + int(notes.get(words, 0))
            left = {table: n - tables[table] for table, n in load.tables.items()}
            kept = {table: n for table, n in left.items() if n > 0}
            self.t.ledger(replace(load, tables=kept, notes=notes))


def _pair(rows: Expr, column: str) -> Expr:
    return rows["source"].fill_null("").concat(_PAIR, rows[column])


def _any(ways: list[Choice]) -> Choice:
    return lambda rows: reduce(or_, [way(rows).fill_null(False) for way in ways])


def _not(choice: Callable[[Expr], Expr]) -> Choice:
    return lambda rows: ~choice(rows).fill_null(False)
