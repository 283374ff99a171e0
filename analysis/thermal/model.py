"""A temperature model of a tilt: with lag, fitted once while nothing is built, then frozen.

::

    ThermalRefused      the window cannot carry a model; the reason says why

Raw readings are never replaced: `compensated` returns both, side by side.
"""

import math
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.arrays import Bools
from plumbline.analysis.statistics.huber import huber_fit, robust_sigma
from plumbline.analysis.statistics.thinning import lag_one
from plumbline.analysis.thermal.temperature import Temperature

# The recipe's bounds: lags looked through, shortest window, smallest temperature range.
LAGS_H: Final = tuple(0.25 * i for i in range(25))
SHORTEST_FIT_D: Final = 7.0
SMALLEST_RANGE_C: Final = 3.0

# Hourly steps: shorter than any lag worth telling, longer than the vibration.
GRID_H: Final = 1.0

# A structure may answer a season or a week of weather otherwise than a day: its mass lags.
# The two are told apart where the daily mean moved enough in a window long enough.
SLOW_FROM_D: Final = 14.0
SMALLEST_SLOW_RANGE_C: Final = 3.0

# How far, beforehand, the slow coefficient is believed to differ from the fast one.
SLOW_SPREAD: Final = 1.0


class ThermalRefused(ValueError):
    """The window cannot carry a temperature model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalModel:
    """Coefficients of ``reading = level + per_c T(t - lag) + per_c_h dT/dt + trend t``.

    Where the window could tell, the last day's mean temperature has its own coefficient,
    and ``per_c`` acts on the departure from it.

    Attributes
    ----------
    version
        Name of this fit; a new fit is a new version, an old one is never changed.
    from_d, to_d
        Commissioning window it was fitted on. [d]
    lag_h
        How long the reading follows the temperature. [h]
    per_c
        [unit/degC]
    per_c_slow
        Coefficient of the mean of the last 24 h; ``None`` where it is ``per_c`` too.
        [unit/degC]
    per_c_h
        Coefficient of the temperature's rate of change. [unit/(degC/h)]
    reference_c
        Temperature at which the compensation is zero: the window's mean. [degC]
    trend_per_d
        Trend fitted beside, so that it does not end in ``per_c``; never subtracted. [unit/d]
    residual_sigma
        Robust spread of the hourly residual. [unit]
    r_squared
        Share of the (detrended) variance that temperature explains.
    low_c, high_c
        Temperatures seen in the window; beyond them a compensation extrapolates. [degC]
    """

    version: str
    from_d: float
    to_d: float
    lag_h: float
    per_c: float
    per_c_slow: float | None
    per_c_h: float
    reference_c: float
    trend_per_d: float
    residual_sigma: float
    r_squared: float
    low_c: float
    high_c: float

    def thermal_part(
        self, time_d: ArrayLike, temp_time_d: ArrayLike, temp_c: ArrayLike
    ) -> NDArray[Any]:
        """Return what temperature alone moves the reading by, zero at the reference. [unit]"""
        temperature = Temperature(temp_time_d, temp_c)
        at = np.asarray(time_d, dtype=float) - self.lag_h / 24.0
        lagged, rate = temperature.at(at), temperature.rate(at)
        part = self.per_c * (lagged - self.reference_c) + self.per_c_h * rate
        if self.per_c_slow is not None:
            slow = temperature.day_mean(at) - self.reference_c
            part = part + (self.per_c_slow - self.per_c) * slow
        return np.asarray(part)


class CompensatedSeries(NamedTuple):
    """Raw and compensated readings, side by side.

    Attributes
    ----------
    raw, values
        As read, and with the thermal part taken off; NaN where no temperature is known.
    extrapolated
        Where the temperature lies outside the commissioning window's range.
    version
        Which model did it.
    """

    raw: NDArray[Any]
    values: NDArray[Any]
    extrapolated: Bools
    version: str


def fit_thermal(
    time_d: ArrayLike,
    values: ArrayLike,
    temp_time_d: ArrayLike,
    temp_c: ArrayLike,
    *,
    version: str,
) -> ThermalModel:
    """Fit the temperature model on a commissioning window.

    Parameters
    ----------
    time_d, values
        Readings of a window of at least seven days without works. [d], any unit
    temp_time_d, temp_c
        Temperature of the partner channel, covering the window and some hours before. [d],
        [degC]
    version
        Name of the fit.

    Raises
    ------
    ThermalRefused
        If the window is shorter than seven days, the temperature moved less than 3 degC, or
        too few hours hold both.

    Notes
    -----
    The lag is the one of 0 to 6 h at which hourly first differences correlate best; the
    coefficients are Huber's by iterated weights. The slow coefficient is held toward the
    fast one by one observation that they are equal, give or take `SLOW_SPREAD` of it: a
    window in which the daily mean only drifted cannot tell it from a trend. Real thermal
    sway is in the model too: compensate for a damage or settlement trend, not for a
    serviceability check.
    """
    time, reading = np.asarray(time_d, float), np.asarray(values, float)
    if time.size == 0 or float(np.ptp(time)) < SHORTEST_FIT_D * 0.99:
        raise ThermalRefused(f"the window is shorter than {SHORTEST_FIT_D:g} days")
    try:
        temperature = Temperature(temp_time_d, temp_c)
    except ValueError as error:
        raise ThermalRefused(str(error)) from error
    grid, hourly = _hourly(time, reading)
    lag = _best_lag(grid, hourly, temperature)
    at = grid - lag / 24.0
    lagged, rate, slow = temperature.at(at), temperature.rate(at), temperature.day_mean(at)
    good = np.isfinite(hourly) & np.isfinite(lagged) & np.isfinite(rate)
    if np.count_nonzero(good) < SHORTEST_FIT_D * 12:
        raise ThermalRefused("fewer than half of seven days hold both reading and temperature")
    low, high = float(np.min(lagged[good])), float(np.max(lagged[good]))
    if high - low < SMALLEST_RANGE_C:
        raise ThermalRefused(
            f"the temperature moved only {high - low:.1f} degC; a model needs {SMALLEST_RANGE_C:g}"
        )
    both = good & np.isfinite(slow)
    apart = (
        float(np.ptp(time)) >= SLOW_FROM_D
        and np.count_nonzero(both) > 0.5 * np.count_nonzero(good)
        and float(np.ptp(slow[both])) >= SMALLEST_SLOW_RANGE_C
    )
    if apart:
        good = both
    reference = float(np.mean(lagged[good]))
    columns = [np.ones(grid.size), lagged - reference, rate, grid - float(np.mean(grid[good]))]
    if apart:
        columns.append(slow - reference)
    design, target = np.column_stack(columns)[good], hourly[good]
    coefficients = huber_fit(design, target)
    if apart:
        coefficients = _held_together(grid[good], design, target, coefficients)
    residual = target - design @ coefficients
    trendless = target - design[:, 3] * coefficients[3]
    return ThermalModel(
        version=version,
        from_d=float(time.min()),
        to_d=float(time.max()),
        lag_h=lag,
        per_c=float(coefficients[1]),
        per_c_slow=float(coefficients[1] + coefficients[4]) if apart else None,
        per_c_h=float(coefficients[2]),
        reference_c=reference,
        trend_per_d=float(coefficients[3]),
        residual_sigma=robust_sigma(residual),
        r_squared=1.0 - float(np.var(residual) / np.var(trendless)) if np.var(trendless) else 0.0,
        low_c=low,
        high_c=high,
    )


def _held_together(
    hour_d: NDArray[Any],
    design: NDArray[Any],
    target: NDArray[Any],
    first: NDArray[Any],
) -> NDArray[Any]:
    """Fit again with one observation that the last coefficient, slow minus fast, is zero.

    Its weight against the hours counts their autocorrelation: a thousand hours of noise
    that remembers itself for a day are worth forty.
    """
    residual = target - design @ first
    phi = lag_one(hour_d, residual, GRID_H / 24.0)
    sigma = robust_sigma(residual) * math.sqrt((1.0 + phi) / (1.0 - phi))
    belief = max(SLOW_SPREAD * abs(float(first[1])), 1e-300)
    row = np.zeros((1, design.shape[1]))
    row[0, -1] = sigma / belief
    return huber_fit(np.vstack([design, row]), np.append(target, 0.0))


def compensated(
    model: ThermalModel,
    time_d: ArrayLike,
    values: ArrayLike,
    temp_time_d: ArrayLike,
    temp_c: ArrayLike,
) -> CompensatedSeries:
    """Return the readings with the model's thermal part taken off, beside the raw ones."""
    time, raw = np.asarray(time_d, float), np.asarray(values, float)
    lagged = Temperature(temp_time_d, temp_c).at(time - model.lag_h / 24.0)
    with np.errstate(invalid="ignore"):
        outside = (lagged < model.low_c) | (lagged > model.high_c)
    part = model.thermal_part(time, temp_time_d, temp_c)
    return CompensatedSeries(raw, raw - part, outside, model.version)


def _hourly(time: NDArray[Any], reading: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return mean time and median of each hour of readings, every hour present. [d], [unit]

    The time is the readings' own, not the middle of the hour: readings on the hour would
    otherwise seem half an hour late, and the lag half an hour long.
    """
    hour = np.floor((time - time.min()) * 24.0 / GRID_H + 1e-6).astype(np.int64)
    grid = time.min() + (np.arange(int(hour.max()) + 1) + 0.5) * GRID_H / 24.0
    hourly = np.full(grid.size, np.nan)
    finite = np.isfinite(reading)
    order = np.argsort(hour[finite], kind="stable")
    hour, time, reading = hour[finite][order], time[finite][order], reading[finite][order]
    present, first = np.unique(hour, return_index=True)
    for index, at, values in zip(
        present, np.split(time, first[1:]), np.split(reading, first[1:]), strict=True
    ):
        grid[index], hourly[index] = at.mean(), np.median(values)
    return grid, hourly


def _best_lag(grid: NDArray[Any], hourly: NDArray[Any], temperature: Temperature) -> float:
    """Return the lag whose hourly differences of temperature correlate best. [h]"""
    change = np.diff(hourly)
    best, lag = -math.inf, 0.0
    for candidate in LAGS_H:
        step = np.diff(temperature.at(grid - candidate / 24.0))
        good = np.isfinite(step) & np.isfinite(change)
        if np.count_nonzero(good) < 24 or np.std(step[good]) == 0 or np.std(change[good]) == 0:
            continue
        match = abs(float(np.corrcoef(step[good], change[good])[0, 1]))
        if match > best:
            best, lag = match, candidate
    return lag
