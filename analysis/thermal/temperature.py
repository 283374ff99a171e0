"""A temperature at any time: interpolated but not across holes, its rate, its last day's mean."""

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

HOUR_D: Final = 1.0 / 24.0

# A hole longer than this is not interpolated across. [d]
LONGEST_HOLE_D: Final = 3.0 * HOUR_D

# Hours of the last 24 that must be known for their mean to be a day's.
FEWEST_HOURS: Final = 18


class Temperature:
    """A temperature series that can be asked at any time.

    Parameters
    ----------
    time_d, temp_c
        Readings in order of time, shape ``(n,)``; NaN means "no reading". [d], [degC]

    Raises
    ------
    ValueError
        With fewer than two readings.
    """

    def __init__(self, time_d: ArrayLike, temp_c: ArrayLike) -> None:
        time, temp = np.asarray(time_d, float), np.asarray(temp_c, float)
        finite = np.isfinite(temp) & np.isfinite(time)
        self._time, self._temp = time[finite], temp[finite]
        if self._temp.size < 2:
            raise ValueError("no temperature to go by")
        hours = np.floor((self._time[-1] - self._time[0]) / HOUR_D) + 1
        self._hour = self._time[0] + HOUR_D * np.arange(hours)
        hourly = self.at(self._hour)
        known = np.isfinite(hourly)
        self._sum = np.concatenate(([0.0], np.cumsum(np.where(known, hourly, 0.0))))
        self._count = np.concatenate(([0], np.cumsum(known)))

    def at(self, when_d: NDArray[Any]) -> NDArray[Any]:
        """Return the temperature; NaN inside a long hole and beyond the ends. [degC]"""
        right = np.clip(np.searchsorted(self._time, when_d), 1, self._time.size - 1)
        hole = self._time[right] - self._time[right - 1] > LONGEST_HOLE_D
        outside = (when_d < self._time[0] - LONGEST_HOLE_D) | (
            when_d > self._time[-1] + LONGEST_HOLE_D
        )
        return np.where(hole | outside, np.nan, np.interp(when_d, self._time, self._temp))

    def rate(self, when_d: NDArray[Any]) -> NDArray[Any]:
        """Return the rate over the two hours around each time. [degC/h]"""
        change: NDArray[Any] = (self.at(when_d + HOUR_D) - self.at(when_d - HOUR_D)) / 2.0
        return change

    def day_mean(self, when_d: NDArray[Any]) -> NDArray[Any]:
        """Return the mean of the 24 h up to each time; NaN with fewer than 18 known. [degC]"""
        last = np.clip(
            np.floor((when_d - self._hour[0]) / HOUR_D + 1e-6).astype(np.int64) + 1,
            0,
            self._hour.size,
        )
        first = np.maximum(last - 24, 0)
        count = self._count[last] - self._count[first]
        total = self._sum[last] - self._sum[first]
        return np.where(count >= FEWEST_HOURS, total / np.maximum(count, 1), np.nan)
