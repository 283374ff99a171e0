"""The offset at an event: before against after, with hours and temperatures that match."""

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfcinv
from scipy.stats import mannwhitneyu

from plumbline.analysis.arrays import Bools
from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.trend.matching import after_span, effective, matched_pair

# Standard error of a median of Gaussian readings, over that of their mean.
MEDIAN_ERROR: Final = 1.2533141373155001


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelOffset:
    """What an event left behind, apart from any trend.

    Attributes
    ----------
    size, low, high
        Median after minus median before, and its 95 % interval. [unit]
    sigma
        Standard error, ``1.2533 s / sqrt(n_eff)`` of both sides. [unit]
    p
        Mann-Whitney probability of such a difference without an offset, two-sided, on
        ``n_eff`` independent readings.
    n_before, n_after
        Readings used on either side.
    temp_change_c
        Median temperature after minus before, as used; NaN without temperature. [degC]
    matched
        What the two windows were matched in: "temperature", "clock hour", both, "nothing".
    """

    size: float
    low: float
    high: float
    sigma: float
    p: float
    n_before: int
    n_after: int
    temp_change_c: float
    matched: str

    @property
    def moved(self) -> bool:
        """Whether the interval excludes "nothing"."""
        return self.low > 0 or self.high < 0


def offset(
    time_d: ArrayLike,
    values: ArrayLike,
    *,
    start_d: float,
    end_d: float | None = None,
    window_d: float,
    guard_before_d: float = 10.0 / 86_400,
    guard_after_d: float = 120.0 / 86_400,
    temp_c: ArrayLike | None = None,
    rate_per_d: float = 0.0,
) -> LevelOffset | None:
    """Compare a window before an event with one after it.

    Parameters
    ----------
    time_d, values
        Readings in order of time, shape ``(n,)``; NaN means "no reading". [d], any unit
    start_d, end_d
        The event; ``end_d`` is ``start_d`` by default. [d]
    window_d
        Length of each window. [d]
    guard_before_d, guard_after_d
        Held out before and after the event: a tiltmeter reads a/g while the ground shakes.
        10 s and 2 min by default. [d]
    temp_c
        Temperature at each reading, shape ``(n,)``. [degC]
    rate_per_d
        Known trend, taken off over the distance between the windows. [unit/d]

    Returns
    -------
    Offset or None
        ``None`` when either window holds fewer than five readings.

    Notes
    -----
    With temperatures, only readings in the range common to both sides are kept, and what
    goes with the temperature within the sides is taken off; the slope's own error is in
    ``sigma``. Windows of a day or more keep only clock hours present on both sides; from
    five days on the daily wave the sides share is taken off. A match that would leave under
    a quarter of either side is given up. ``n_eff = n (1 - phi) / (1 + phi)`` with the
    lag-one correlation of each side about its own median.
    """
    pair = matched_pair(
        np.asarray(time_d, float),
        np.asarray(values, float),
        before=(start_d - guard_before_d - window_d, start_d - guard_before_d),
        after=after_span(start_d if end_d is None else end_d, guard_after_d, window_d),
        temp=None if temp_c is None else np.asarray(temp_c, float),
    )
    if pair is None:
        return None
    time, y, sides = pair.time, pair.y, pair.sides
    before, after = sides
    between = float(np.mean(time[after]) - np.mean(time[before]))
    size = sides.change(y) - rate_per_d * between
    sigma = math.hypot(
        _median_error(time[before], y[before]), _median_error(time[after], y[after]), pair.carried
    )
    return LevelOffset(
        size=size,
        low=size - 1.959963984540054 * sigma,
        high=size + 1.959963984540054 * sigma,
        sigma=sigma,
        p=_rank_p(time, y, before, after, rate_per_d * between),
        n_before=sides.counts[0],
        n_after=sides.counts[1],
        temp_change_c=pair.temp_change_c,
        matched=pair.words,
    )


def offset_size(
    time_d: ArrayLike,
    values: ArrayLike,
    *,
    start_d: float,
    end_d: float,
    window_d: float,
    temp_c: ArrayLike | None = None,
) -> float | None:
    """Return the size alone that `offset` finds without guards: much sooner, for many places."""
    pair = matched_pair(
        np.asarray(time_d, float),
        np.asarray(values, float),
        before=(start_d - window_d, start_d),
        after=after_span(end_d, 0.0, window_d),
        temp=None if temp_c is None else np.asarray(temp_c, float),
    )
    return None if pair is None else pair.sides.change(pair.y)


def _median_error(time: NDArray[Any], y: NDArray[Any]) -> float:
    spread = SIGMA_PER_MAD * float(np.median(np.abs(y - np.median(y))))
    spread = spread or float(np.std(y))
    return MEDIAN_ERROR * spread / math.sqrt(effective(time, y))


def _rank_p(
    time: NDArray[Any], y: NDArray[Any], before: Bools, after: Bools, trend: float
) -> float:
    """Mann-Whitney's p with its z shrunk to the independent readings behind it."""
    left, right = y[before], y[after] - trend
    if np.ptp(np.concatenate([left, right])) == 0:
        return 1.0
    # Its normal approximation holds from about eight readings a side.
    method: Literal["exact", "asymptotic"] = (
        "exact" if min(left.size, right.size) < 8 else "asymptotic"
    )
    p = float(mannwhitneyu(left.ravel(), right.ravel(), method=method).pvalue)
    share = min(
        effective(time[before], left) / left.size, effective(time[after], right) / right.size, 1.0
    )
    return math.erfc(float(erfcinv(min(max(p, 1e-300), 1.0))) * math.sqrt(share))
