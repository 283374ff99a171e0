"""The cells of a survey table: dates and levels as surveyors write them."""

import re
from datetime import UTC, datetime
from typing import Final

BUDDHIST_MORE: Final = 543
BUDDHIST: Final = re.compile(r"(?<!\d)(24[4-9]\d|25\d\d|26[0-3]\d)(?!\d)")
"""Years of the Thai calendar; no levelling is of such a year otherwise."""

FORMS: Final = tuple(
    day + clock
    for day in ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d %b %Y", "%d-%b-%Y")
    for clock in ("", " %H:%M", " %H:%M:%S")
)
"""Otherwise than ISO: day first."""

CODE: Final = re.compile(r"^(-9{3,}|[+-]?9{5,})([.,]9*0*)?$")
"""What loggers and data collectors put for "no reading"."""

PARTED: Final = re.compile(r"^[+-]?\d{1,3}(,\d{3})+\.\d+$")


def date_ns(word: str) -> int:
    """Return a date as nanoseconds since 1970, UTC where it names no zone.

    Raises
    ------
    ValueError
        If it cannot be read; a date that may be day or month first is day first.
    """
    text = BUDDHIST.sub(lambda found: str(int(found[1]) - BUDDHIST_MORE), word, count=1)
    when = _when(text)
    if when is None:
        raise ValueError(f"date '{word}': write 2025-03-28 or 2025-03-28T09:30:00Z")
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return round(when.timestamp() * 1e3) * 1_000_000


def number(name: str, word: str) -> float:
    """Return a number; a comma is its decimal sign unless a point follows.

    Raises
    ------
    ValueError
        If it is none, or not a plausible one.
    """
    if CODE.match(word):
        raise ValueError(f"{name} '{word}' is a code for no reading; leave the line out")
    plain = word.replace(",", "") if PARTED.match(word) else word.replace(",", ".")
    try:
        value = float(plain.replace("\u2212", "-"))
    except ValueError:
        raise ValueError(f"{name} '{word}' is not a number") from None
    if not abs(value) < 1e9:
        raise ValueError(f"{name} '{word}' is not a plausible number")
    return value


def _when(word: str) -> datetime | None:
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        pass
    for form in FORMS:
        try:
            return datetime.strptime(word, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
