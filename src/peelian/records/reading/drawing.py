"""How many logs of each stratum are read, and which: Neyman's shares, and a digest for chance."""

import hashlib
from collections.abc import Mapping
from typing import Any

import ibis
import pyarrow as pa

from peelian.errors import CannotAnswer
from peelian.reading.rule import PAGE, Cell, Rule
from peelian.records.reading.planned import Stratum, Wanted
from peelian.records.store.transaction import Transaction
from peelian.statistics.two_phase import allocate

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any
_LIKELY = 0.5  # the share that is guessed of the highest band


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


def is_low(cell: Cell) -> bool:
    """Say whether a stratum is one where least is looked for: neither flag nor sign."""
    return not cell.flagged and cell.band == 0


def allocated(rule: Rule, sizes: Mapping[Cell, int], wanted: Wanted) -> dict[Cell, Stratum]:
    """Return how many logs of each stratum are read: Neyman's shares of them, with a least number.

    Raises:
        CannotAnswer: Too few are to be read for so many strata.
    """
    cells = list(sizes)
    low = sum(is_low(cell) for cell in cells)
    least_low = max(wanted.least, -(-wanted.least_low // max(low, 1)))
    guesses = [guess(rule, cell, wanted) for cell in cells]
    floor = [least_low if is_low(cell) and rule.bands + len(rule.flags) > 1 else wanted.least
             for cell in cells]  # fmt: skip
    size = [sizes[cell] for cell in cells]
    drawn = allocate(size, guesses, min(wanted.read, sum(size)), floor)  # pyright: ignore[reportArgumentType]
    return {
        cell: Stratum(name=rule.name(cell), size=n, drawn=int(k), guess=g)
        for cell, n, k, g in zip(cells, size, drawn, guesses, strict=True)
    }


def drawn_logs(
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
    shuffled = sorted(chosen, key=lambda row: digest(f"{name}|{wanted.seed}|{row['item_id']}"))
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


def digest(text: str) -> str:
    """Return a text's digest: as good as chance, and the same on any machine."""
    return hashlib.sha256(text.encode()).hexdigest()
