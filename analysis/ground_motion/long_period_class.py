"""What JMA's long-period class is made of: periods, limits, and how axes combine."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.filters import Design, high_pass
from plumbline.analysis.ground_motion.integration import POLES

PERIODS_S = np.round(np.arange(1.6, 7.9, 0.2), 1)
"""The 32 periods of JMA's class, which it states as 1.5 to 8 s. [s]"""

CLASS_FROM_MS = (0.05, 0.15, 0.50, 1.00)
"""Absolute velocity response from which classes 1 to 4 hold (JMA: 5, 15, 50, 100 cm/s). [m/s]"""

DAMPING = 0.05
SETTLED_S = 60.0
"""Time the 0.05 Hz high-pass needs to forget the offset it began with. [s]"""


class Horizontal(StrEnum):
    """How the responses of two horizontal axes become one. [M]

    JMA speaks of the horizontal composition without a formula in the sources at hand; the vector
    sum is taken as its meaning and is not verified.
    """

    VECTOR = "vector sum at each instant [M]"
    LARGER = "larger of the two axes"


@dataclass(frozen=True, slots=True, kw_only=True)
class LongPeriodSecond:
    """What the named rows did in one second of theirs.

    Attributes
    ----------
    rows
        Rows of the meter.
    second
        Which second of those rows, from 0 at their first sample.
    sva_ms
        Largest absolute velocity response in it, shape ``(n_rows, n_periods)``. [m/s]
    lpgm_class
        Class 0 to 4 of that second alone, shape ``(n_rows,)``.
    settled
        False while the offset the rows began with may still ring in the response.
    """

    rows: NDArray[np.intp]
    second: int
    sva_ms: Floats
    lpgm_class: NDArray[np.int_]
    settled: bool


def lpgm_class(sva_ms: ArrayLike) -> NDArray[np.int_]:
    """Return the class of the largest response over the periods, the last axis. [0 to 4]"""
    largest = np.asarray(sva_ms, dtype=np.float64).max(axis=-1)
    return np.asarray(np.searchsorted(CLASS_FROM_MS, largest, side="right"))


def at_period(sva_ms: Floats, period_s: float, periods_s: ArrayLike = PERIODS_S) -> Floats:
    """Return the response at a building's own period, between its neighbours. [m/s]

    Parameters
    ----------
    sva_ms
        Response, periods along the last axis. [m/s]
    period_s
        The building's period. [s]

    Raises
    ------
    ValueError
        If the period lies outside those computed: a meter can be given other periods.
    """
    periods = np.asarray(periods_s, dtype=np.float64)
    if not periods[0] <= period_s <= periods[-1]:
        raise ValueError(
            f"{period_s:g} s is outside {periods[0]:g} to {periods[-1]:g} s: add it to the periods"
        )
    right = max(1, int(np.searchsorted(periods, period_s)))
    weight = (period_s - periods[right - 1]) / (periods[right] - periods[right - 1])
    left, right_side = sva_ms[..., right - 1], sva_ms[..., right]
    return np.asarray(left * (1 - weight) + right_side * weight)


def ground_velocity(rate_hz: float, corner_hz: float, poles: int = POLES) -> Design:
    """Return the filter from acceleration to velocity above a corner.

    Notes
    -----
    The trapezoid rule after `high_pass`: one of the high-pass's double zeros at 0 Hz cancels the
    pole of the integrator, so nothing drifts however long it runs.
    """
    sos = high_pass(rate_hz, corner_hz, poles).sos.copy()
    gain = sos[0, 0]
    sos[0, :3] = gain / (2 * rate_hz) * np.array([1.0, 0.0, -1.0])
    return Design(
        sos=sos,
        rate_hz=rate_hz,
        low_hz=corner_hz,
        high_hz=None,
        nominal_high_hz=None,
        dc_gain=0.0,
    )
