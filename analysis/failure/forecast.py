"""One forecast: a window of failure times, or the reason why there is none."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.failure.alternatives import alternative_models
from plumbline.analysis.failure.likelihood import Profile, averaged, profile, window
from plumbline.analysis.failure.onset import LONG, SHORT, Onset, onset
from plumbline.analysis.failure.velocity import (
    WHOLE_DAYS_FROM_D,
    Velocity,
    inverse_velocity_line,
    velocity,
)
from plumbline.analysis.statistics.thinning import lag_one

# 90 % of chi-squared with one degree of freedom: the depth of the window in the profile.
DEPTH_90: Final = 2.705543454095404

# A gate each; see `forecast_failure`.
FEWEST_VELOCITIES: Final = 5
SMALLEST_R_SQUARED: Final = 0.5
NOISE_SIGMAS: Final = 3.0
SMALLEST_GROWTH: Final = 1.5
BEATS_BY: Final = 10.0

# Voight's law: factor, failure time, exponent, onset.
OWN_PARAMETERS: Final = 4

# Early on these fit a true acceleration about as well: they must only not be clearly better.
LIKE_IT: Final = ("constant acceleration", "a slow wave")
CLEARLY_BETTER: Final = -10.0

# Fewer readings than this since the onset cannot carry six rivals.
FEWEST_READINGS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A window, never a single time: forecasts of real failures miss by days.

    Attributes
    ----------
    made_d
        Time of the last reading behind it. [d]
    earliest_d, latest_d
        The window, 90 % under Voight's law with its exponent unknown around 2. [d]
    onset_d
        Since when the motion accelerates. [d]
    velocity_now
        Smoothed velocity of the last block. [unit/d]
    growth
        Velocity at the end over velocity at the onset, as fitted.
    r_squared
        Of the line of 1/v.
    n_velocities
        Block velocities since the onset.
    reforecast
        How many forecasts were made before this one in the same acceleration.
    """

    made_d: float
    earliest_d: float
    latest_d: float
    onset_d: float
    velocity_now: float
    growth: float
    r_squared: float
    n_velocities: int
    reforecast: int = 0

    def __post_init__(self) -> None:
        if not self.made_d <= self.earliest_d < self.latest_d:
            raise ValueError("a forecast is a window that begins at or after its last reading")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoForecast:
    """Why there is no forecast.

    Attributes
    ----------
    made_d
        Time of the last reading looked at. [d]
    reason
        The gate that stayed shut, in words.
    """

    made_d: float
    reason: str


def forecast_failure(
    time_d: ArrayLike, moved: ArrayLike, *, step_d: float | None = None
) -> Forecast | NoForecast:
    """Forecast a failure from a displacement (or tilt) that accelerates.

    Parameters
    ----------
    time_d, moved
        Displacement in order of time, shape ``(n,)``; NaN means "no reading". The motion is
        taken in the direction it goes. [d], any unit
    step_d
        Block of the velocities; see `velocity`. [d]

    Notes
    -----
    Gates, in order: an onset by crossing averages that still holds; at least 5 velocities
    since; the last one 3 sigma above the noise and growing; 1/v falling, its slope's 95 %
    interval below zero, R^2 >= 0.5; Voight's law better by 10 in the Bayesian criterion
    than a constant rate, a step, a new constant rate and consolidation, and not worse by
    more than 10 than constant acceleration and a slow wave; velocity grown by half or
    more; the window bounded.

    The window is not the scatter of the 1/v line, which smoothing narrows, but the profile
    likelihood of the displacement itself: a constant rate up to an onset, Voight's law from
    it, over onsets and exponents 2 +/- 0.15, with readings discounted for autocorrelation
    and a daily wave fitted beside. Taking the crossing itself for the onset would not do:
    a few days of steady creep before it pull the window early by days.
    """
    time, u = np.asarray(time_d, float), np.asarray(moved, float)
    finite = np.isfinite(u)
    time, u = time[finite], u[finite]
    if time.size < FEWEST_READINGS:
        return NoForecast(
            made_d=float(time[-1]) if time.size else math.nan,
            reason=f"fewer than {FEWEST_READINGS} readings",
        )
    made = float(time[-1])
    speed = velocity(time, u, step_d)
    if speed.values.size and np.sum(speed.values) < 0:
        u = -u
        speed = speed._replace(values=-speed.values)
    began = onset(speed)
    if began is None:
        return NoForecast(
            made_d=made,
            reason=f"no onset: the average of {SHORT} velocities is not above that of {LONG}",
        )
    shut, r_squared, n_velocities = _velocity_gates(speed, began)
    if shut:
        return NoForecast(made_d=made, reason=shut)
    # As much again before the crossing: the fit finds the onset itself, and needs both sides.
    since = time >= began.time_d - (made - began.time_d)
    if np.count_nonzero(since) < FEWEST_READINGS:
        return NoForecast(made_d=made, reason=f"fewer than {FEWEST_READINGS} readings around")
    fit = _Fit.of(time[since], u[since])
    shut = fit.gate()
    if shut:
        return NoForecast(made_d=made, reason=shut)
    bounds = window(fit.found, DEPTH_90)
    if bounds is None:
        return NoForecast(made_d=made, reason="accelerating, but no bounded window yet")
    return Forecast(
        made_d=made,
        earliest_d=made + bounds[0],
        latest_d=made + bounds[1],
        onset_d=fit.onset_d,
        velocity_now=float(speed.values[-1]),
        growth=fit.growth(),
        r_squared=r_squared,
        n_velocities=n_velocities,
    )


def _velocity_gates(speed: Velocity, began: Onset) -> tuple[str, float, int]:
    """Return the first gate on the velocities that stays shut ("" for none), R^2 and n."""
    since = speed.time_d >= began.time_d
    v = speed.values[since]
    n = int(v.size)
    if n < FEWEST_VELOCITIES:
        return f"only {n} velocities since the onset", math.nan, n
    if v[-1] <= NOISE_SIGMAS * speed.sigma:
        return "the last velocity is within its noise", math.nan, n
    clear = v > speed.sigma
    if np.count_nonzero(clear) < FEWEST_VELOCITIES:
        return "most velocities are within their noise", math.nan, n
    line = inverse_velocity_line(speed.time_d[since][clear], v[clear])
    if not line.slope + 1.96 * line.slope_sigma < 0:
        return "1/v does not fall", line.r_squared, n
    if line.r_squared < SMALLEST_R_SQUARED:
        return f"the line of 1/v explains only {line.r_squared:.2f}", line.r_squared, n
    return "", line.r_squared, n


@dataclass(frozen=True, slots=True)
class _Fit:
    """Voight's law and its rivals on the displacement since the onset."""

    found: Profile
    others: dict[str, tuple[float, int]]
    effective: float
    start_d: float
    span_d: float

    @classmethod
    def of(cls, time: NDArray[Any], moved: NDArray[Any]) -> "_Fit":
        at, u = averaged(time, moved)
        span = float(at[-1] - at[0])
        columns = [np.ones(at.size)]
        if span >= WHOLE_DAYS_FROM_D / 2 and at.size >= 4 * span:
            columns += [np.cos(2 * np.pi * at), np.sin(2 * np.pi * at)]
        nuisance = np.column_stack(columns)
        smooth = _smooth_residual(at, u, nuisance)
        phi = lag_one(at, smooth, float(np.median(np.diff(at))))
        effective = max(at.size * (1.0 - phi) / (1.0 + phi), 8.0)
        return cls(
            profile(at, u, nuisance, effective),
            alternative_models(at, u, nuisance),
            effective,
            float(at[0]),
            span,
        )

    def gate(self) -> str:
        """Return why Voight's law does not stand out; "" when it does."""
        if self.found.gain <= 0:
            return "the motion does not run away"
        own = self.effective * math.log(self.found.squares)
        for name, (squares, parameters) in self.others.items():
            better = self.effective * math.log(max(squares, 1e-300)) - own
            spent = (OWN_PARAMETERS - parameters) * math.log(self.effective)
            shut = better < CLEARLY_BETTER if name in LIKE_IT else better - spent < BEATS_BY
            if shut:
                return f"{name} explains it as well"
        if self.growth() < SMALLEST_GROWTH:
            return f"the velocity has grown only {self.growth():.2f} times"
        return ""

    @property
    def onset_d(self) -> float:
        """Onset of the best fit. [d]"""
        return self.start_d + self.found.onset_d

    def growth(self) -> float:
        """Velocity now over velocity at the onset, under the best fit."""
        left = float(self.found.remaining_d[int(np.argmin(self.found.deviance))])
        accelerating = self.span_d - self.found.onset_d
        return float(((left + accelerating) / left) ** (1.0 / (self.found.alpha - 1.0)))


def _smooth_residual(
    time: NDArray[Any], moved: NDArray[Any], nuisance: NDArray[Any]
) -> NDArray[Any]:
    """Return what a fifth-degree polynomial and the daily wave leave: noise, no shape."""
    share = np.linspace(-1.0, 1.0, time.size)
    columns = np.column_stack([nuisance, np.polynomial.chebyshev.chebvander(share, 5)[:, 1:]])
    base, _ = np.linalg.qr(columns)
    rest: NDArray[Any] = moved - base @ (base.T @ moved)
    return rest
