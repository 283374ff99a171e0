"""Times as tables write them: ISO, dates, epoch seconds, plain seconds, days or years."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.slow_files.errors import SlowFileError

DIGIT, LETTER, SIGNS = re.compile(r"\d"), re.compile(r"[^\W\d_]"), re.compile(r"[\w]")
DAY_S = 86_400.0
YEAR_S = 365.25 * DAY_S


class TimeUnit(StrEnum):
    """What a number in the time column means."""

    EPOCH = "epoch"
    SECONDS = "s"
    HOURS = "h"
    DAYS = "d"
    YEARS = "yr"


SECONDS: dict[TimeUnit, float] = {
    TimeUnit.EPOCH: 1.0,
    TimeUnit.SECONDS: 1.0,
    TimeUnit.HOURS: 3600.0,
    TimeUnit.DAYS: DAY_S,
    TimeUnit.YEARS: YEAR_S,
}

# A bare number in these ranges is what it looks like; anything else is seconds.
EPOCH_FROM = 1e8
EPOCH_MS_FROM = 1e11
YEARS = (1900.0, 2200.0)

# The Thai calendar counts 543 years more; no record of ours is of those years otherwise.
BUDDHIST_MORE = 543
SERIAL_DAYS, SERIAL_1970 = (30_000.0, 60_000.0), 25_569.0
BUDDHIST_YEARS = (2443.0, 2643.0)
BUDDHIST = re.compile(r"(?<!\d)(24[4-9]\d|25\d\d|26[0-3]\d)(?=[-/.]\d|[ T,]|$)")
COMPACT = re.compile(r"^(19|20|24|25)\d{6}(\d{4}(\d\d)?)?$")

# Written otherwise than ISO; day first, as most of the world and every logger we met has it,
# month first only where the days of a column show it.
CLOCKS = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")
DAY_FIRST = (
    *("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%b-%Y", "%d %b %Y"),
    *("%d %B %Y", "%d.%m.%y", "%d/%m/%y", "%d-%b-%y", "%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S"),
)
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%b %d %Y", "%B %d %Y")


def seconds(words: Sequence[str], unit: TimeUnit | None) -> tuple[NDArray[Any], bool]:
    """Return times in seconds and whether they are UTC since 1970.

    Parameters
    ----------
    words
        The time column as written; an unreadable one becomes NaN.
    unit
        What plain numbers mean; guessed from their size when ``None``.

    Raises
    ------
    SlowFileError
        If most of the column is no time.
    """
    words = [word.strip() for word in words]
    first = next((word for word in words if word), "")
    if unit is None and all(COMPACT.match(word) for word in words if word):
        stamps = _stamps(words)
        if np.all(np.isfinite(stamps)):
            return stamps, True
    if _is_number(first):
        return _from_numbers(words, unit)
    stamps = _stamps(words)
    if np.count_nonzero(np.isfinite(stamps)) < 0.5 * len(words):
        raise SlowFileError(
            f"'{first[:40]}' is not a time that can be read; write ISO times "
            "(2025-03-28T06:20:00Z) or name the time column with --time"
        )
    return stamps, True


def spreadsheet_days(words: Sequence[str]) -> NDArray[Any] | None:
    """Return a spreadsheet's dates as seconds since 1970; None where they are no such numbers.

    Days since 30 December 1899, of the years 1982 to 2064: ask it of a column of dates only.
    """
    days = np.array([_number(word) for word in words if word.strip()])
    if not days.size or not np.all((SERIAL_DAYS[0] <= days) & (days <= SERIAL_DAYS[1])):
        return None
    known = np.array([_number(word) for word in words])
    return np.rint((known - SERIAL_1970) * DAY_S * 1e3) / 1e3


def is_stamp(word: str) -> bool:
    """Tell whether a word is a date, with or without a time of day."""
    word = gregorian(word.strip())
    return not _is_number(word) and any(
        _when(word, forms) is not None for forms in (DAY_FIRST, MONTH_FIRST)
    )


def is_buddhist(words: Sequence[str]) -> bool:
    """Tell whether dates count their years from the Buddha's death, as Thailand does."""
    first = next((word.strip() for word in words if word.strip()), "")
    if _is_number(first) and not COMPACT.match(first):
        return BUDDHIST_YEARS[0] <= float(first) <= BUDDHIST_YEARS[1]
    return gregorian(first) != first


def gregorian(word: str) -> str:
    """Return a date with its Buddhist year, if it has one, as the Gregorian."""
    if COMPACT.match(word) and word[:2] in ("24", "25"):
        return f"{int(word[:4]) - BUDDHIST_MORE}{word[4:]}"
    return BUDDHIST.sub(lambda found: str(int(found[1]) - BUDDHIST_MORE), word, count=1)


def _stamps(words: Sequence[str]) -> NDArray[Any]:
    """Return dates as seconds since 1970, day first unless month first reads more of them."""
    words = [gregorian(word) for word in words]
    found = np.array([_stamp(word, DAY_FIRST) for word in words])
    read = np.count_nonzero(np.isfinite(found))
    if read < sum(bool(word) for word in words):
        other = np.array([_stamp(word, MONTH_FIRST) for word in words])
        if np.count_nonzero(np.isfinite(other)) > read:
            return other
    return found


def _from_numbers(words: Sequence[str], unit: TimeUnit | None) -> tuple[NDArray[Any], bool]:
    numbers = np.array([_number(word) for word in words])
    if unit is TimeUnit.YEARS:
        return _years(numbers), True
    if unit is not None:
        return numbers * SECONDS[unit], unit is TimeUnit.EPOCH
    size = float(np.nanmedian(np.abs(numbers)))
    if size >= EPOCH_MS_FROM:
        return numbers / 1e3, True
    if size >= EPOCH_FROM:
        return numbers, True
    for (low, high), more in ((YEARS, 0), (BUDDHIST_YEARS, BUDDHIST_MORE)):
        if low <= np.nanmin(numbers) and np.nanmax(numbers) <= high:
            return _years(numbers - more), True
    return numbers, False


def _years(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return years with fractions as seconds since 1970, every year of the mean length."""
    seconds: NDArray[Any] = (numbers - 1970.0) * YEAR_S
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


def _is_number(word: str) -> bool:
    return math.isfinite(_number(word))


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan
