"""Times as tables write them: ISO, dates, epoch seconds, plain seconds, days or years."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.slow_files.errors import SlowFileError

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

# Written otherwise than ISO; day first, as most of the world and every logger we met has it.
OTHER_FORMATS = (
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%Y/%m/%d %H:%M:%S.%f",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
)


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
    first = next((word for word in words if word.strip()), "")
    if _is_number(first):
        return _from_numbers(words, unit)
    stamps = np.array([_stamp(word.strip()) for word in words])
    if np.count_nonzero(np.isfinite(stamps)) < 0.5 * len(words):
        raise SlowFileError(
            f"'{first}' is not a time that can be read; write ISO times (2025-03-28T06:20:00Z) "
            "or name the time column with --time"
        )
    return stamps, True


def _from_numbers(words: Sequence[str], unit: TimeUnit | None) -> tuple[NDArray[Any], bool]:
    numbers = np.array([_number(word) for word in words])
    if unit is not None:
        return numbers * SECONDS[unit], unit is TimeUnit.EPOCH
    size = float(np.nanmedian(np.abs(numbers)))
    if size >= EPOCH_MS_FROM:
        return numbers / 1e3, True
    if size >= EPOCH_FROM:
        return numbers, True
    if YEARS[0] <= size <= YEARS[1] and np.nanmax(numbers) <= YEARS[1]:
        return numbers * YEAR_S, False
    return numbers, False


def _stamp(word: str) -> float:
    when = _when(word)
    if when is None:
        return math.nan
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return when.timestamp()


def _when(word: str) -> datetime | None:
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        pass
    for form in OTHER_FORMATS:
        try:
            return datetime.strptime(word, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _is_number(word: str) -> bool:
    return math.isfinite(_number(word))


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan
