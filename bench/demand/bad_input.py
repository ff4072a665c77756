"""Bad input: sheets as people and spreadsheets spoil them, and definitions with slips."""

import csv
import random
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from bench.figures import Figure
from bench.measure import measure, peelian
from peelian.definitions import find
from peelian.errors import PeelianError
from peelian.hand_reading import draw, take_sheets, write_sheets
from peelian.reading.codebook import codebook
from peelian.reading.rule import Rule
from peelian.records.reading.items import Item
from peelian.records.reading.plan import Wanted
from peelian.records.store import Store

SHEETS = 60
READ = 120
WHY = "training: sheets that came back spoilt"
SHIPPED = Path(__file__).parents[2] / "src" / "peelian" / "definitions" / "shipped"
# Three ways to write each answer, one of them plain; and what is no answer at all.
SPELLED = {
    "yes": ("yes", "Yes ", "Y"),
    "no": ("no", "NO", "n"),
    "unsure": ("unsure", "Unsure", "?"),
}
NO_ANSWER = ("maybe", "see note", "2024-01-05", "yes/no", "-")
SPOILT_ITEMS = ("1.2E+05", "05/01/2024", "#REF!", "item 7")
_KEY = re.compile(r"^(\s*(?:\{\s*)?)([a-z_]{4,})(\s*=)", re.MULTILINE)


def figures(work: Path) -> Iterator[Figure]:
    """Yield what became of spoilt sheets and of definitions with a slip.

    Args:
        work: Where stores, sheets and definitions go.
    """
    folder = work / "bad-input"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield from _sheets(folder)
    yield from _definitions(folder)


# Sheets


@dataclass
class _Tally:
    """What became of all sheets; each figure but the first should be nought."""

    tried: int = 0
    labels: int = 0
    refused_rows: int = 0
    wrong: Counter[str] = field(default_factory=Counter)


def _sheets(folder: Path) -> Iterator[Figure]:
    made = folder / "store"
    run = measure(peelian("make", made, "--scale", "small", "--seed", "5", "--no-narratives"))
    if run.code:
        raise RuntimeError(f"exit {run.code}\n{run.err}")
    book = codebook("mental-health")
    wanted = Wanted(codebook=book, rule=Rule(flags=("mental-health-flag",)), read=READ)
    plan = draw(made, wanted, purpose=WHY).name
    first, _ = write_sheets(made, folder / "sheets", book=book, form="csv", purpose=WHY)
    with first.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    tally = _Tally()
    for seed in range(SHEETS):
        store = folder / f"store-{seed}"
        shutil.copytree(made, store)
        _one(store, plan, rows, random.Random(seed), tally)
        shutil.rmtree(store)
    told = f"{tally.labels:,} labels taken, {tally.refused_rows:,} rows refused"
    yield Figure("spoilt sheets taken back", tally.tried, "≥", SHEETS, told)
    for what in ("answers lost", "labels invented", "other labels changed", "rows unaccounted for",
                 "sheets refused whole", "crashes"):  # fmt: skip
        yield Figure(f"spoilt sheets: {what}", tally.wrong[what], "=", 0)
    yield from _never_drawn(made, plan, folder)


def _one(
    store: Path, plan: str, rows: list[list[str]], chance: random.Random, tally: _Tally
) -> None:
    """Spoil one sheet, take it back, and hold what the store has against what was written."""
    sheet, expected, said = _spoilt(rows, plan, chance)
    path = _saved(sheet, store.parent / f"sheet-{store.name}", chance)
    before = _labels(store)
    tally.tried += 1
    try:
        taken = take_sheets(store, [path], book=codebook("mental-health"), purpose=WHY)[0]
    except PeelianError:
        tally.wrong["sheets refused whole"] += 1
        return
    except Exception as fault:
        tally.wrong["crashes"] += 1
        print(f"CRASH {store.name}: {type(fault).__name__}", flush=True)
        return
    after, items = _labels(store), _drawn(store, plan)
    new = {key: value for key, value in after.items() if key[1].startswith(f"{plan}:")}
    wanted = {(items[place], f"{plan}:1"): value for place, value in expected.items()}
    tally.labels += len(new)
    tally.refused_rows += sum(taken.refused.values())
    tally.wrong["answers lost"] += sum(new.get(key) != value for key, value in wanted.items())
    tally.wrong["labels invented"] += len(new.keys() - wanted.keys())
    tally.wrong["other labels changed"] += {
        k: v for k, v in after.items() if k not in new
    } != before
    parts = taken.taken + taken.known + taken.blank + taken.repeated + sum(taken.refused.values())
    tally.wrong["rows unaccounted for"] += not (parts == taken.rows == said)


def _spoilt(
    rows: list[list[str]], plan: str, chance: random.Random
) -> tuple[list[list[str]], dict[int, str], int]:
    """Return a spoilt sheet, the answers that it holds by the log's place, and its rows.

    What it holds is kept as the sheet is written, by hand: an item with one answer, however often
    it is said, has that answer; one with two has none, and nor has one with what is no answer.
    """
    header, *logs = rows
    at = header.index("item"), header.index("code")
    sheet: list[list[str]] = []
    said: dict[int, set[str]] = defaultdict(set)
    for log in logs:
        place = Item.read(log[at[0]]).place
        for item, code, value in _as_written(log[at[0]], plan, chance):
            row = list(log)
            row[at[0]], row[at[1]] = item, code
            sheet.append(row)
            said[place] |= {value} - {""}
    for _ in range(chance.randrange(4)):
        added = [""] * len(header)
        added[at[1]] = chance.choice(("", "yes"))
        sheet.append(added)
    chance.shuffle(sheet)
    order = list(range(len(header)))
    if chance.random() < 0.5:
        chance.shuffle(order)
    spoilt = [[row[i] for i in order] for row in (header, *sheet)]
    answers = {place: min(values) for place, values in said.items() if len(values) == 1}
    return spoilt, answers, sum(any(cell.strip() for cell in row) for row in sheet)


def _as_written(item: str, plan: str, chance: random.Random) -> list[tuple[str, str, str]]:
    """Return the rows in which a reader answers for one log: item, code, and what counts of it."""
    value, other = chance.sample(list(SPELLED), 2)
    plain = (item, chance.choice(SPELLED[value]), value)
    never = Item(plan, chance.randrange(READ + 1, 900), 1).text
    ways = {
        "plain": (70, [plain]),
        "blank": (8, [(item, "", "")]),
        "no answer": (6, [(item, chance.choice(NO_ANSWER), "")]),
        "twice": (5, [plain, (item, chance.choice(SPELLED[value]), value)]),
        "two answers": (4, [plain, (item, chance.choice(SPELLED[other]), other)]),
        "spoilt item": (4, [(chance.choice(SPOILT_ITEMS), plain[1], "")]),
        "never drawn": (3, [(never, plain[1], "")]),
    }
    weights = [weight for weight, _ in ways.values()]
    return chance.choices([rows for _, rows in ways.values()], weights)[0]


def _saved(sheet: list[list[str]], path: Path, chance: random.Random) -> Path:
    """Save a sheet as one of the programs that people use would."""
    form = chance.choice(("comma", "semicolon", "tab", "workbook"))
    if form == "workbook":
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet("Sheet1")
        for row in sheet:
            page.append([cell or None for cell in row])
        book.save(path.with_suffix(".xlsx"))
        return path.with_suffix(".xlsx")
    between, encoding = {
        "comma": (",", "utf-8-sig"), "semicolon": (";", "cp1252"), "tab": ("\t", "utf-16"),
    }[form]  # fmt: skip
    path = path.with_suffix(".csv")
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=between).writerows(sheet)
    return path


def _labels(store: Path) -> dict[tuple[str, str], str]:
    """Return every label of a store by its item and coder."""
    with Store.open(store) as opened:
        rows = opened.table("labels").to_pyarrow().to_pylist()
    return {(r["item_id"], f"{r['coder']}"): f"{r['code']}={r['value']}" if ":" not in r["coder"]
            else r["value"] for r in rows}  # fmt: skip


def _drawn(store: Path, plan: str) -> dict[int, str]:
    with Store.open(store) as opened:
        rows = opened.table("samples").to_pyarrow().to_pylist()
    return {row["place"]: row["item_id"] for row in rows if row["plan"] == plan}


def _never_drawn(made: Path, plan: str, folder: Path) -> Iterator[Figure]:
    """Yield what becomes of a sheet on which no log was ever drawn: refused, with help."""
    rows = [["item", "code"], *([Item(plan, place, 1).text, "yes"] for place in range(901, 931))]
    path = _saved(rows, folder / "never-drawn", random.Random(1))
    before, helped = _labels(made), False
    try:
        taken = take_sheets(made, [path], book=codebook("mental-health"), purpose=WHY)[0]
        helped = taken.taken == 0 and sum(taken.refused.values()) == 30
    except PeelianError as refusal:
        helped = bool(refusal.try_)
    unchanged = _labels(made) == before
    yield Figure("a sheet of logs never drawn is refused and changes nothing",
                 helped and unchanged, "=", True)  # fmt: skip


# Definitions


def _definitions(folder: Path) -> Iterator[Figure]:
    """Yield what becomes of shipped definitions in which two letters of a key change places."""
    wrong: Counter[str] = Counter()
    tried = named = whole = 0
    for shipped in sorted(SHIPPED.glob("*.toml")):
        text = shipped.read_text(encoding="utf-8").replace('name = "', 'name = "our-own-', 1)
        path = folder / f"our-own-{shipped.stem}.toml"
        path.write_text(text, encoding="utf-8", newline="\n")
        whole += _refusal(path) is None
        for slip, right in _slips(text):
            tried += 1
            path.write_text(slip, encoding="utf-8", newline="\n")
            refusal = _refusal(path)
            if refusal is None:
                wrong["taken as it stands"] += 1
            elif not isinstance(refusal, PeelianError):
                wrong["crashes"] += 1
            else:
                wrong["refused without help"] += not refusal.try_
                named += right in str(refusal) or right in str(refusal.try_)
    kinds = len(list(SHIPPED.glob("*.toml")))
    yield Figure("shipped definitions, copied, are read", whole, "=", kinds)
    yield Figure("definitions with a slip in a key", tried, "≥", 100)
    for what in ("taken as it stands", "refused without help", "crashes"):
        yield Figure(f"definitions with a slip: {what}", wrong[what], "=", 0)
    yield Figure("definitions with a slip: the right word is named", named / tried, "≥", 0.9)


def _slips(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text with each of its keys spelled wrong, once, and the right spelling."""
    for found in _KEY.finditer(text):
        key = found[2]
        at = next(i for i in range(1, len(key) - 1) if key[i] != key[i + 1])
        slipped = key[:at] + key[at + 1] + key[at] + key[at + 2 :]
        yield text[: found.start(2)] + slipped + text[found.end(2) :], key


def _refusal(path: Path) -> Exception | None:
    try:
        find([str(path)])
    except Exception as refusal:
        return refusal
    return None
