"""Words and phrases as patterns that mean the same to every engine, whatever their case.

Engines differ in their regular expressions, so these keep to what all read alike: no backslashes
(strings are escaped differently), no look-around, no word boundary (of which some know only ASCII),
and no flag for case (which some apply to ASCII alone): each letter is written in both its cases,
which is also quicker than making the text small.
"""

from collections.abc import Iterable

# Letters of the alphabets in use here, and digits: what a word is made of.
_LETTER = "0-9A-Za-zÀ-ÖØ-öø-ɏ"
_START, _END = f"(?:^|[^{_LETTER}])", f"(?:[^{_LETTER}]|$)"
_BETWEEN = "[ \t\r\n-]+"  # within a phrase: "self harm" is "self-harm" and may be wrapped
_GAP = "..."
_GAP_WORDS = 3
_SIGNS = "./&+'"
_CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
# What stands where a phrase was taken out: no letter, and nothing a phrase could reach across.
TAKEN_OUT = " | "


def fold(text: str) -> str:
    """Return a word or phrase without the differences of case and spacing.

    >>> fold("  Self  Harm ")
    'self harm'
    """
    return " ".join(text.lower().split())


def finding(words: Iterable[str]) -> str:
    """Return a pattern that finds any of these words or phrases, whatever their case.

    >>> import re
    >>> [bool(re.search(finding(["suicid*", "od"]), text)) for text in ("Suicidal", "odd", "an OD")]
    [True, False, True]
    """
    return f"{_START}(?:{_either(words)}){_END}"


def denying(negations: Iterable[str], words: Iterable[str], reach: int) -> str:
    """Return a pattern that finds words which a denial stands before.

    >>> import re
    >>> bool(re.search(denying(["no"], ["suicid*"], 2), "no known suicidal thoughts"))
    True
    """
    between = f"(?:{_BETWEEN}[{_LETTER}]+){{0,{reach}}}{_BETWEEN}"
    return f"{_START}(?:{_either(negations)}){between}(?:{_either(words)}){_END}"


def faults(phrase: str, *, gaps: bool) -> str:
    """Return what is wrong with a word or phrase, or nothing.

    >>> faults("*", gaps=False)
    'a star stands last in a word, after at least two letters'
    """
    tokens = phrase.replace("-", " ").split()
    if not tokens:
        return "it is empty"
    if _GAP in tokens and (not gaps or _GAP in (tokens[0], tokens[-1])):
        return "`...` stands between two words, and in `unless` only"
    return next(filter(None, (_fault(token) for token in tokens if token != _GAP)), "")


def _fault(token: str) -> str:
    head = token.removesuffix("*")
    if "*" in head or (token != head and len(head) < 2):
        return "a star stands last in a word, after at least two letters"
    if not any(sign.isalnum() for sign in head):
        return "each word needs a letter or a digit"
    strange = any(not sign.isalnum() and sign not in _SIGNS for sign in head)
    return f"of signs, words may hold only {' '.join(_SIGNS)}" if strange else ""


def _either(phrases: Iterable[str]) -> str:
    """Return alternatives, the longest first: engines take the first that fits."""
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(_phrase(phrase) for phrase in ordered)


def _phrase(phrase: str) -> str:
    tokens = phrase.replace("-", " ").split()
    gap = f"(?:{_BETWEEN}[{_LETTER}']+){{0,{_GAP_WORDS}}}"
    rest = (gap if token == _GAP else _BETWEEN + _token(token) for token in tokens[1:])
    return _token(tokens[0]) + "".join(rest)


def _token(token: str) -> str:
    ending = f"[{_LETTER}]*" if token.endswith("*") else ""
    return "".join(map(_sign, token.removesuffix("*"))) + ending


def _sign(sign: str) -> str:
    if sign == "'":  # typed straight, curly, or left out
        return f"['{_CURLY}]?"
    large = sign.upper()
    if large != sign and len(large) == 1:
        return f"[{sign}{large}]"
    return sign if sign.isalnum() else f"[{sign}]"
