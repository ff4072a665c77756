"""How a definition that cannot be read is refused: what is wrong, in which file, what to try."""

from collections.abc import Iterable, Mapping
from typing import Any

from peelian.errors import UsageError, nearest

PAGE = "how-to/write-a-definition"


def must(holds: bool, called: str, problem: str, *, try_: str = "") -> None:
    """Refuse a definition unless something holds of it.

    Args:
        holds: Whether it does.
        called: What the definition is called: its file's name.
        problem: What is wrong with it, to follow its name.
        try_: What to write instead.

    Raises:
        UsageError: It does not.
    """
    if not holds:
        raise UsageError(f"The definition {called} {problem}.", try_=try_, read=PAGE)


def refusal(called: str, problem: str, word: str, known: Iterable[str]) -> UsageError:
    """Return the refusal of a word that is not known, with the nearest that are.

    Args:
        called: What the definition is called.
        problem: What is wrong, to follow its name.
        word: The word.
        known: The words that would do.
    """
    return UsageError(
        f"The definition {called} {problem}.",
        found=word,
        try_=nearest(word, known),
        read=PAGE,
    )


def only(raw: Mapping[str, Any], known: Iterable[str], called: str, *, inside: str = "") -> None:
    """Refuse what a definition says that means nothing.

    Raises:
        UsageError: It has another key than those that are known.
    """
    where = f" in [{inside}]" if inside else ""
    for key in raw:
        if key not in known:
            raise refusal(called, f"says what means nothing{where}", key, known)


def words_of(said: Any, key: str, called: str, *, empty: bool = False) -> tuple[str, ...]:
    """Return a list of words; one word may stand alone.

    Args:
        said: What the file says.
        key: What it says it of.
        called: What the definition is called.
        empty: Whether there may be none.

    Raises:
        UsageError: It is no list of words, has none, or has one twice.
    """
    words = [said] if isinstance(said, str) else said
    fits = isinstance(words, list) and all(isinstance(w, str) and w.strip() for w in words)
    must(fits, called, f"has a {key} that is no list of words", try_=f'{key} = ["…", "…"]')
    must(empty or bool(words), called, f"has an empty {key}", try_="name one, or take it out")
    folded = [" ".join(word.lower().split()) for word in words]
    twice = sorted({word for word in folded if folded.count(word) > 1})
    must(not twice, called, f"has in {key} a word more than once: {', '.join(twice)}")
    return tuple(folded)
