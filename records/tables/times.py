"""Times as tables write them: ISO, dates, epoch seconds, plain seconds, days or years."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plumbline.records.tables.errors import TableError
from plumbline.records.tables.numbers import is_number, numbers
from plumbline.records.tables.time_numbers import (
    BUDDHIST_MORE,
    BUDDHIST_YEARS,
    TimeUnit,
    seconds_of_numbers,
)

DIGIT, LETTER, SIGNS = re.compile(r"\d"), re.compile(r"[^\W\d_]"), re.compile(r"[\w]")

BUDDHIST = re.compile(r"(?<!\d)(24[4-9]\d|25\d\d|26[0-3]\d)(?=[-/.]\d|[ T,]|$)")
THAI_MONTHS = (
    *("มค มกราคม", "กพ กุมภาพันธ์", "มีค มีนาคม", "เมย เมษายน", "พค พฤษภาคม", "มิย มิถุนายน"),
    *("กค กรกฎาคม", "สค สิงหาคม", "กย กันยายน", "ตค ตุลาคม", "พย พฤศจิกายน", "ธค ธันวาคม"),
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTH_OF = {
    word: english
    for thai, english in zip(THAI_MONTHS, MONTHS, strict=True)
    for word in thai.split()
}
THAI_MONTH = re.compile(
    "|".join(r"\.?".join(word) + r"\.?" for word in sorted(MONTH_OF, key=len, reverse=True))
)
SHORT_YEAR = re.compile(r"^(\d{1,2}[-./]\d{1,2}[-./])(\d\d)(?!\d)")
LAST_SHORT_YEAR, CENTURY_TURNS = 43, 69
"""Two-digit years after 2043 would lie ahead; strptime takes those from 69 on for 1969."""
EITHER = re.compile(r"^(0?[1-9]|1[0-2])[-./](0?[1-9]|1[0-2])[-./](\d{4}|\d\d)(?!\d)")
ZONED = re.compile(r"(Z|[+-]\d\d:?(\d\d)?|UTC|GMT)$", re.IGNORECASE)
ZONE_WORD = re.compile(r"(?<=\d) ?(UTC|GMT)$", re.IGNORECASE)
CLOCKED = re.compile(r"\d:\d\d|^\d{12}")
ISO = re.compile(r"^(19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?$")
COMPACT = re.compile(r"^(19|20|24|25)\d{6}(\d{4}(\d\d)?)?$")

# Written otherwise than ISO; day first, as most of the world and every logger we met has it,
# month first only where the days of a column show it.
CLOCKS = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")
DAY_FIRST = (
    *("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%b-%Y", "%d %b %Y"),
    *("%d %B %Y", "%d.%m.%y", "%d/%m/%y", "%d-%b-%y", "%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S"),
)
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%b %d %Y", "%B %d %Y")


class Times(NamedTuple):
    """The times of a column.

    Attributes
    ----------
    time_s
        NaN where a word is no time, shape ``(n,)``. [s]
    utc
        Whether they count from 1970 UTC; else from an origin of the file's own.
    notes
        What the words left open, and how it was taken.
    """

    time_s: NDArray[Any]
    utc: bool
    notes: tuple[str, ...] = ()


def times_of(words: Sequence[str], unit: TimeUnit | None, zone_h: float | None = None) -> Times:
    """Return the times a column of words says.

    Parameters
    ----------
    words
        The time column as written; an unreadable one becomes NaN.
    unit
        What plain numbers mean; guessed from their size when ``None``.
    zone_h
        Hours ahead of UTC of dates that name no zone; taken for UTC, and said, when ``None``. [h]

    Raises
    ------
    TableError
        If most of the column is no time.
    """
    words = [ZONE_WORD.sub("Z", word.strip()) for word in words]
    first = next((word for word in words if word), "")
    if unit is None and all(COMPACT.match(word) for word in words if word):
        stamps, _ = _stamps(words)
        if np.all(np.isfinite(stamps)):
            return _in_zone(Times(stamps, utc=True, notes=_calendar(words)), first, zone_h)
    if is_number(first):
        time_s, utc, taken = seconds_of_numbers(numbers(words), unit)
        guessed = unit is None and taken is TimeUnit.SECONDS
        unsaid = "its times are plain numbers, taken for seconds: --time-unit says otherwise"
        return Times(time_s, utc, (unsaid,) if guessed else _calendar(words))
    stamps, notes = _stamps(words)
    if np.count_nonzero(np.isfinite(stamps)) < 0.5 * len(words):
        raise TableError(
            f"'{first[:40]}' is not a time that can be read; write ISO times "
            "(2025-03-28T06:20:00Z) or name the time column with --time"
        )
    return _in_zone(Times(stamps, utc=True, notes=_calendar(words) + notes), first, zone_h)


def _in_zone(found: Times, first: str, zone_h: float | None) -> Times:
    """Return times of a clock that named no zone in the zone of the heading, or say so."""
    if ZONED.search(first) or not CLOCKED.search(first):
        return found
    if zone_h is None:
        return found._replace(notes=(*found.notes, "its times name no zone, taken for UTC"))
    note = f"its clock is UTC{zone_h:+g} h by the heading; times here are UTC"
    return Times(found.time_s - zone_h * 3600.0, utc=True, notes=(*found.notes, note))


def _calendar(words: Sequence[str]) -> tuple[str, ...]:
    return ("years of the Buddhist calendar, 543 taken off",) if is_buddhist(words) else ()


def is_stamp(word: str) -> bool:
    """Tell whether a word is a date, with or without a time of day."""
    word = gregorian(word.strip())
    return not is_number(word) and any(
        _when(word, forms) is not None for forms in (DAY_FIRST, MONTH_FIRST)
    )


def stamp_s(word: str) -> float:
    """Return one date with its clock in seconds since 1970; NaN if it is none. [s]"""
    word = gregorian(word.strip())
    found = _stamp(word, DAY_FIRST)
    return found if math.isfinite(found) else _stamp(word, MONTH_FIRST)


def is_buddhist(words: Sequence[str]) -> bool:
    """Tell whether dates count their years from the Buddha's death, as Thailand does."""
    first = next((word.strip() for word in words if word.strip()), "")
    if is_number(first) and not COMPACT.match(first):
        return bool(BUDDHIST_YEARS[0] <= numbers([first])[0] <= BUDDHIST_YEARS[1])
    compact = COMPACT.match(first) and first[:2] in ("24", "25")
    return bool(compact or BUDDHIST.search(first))


def gregorian(word: str) -> str:
    """Return a date with its Buddhist year and Thai month, if it has them, as the Gregorian."""
    if not word.isascii():
        word = THAI_MONTH.sub(lambda found: MONTH_OF[found[0].replace(".", "")], word, count=1)
    if COMPACT.match(word) and word[:2] in ("24", "25"):
        return f"{int(word[:4]) - BUDDHIST_MORE}{word[4:]}"
    return BUDDHIST.sub(lambda found: str(int(found[1]) - BUDDHIST_MORE), word, count=1)


def _stamps(words: Sequence[str]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return dates as seconds since 1970, day first unless month first reads more of them.

    Two-digit years beyond `LAST_SHORT_YEAR` are of the Buddhist calendar, with all others of
    their column.
    """
    iso = _iso(words)
    if iso is not None:
        return iso, ()
    words = [gregorian(word) for word in words]
    short = [SHORT_YEAR.match(word) for word in words]
    if any(match and LAST_SHORT_YEAR < int(match[2]) < CENTURY_TURNS for match in short):
        more = 2500 - BUDDHIST_MORE
        longer = [
            f"{match[1]}{int(match[2]) + more}{word[match.end() :]}" if match else word
            for match, word in zip(short, words, strict=True)
        ]
        return _stamps(longer)[0], ("two-digit years are of the Buddhist calendar, 2500 and on",)
    found = np.array([_stamp(word, DAY_FIRST) for word in words])
    read = np.count_nonzero(np.isfinite(found))
    if read < sum(bool(word) for word in words):
        other = np.array([_stamp(word, MONTH_FIRST) for word in words])
        if np.count_nonzero(np.isfinite(other)) > read:
            return other, ("its dates have the month first",)
    undecided = all(EITHER.match(word) for word in words if word)
    return found, ("its dates are taken for day first; none says otherwise",) if undecided else ()


def _iso(words: Sequence[str]) -> NDArray[Any] | None:
    """Return a column of nothing but ISO times of one length, fast; None where it is not one."""
    if len({len(word) for word in words}) != 1 or not all(ISO.match(word) for word in words):
        return None
    bare = [word.removesuffix("Z") for word in words]
    try:
        stamps = np.array(bare, dtype="datetime64[us]")
    except ValueError:
        return None
    seconds: NDArray[Any] = stamps.astype(np.int64) / 1e6
    return seconds


def _stamp(word: str, forms: Sequence[str]) -> float:
    when = _when(word, forms)
    if when is None:
        return math.nan
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return when.timestamp()


def _when(word: str, forms: Sequence[str]) -> datetime | None:
    if not COMPACT.match(word):
        try:
            return datetime.fromisoformat(word)
        except ValueError:
            pass
    word = (
        word.replace(",", "").replace("T", " ", 1) if word[:1].isdigit() else word.replace(",", "")
    )
    for form in _forms_like(_shape(word), tuple(forms)):
        try:
            return datetime.strptime(word, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _shape(word: str) -> str:
    """Return a word's shape: a digit is 9, a letter a."""
    return LETTER.sub("a", DIGIT.sub("9", word))


@lru_cache(maxsize=1024)
def _forms_like(shape: str, forms: tuple[str, ...]) -> tuple[str, ...]:
    """Return the forms that could read words of a shape, by their signs between digits."""
    signs = SIGNS.sub("", shape)
    halves = "aa" in shape[-2:]
    return tuple(
        form + clock
        for form in forms
        for clock in CLOCKS
        if SIGNS.sub("", re.sub("%[a-zA-Z]", "", form + clock)) == signs
        and ("%p" in clock) == halves
    )
