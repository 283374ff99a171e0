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

# The recipe's bounds: lags looked through, shortest window, smallest temperature range.
LAGS_H: Final = tuple(0.25 * i for i in range(25))
SHORTEST_FIT_D: Final = 7.0
SMALLEST_RANGE_C: Final = 3.0

# Hourly steps: shorter than any lag worth telling, longer than the vibration.
GRID_H: Final = 1.0

# A hole in the temperature longer than this is not interpolated across. [d]
LONGEST_HOLE_D: Final = 3.0 / 24.0

# Huber's constant: 95 % efficiency on Gaussian residuals.
HUBER: Final = 1.345


class ThermalRefused(ValueError):
    """The window cannot carry a temperature model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalModel:
    """Coefficients of ``reading = level + per_c T(t - lag) + per_c_h dT/dt + trend t``.

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
        time = np.asarray(time_d, dtype=float)
        lagged, rate = _temperature_at(time - self.lag_h / 24.0, temp_time_d, temp_c)
        return self.per_c * (lagged - self.reference_c) + self.per_c_h * rate


class Compensated(NamedTuple):
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
    extrapolated: NDArray[np.bool_]
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
    coefficients are Huber's by iterated weights. Real thermal sway is in the model too:
    compensate for a damage or settlement trend, not for a serviceability check.
    """
    time, reading = np.asarray(time_d, float), np.asarray(values, float)
    if time.size == 0 or float(np.ptp(time)) < SHORTEST_FIT_D * 0.99:
        raise ThermalRefused(f"the window is shorter than {SHORTEST_FIT_D:g} days")
    start = float(time.min())
    grid, hourly = _hourly(time, reading)
    lag = _best_lag(grid, hourly, temp_time_d, temp_c)
    lagged, rate = _temperature_at(grid - lag / 24.0, temp_time_d, temp_c)
    good = np.isfinite(hourly) & np.isfinite(lagged) & np.isfinite(rate)
    if np.count_nonzero(good) < SHORTEST_FIT_D * 12:
        raise ThermalRefused("fewer than half of seven days hold both reading and temperature")
    low, high = float(np.min(lagged[good])), float(np.max(lagged[good]))
    if high - low < SMALLEST_RANGE_C:
        raise ThermalRefused(
            f"the temperature moved only {high - low:.1f} degC; a model needs {SMALLEST_RANGE_C:g}"
        )
    reference = float(np.mean(lagged[good]))
    middle = float(np.mean(grid[good]))
    design = np.column_stack(
        [np.ones(grid.size), lagged - reference, rate, grid - middle],
    )[good]
    target = hourly[good]
    coefficients = huber_fit(design, target)
    residual = target - design @ coefficients
    trendless = target - design[:, 3] * coefficients[3]
    return ThermalModel(
        version=version,
        from_d=start,
        to_d=float(time.max()),
        lag_h=lag,
        per_c=float(coefficients[1]),
        per_c_h=float(coefficients[2]),
        reference_c=reference,
        trend_per_d=float(coefficients[3]),
        residual_sigma=_robust_sigma(residual),
        r_squared=1.0 - float(np.var(residual) / np.var(trendless)) if np.var(trendless) else 0.0,
        low_c=low,
        high_c=high,
    )


def compensated(
    model: ThermalModel,
    time_d: ArrayLike,
    values: ArrayLike,
    temp_time_d: ArrayLike,
    temp_c: ArrayLike,
) -> Compensated:
    """Return the readings with the model's thermal part taken off, beside the raw ones."""
    time, raw = np.asarray(time_d, float), np.asarray(values, float)
    lagged, _ = _temperature_at(time - model.lag_h / 24.0, temp_time_d, temp_c)
    with np.errstate(invalid="ignore"):
        outside = (lagged < model.low_c) | (lagged > model.high_c)
    part = model.thermal_part(time, temp_time_d, temp_c)
    return Compensated(raw, raw - part, outside, model.version)


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


def huber_fit(design: NDArray[Any], target: NDArray[Any]) -> NDArray[Any]:
    """Return Huber's regression coefficients by iterated weights, shape ``(n_columns,)``."""
    weight = np.ones(target.size)
    coefficients = np.zeros(design.shape[1])
    for _ in range(50):
        root = np.sqrt(weight)
        fitted = np.linalg.lstsq(design * root[:, np.newaxis], target * root, rcond=None)[0]
        if np.allclose(fitted, coefficients, rtol=1e-9, atol=1e-12):
            break
        coefficients = fitted
        residual = target - design @ coefficients
        reach = HUBER * max(_robust_sigma(residual), 1e-300)
        weight = np.minimum(1.0, reach / np.maximum(np.abs(residual), 1e-300))
    return coefficients


def _best_lag(
    grid: NDArray[Any], hourly: NDArray[Any], temp_time_d: ArrayLike, temp_c: ArrayLike
) -> float:
    """Return the lag whose hourly differences of temperature correlate best. [h]"""
    change = np.diff(hourly)
    best, lag = -math.inf, 0.0
    for candidate in LAGS_H:
        lagged, _ = _temperature_at(grid - candidate / 24.0, temp_time_d, temp_c)
        step = np.diff(lagged)
        good = np.isfinite(step) & np.isfinite(change)
        if np.count_nonzero(good) < 24 or np.std(step[good]) == 0 or np.std(change[good]) == 0:
            continue
        match = abs(float(np.corrcoef(step[good], change[good])[0, 1]))
        if match > best:
            best, lag = match, candidate
    return lag


def _temperature_at(
    time: NDArray[Any], temp_time_d: ArrayLike, temp_c: ArrayLike
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return temperature and its rate over the two hours around ``time``. [degC], [degC/h]"""
    known_time, known = np.asarray(temp_time_d, float), np.asarray(temp_c, float)
    finite = np.isfinite(known)
    known_time, known = known_time[finite], known[finite]
    if known.size < 2:
        raise ThermalRefused("no temperature to fit with")

    def at(when: NDArray[Any]) -> NDArray[Any]:
        right = np.clip(np.searchsorted(known_time, when), 1, known.size - 1)
        hole = known_time[right] - known_time[right - 1] > LONGEST_HOLE_D
        outside = (when < known_time[0] - LONGEST_HOLE_D) | (when > known_time[-1] + LONGEST_HOLE_D)
        return np.where(hole | outside, np.nan, np.interp(when, known_time, known))

    hour = 1.0 / 24.0
    return at(time), (at(time + hour) - at(time - hour)) / 2.0


def _robust_sigma(residual: NDArray[Any]) -> float:
    return 1.482602218505602 * float(np.median(np.abs(residual - np.median(residual))))
