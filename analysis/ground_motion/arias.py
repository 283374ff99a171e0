"""Energy of a record and how long it takes: Arias intensity, CAV, significant duration."""

from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import cumulative_trapezoid, trapezoid

from plumbline.analysis.arrays import Floats
from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.analysis.ground_motion.axes import as_axes

CAV_THRESHOLD_G = 0.025
"""A second counts in the standardised CAV if its peak reaches this (EPRI 1991). [g]"""


def arias_ms(accel_ms2: ArrayLike, rate_hz: float) -> Floats:
    """Return the Arias intensity of each axis, ``pi / (2 g)`` times the integral of a2. [m/s]

    Parameters
    ----------
    accel_ms2
        Acceleration without offset, shape ``(n_axes, n_samples)`` or ``(n_samples,)``. [m/s2]
    rate_hz
        Sampling rate. [Hz]

    Notes
    -----
    Trapezoid rule; g is 9.80665 m/s2. Shape of the result: ``(n_axes,)``.
    """
    axes = as_axes(accel_ms2, rate_hz)
    squared: Floats = trapezoid(axes**2, dx=1 / rate_hz, axis=-1)
    return np.pi / (2 * STANDARD_GRAVITY_MS2) * squared


def cav_ms(accel_ms2: ArrayLike, rate_hz: float) -> Floats:
    """Return the cumulative absolute velocity of each axis, the integral of |a|. [m/s]

    Parameters are those of `arias_ms`.
    """
    total: Floats = trapezoid(np.abs(as_axes(accel_ms2, rate_hz)), dx=1 / rate_hz, axis=-1)
    return total


class Seam(StrEnum):
    """Whether the interval between the last sample of a second and the first of the next counts."""

    LEFT_OUT = "left out"
    COUNTED = "counted"


def cav_standardised_gs(accel_ms2: ArrayLike, rate_hz: float, seam: Seam = Seam.LEFT_OUT) -> Floats:
    """Return the standardised CAV of each axis: only seconds that reach 0.025 g count. [g s]

    Parameters
    ----------
    accel_ms2, rate_hz
        As in `arias_ms`.
    seam
        See Notes.

    Notes
    -----
    Seconds follow one another from the first sample and share none; a last, shorter piece is
    judged as a second (EPRI TR-100082, 1991). By default each second is integrated from its own
    first to its own last sample, as the published test value has it (eqsig 1.2, whose
    0.81041282 g s this reproduces with its g of 9.81). That leaves the interval between two
    seconds out, up to ``1 / rate_hz`` of the whole; `Seam.COUNTED` adds it to the earlier one.
    """
    axes = np.abs(as_axes(accel_ms2, rate_hz)) / STANDARD_GRAVITY_MS2
    n = axes.shape[-1]
    total = np.zeros(len(axes))
    edges = np.round(np.arange(0, n / rate_hz + 1) * rate_hz).astype(int)
    for left, right in pairwise(edges):
        second = axes[:, left : right + (seam is Seam.COUNTED)]
        if second.shape[-1] < 2:
            break
        counts = axes[:, left:right].max(axis=-1) >= CAV_THRESHOLD_G
        total += np.where(counts, trapezoid(second, dx=1 / rate_hz, axis=-1), 0.0)
    return total


def husid(accel_ms2: ArrayLike, rate_hz: float) -> Floats:
    """Return the growth of a2 as a fraction of its total, for each axis: the Husid curve. [1]

    Parameters are those of `arias_ms`. Shape of the result: that of the record, two-dimensional.
    An axis without motion gives zeros.
    """
    growth = cumulative_trapezoid(
        as_axes(accel_ms2, rate_hz) ** 2, dx=1 / rate_hz, axis=-1, initial=0
    )
    total = growth[:, -1:]
    return np.divide(growth, total, out=np.zeros_like(growth), where=total > 0)


def significant_duration_s(
    accel_ms2: ArrayLike, rate_hz: float, start: float = 0.05, end: float = 0.95
) -> Floats:
    """Return the time each axis takes from one share of its energy to another. [s]

    Parameters
    ----------
    accel_ms2, rate_hz
        As in `arias_ms`. The offset must be gone: it is energy too.
    start, end
        Shares of the whole, by default 5 % and 95 % (Trifunac and Brady, 1975).

    Raises
    ------
    ValueError
        If the shares are not ``0 <= start < end <= 1``.

    Notes
    -----
    Between the first samples at which the share is reached, so the result is a multiple of the
    sampling interval. An axis without motion gives 0.
    """
    if not 0 <= start < end <= 1:
        raise ValueError(f"shares must be 0 <= start < end <= 1, not {start}, {end}")
    out = [
        (np.searchsorted(curve, end) - np.searchsorted(curve, start)) / rate_hz
        if curve[-1] > 0
        else 0.0
        for curve in husid(accel_ms2, rate_hz)
    ]
    return np.array(out, dtype=np.float64)
