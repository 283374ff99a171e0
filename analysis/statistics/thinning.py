"""Thinning a series to one value a day (or a step), and what autocorrelation is left in it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# A day with fewer of its readings than this would compare different clock hours.
SMALLEST_SHARE = 0.5


# Of the pairs of a series: fewer neighbours one usual step apart tell no autocorrelation.
NEIGHBOURS_SHARE = 0.5


class Thinned(NamedTuple):
    """One median a step.

    Attributes
    ----------
    time_d
        Middle of each step, shape ``(n,)``. [d]
    values
        Median of the step's finite readings, shape ``(n,)``.
    counts
        Readings behind each median, shape ``(n,)``.
    step_d
        Length of the step. [d]
    """

    time_d: NDArray[Any]
    values: NDArray[Any]
    counts: NDArray[Any]
    step_d: float


def thinned(
    time_d: ArrayLike,
    values: ArrayLike,
    step_d: float = 1.0,
    *,
    smallest_share: float = SMALLEST_SHARE,
) -> Thinned:
    """Return the median of each whole step, steps cut at multiples of ``step_d``.

    Parameters
    ----------
    time_d, values
        Readings in any order, shape ``(n,)``; NaN means "no reading". [d], any unit
    step_d
        Length of a step; one day compares equal clock hours and so removes the daily
        wave. [d]
    smallest_share
        A step with fewer readings than this share of the fullest steps' (their upper
        quartile) is left out: half a day's median carries half a daily wave.

    Notes
    -----
    Days are cut at the time origin's midnight: give local solar days if that matters.
    """
    if not step_d > 0:
        raise ValueError(f"step_d must be > 0, got {step_d}")
    time = np.asarray(time_d, dtype=float).ravel()
    reading = np.asarray(values, dtype=float).ravel()
    finite = np.isfinite(reading) & np.isfinite(time)
    time, reading = time[finite], reading[finite]
    if time.size == 0:
        empty = np.empty(0)
        return Thinned(empty, empty.copy(), np.empty(0, dtype=np.intp), step_d)
    index = np.floor(time / step_d).astype(np.int64)
    if np.any(np.diff(index) < 0):
        order = np.argsort(index, kind="stable")
        index, reading = index[order], reading[order]
    steps, first, counts = np.unique(index, return_index=True, return_counts=True)
    medians = np.array([np.median(part) for part in np.split(reading, first[1:])])
    enough = counts >= smallest_share * np.percentile(counts, 75)
    middles = (steps.astype(float) + 0.5) * step_d
    return Thinned(middles[enough], medians[enough], counts[enough], step_d)


def lag_one(time_d: ArrayLike, residual: ArrayLike, step_d: float) -> float:
    """Return the lag-one autocorrelation of a detrended series with gaps.

    Only pairs one step apart are counted: the usual distance of the series, ``step_d`` at least,
    so that weekly readings have theirs. Where fewer than half of the pairs are so far apart, as in
    a levelling done when there was time, none is estimated and 0 returned: one pair says nothing.
    The estimate's own bias after a fitted line, ``-(2 + 4 phi) / n`` to first order (Kendall 1954
    with the two fitted parameters), is taken off; the result is held in ``[0, 0.98]``: a negative
    one is treated as none, so it never narrows an interval.
    """
    time, left = np.asarray(time_d, dtype=float), np.asarray(residual, dtype=float)
    centred = left - left.mean()
    n = centred.size
    power = float(np.mean(centred**2))
    if n < 4 or power == 0:
        return 0.0
    apart = np.diff(time)
    usual = max(step_d, float(np.median(apart)))
    neighbours = np.abs(apart - usual) < 0.25 * usual
    if np.count_nonzero(neighbours) < NEIGHBOURS_SHARE * apart.size:
        return 0.0
    raw = float(np.mean((centred[1:] * centred[:-1])[neighbours])) / power
    corrected = (raw + 2.0 / n) / (1.0 - 4.0 / n) if n > 4 else raw
    return min(max(corrected, 0.0), 0.98)
