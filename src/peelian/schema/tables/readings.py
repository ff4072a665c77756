"""What people read: labels, the strata that logs are drawn from, and the logs drawn."""

from peelian.schema.kinds import Column
from peelian.schema.tables.parts import (
    CODE,
    DAY,
    FLAG,
    INSTANT,
    INTEGER,
    KEY,
    NUMBER,
    TEXT,
    need,
    table,
)

READINGS = (
    table(
        "labels",
        "a code given to a text, by a person or a machine",
        need(
            "item_kind",
            CODE,
            "What was read: an incident, a document, an utterance.",
            codes="item_kind",
        ),
        need("item_id", KEY, "Which one."),
        need("codebook", TEXT, "The codebook."),
        need("code", TEXT, "The code."),
        Column("value", TEXT, "The value given."),
        need("coder", KEY, "A key for who or what gave it."),
        Column("coded_at", INSTANT, "When."),
        clock=("coded_at",),
    ),
    table(
        "strata",
        "one stratum of a plan of what is read by people",
        need("plan", KEY, "The plan."),
        need("stratum", KEY, "The stratum's name within the plan."),
        need(
            "item_kind", CODE, "What is read: incidents, documents, utterances.", codes="item_kind"
        ),
        need("codebook", TEXT, "The codebook it is read by."),
        need("code", TEXT, "The code that is looked for."),
        need("size", INTEGER, "How many there were to draw from."),
        need("drawn", INTEGER, "How many were drawn."),
        need(
            "drawing",
            CODE,
            "How they were drawn: at random within strata, all of them, or picked by somebody.",
            codes="drawing",
        ),
        Column("first_day", DAY, "First day of what was drawn from; empty for no limit."),
        Column("last_day", DAY, "Last day of what was drawn from; empty for no limit."),
        Column("rule", TEXT, "What makes the strata, as JSON; empty where nobody wrote it down."),
        Column("seed", INTEGER, "The seed of the draw."),
        Column("generation", KEY, "Fingerprint of the records that were drawn from."),
        Column("planned_at", INSTANT, "When."),
        key=("plan", "stratum"),
    ),
    table(
        "samples",
        "one item drawn to be read by people",
        need("plan", KEY, "The plan; see `strata`."),
        need("item_kind", CODE, "What is read.", codes="item_kind"),
        need("item_id", KEY, "Which one."),
        need("stratum", KEY, "The stratum it was drawn from."),
        need("place", INTEGER, "Its number within the plan, from 1, in random order."),
        need("chance", NUMBER, "The chance with which it was drawn, from 0 to 1."),
        Column("twice", FLAG, "Whether two people read it, each without the other."),
        key=("plan", "item_kind", "item_id"),
    ),
    # What the store writes about itself, in the same generation as the records it speaks of.
)
