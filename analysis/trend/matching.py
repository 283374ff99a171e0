"""Two windows of a series matched in temperature and in the hours of the day."""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arrays import Bools
from plumbline.analysis.statistics.huber import huber_fit
from plumbline.analysis.statistics.thinning import lag_one

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


class Sides(NamedTuple):
    """The two windows, as masks over the readings."""

    before: Bools
    after: Bools

    @property
    def counts(self) -> tuple[int, int]:
        """Readings in each."""
        return int(np.count_nonzero(self.before)), int(np.count_nonzero(self.after))

    def within(self, retained: Bools) -> "Sides":
        """Return what of them is kept."""
        return Sides(self.before & retained, self.after & retained)

    def share(self, retained: Bools) -> bool:
        """Whether enough of both windows is left."""
        left = self.within(retained).counts
        return all(
            n >= max(FEWEST, SMALLEST_SHARE * whole)
            for n, whole in zip(left, self.counts, strict=True)
        )

    def change(self, y: NDArray[Any]) -> float:
        """Median after minus median before."""
        return float(np.nanmedian(y[self.after]) - np.nanmedian(y[self.before]))


class Pair(NamedTuple):
    """Two windows, matched: what goes with temperature and clock is off ``y``.

    Attributes
    ----------
    carried
        Standard error that the temperature's slope adds to the change. [unit]
    temp_change_c
        Median temperature after minus before; NaN without temperature. [degC]
    words
        What was matched.
    """

    time: NDArray[Any]
    y: NDArray[Any]
    sides: Sides
    carried: float
    temp_change_c: float
    words: str


def after_span(end: float, guard: float, window: float) -> tuple[float, float]:
    """Return the window after an event, its guard left out."""
    return end + guard, end + guard + window


def matched_pair(
    time: NDArray[Any],
    y: NDArray[Any],
    *,
    before: tuple[float, float],
    after: tuple[float, float],
    temp: NDArray[Any] | None,
) -> Pair | None:
    """Return the two windows matched, None when either holds too few readings."""
    ready = np.isfinite(y)
    sides = Sides(
        ready & (time <= before[1]) & (time > before[0]),
        ready & (time >= after[0]) & (time < after[1]),
    )
    words = []
    carried = 0.0
    if temp is not None:
        common = _common_range(sides, temp)
        if sides.share(common):
            words.append("temperature")
            sides = sides.within(common)
            slope, slope_sigma = _with_temperature(sides, y, temp)
            carried = slope_sigma * abs(sides.change(temp))
            y = y - slope * np.nan_to_num(temp)
    if before[1] - before[0] >= CLOCK_FROM_D:
        wave = _daily_wave(sides, time, y)
        if sides.share(np.isfinite(wave)):
            words.append("clock hour")
            sides = sides.within(np.isfinite(wave))
            if before[1] - before[0] >= WAVE_FROM_D:
                y = y - wave
    if min(sides.counts) < FEWEST:
        return None
    change_c = math.nan if temp is None else sides.change(temp)
    return Pair(time, y, sides, carried, change_c, " and ".join(words) or "nothing")


def _daily_wave(sides: Sides, time: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
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


def _common_range(sides: Sides, temp: NDArray[Any]) -> Bools:
    """Return where the temperature lies in the range seen on both sides."""
    known = np.isfinite(temp)
    pair = sides.within(known)
    if min(pair.counts) == 0:
        return np.zeros(temp.shape, dtype=bool)
    low = max(float(np.min(temp[side])) for side in pair)
    high = min(float(np.max(temp[side])) for side in pair)
    common: Bools = known & (temp >= low) & (temp <= high)
    return common


def _with_temperature(sides: Sides, y: NDArray[Any], temp: NDArray[Any]) -> tuple[float, float]:
    """Return the slope on temperature common to both sides, and its standard error."""
    parts = [(temp[side] - np.median(temp[side]), y[side] - np.median(y[side])) for side in sides]
    warm = np.concatenate([part[0] for part in parts])
    moved = np.concatenate([part[1] for part in parts])
    if np.ptp(warm) == 0:
        return 0.0, 0.0
    slope = float(huber_fit(warm[:, np.newaxis], moved)[0])
    residual = moved - slope * warm
    worth = effective(np.arange(moved.size, dtype=float), residual)
    error = float(np.std(residual)) / float(np.std(warm)) / math.sqrt(worth)
    return slope, error


def effective(time: NDArray[Any], y: NDArray[Any]) -> float:
    """Return how many independent readings the series is worth."""
    step = float(np.median(np.diff(time))) if time.size > 1 else 1.0
    phi = lag_one(time, y - np.median(y), step) if step > 0 else 0.0
    return max(y.size * (1.0 - phi) / (1.0 + phi), 2.0)
