"""The offset at an event: before against after, with hours and temperatures that match."""

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfcinv
from scipy.stats import mannwhitneyu

from plumbline.analysis.trend.thinning import lag_one

# Standard error of a median of Gaussian readings, over that of their mean.
MEDIAN_ERROR: Final = 1.2533141373155001

# Windows of at least a day can be matched by the clock.
CLOCK_FROM_D: Final = 1.0

# With fewer readings than this share left after matching, the match is given up and said so.
SMALLEST_SHARE: Final = 0.25

# Fewest readings on a side that carry a median and a spread.
FEWEST: Final = 5

# Readings match by the clock within the same one of these parts of the day.
HOUR_BINS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
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
) -> Offset | None:
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
    Windows of a day or more keep only clock hours present on both sides; with temperatures,
    only readings in the range common to both. Matching that would leave under a quarter of
    either side is given up. ``n_eff = n (1 - phi) / (1 + phi)`` with the lag-one
    correlation of each side about its own median.
    """
    time, y = np.asarray(time_d, float), np.asarray(values, float)
    end = start_d if end_d is None else end_d
    ready = np.isfinite(y)
    until, since = start_d - guard_before_d, end + guard_after_d
    before = ready & (time <= until) & (time > until - window_d)
    after = ready & (time >= since) & (time < since + window_d)
    temp = None if temp_c is None else np.asarray(temp_c, float)
    matched = []
    if temp is not None:
        pair = _same_temperature(before, after, temp)
        if pair is not None:
            before, after = pair
            matched.append("temperature")
    if window_d >= CLOCK_FROM_D:
        pair = _same_hours(before, after, time)
        if pair is not None:
            before, after = pair
            matched.append("clock hour")
    if min(np.count_nonzero(before), np.count_nonzero(after)) < FEWEST:
        return None
    between = float(np.mean(time[after]) - np.mean(time[before]))
    size = float(np.median(y[after]) - np.median(y[before])) - rate_per_d * between
    sigma = math.hypot(_median_error(time[before], y[before]), _median_error(time[after], y[after]))
    return Offset(
        size=size,
        low=size - 1.959963984540054 * sigma,
        high=size + 1.959963984540054 * sigma,
        sigma=sigma,
        p=_rank_p(time, y, before, after, rate_per_d * between),
        n_before=int(np.count_nonzero(before)),
        n_after=int(np.count_nonzero(after)),
        temp_change_c=math.nan
        if temp is None
        else float(np.nanmedian(temp[after]) - np.nanmedian(temp[before])),
        matched=" and ".join(matched) or "nothing",
    )


Mask = NDArray[np.bool_]


def _kept(before: Mask, after: Mask, both: Mask) -> tuple[Mask, Mask] | None:
    """Return the two windows narrowed to ``both``, or ``None`` if too little is left."""
    pair = before & both, after & both
    for narrowed, whole in zip(pair, (before, after), strict=True):
        if np.count_nonzero(narrowed) < max(FEWEST, SMALLEST_SHARE * np.count_nonzero(whole)):
            return None
    return pair


def _same_temperature(before: Mask, after: Mask, temp: NDArray[Any]) -> tuple[Mask, Mask] | None:
    known = np.isfinite(temp)
    if not (np.any(before & known) and np.any(after & known)):
        return None
    low = max(np.min(temp[before & known]), np.min(temp[after & known]))
    high = min(np.max(temp[before & known]), np.max(temp[after & known]))
    return _kept(before, after, known & (temp >= low) & (temp <= high))


def _same_hours(before: Mask, after: Mask, time: NDArray[Any]) -> tuple[Mask, Mask] | None:
    hour = np.floor((time % 1.0) * HOUR_BINS).astype(np.int64)
    common = np.intersect1d(hour[before], hour[after])
    return _kept(before, after, np.isin(hour, common))


def _effective(time: NDArray[Any], y: NDArray[Any]) -> float:
    """Return how many independent readings the series is worth."""
    step = float(np.median(np.diff(time))) if time.size > 1 else 1.0
    phi = lag_one(time, y - np.median(y), step) if step > 0 else 0.0
    return max(y.size * (1.0 - phi) / (1.0 + phi), 2.0)


def _median_error(time: NDArray[Any], y: NDArray[Any]) -> float:
    spread = 1.482602218505602 * float(np.median(np.abs(y - np.median(y))))
    spread = spread or float(np.std(y))
    return MEDIAN_ERROR * spread / math.sqrt(_effective(time, y))


def _rank_p(time: NDArray[Any], y: NDArray[Any], before: Mask, after: Mask, trend: float) -> float:
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
        _effective(time[before], left) / left.size, _effective(time[after], right) / right.size, 1.0
    )
    return math.erfc(float(erfcinv(min(max(p, 1e-300), 1.0))) * math.sqrt(share))
