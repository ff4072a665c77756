"""Readers of made-up logs, by an eye other than the lexicon's: keywords, and identifiers."""

import re

# What an analyst would search for, written without a look at the lexicon: terms that published
# searches of police logs use, in the clinical names, the law and the services.
KEYWORDS = re.compile(
    r"\b(mental|mentally|mh|mha|psych\w*|schiz\w*|bi-?polar|depress\w*|anxiety|suicid\w*|paranoi\w*"
    r"|delusion\w*|self[ -]?harm\w*|section(ed)? ?(2|3|136)?|s\.?136|136|sectioned|crisis team"
    r"|home treatment team|cpn|amhp|cmht|personality disorder|ptsd|halluc\w*|manic|mania|overdose"
    r"|kill (him|her)self|end (his|her) life|take (his|her) own life)\b",
    re.IGNORECASE,
)
# Words of the street that some readers count too: none may stand where nothing is to be named.
LOOSE = re.compile(
    r"\b(mad|crazy|insane|nutter|loony|unhinged|deranged|disturbed|breakdown|insanity|meds|asylum"
    r"|unstable|unwell)\b",
    re.IGNORECASE,
)
# What each kind of identifier must look like, written from the words of Ofcom, the NHS and the
# vehicle and revenue offices rather than from the code that makes them.
LOOKS = {
    "phone": r"(07700[ -]?900-?|\+44 7700 900|01632 ?960)\d{3}",
    "email": r"[a-z][\w.-]*@(example\.(com|org|net)|[a-z]+\.example)",
    "nhs_number": r"999 \d{3} \d{4}",
    "ni_number": r"QQ \d\d \d\d \d\d [A-D]",
    "vehicle": r"[A-Z]{2}\d\d ?[A-Z]{3}",
    "postcode": r"[A-Z]{2}\d\d? \d[A-Z]{2}",
    "collar_number": r"[A-Z]?\d{3,4}",
    "date_of_birth": r"\d\d?[/. ](\d\d|[A-Z][a-z]{2})[/. ](\d{4}|\d\d)",
    "crime_reference": r"\d+/\d\d|\d\d[A-K]\d+-\d\d|NC\d{9}|\d+ of \d+(/\d+| [A-Z][a-z]{2})",
    "person": r"[A-Z][\w'-]+( [A-Z][\w'-]+)?",
    "address": r"(Flat \d+, )?\d+[abAB]? [A-Z].+",
    "place": r"(the |St |[A-Z]).+",
}
