"""Velocities smoothed over blocks, and Fukuzono's straight line of 1/v."""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.statistics.robust_mean import robust_mean

# Blocks a record is cut into; whole days once it is long enough to hold a daily wave.
BLOCKS: Final = 15
WHOLE_DAYS_FROM_D: Final = 5.0

# The oldest block is left out when it holds less than this share of its neighbour's readings.
FULL_ENOUGH: Final = 0.75


class Velocity(NamedTuple):
    """Block velocities, oldest first.

    Attributes
    ----------
    time_d
        Middle between the two blocks each velocity comes from, shape ``(n,)``. [d]
    values
        Shape ``(n,)``. [unit/d]
    sigma
        Standard deviation of one velocity from the scatter within the blocks. [unit/d]
    step_d
        Length of a block. [d]
    """

    time_d: NDArray[Any]
    values: NDArray[Any]
    sigma: float
    step_d: float


class InverseLine(NamedTuple):
    """The regression of 1/v on time.

    Attributes
    ----------
    slope, slope_sigma
        ``-A`` and its standard error. [1/unit]
    zero_d
        Where the line meets zero: Fukuzono's failure time; NaN unless the slope is
        negative. [d]
    r_squared
        Share of the variance of 1/v the line explains.
    n
        Points behind it.
    """

    slope: float
    slope_sigma: float
    zero_d: float
    r_squared: float
    n: int


def velocity(time_d: ArrayLike, moved: ArrayLike, step_d: float | None = None) -> Velocity:
    """Return velocities between whole blocks, counted back from the last reading.

    A block's level is its robust mean: a median would be noisier, for the readings of a
    moving block spread over what it moved.

    Parameters
    ----------
    time_d, moved
        Displacement in order of time, shape ``(n,)``, finite. [d], any unit
    step_d
        Length of a block; by default a fifteenth of the record, from five days on rounded
        to whole days so that equal clock hours are compared. [d]
    """
    time, u = np.asarray(time_d, float), np.asarray(moved, float)
    span = float(time[-1] - time[0]) if time.size else 0.0
    if step_d is None:
        step_d = span / BLOCKS
        if span >= WHOLE_DAYS_FROM_D:
            step_d = float(max(1, round(step_d)))
    if not step_d > 0:
        return Velocity(np.empty(0), np.empty(0), math.nan, 1.0)
    # Counted from the end: the latest readings, which matter most, fill a whole block.
    block = np.floor((time[-1] - time) / step_d + 1e-9).astype(np.int64)[::-1]
    _, first = np.unique(block, return_index=True)
    levels, times = np.split(u[::-1], first[1:]), np.split(time[::-1], first[1:])
    if len(levels) > 1 and levels[-1].size < FULL_ENOUGH * levels[-2].size:
        levels, times = levels[:-1], times[:-1]
    middle = np.array([part.mean() for part in times])[::-1]
    level = np.array([robust_mean(part).centre for part in levels])[::-1]
    apart = np.diff(middle)
    size = float(np.median([part.size for part in levels]))
    sigma = _reading_noise(u) * math.sqrt(2.0 / size) / step_d
    return Velocity(middle[:-1] + apart / 2, np.diff(level) / apart, sigma, step_d)


def _reading_noise(u: NDArray[Any]) -> float:
    """Return the noise of one reading from its second differences: a smooth motion has none."""
    if u.size < 5:
        return 0.0
    second = np.diff(u, 2)
    return SIGMA_PER_MAD * float(np.median(np.abs(second))) / math.sqrt(6.0)


def inverse_velocity_line(time_d: ArrayLike, values: ArrayLike) -> InverseLine:
    """Return the least-squares line of 1/v: ``t_f = -intercept / slope`` for ``alpha = 2``.

    Parameters
    ----------
    time_d, values
        Positive velocities, shape ``(n,)``, n >= 3. [d], [unit/d]
    """
    time, v = np.asarray(time_d, float), np.asarray(values, float)
    if v.size < 3 or np.any(v <= 0):
        raise ValueError("need at least three velocities, all positive")
    inverse = 1.0 / v
    at = time - time.mean()
    slope = float(at @ inverse / (at @ at))
    residual = inverse - inverse.mean() - slope * at
    total = float(np.sum((inverse - inverse.mean()) ** 2))
    sigma = math.sqrt(float(residual @ residual) / (v.size - 2) / float(at @ at))
    zero = float(time.mean() - inverse.mean() / slope) if slope < 0 else math.nan
    explained = 1.0 - float(residual @ residual) / total if total > 0 else 0.0
    return InverseLine(slope, sigma, zero, explained, int(v.size))
