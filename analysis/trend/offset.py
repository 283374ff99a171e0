"""The offset at an event: before against after, with hours and temperatures that match."""

import math
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfcinv
from scipy.stats import mannwhitneyu

from plumbline.analysis.huber import huber_fit
from plumbline.analysis.trend.thinning import lag_one

# Standard error of a median of Gaussian readings, over that of their mean.
MEDIAN_ERROR: Final = 1.2533141373155001

# Windows of at least a day can be matched by the clock; from five days on the daily wave
# can be told from the noise, and so be taken off.
CLOCK_FROM_D: Final = 1.0
WAVE_FROM_D: Final = 5.0

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
    With temperatures, only readings in the range common to both sides are kept, and what
    goes with the temperature within the sides is taken off; the slope's own error is in
    ``sigma``. Windows of a day or more keep only clock hours present on both sides; from
    five days on the daily wave the sides share is taken off. A match that would leave under
    a quarter of either side is given up. ``n_eff = n (1 - phi) / (1 + phi)`` with the
    lag-one correlation of each side about its own median.
    """
    time, y = np.asarray(time_d, float), np.asarray(values, float)
    end = start_d if end_d is None else end_d
    ready = np.isfinite(y)
    until, since = start_d - guard_before_d, end + guard_after_d
    before = ready & (time <= until) & (time > until - window_d)
    after = ready & (time >= since) & (time < since + window_d)
    temp = None if temp_c is None else np.asarray(temp_c, float)
    matched = []
    sides = _Sides(before, after)
    carried = 0.0
    if temp is not None:
        common = _common_range(sides, temp)
        if sides.share(common):
            matched.append("temperature")
            sides = sides.within(common)
            slope, slope_sigma = _with_temperature(sides, y, temp)
            carried = slope_sigma * abs(sides.change(temp))
            y = y - slope * np.nan_to_num(temp)
    if window_d >= CLOCK_FROM_D:
        wave = _daily_wave(sides, time, y)
        if sides.share(np.isfinite(wave)):
            matched.append("clock hour")
            sides = sides.within(np.isfinite(wave))
            if window_d >= WAVE_FROM_D:
                y = y - wave
    if min(sides.counts) < FEWEST:
        return None
    before, after = sides
    between = float(np.mean(time[after]) - np.mean(time[before]))
    size = sides.change(y) - rate_per_d * between
    sigma = math.hypot(
        _median_error(time[before], y[before]), _median_error(time[after], y[after]), carried
    )
    return Offset(
        size=size,
        low=size - 1.959963984540054 * sigma,
        high=size + 1.959963984540054 * sigma,
        sigma=sigma,
        p=_rank_p(time, y, before, after, rate_per_d * between),
        n_before=sides.counts[0],
        n_after=sides.counts[1],
        temp_change_c=math.nan if temp is None else sides.change(temp),
        matched=" and ".join(matched) or "nothing",
    )


Mask = NDArray[np.bool_]


class _Sides(NamedTuple):
    """The two windows, as masks over the readings."""

    before: Mask
    after: Mask

    @property
    def counts(self) -> tuple[int, int]:
        return int(np.count_nonzero(self.before)), int(np.count_nonzero(self.after))

    def within(self, kept: Mask) -> "_Sides":
        return _Sides(self.before & kept, self.after & kept)

    def share(self, kept: Mask) -> bool:
        """Whether enough of both windows is left."""
        left = self.within(kept).counts
        return all(
            n >= max(FEWEST, SMALLEST_SHARE * whole)
            for n, whole in zip(left, self.counts, strict=True)
        )

    def change(self, y: NDArray[Any]) -> float:
        """Median after minus median before."""
        return float(np.nanmedian(y[self.after]) - np.nanmedian(y[self.before]))


def _daily_wave(sides: _Sides, time: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Return the daily wave common to both sides at each reading; NaN at hours not in both."""
    hour = np.floor((time % 1.0) * HOUR_BINS).astype(np.int64)
    levels = np.full((2, HOUR_BINS), np.nan)
    for side, mask in enumerate(sides):
        for each in np.unique(hour[mask & np.isfinite(y)]):
            levels[side, each] = np.median(y[mask & (hour == each) & np.isfinite(y)])
    both = np.all(np.isfinite(levels), axis=0)
    wave = np.full(HOUR_BINS, np.nan)
    if np.any(both):
        # Each side about its own mean over the shared hours: the offset stays in.
        shared = levels[:, both]
        wave[both] = np.mean(shared - shared.mean(axis=1, keepdims=True), axis=0)
    return wave[hour]


def _common_range(sides: _Sides, temp: NDArray[Any]) -> Mask:
    """Return where the temperature lies in the range seen on both sides."""
    known = np.isfinite(temp)
    pair = sides.within(known)
    if min(pair.counts) == 0:
        return np.zeros(temp.shape, dtype=bool)
    low = max(float(np.min(temp[side])) for side in pair)
    high = min(float(np.max(temp[side])) for side in pair)
    common: Mask = known & (temp >= low) & (temp <= high)
    return common


def _with_temperature(sides: _Sides, y: NDArray[Any], temp: NDArray[Any]) -> tuple[float, float]:
    """Return the slope on temperature common to both sides, and its standard error."""
    parts = [(temp[side] - np.median(temp[side]), y[side] - np.median(y[side])) for side in sides]
    warm = np.concatenate([part[0] for part in parts])
    moved = np.concatenate([part[1] for part in parts])
    if np.ptp(warm) == 0:
        return 0.0, 0.0
    slope = float(huber_fit(warm[:, np.newaxis], moved)[0])
    residual = moved - slope * warm
    effective = _effective(np.arange(moved.size, dtype=float), residual)
    error = float(np.std(residual)) / float(np.std(warm)) / math.sqrt(effective)
    return slope, error


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
