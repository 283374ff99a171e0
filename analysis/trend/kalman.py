"""A Kalman local linear trend: level and rate from readings that come when they come."""

import math
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Normalised innovation squared beyond which a reading is not learned from: 95 % of
# chi-squared with one degree of freedom, so damage is never learned as normal.
LEARN_WITHIN: Final = 3.841458820694124

# ... and beyond which it is reported: 99 %.
REPORT_BEYOND: Final = 6.634896601021213


class TrendState(NamedTuple):
    """Level and rate after one reading.

    Attributes
    ----------
    time_d
        When. [d]
    level, level_sigma
        Filtered level and its standard deviation. [unit]
    rate, rate_sigma
        Filtered rate and its standard deviation. [unit/d]
    innovation
        Reading minus prediction; NaN without a reading. [unit]
    gate
        ``innovation^2 / S``, chi-squared with one degree of freedom when all is well.
    learned
        Whether the reading changed the state.
    """

    time_d: float
    level: float
    level_sigma: float
    rate: float
    rate_sigma: float
    innovation: float
    gate: float
    learned: bool

    @property
    def alarming(self) -> bool:
        """Whether the reading lies outside the 99 % gate."""
        return self.gate > REPORT_BEYOND


@dataclass(slots=True, kw_only=True)
class KalmanTrend:
    """A local linear trend, fed a reading at a time with any spacing.

    The rate is a random walk of intensity ``rate_noise``, the level its integral:
    ``F = [[1, dt], [0, 1]]``, ``Q = rate_noise [[dt^3/3, dt^2/2], [dt^2/2, dt]]``.

    Attributes
    ----------
    reading_sigma
        Standard deviation of one reading. [unit]
    rate_noise
        Intensity of the rate's random walk; 0 keeps one straight line. [unit^2/d^3]
    first_rate_sigma
        How unknown the rate is before the second reading. [unit/d]
    learn_within
        Gate on ``innovation^2 / S``; infinity learns from everything.
    refused_in_a_row
        Readings outside the gate since the last learned one: a step, or a broken sensor.

    Notes
    -----
    A missing reading (NaN) is a prediction only. Refused readings widen the prediction
    until the gate opens again; the caller decides what a long run of them means.
    """

    reading_sigma: float
    rate_noise: float
    first_rate_sigma: float
    learn_within: float = LEARN_WITHIN
    refused_in_a_row: int = field(default=0)
    _time_d: float = field(default=math.nan)
    _state: NDArray[Any] = field(default_factory=lambda: np.zeros(2))
    _covariance: NDArray[Any] = field(default_factory=lambda: np.zeros((2, 2)))

    def __post_init__(self) -> None:
        if not (self.reading_sigma > 0 and self.rate_noise >= 0 and self.first_rate_sigma > 0):
            raise ValueError("need reading_sigma > 0, rate_noise >= 0, first_rate_sigma > 0")

    def feed(self, time_d: ArrayLike, values: ArrayLike) -> list[TrendState]:
        """Take the next readings in order of time and return the state after each.

        Raises
        ------
        ValueError
            If a reading is older than the last one.
        """
        states = []
        for t, x in zip(np.asarray(time_d, float), np.asarray(values, float), strict=True):
            state = self._take(float(t), float(x))
            if state is not None:
                states.append(state)
        return states

    def _take(self, t: float, x: float) -> TrendState | None:
        if math.isnan(self._time_d):
            if not math.isfinite(x):
                return None
            self._time_d = t
            self._state = np.array([x, 0.0])
            self._covariance = np.diag([self.reading_sigma**2, self.first_rate_sigma**2])
            return self._report(t, 0.0, 0.0, learned=True)
        if t < self._time_d:
            raise ValueError(f"reading at {t} d is older than the last one at {self._time_d} d")
        self._predict(t)
        if not math.isfinite(x):
            return self._report(t, math.nan, math.nan, learned=False)
        innovation = x - float(self._state[0])
        spread = float(self._covariance[0, 0]) + self.reading_sigma**2
        gate = innovation**2 / spread
        learned = gate <= self.learn_within
        if learned:
            gain = self._covariance[:, 0] / spread
            self._state = self._state + gain * innovation
            # Joseph's form keeps the covariance symmetric and positive over years.
            keep = np.eye(2) - np.outer(gain, [1.0, 0.0])
            noise = np.outer(gain, gain) * self.reading_sigma**2
            self._covariance = keep @ self._covariance @ keep.T + noise
            self.refused_in_a_row = 0
        else:
            self.refused_in_a_row += 1
        return self._report(t, innovation, gate, learned=learned)

    def _predict(self, t: float) -> None:
        dt = t - self._time_d
        forward = np.array([[1.0, dt], [0.0, 1.0]])
        growth = np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
        self._state = forward @ self._state
        self._covariance = forward @ self._covariance @ forward.T + self.rate_noise * growth
        self._time_d = t

    def _report(self, t: float, innovation: float, gate: float, *, learned: bool) -> TrendState:
        level, rate = self._state
        level_sigma, rate_sigma = np.sqrt(np.diag(self._covariance))
        return TrendState(
            t,
            float(level),
            float(level_sigma),
            float(rate),
            float(rate_sigma),
            innovation,
            gate,
            learned,
        )
