"""How far a record went: its level at the last reading minus that at the first."""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.statistics.theil_sen import FEWEST_POINTS, theil_sen

# Each end is a robust line through this share of the readings, carried to the end itself.
SHARE: Final = 0.1

# Blocks the share is averaged to first: vibration out, pairs few.
BLOCKS: Final = 40


class Ends(NamedTuple):
    """Levels at the two ends of a record.

    Attributes
    ----------
    first, last
        Level at the first and at the last reading. [unit]
    sigma
        Standard error of their difference, independent block medians assumed. [unit]
    """

    first: float
    last: float
    sigma: float

    @property
    def change(self) -> float:
        """Last minus first. [unit]"""
        return self.last - self.first


def ends(time: NDArray[Any], values: NDArray[Any]) -> Ends:
    """Return the levels at the two ends of a record.

    Parameters
    ----------
    time, values
        Readings in order of time, shape ``(n,)``, finite, n >= 5. Any units

    Notes
    -----
    A robust line through a tenth of the readings, not their mean: the mean of a drifting
    end lies half a tenth inside the record and makes every change too small.
    """
    n = min(max(int(values.size * SHARE), FEWEST_POINTS), values.size)
    first, first_sigma = _at_start(time[:n], values[:n])
    last, last_sigma = _at_start(-time[::-1][:n], values[::-1][:n])
    return Ends(first, last, math.hypot(first_sigma, last_sigma))


def _at_start(time: NDArray[Any], values: NDArray[Any]) -> tuple[float, float]:
    """Return the level of a stretch at its own first time, and its standard error."""
    parts = np.array_split(np.arange(values.size), min(BLOCKS, values.size))
    at = np.array([np.mean(time[part]) for part in parts])
    level = np.array([np.median(values[part]) for part in parts])
    if np.ptp(at) == 0:
        return float(np.median(level)), 0.0
    line = theil_sen(at, level)
    residual = level - (line.intercept + line.rate * at)
    spread = SIGMA_PER_MAD * float(np.median(np.abs(residual)))
    # The end of a fitted line errs by twice its mean's error.
    return line.intercept + line.rate * float(time[0]), 2.0 * spread / math.sqrt(at.size)
