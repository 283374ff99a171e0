"""Theil-Sen: the median of all pairwise slopes, with an interval that knows autocorrelation."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.statistics.mann_kendall import MannKendall, mann_kendall
from plumbline.analysis.statistics.thinning import lag_one, thinned

# More points than this would need gigabytes of pairs; thin first.
MOST_POINTS = 4000

# Below this an interval from ranks says nothing (n = 5: the widest rank pair is 97 %).
FEWEST_POINTS = 5


class TheilSen(NamedTuple):
    """A robust line.

    Attributes
    ----------
    rate
        Median pairwise slope. [unit/d]
    low, high
        Ends of the interval of ``rate``. [unit/d]
    intercept
        ``median(y) - rate * median(t)``: the line at time 0.
    confidence
        Two-sided confidence of the interval, e.g. 0.95.
    n
        Points behind it.
    """

    rate: float
    low: float
    high: float
    intercept: float
    confidence: float
    n: int


class Trend(NamedTuple):
    """A trend of a thinned series and how it was come by.

    Attributes
    ----------
    line
        Robust line and interval.
    test
        Mann-Kendall on the same points.
    lag_one
        Autocorrelation of the thinned residual that both were widened for.
    step_d
        Step of the thinning; one median a step. [d]
    residual_sigma
        Robust spread of the thinned series about the line.
    """

    line: TheilSen
    test: MannKendall
    lag_one: float
    step_d: float
    residual_sigma: float


def theil_sen(
    time_d: ArrayLike,
    values: ArrayLike,
    *,
    confidence: float = 0.95,
    lag_one: float = 0.0,
) -> TheilSen:
    """Return the median pairwise slope and its interval (breakdown 29.3 %).

    Parameters
    ----------
    time_d, values
        Series, shape ``(n,)``, finite, times not all equal. [d], any unit
    confidence
        Two-sided confidence of the interval.
    lag_one
        Lag-one autocorrelation of the residual; widens the interval as it widens
        Mann-Kendall's variance, which the interval is made of.

    References
    ----------
    .. [1] P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau,"
       J. Am. Stat. Assoc., 63, 1379-1389, 1968.
    """
    time, y = np.asarray(time_d, dtype=float), np.asarray(values, dtype=float)
    if time.shape != y.shape or time.ndim != 1:
        raise ValueError(f"need one time a value: {time.shape} times, {y.shape} values")
    if not FEWEST_POINTS <= y.size <= MOST_POINTS:
        raise ValueError(f"need {FEWEST_POINTS} to {MOST_POINTS} points, got {y.size}")
    slopes = pairwise_slopes(time, y)
    if slopes.size == 0:
        raise ValueError("all times are equal: no slope")
    slopes.sort()
    rate = float(np.median(slopes))
    test = mann_kendall(y[np.argsort(time, kind="stable")], lag_one)
    reach = float(ndtri(0.5 + confidence / 2)) * math.sqrt(test.variance)
    count = slopes.size
    low = int(np.clip(math.floor((count - reach) / 2) - 1, 0, count - 1))
    high = int(np.clip(math.ceil((count + reach) / 2), 0, count - 1))
    return TheilSen(
        rate,
        float(slopes[low]),
        float(slopes[high]),
        float(np.median(y) - rate * np.median(time)),
        confidence,
        int(y.size),
    )


def pairwise_slopes(time: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    """Return the slope of every pair with different times, unordered."""
    first, second = np.triu_indices(time.size, 1)
    step = time[second] - time[first]
    apart = step != 0
    slopes: NDArray[Any] = (values[second] - values[first])[apart] / step[apart]
    return slopes


def trend(
    time_d: ArrayLike, values: ArrayLike, *, step_d: float = 1.0, confidence: float = 0.95
) -> Trend:
    """Return the trend of readings: thinned to one median a step, then Theil-Sen.

    Parameters
    ----------
    time_d, values
        Readings at any rate, shape ``(n,)``; NaN means "no reading". [d], any unit
    step_d
        Thinning step; one day by default. [d]
    confidence
        Two-sided confidence of the interval.

    Raises
    ------
    ValueError
        If fewer than five steps hold readings.

    Notes
    -----
    Thinning to daily medians removes the daily wave and most of the autocorrelation. What
    is left, taken as first order and estimated from the residual about the line, widens
    both the interval and the test.
    """
    daily = thinned(time_d, values, step_d)
    plain = theil_sen(daily.time_d, daily.values, confidence=confidence)
    residual = daily.values - (plain.intercept + plain.rate * daily.time_d)
    left = lag_one(daily.time_d, residual, step_d)
    line = (
        plain
        if left == 0
        else theil_sen(daily.time_d, daily.values, confidence=confidence, lag_one=left)
    )
    spread = SIGMA_PER_MAD * float(np.median(np.abs(residual - np.median(residual))))
    return Trend(line, mann_kendall(daily.values, left), left, step_d, spread)
