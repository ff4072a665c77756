"""Whether a file was misread: its faults counted, their reasons named, no value ever quoted."""

from collections.abc import Mapping

from peelian.errors import InputError

# Fewer faults than this say nothing about a whole file, unless they are all of it.
MOST_OF = 10


def misread(read: int, faulty: int) -> bool:
    """Whether so many rows are at fault that the columns are not what they were taken for.

    Quarantine is for odd rows. When most rows fail, a column was shifted, renamed or exported in
    another form, and the few that passed may be wrong too.

    Args:
        read: Rows of the file.
        faulty: Rows of it at fault.
    """
    return faulty > 0 and (faulty == read or (faulty >= MOST_OF and faulty * 2 > read))


def refusal(name: str, layout: str, read: int, reasons: Mapping[str, int]) -> InputError:
    """Return the refusal of a file that was misread.

    Args:
        name: The file.
        layout: What it was read as.
        read: Its rows.
        reasons: Rows at fault, by reason.
    """
    worst = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    return InputError(
        f"{name} cannot be read as {layout}: {sum(reasons.values()):,} of its {read:,} rows do not "
        "fit their columns. Nothing was loaded.",
        found="; ".join(f"{reason} ({count:,} rows)" for reason, count in worst),
        try_="see whether its columns are shifted or written another way; a mapping can say how",
        read="how-to/map-an-extract",
    )
