"""What the store keeps of itself: loads, rows that were set aside, and months covered."""

from peelian.schema.kinds import Column
from peelian.schema.tables.parts import (
    CODE,
    DAY,
    INSTANT,
    INTEGER,
    KEY,
    OPEN,
    SPECIAL,
    TEXT,
    need,
    table,
)

KEPT = (
    table(
        "loads",
        "one file that was read: the ledger",
        need(
            "load_id",
            KEY,
            "Made from the file's content, its mapping and its source.",
            sensitivity=OPEN,
        ),
        need("source", KEY, "Who supplied it.", sensitivity=OPEN),
        need("file", TEXT, "The file's own name, without its folders.", sensitivity=OPEN),
        need("sha256", KEY, "Fingerprint of the file.", sensitivity=OPEN),
        need("layout", KEY, "What it was read as.", sensitivity=OPEN),
        need(
            "sensitivity", CODE, "The care its records need.", codes="sensitivity", sensitivity=OPEN
        ),
        need("read", INTEGER, "Rows in the file.", sensitivity=OPEN),
        need("loaded", INTEGER, "Rows that became records.", sensitivity=OPEN),
        need("quarantined", INTEGER, "Rows set aside, each with its reason.", sensitivity=OPEN),
        need("duplicates", INTEGER, "Rows the store already knew.", sensitivity=OPEN),
        Column("tables", TEXT, "Rows per table, as JSON.", sensitivity=OPEN),
        Column("first_month", DAY, "First month it covers.", sensitivity=OPEN),
        Column("last_month", DAY, "Last month it covers.", sensitivity=OPEN),
        Column("notes", TEXT, "What was noticed, counted, as JSON.", sensitivity=OPEN),
        Column("loaded_at", INSTANT, "When.", sensitivity=OPEN),
        Column("peelian", KEY, "The version that read it.", sensitivity=OPEN),
        kept_by_store=True,
    ),
    table(
        "quarantine",
        "one row set aside",
        need("load_id", KEY, "The load.", sensitivity=OPEN),
        Column(
            "line", INTEGER, "The line of the file, where the reader knows it.", sensitivity=OPEN
        ),
        need("reason", TEXT, "What is wrong, in words that quote no value.", sensitivity=OPEN),
        Column(
            "row",
            TEXT,
            "The row as it came, as JSON: its columns that are read, or the whole line where its"
            " fields cannot be told apart.",
            sensitivity=SPECIAL,
        ),
        kept_by_store=True,
    ),
    table(
        "coverage",
        "one month of one table that a file of one source covers",
        need("source", KEY, "The source.", sensitivity=OPEN),
        need("layout", KEY, "What it was read as.", sensitivity=OPEN),
        need("table", KEY, "The table.", sensitivity=OPEN),
        need("month", DAY, "First day of the month.", sensitivity=OPEN),
        need("load_id", KEY, "The load.", sensitivity=OPEN),
        need("n", INTEGER, "Records loaded in it.", sensitivity=OPEN),
        kept_by_store=True,
    ),
)
