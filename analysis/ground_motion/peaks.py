"""Peak acceleration, velocity and displacement of a record, each with its rule."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from plumbline.analysis.arrays import Floats
from plumbline.analysis.ground_motion.axes import as_axes
from plumbline.analysis.ground_motion.baseline import Baseline, Offset, offset_of
from plumbline.analysis.ground_motion.integration import (
    HIGH_CORNER_HZ,
    LOW_CORNER_HZ,
    band_limited,
    displacement_m,
    upper_corner_hz,
    velocity_ms,
)

ROTATIONS_DEG = np.arange(0.0, 180.0)
"""Angles whose peaks RotD ranks, every degree (Boore, 2010). [degrees]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """Largest values of one kind of motion, in the unit of that motion.

    Attributes
    ----------
    axes
        Largest value of each axis, with its sign, shape ``(n_axes,)``.
    at_s
        When, from the first sample, shape ``(n_axes,)``. [s]
    vector
        Largest length of the vector of all axes.
    rotd50, rotd100
        Median and largest of the peaks in all horizontal directions; None without two
        horizontal axes.
    """

    axes: Floats
    at_s: Floats
    vector: float
    rotd50: float | None
    rotd100: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """Peaks of a record.

    Attributes
    ----------
    pga_ms2
        Acceleration minus the baseline, at the recorded rate, unfiltered. [m/s2]
    pga_band_ms2
        Acceleration in ``band_hz``: another figure, never called PGA. [m/s2]
    pgv_ms, pgd_m
        Velocity and displacement above ``corner_hz``. [m/s, m]
    offset
        The baseline that was removed.
    corner_hz
        High-pass corner of velocity and displacement, four poles, no phase; None if they were
        integrated plainly. [Hz]
    band_hz
        Corners of ``pga_band_ms2`` as they are at this rate. [Hz]
    """

    pga_ms2: Peak
    pga_band_ms2: Peak
    pgv_ms: Peak
    pgd_m: Peak
    offset: Offset
    corner_hz: float | None
    band_hz: tuple[float, float]


def peaks(
    accel_ms2: ArrayLike,
    rate_hz: float,
    *,
    horizontal: tuple[int, int] | None = None,
    baseline: Baseline | None = None,
    pre_event_s: float | None = None,
    corner_hz: float | None = LOW_CORNER_HZ,
) -> Peaks:
    """Peaks of a record of acceleration.

    Parameters
    ----------
    accel_ms2
        Acceleration, ``(n_axes, n_samples)`` or ``(n_samples,)``. [m/s2]
    rate_hz
        Sampling rate. [Hz]
    horizontal
        Which two axes are horizontal and at a right angle, for RotD.
    baseline, pre_event_s
        See `plumbline.analysis.ground_motion.baseline.offset_of`. By default the pre-event mean.
    corner_hz
        See `plumbline.analysis.ground_motion.integration.velocity_ms`. [Hz]

    Raises
    ------
    ValueError
        If record, baseline or corner do not fit one another.
    """
    axes = as_axes(accel_ms2, rate_hz)
    offset = offset_of(axes, rate_hz, baseline, pre_event_s)
    ground = axes - offset.accel_ms2[:, np.newaxis]
    return Peaks(
        pga_ms2=peak_of(ground, rate_hz, horizontal),
        pga_band_ms2=peak_of(band_limited(ground, rate_hz), rate_hz, horizontal),
        pgv_ms=peak_of(velocity_ms(ground, rate_hz, corner_hz), rate_hz, horizontal),
        pgd_m=peak_of(displacement_m(ground, rate_hz, corner_hz), rate_hz, horizontal),
        offset=offset,
        corner_hz=corner_hz,
        band_hz=(LOW_CORNER_HZ, upper_corner_hz(rate_hz, HIGH_CORNER_HZ)),
    )


def peak_of(motion: Floats, rate_hz: float, horizontal: tuple[int, int] | None = None) -> Peak:
    """Return the largest values of a motion, shape ``(n_axes, n_samples)``, in its own unit."""
    at = np.abs(motion).argmax(axis=-1)
    rotated = (None, None) if horizontal is None else rotd(*motion[list(horizontal)])
    return Peak(
        axes=np.take_along_axis(motion, at[:, np.newaxis], axis=-1)[:, 0],
        at_s=at / rate_hz,
        vector=float(np.sqrt((motion**2).sum(axis=0).max())),
        rotd50=rotated[0],
        rotd100=rotated[1],
    )


def rotd(first: Floats, second: Floats) -> tuple[float, float]:
    """Return RotD50 and RotD100 of two horizontal axes at a right angle.

    References
    ----------
    .. [1] D. M. Boore, "Orientation-independent, nongeometric-mean measures of seismic intensity
       from two horizontal components of motion," Bull. Seismol. Soc. Am., 100(4), 1830-1835, 2010.
    """
    angle = np.deg2rad(ROTATIONS_DEG)
    largest = [
        np.abs(first * c + second * s).max()
        for c, s in zip(np.cos(angle), np.sin(angle), strict=True)
    ]
    return float(np.median(largest)), float(np.max(largest))
