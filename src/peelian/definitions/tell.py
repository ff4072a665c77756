"""The reference page of definitions: what each counts, by which rule, and who says so."""

from collections.abc import Iterator

from peelian.definitions.claims import anchors
from peelian.definitions.reading import Definition, Published
from peelian.definitions.rules import Words, in_words, parts_of
from peelian.definitions.shelf import families, shipped


def figure(share: Published) -> str:
    """Return a published figure in words, with what it was a figure of.

    >>> figure(Published(share=0.051, of="contacts", where="England", when="2019"))
    '5.1 % of contacts, England, 2019'
    >>> figure(Published(low=0.2, high=0.8, count=3, of="time", where="forces"))
    '20 % to 80 % (3) of time, forces'
    """
    number = f"{share.count:,}" if share.count is not None else ""
    percent = _percent(share)
    both = f"{percent} ({number})" if percent and number else percent or number
    joined = f"{both} of {share.of}" if percent else f"{both} {share.of}"
    return ", ".join(part for part in (joined, share.where, share.when) if part)


def _percent(share: Published) -> str:
    if share.share is not None and share.low is not None and share.high is not None:
        return f"{_as(share.share)} ({_as(share.low)} to {_as(share.high)})"
    if share.share is not None:
        return _as(share.share)
    if share.low is not None and share.high is not None:
        return f"{_as(share.low)} to {_as(share.high)}"
    if share.high is not None:
        return f"up to {_as(share.high)}"
    return "" if share.low is None else f"at least {_as(share.low)}"


def _as(value: float) -> str:
    return f"{100 * value:.3g} %"


def word_lists(one: Definition) -> Iterator[tuple[str, str]]:
    """Yield every list of words that a definition's own rule looks for, whole, and what it is.

    Args:
        one: The definition; words of those it refers to are told with them.
    """
    for part in parts_of(one.rule, within=False):
        if isinstance(part, Words):
            yield "Words", ", ".join(part.words)
            if part.unless:
                yield "Unless part of", ", ".join(part.unless)
            if part.negated_by:
                denied = ", ".join(part.negated_by)
                yield "Unless denied", f"{denied}, with up to {part.reach} words between"


def definitions_page() -> str:
    """Describe every definition we ship, and what was claimed without a rule."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Definitions"
    yield ""
    yield (
        "What counts as X, one TOML file each. Analyses take their names, their families, or the "
        "path of [a file of your own](../how-to/write-a-definition.md)."
    )
    for family in families():
        names = [f"[`{one.name}`](#{one.name})" for one in _of(family)]
        yield from ("", f"**{family}**: {', '.join(names)}.")
    for one in shipped().values():
        yield from _section(one)
    yield from ("", "## What was claimed", "")
    yield "Figures that no rule can make. They are set beside an answer and never worked out."
    yield from ("", "| claim | figure | nearest to | source |", "|---|---|---|---|")
    for claim in anchors():
        share, near = claim.published, ", ".join(f"`{name}`" for name in claim.beside)
        source = f"{share.source} ({share.verification})"
        yield f"| {claim.title} | {figure(share)} | {near or 'none'} | {source} |"


def _of(family: str) -> list[Definition]:
    return [one for one in shipped().values() if family in one.families]


def _section(one: Definition) -> Iterator[str]:
    yield from ("", f"## {one.name}", "", f"*{one.title}.* Counts {one.counts}.", "")
    yield f"- Rule: {in_words(one.rule)}."
    for label, words in word_lists(one):
        yield f"- {label}: {words}."
    yield f"- Looks at: {', '.join(f'`{name}`' for name in one.tables)}."
    yield f"- Source: {one.source}. Verified: {one.verification}."
    if one.held:
        yield f"- In use: {one.held}."
    for share in one.published:
        yield f"- Published: {figure(share)} ({share.source}; {share.verification})."
    yield f"- Linked to health: {'yes, by district or force only' if one.health else 'no'}."
