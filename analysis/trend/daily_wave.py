"""The wave a series repeats every day, and the series without it."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Fewer days show no wave apart from what happened in them; fewer readings a day, no shape.
FEWEST_DAYS: Final = 5
FEWEST_A_DAY: Final = 6

# Clock hours told apart, at most.
MOST_HOURS: Final = 24

# The wave is there if taking it off leaves less than this of the spread within days.
LEFT_OVER: Final = 0.8

# Hours seen on fewer days than this share of all have no median worth taking off.
SMALLEST_SHARE: Final = 0.3


class WithoutWave(NamedTuple):
    """A series without its daily wave.

    Attributes
    ----------
    values
        Readings less the wave, shape ``(n,)``.
    peak_to_peak
        Height of the wave; 0 where none was found, and the values are as they were. [unit]
    """

    values: NDArray[Any]
    peak_to_peak: float


def without_daily_wave(time_d: ArrayLike, values: ArrayLike) -> WithoutWave:
    """Take off the wave a series repeats every day.

    Parameters
    ----------
    time_d, values
        Readings in order of time, shape ``(n,)``; NaN means "no reading". [d], any unit

    Notes
    -----
    The level of each day is its median, joined by straight lines; the wave at a clock hour is the
    median of what is left there, over all days, so that a step or a bad day does not bend it. Its
    own mean is left in the series. A wave that is stronger in some seasons leaves a part of itself
    behind.
    """
    time, reading = np.asarray(time_d, dtype=float), np.asarray(values, dtype=float)
    finite = np.isfinite(reading)
    unchanged = WithoutWave(reading, 0.0)
    if not finite.any():
        return unchanged
    days, first, counts = np.unique(np.floor(time[finite]), return_index=True, return_counts=True)
    whole = counts >= 0.5 * np.median(counts)
    a_day = float(np.median(counts))
    if np.count_nonzero(whole) < FEWEST_DAYS or a_day < FEWEST_A_DAY:
        return unchanged
    levels = np.array([np.median(part) for part in np.split(reading[finite], first[1:])])
    left = reading - np.interp(time, days[whole] + 0.5, levels[whole])
    hours = min(MOST_HOURS, int(a_day))
    wave = _wave(time, left, hours)
    if wave is None:
        return unchanged
    clock, height = wave
    at = np.interp(np.mod(time, 1.0), clock, height)
    spread = float(np.median(np.abs(left[finite])))
    if float(np.median(np.abs((left - at)[finite]))) > LEFT_OVER * spread:
        return unchanged
    return WithoutWave(reading - at, float(np.ptp(height)))


def _wave(
    time_d: NDArray[Any], left: NDArray[Any], hours: int
) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Return clock and median of each hour, mean 0, its last before it and its first behind."""
    clock = np.mod(time_d, 1.0)
    hour = np.minimum((clock * hours).astype(int), hours - 1)
    inside = [(hour == k) & np.isfinite(left) for k in range(hours)]
    counts = [np.count_nonzero(each) for each in inside]
    if min(counts) < max(1.0, SMALLEST_SHARE * float(np.median(counts))):
        return None
    # Readings on the hour lie at the edge of theirs, not in its middle.
    at = np.array([np.mean(clock[each]) for each in inside])
    wave = np.array([np.median(left[each]) for each in inside])
    wave -= wave.mean()
    return np.concatenate([at[-1:] - 1, at, at[:1] + 1]), np.concatenate(
        [wave[-1:], wave, wave[:1]]
    )
