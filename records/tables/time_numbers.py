"""Plain numbers as times: seconds of any kind, days, years, and the day counts of programs."""

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400.0
YEAR_S = 365.25 * DAY_S


class TimeUnit(StrEnum):
    """What a number in the time column means.

    ``epoch`` counts seconds since 1970; the last four are days since an origin of their own;
    the others are told from their size to count since 1970, or from the file's own origin.
    """

    EPOCH = "epoch"
    NANOSECONDS = "ns"
    MICROSECONDS = "us"
    MILLISECONDS = "ms"
    SECONDS = "s"
    MINUTES = "min"
    HOURS = "h"
    DAYS = "d"
    WEEKS = "wk"
    MONTHS = "month"
    YEARS = "yr"
    SERIAL = "serial"
    MJD = "mjd"
    JULIAN = "jd"
    DATENUM = "datenum"


SECONDS: dict[TimeUnit, float] = {
    TimeUnit.NANOSECONDS: 1e-9,
    TimeUnit.MICROSECONDS: 1e-6,
    TimeUnit.MILLISECONDS: 1e-3,
    TimeUnit.SECONDS: 1.0,
    TimeUnit.MINUTES: 60.0,
    TimeUnit.HOURS: 3600.0,
    TimeUnit.DAYS: DAY_S,
    TimeUnit.WEEKS: 7 * DAY_S,
    TimeUnit.MONTHS: YEAR_S / 12,
    TimeUnit.YEARS: YEAR_S,
}

DAY_OF_1970: dict[TimeUnit, float] = {
    TimeUnit.SERIAL: 25_569.0,
    TimeUnit.MJD: 40_587.0,
    TimeUnit.JULIAN: 2_440_587.5,
    TimeUnit.DATENUM: 719_529.0,
}
"""The number each count gives 1 January 1970: spreadsheets count from 30 December 1899."""

FINE = (
    TimeUnit.SECONDS,
    TimeUnit.MILLISECONDS,
    TimeUnit.MICROSECONDS,
    TimeUnit.NANOSECONDS,
)
"""Units an epoch is written in."""

# A bare number in these ranges is what it looks like; anything else is seconds.
EPOCH_FROM_S, EPOCH_TO_S = 1e8, 1e11
YEARS = (1900.0, 2200.0)
# The Thai calendar counts 543 years more; no record of ours is of those years otherwise.
BUDDHIST_MORE = 543
BUDDHIST_YEARS = (2443.0, 2643.0)
SERIAL_DAYS = (30_000.0, 60_000.0)
LEFT_OVER = 1e-3
"""Of a thousandth: more is a fourth decimal."""


def seconds_of_numbers(
    values: NDArray[Any], unit: TimeUnit | None
) -> tuple[NDArray[Any], bool, TimeUnit]:
    """Return times in seconds, whether they are UTC since 1970, and the unit they were taken in.

    Parameters
    ----------
    values
        Numbers of a time column, NaN where none, shape ``(n,)``.
    unit
        What they mean; guessed from their size when ``None``.
    """
    if unit is TimeUnit.EPOCH:
        return values, True, unit
    if unit in DAY_OF_1970:
        # A day's fraction is printed to a second or so; to the millisecond is as good as it gets.
        since_1970 = (values - DAY_OF_1970[unit]) * DAY_S
        return np.rint(since_1970 * 1e3) / 1e3, True, unit
    if unit in (None, TimeUnit.YEARS):
        for (low, high), more in ((YEARS, 0), (BUDDHIST_YEARS, BUDDHIST_MORE)):
            if low <= np.nanmin(values) and np.nanmax(values) <= high:
                return _years(values - more), True, TimeUnit.YEARS
    size = float(np.nanmedian(np.abs(values)))
    for fine in FINE if unit is None else (unit,):
        if fine in FINE and EPOCH_FROM_S <= size * SECONDS[fine] < EPOCH_TO_S:
            return values * SECONDS[fine], True, TimeUnit.EPOCH
    taken = unit or TimeUnit.SECONDS
    return values * SECONDS[taken], False, taken


def are_spreadsheet_days(values: NDArray[Any], *, dated: bool) -> bool:
    """Tell whether numbers may be a spreadsheet's dates, of the years 1982 to 2064.

    Parameters
    ----------
    values
        Numbers of a time column, NaN where none, shape ``(n,)``.
    dated
        Whether its heading speaks of dates. The seconds of a day are of that size too, but hours
        and minutes of a day give fractions no clock writes: without a heading those decide.
    """
    known = values[np.isfinite(values)]
    low, high = SERIAL_DAYS
    if not known.size or not np.all((low <= known) & (known <= high)):
        return False
    thousandths = known * 1e3
    return dated or bool(np.any(np.abs(thousandths - np.rint(thousandths)) > LEFT_OVER))


def _years(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return years with fractions as seconds since 1970, every year of the mean length."""
    seconds: NDArray[Any] = (numbers - 1970.0) * YEAR_S
    return seconds
