"""What an audit says: the share, how far to trust it, and what a reader must know first."""

from peelian.analysis.demand.audit.measured import FEWEST, NAIVE, ROGAN_GLADEN, Audit
from peelian.analysis.demand.audit.tables import ESTIMATORS, title
from peelian.results import Check, Drawing, Sentence
from peelian.sentences import say
from peelian.statistics.drawn_truths import FEWEST_TWICE

_FAIR, _MOST_UNREAD, _MOST_OPEN = 0.667, 0.1, 0.02


def _words(found: Audit) -> dict[str, str]:
    naive = next((row for row in found.rows if row.estimator == NAIVE), None)
    return {
        "code": found.held.code,
        "plan": found.held.plan,
        "way": ESTIMATORS[found.rows[0].estimator].lower(),
        "definition": "" if naive is None or naive.definition is None
        else title(found, naive.definition),
        "refused": ", ".join(found.held.refused),
        "edited": ", ".join(found.held.edited),
        "fewest": str(FEWEST),
        "twice_least": str(FEWEST_TWICE),
    }  # fmt: skip


def answer(found: Audit) -> Sentence:
    """Return the recommended share with its interval, beside what is marked."""
    beside = (
        " The definition \u201c{definition}\u201d marks {naive}."
        if any(row.estimator == NAIVE for row in found.rows)
        else ""
    )
    return say(
        "By what people read of {read} logs, {value} of {logs} logs ({low} to {high}) are coded "
        "{code}." + beside,
        _words(found),
    )


def checks(found: Audit) -> tuple[Check, ...]:
    """Return what was tested about the answer."""
    alpha = dict(found.agreement)["krippendorff"]
    words = _words(found)
    blind = [row for row in found.rows if row.estimator == ROGAN_GLADEN and row.refused]
    unread = float((~found.read).mean())
    return (
        Check(
            name="Two people read the same logs",
            held=found.doubt.told,
            says=say(
                "Both read {twice} logs and differ on {apart}; their errors are in the interval."
                if found.doubt.told
                else "Both read {twice} logs, and it takes {twice_least}: the readers' errors are "
                "not in the interval, which is too narrow by as much as they err.",
                words,
            ),
        ),
        Check(
            name="Readers agree well enough",
            held=None if alpha is None else alpha.low >= _FAIR,
            says=say(
                "Krippendorff's alpha cannot be told: nearly every log got the same code."
                if alpha is None
                else "Krippendorff's alpha is {alpha}, at least {alpha_low}."
            ),
        ),
        Check(
            name="Differences were settled",
            held=found.open <= _MOST_OPEN * len(found.truth),
            says=say("Logs on which readers differ and that nobody settled: {open} of {apart}."),
        ),
        Check(
            name="What was drawn was read",
            held=unread <= _MOST_UNREAD,
            says=say("Drawn and still held, and not read: {unread}. Drawn in all: {drawn}."),
        ),
        Check(
            name="The logs are those drawn from",
            held=found.held.changed == 0,
            says=say("Logs that are not in the stratum they were drawn from: {changed}."),
        ),
        Check(
            name="The plan paid",
            held=bool(found.best.high - found.best.low <= found.simple_width),
            says=say(
                "The interval is {width} wide; had as many logs been drawn at random among all and "
                "read without error, it would be {simple_width}."
            ),
        ),
        Check(
            name="Every definition tells something",
            held=not blind,
            says=say(
                "Marks of each definition are likelier where it is so."
                if not blind
                else "Some definition marks what is so no more often than what is not, or nothing "
                "that was read is so: no share can be told from its marks."
            ),
        ),
    )


def caveats(found: Audit) -> tuple[Sentence, ...]:
    """Return what a reader must know before using it, most important first."""
    held = found.held
    said = (
        "The share is of logs, and of what the log says: calls that left no log and needs that "
        "nobody wrote down are not in it.",
        "Readers judged by one codebook, {code}. Under another definition the share is another: "
        "see demand.share.",
        "Only one person read most of these logs, so that how often people err on them is not "
        "known; {twice} were read by both."
        if not found.doubt.told
        else "Errors that all readers make alike, on logs that say too little or mislead, look "
        "like agreement: they are not in the interval.",
        "Agreement is that on the logs drawn, of which more are hard to tell than of all logs.",
        "Logs drawn and not read: {unread}. They are taken to be like those read in their stratum."
        if (~found.read).any()
        else "",
        "Logs on which the readers differ and that nobody settled: {open}. Their truth is drawn as "
        "the readers' answers make it likely."
        if found.open
        else "",
        "Answers that could not tell, or that contradict one another, and count as none: {unsure}."
        if held.unsure
        else "",
        "Labels of these readers for logs that were never drawn, and that are left out: {strange}."
        if held.strange
        else "",
        "Only part of the days that the plan drew from was asked for: the strata are counted anew "
        "in them, and rest on fewer readings."
        if held.part
        else "",
        "These definitions made the strata, and have changed since: {edited}. The strata are as "
        "they were drawn; what is set beside them is as it is now."
        if held.edited
        else "",
        "The records cannot bear these definitions, which are left out: {refused}."
        if held.refused
        else "",
        "For an interval of {target} from end to end, some {more} further logs would have to be "
        "read, if what was read is typical.",
    )
    return tuple(say(template, _words(found)) for template in said if template)


def drawings(found: Audit) -> tuple[Drawing, ...]:
    """Return the shares beside one another, and the ladder of bounds."""
    shares = Drawing(
        kind="dots",
        title=say("Coded {code} by readers: {value} of logs ({low} to {high})", _words(found)),
        table="estimates",
        encode={"label": "way", "value": "value", "low": "low", "high": "high", "group": "group"},
        alt=say(
            "The share of logs by each estimator with its interval, and below it what each "
            "definition marks, uncorrected."
        ),
    )
    if not found.rungs:
        return (shares,)
    ladder = Drawing(
        kind="dots",
        title=say("What each assumption buys"),
        table="ladder",
        encode={
            "label": "assumption",
            "low": "low",
            "high": "high",
            "spread": "the ends, with luck in what was read allowed for",
            "published_low": "least",
            "published_high": "most",
            "behind": "from the least it can be to the most",
            "open": True,
        },
        alt=say("The bounds of the share, from no assumption at all to all of them."),
    )
    return (shares, ladder)


def definitions_of(found: Audit, level: float) -> dict[str, str]:
    """Return each term of the answer and what it means here."""
    marks = {f"\u201c{one.title}\u201d": f"Marks {one.counts}." for one in found.held.definitions}
    return {
        "Recommended": f"{ESTIMATORS[found.rows[0].estimator]}: {found.reason}",
        "Readings, weighted by strata": "Each stratum's share of logs read that are so, weighted "
        "by how many logs it holds; the interval is mid-p, carried over strata.",
        "Difference": "The share a definition marks, moved by how far it was off where people "
        "read.",
        "PPI++": "The same, with the definition's marks weighed by what they prove to be worth "
        "(Angelopoulos, Duchi and Zrnic 2023).",
        "Rogan and Gladen": "The share a definition marks, worked back through its sensitivity and "
        "specificity (1978), with the interval of Lang and Reiczigel (2014).",
        "Interval": f"Holds the share {level:.0%} of the time, the luck of what was drawn and the "
        "readers' errors allowed for: what is true of each log is drawn anew as the answers make "
        "likely, and the estimate taken of every draw.",
        "Sensitivity": "Of logs that are so, the share a definition marks.",
        "Specificity": "Of logs that are not, the share it leaves.",
        "Found to be so": "By both readers, or by whoever settled; where nobody did, as most said.",
        **marks,
    }
