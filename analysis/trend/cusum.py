"""CUSUM: a two-sided running sum that notices a small lasting shift, set by its false alarms."""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from plumbline.analysis.arrays import Bools

# States of the Markov chain; 200 agree with 800 to 0.1 % over the range used.
STATES: Final = 200

# Thresholds searched, in sigma: beyond 30 a chart would never speak.
LOWEST_H: Final = 0.5
HIGHEST_H: Final = 30.0


@dataclass(slots=True, kw_only=True)
class Cusum:
    """A two-sided CUSUM, fed a piece at a time.

    ``C+ = max(0, C+ + z - k)`` and ``C- = max(0, C- - z - k)`` with
    ``z = (x - target) / sigma``.

    Attributes
    ----------
    target, sigma
        Level and standard deviation of the series in control, in its unit.
    k
        Slack, half the shift to be found. [sigma]
    h
        Threshold; take it from `threshold_for`. [sigma]
    high, low
        The running sums. [sigma]

    Notes
    -----
    NaN is "no reading": the sums stand still. The series must be independent: feed
    thinned, whitened values, or the false alarms are not the ones asked for.
    """

    target: float
    sigma: float
    k: float
    h: float
    high: float = field(default=0.0)
    low: float = field(default=0.0)

    def __post_init__(self) -> None:
        if not (self.sigma > 0 and self.h > 0 and self.k >= 0):
            raise ValueError(f"need sigma > 0, h > 0, k >= 0: {self.sigma}, {self.h}, {self.k}")

    def feed(self, values: ArrayLike) -> Bools:
        """Take the next values; return for each whether either sum stands above ``h``."""
        series = np.asarray(values, dtype=float)
        over = np.zeros(series.shape, dtype=bool)
        for i, x in enumerate(series):
            if math.isfinite(x):
                z = (x - self.target) / self.sigma
                self.high = max(0.0, self.high + z - self.k)
                self.low = max(0.0, self.low - z - self.k)
            over[i] = self.high > self.h or self.low > self.h
        return over

    def reset(self) -> None:
        """Start both sums anew, after an alarm was dealt with."""
        self.high = self.low = 0.0


def one_sided_run_length(k: float, h: float, shift: float) -> float:
    """Return the mean readings to an alarm of one sum started at zero.

    Brook and Evans' Markov chain: the sum is cut into `STATES` cells, the mean run length
    solves ``(I - P) arl = 1``.

    References
    ----------
    .. [1] D. Brook and D. A. Evans, "An approach to the probability distribution of cusum
       run length," Biometrika, 59, 539-549, 1972.
    """
    width = 2.0 * h / (2 * STATES - 1)
    cell = np.arange(STATES, dtype=float)
    upper = (cell[np.newaxis, :] - cell[:, np.newaxis] + 0.5) * width + k - shift
    reach: NDArray[Any] = ndtr(upper)
    move = np.diff(reach, axis=1, prepend=0.0)
    move[:, 0] = reach[:, 0]
    return float(np.linalg.solve(np.eye(STATES) - move, np.ones(STATES))[0])


def run_length(k: float, h: float, shift: float = 0.0) -> float:
    """Return the mean readings to an alarm of the two-sided chart under a lasting shift.

    Parameters
    ----------
    k, h
        Slack and threshold. [sigma]
    shift
        Lasting shift of independent Gaussian readings. [sigma]
    """
    up = one_sided_run_length(k, h, shift)
    down = one_sided_run_length(k, h, -shift)
    return 1.0 / (1.0 / up + 1.0 / down)


@lru_cache(maxsize=64)
def threshold_for(readings_between_false_alarms: float, k: float = 0.5) -> float:
    """Return the ``h`` whose chart false-alarms once in so many readings. [sigma]

    Raises
    ------
    ValueError
        If no threshold between 0.5 and 30 sigma does that.
    """
    wanted = math.log(readings_between_false_alarms)

    def excess(h: float) -> float:
        return math.log(run_length(k, h)) - wanted

    if excess(LOWEST_H) > 0 or excess(HIGHEST_H) < 0:
        raise ValueError(
            f"no threshold gives one false alarm in {readings_between_false_alarms} readings "
            f"with k = {k}"
        )
    return float(brentq(excess, LOWEST_H, HIGHEST_H, xtol=1e-4))


def readings_between_false_alarms(
    *, false_alarms_a_year: float, channels: int, readings_a_day: float
) -> float:
    """Return the run length each chart needs so that all channels together keep the budget.

    Parameters
    ----------
    false_alarms_a_year
        Wanted over all channels together. [1/yr]
    channels
        How many channels are watched.
    readings_a_day
        Values each chart is fed a day.
    """
    if not (false_alarms_a_year > 0 and channels > 0 and readings_a_day > 0):
        raise ValueError("false alarms, channels and readings a day must be > 0")
    return 365.25 * readings_a_day * channels / false_alarms_a_year
