"""Which logs people read: strata counted, their share of the reading chosen, and chance drawn."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from peelian import __version__
from peelian.definitions import find
from peelian.errors import CannotAnswer, UsageError
from peelian.reading.codebook import Codebook
from peelian.reading.rule import PAGE, Cell, Rule, settle_cells, total
from peelian.reading.strata import in_cells, in_strata, population
from peelian.records.reading.items import plan_name
from peelian.records.store import Load, fingerprint_of
from peelian.records.store.tables import arrow_schema
from peelian.records.store.transaction import Transaction
from peelian.records.tally import load_id
from peelian.schema import Sensitivity
from peelian.statistics.two_phase import allocate, expected_width, rule_of_three

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any
LAYOUT = "reading-plan"
_LOOKED_AT = ("incident_codes", "involvements", "markers", "labels", "contacts", "deployments")
_CLASSES = 50  # a class alone holds one in so many of all logs, or more
_LIKELY = 0.5  # the share that is guessed of the highest band


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a plan was asked for.

    Args:
        codebook: What the logs are read for.
        rule: What makes the strata; definitions by name, family or path.
        read: How many logs are to be read.
        first, last: The days that logs are drawn from; None for no limit.
        source: Whose logs, where the store holds several sources' of them.
        least: Least logs read of a stratum that has as many.
        least_low: Least logs read of the lowest, where most logs are and few are looked for.
        guess_flagged: The share that is thought to be so among flagged logs.
        guess_rest: Among those that are neither flagged nor show any sign.
        own_classes: Most classes of call that are strata of their own, within flag and band.
        smallest: Least logs of such a class; one in fifty of all where that is more.
        twice: The share of the logs that both readers read.
        seed: Where chance begins.
    """

    codebook: Codebook
    rule: Rule
    read: int = 400
    first: date | None = None
    last: date | None = None
    source: str = ""
    least: int = 20
    least_low: int = 100
    guess_flagged: float = 0.8
    guess_rest: float = 0.01
    own_classes: int = 3
    smallest: int = 200
    twice: float = 1.0
    seed: int = 1829

    def __post_init__(self) -> None:
        fits = (
            self.read >= 1
            and 1 <= self.least <= self.least_low
            and self.smallest >= 1
            and self.own_classes >= 0
            and 0 <= self.twice <= 1
            and 0 < self.guess_rest < 1
            and 0 < self.guess_flagged < 1
            and 0 <= self.seed < 2**63
        )
        if not fits:
            raise UsageError(
                "A reading reads some logs, and its shares are between nought and one.",
                found=f"read={self.read}, least={self.least}, least_low={self.least_low}, "
                f"smallest={self.smallest}, own_classes={self.own_classes}, twice={self.twice}, "
                f"guess_flagged={self.guess_flagged}, guess_rest={self.guess_rest}, "
                f"seed={self.seed}",
                try_="read=400, least=20, least_low=100, twice=1, guess_rest=0.01",
                read=PAGE,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One stratum of a plan: how many logs it holds, how many are read, what share is guessed."""

    name: str
    size: int
    drawn: int
    guess: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which logs are read, and how sure the share will be if the guesses are right.

    Args:
        name: The plan's name.
        strata: Its strata.
        without_text: Drawn logs that have no text to be read.
        width: How wide the interval should come out, from end to end.
        width_simple: How wide that of as many logs drawn at random among all would.
        low: How many are read of those strata where least is looked for.
        low_size: How many logs they hold.
        bound: The highest share there that finding none would leave likely.
        held: Whether the store held this very plan already.
        load_id: Its row of the ledger; empty where nothing was written.
    """

    name: str
    strata: tuple[Stratum, ...]
    without_text: int
    width: float
    width_simple: float
    low: int
    low_size: int
    bound: float
    held: bool = False
    load_id: str = ""

    @property
    def read(self) -> int:
        """How many logs are read."""
        return sum(one.drawn for one in self.strata)

    @property
    def size(self) -> int:
        """How many logs there are."""
        return sum(one.size for one in self.strata)

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it for machines."""
        return {
            "plan": self.name,
            "read": self.read,
            "of": self.size,
            "strata": [
                {"stratum": s.name, "size": s.size, "read": s.drawn, "guess": s.guess}
                for s in self.strata
            ],
            "without_text": self.without_text,
            "width": self.width,
            "width_simple": self.width_simple,
            "rule_of_three": {"read": self.low, "of": self.low_size, "bound": self.bound},
            "held": self.held,
            "load_id": self.load_id,
        }


def plan(store: str | Path, wanted: Wanted, *, dry_run: bool = False) -> Plan:
    """Draw the logs that people will read, and write the draw into the store.

    Logs are put into strata by a flag, a score in bands and the class of call; each stratum's part
    of the reading follows Neyman (1934), with a least number; within it, chance draws.

    Args:
        store: The store's folder.
        wanted: What is asked for.
        dry_run: Only work it out: nothing is written.

    Raises:
        CannotAnswer: There are no logs to draw from, too few are to be read for so many strata, or
            a definition names what the store lacks.
        UsageError: Several sources hold logs, and none is named.

    Assumes:
        A log's identifier is that log's alone among its source's.

    Cannot show:
        Anything of calls that left no log, or of logs without an identifier.
    """
    with Transaction(store) as t:
        rule = _resolved(wanted.rule)
        incidents = population(_of_source(t, wanted.source), wanted.first, wanted.last)
        wanted = _dated(t, incidents, wanted)
        records = {name: t.now(name) for name in _LOOKED_AT}
        counts = _counted(t, in_cells(incidents, records, rule))
        if not counts:
            raise CannotAnswer(
                "There are no logs to draw from.",
                found="no incident with an identifier in these days",
                try_="another --period, or load incidents with their log numbers",
                read=PAGE,
            )
        # A class of few logs would take more reading than it repays.
        smallest = max(wanted.smallest, sum(counts.values()) // _CLASSES)
        cells = settle_cells(rule, counts, smallest=smallest, own_classes=wanted.own_classes)
        rule = replace(rule, cells=cells)
        sizes = total(counts, cells)
        strata = _allocated(rule, sizes, wanted)
        name = _name(t, wanted, rule)
        drawn = _drawn(t, in_strata(incidents, records, rule), strata, wanted, name)
        made = _told(name, rule, strata, drawn)
        if t.known(_load_id(name, wanted)) is not None:
            return replace(made, held=True, load_id=_load_id(name, wanted))
        if dry_run:
            return made
        return _written(t, made, rule, drawn, wanted)


def _resolved(rule: Rule) -> Rule:
    """Put families' definitions in their place, and note what each definition is now."""
    flags, signs = (find(names) if names else () for names in (rule.flags, rule.signs))
    return replace(
        rule,
        flags=tuple(one.file or one.name for one in flags),
        signs=tuple(one.file or one.name for one in signs),
        fingerprints={one.name: one.fingerprint for one in (*flags, *signs)},
    )


def _of_source(t: Transaction, asked: str) -> Expr:
    rows: Expr = t.now("incidents")
    there = [row["source"] for row in t.rows(rows.select("source").distinct())]
    if asked and asked not in there:
        raise UsageError(
            "The store holds no logs of that source.",
            found=f"{len(there)} sources hold logs",
            try_="--source as `peelian ledger STORE` names it",
            read=PAGE,
        )
    if not asked and len(there) > 1:
        raise UsageError(
            "Several sources hold logs, and their numbers may be the same.",
            found=f"{len(there)} sources",
            try_="--source, one of those that `peelian ledger STORE` names",
            read=PAGE,
        )
    return rows.filter(rows["source"] == asked) if asked else rows


def _dated(t: Transaction, incidents: Expr, wanted: Wanted) -> Wanted:
    """Note which days the logs are of, so that months loaded later are not taken for drawn from.

    Where some logs have no date that cannot be said.
    """
    if wanted.first is not None and wanted.last is not None:
        return wanted
    day = incidents["local_date"]
    (told,) = t.rows(
        incidents.aggregate(first=day.min(), last=day.max(), undated=day.isnull().sum())
    )
    if told["undated"] or told["first"] is None:
        return wanted
    return replace(wanted, first=wanted.first or told["first"], last=wanted.last or told["last"])


def _counted(t: Transaction, rows: Expr) -> dict[Cell, int]:
    counted = rows.group_by("_flagged", "_band", "_class").aggregate(n=rows.count())
    return {
        Cell(bool(row["_flagged"]), int(row["_band"]), row["_class"]): int(row["n"])
        for row in t.rows(counted)
    }


def guess(rule: Rule, cell: Cell, wanted: Wanted) -> float:
    """Return the share that is guessed of a stratum before anybody has read."""
    if cell.flagged:
        return wanted.guess_flagged
    if rule.bands == 1 and not rule.flags:  # nothing parts them: one in ten as if flagged
        return (9 * wanted.guess_rest + wanted.guess_flagged) / 10
    if rule.bands == 1:
        return wanted.guess_rest
    step = cell.band / (rule.bands - 1)
    return wanted.guess_rest ** (1 - step) * max(_LIKELY, wanted.guess_rest) ** step


def _is_low(cell: Cell) -> bool:
    return not cell.flagged and cell.band == 0


def _allocated(rule: Rule, sizes: Mapping[Cell, int], wanted: Wanted) -> dict[Cell, Stratum]:
    cells = list(sizes)
    low = sum(_is_low(cell) for cell in cells)
    least_low = max(wanted.least, -(-wanted.least_low // max(low, 1)))
    guesses = [guess(rule, cell, wanted) for cell in cells]
    floor = [least_low if _is_low(cell) and rule.bands + len(rule.flags) > 1 else wanted.least
             for cell in cells]  # fmt: skip
    size = [sizes[cell] for cell in cells]
    drawn = allocate(size, guesses, min(wanted.read, sum(size)), floor)  # pyright: ignore[reportArgumentType]
    return {
        cell: Stratum(name=rule.name(cell), size=n, drawn=int(k), guess=g)
        for cell, n, k, g in zip(cells, size, drawn, guesses, strict=True)
    }


def _name(t: Transaction, wanted: Wanted, rule: Rule) -> str:
    """Return the plan's name: the same for the same records, whatever else the store took in."""
    loads = [load for load in t.loads() if set(load.tables) & {"incidents", *_read_by(rule)}]
    told = (wanted.first, wanted.last, wanted.source, wanted.read, wanted.twice, wanted.seed)
    book = wanted.codebook
    return plan_name(
        fingerprint_of(loads), rule.as_json(), book.name, book.code, book.definition, repr(told)
    )


def _read_by(rule: Rule) -> set[str]:
    found = find(rule.definitions) if rule.definitions else ()
    return {name for one in found for name in one.tables} | ({"labels"} if rule.machine else set())


def _drawn(
    t: Transaction, rows: Expr, strata: Mapping[Cell, Stratum], wanted: Wanted, name: str
) -> pa.Table:
    """Return the drawn logs: in each stratum those whose digest is lowest, in an order of its own.

    A digest of the seed and the log's identifier is as good as chance, the same on any machine, and
    depends on no other log.
    """
    told = list(strata.values())
    sizes = pa.table(
        {
            "_stratum": [one.name for one in told],
            "_drawn": [one.drawn for one in told],
            "_size": [one.size for one in told],
            "_below": [_below(one) for one in told],
        }
    )
    asked: Expr = t.lookup(sizes)
    text: Expr = rows["narrative"]
    mark = ibis.literal(f"{wanted.seed}|") + rows["source"].fill_null("") + "|"
    ranked = rows.select(
        item_id=rows["incident_id"],
        stratum=rows["stratum"],
        source=rows["source"],
        silent=(text.fill_null("").strip() == ""),
        _digest=(mark + rows["incident_id"]).hexdigest("sha256"),
    )
    ranked = ranked.join(asked, ranked["stratum"] == asked["_stratum"])
    ranked = ranked.filter(ranked["_digest"] < ranked["_below"])
    within = ibis.window(
        group_by=ranked["stratum"], order_by=[ranked["_digest"], ranked["item_id"]]
    )
    ranked = ranked.mutate(_rank=ibis.row_number().over(within))
    chosen = t.fetch(ranked.filter(ranked["_rank"] < ranked["_drawn"])).to_pylist()
    if len(chosen) != sum(one.drawn for one in told):
        raise CannotAnswer(
            "Fewer logs were drawn than were asked for.",
            found=f"{len(chosen)} of {sum(one.drawn for one in told)}",
            try_="another --seed",
            read=PAGE,
        )
    shuffled = sorted(chosen, key=lambda row: _digest(f"{name}|{wanted.seed}|{row['item_id']}"))
    both = round(wanted.twice * len(shuffled))
    made = [
        {
            "plan": name,
            "item_kind": "incident",
            "item_id": row["item_id"],
            "stratum": row["stratum"],
            "place": place,
            "chance": row["_drawn"] / row["_size"],
            "twice": place <= both,
            "source": row["source"],
            "silent": row["silent"],
        }
        for place, row in enumerate(shuffled, 1)
    ]
    if len({row["item_id"] for row in made}) < len(made):
        raise CannotAnswer(
            "Some logs have the same identifier, so that no reading could be matched to one.",
            found=f"{len(made) - len({r['item_id'] for r in made})} of {len(made)} drawn",
            try_="load incidents with identifiers that tell them apart",
            read=PAGE,
        )
    return pa.Table.from_pylist(made)


def _below(stratum: Stratum) -> str:
    """Return a bound on digests: those of a stratum's draw lie below it, and few others.

    So that millions of logs need not be sorted. Ten standard errors and some are left over.
    """
    kept = stratum.drawn + 10 * stratum.drawn**0.5 + 30
    share = kept / max(1, stratum.size)
    return "g" if share >= 1 else f"{int(share * 16**8):08x}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _told(name: str, rule: Rule, strata: Mapping[Cell, Stratum], drawn: pa.Table) -> Plan:
    told = tuple(strata.values())
    low = [s for cell, s in strata.items() if _is_low(cell)]
    size, read, guesses = ([getattr(s, part) for s in told] for part in ("size", "drawn", "guess"))
    share = sum(n * g for n, g in zip(size, guesses, strict=True)) / sum(size)
    return Plan(
        name=name,
        strata=told,
        without_text=sum(drawn["silent"].to_pylist()),
        width=expected_width(size, read, guesses),
        width_simple=expected_width([sum(size)], [sum(read)], [share]),
        low=sum(s.drawn for s in low),
        low_size=sum(s.size for s in low),
        bound=rule_of_three(sum(s.drawn for s in low)),
    )


def _load_id(name: str, wanted: Wanted) -> str:
    return load_id(_digest(name), LAYOUT, wanted.source)


def _written(t: Transaction, made: Plan, rule: Rule, drawn: pa.Table, wanted: Wanted) -> Plan:
    own, source = _load_id(made.name, wanted), str(drawn["source"][0].as_py())
    now = datetime.now(UTC)
    strata = [
        {
            "plan": made.name,
            "stratum": one.name,
            "item_kind": "incident",
            "codebook": wanted.codebook.name,
            "code": wanted.codebook.code,
            "size": one.size,
            "drawn": one.drawn,
            "drawing": "all" if one.drawn == one.size else "random",
            "first_day": wanted.first,
            "last_day": wanted.last,
            "rule": rule.as_json(),
            "seed": wanted.seed,
            "generation": t.current.fingerprint,
            "planned_at": now,
            "source": source,
            "load_id": own,
        }
        for one in made.strata
    ]
    samples = [
        {k: v for k, v in row.items() if k != "silent"} | {"load_id": own}
        for row in drawn.to_pylist()
    ]
    rows = {"strata": strata, "samples": samples}
    for table, said in rows.items():
        schema = pa.schema([f for f in arrow_schema(table) if f.name in said[0]])
        t.add(table, pa.Table.from_pylist(said, schema=schema))
    n = sum(map(len, rows.values()))
    t.ledger(
        Load(
            load_id=own,
            source=source,
            file=f"{made.name}.plan",
            sha256=_digest(made.name),
            layout=LAYOUT,
            sensitivity=care_of(t.loads(), ("incidents",)),
            read=n,
            loaded=n,
            quarantined=0,
            duplicates=0,
            tables={table: len(said) for table, said in rows.items()},
            first_month=None,
            last_month=None,
            notes={"drawn logs have no text": made.without_text} if made.without_text else {},
            loaded_at=now,
            peelian=__version__,
        )
    )
    t.commit()
    return replace(made, load_id=own)


def care_of(loads: Sequence[Load], tables: Sequence[str]) -> str:
    """Return the most careful of the sensitivities of what filled some tables."""
    levels = [Sensitivity.named(x.sensitivity) for x in loads if set(x.tables) & set(tables)]
    return max(levels, default=Sensitivity.INTERNAL).name.lower()
