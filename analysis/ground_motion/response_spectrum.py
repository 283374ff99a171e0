"""Response of damped oscillators to ground acceleration: spectra of whole records."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike
from scipy.signal import lfilter

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.oscillator import Oscillator

STEPS_PER_PERIOD = 10
"""Fewer steps than this in one period and the sampled response misses its own peak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSpectrum:
    """Peaks of the response of oscillators to one record.

    Every spectrum has shape ``(n_periods,)`` for one axis and ``(n_axes, n_periods)`` for more.

    Attributes
    ----------
    periods_s
        Undamped natural periods. [s]
    damping
        Fraction of critical damping. [1]
    sd_m
        Relative displacement. [m]
    psv_ms
        Pseudo-velocity, ``w SD``. [m/s]
    psa_ms2
        Pseudo-acceleration, ``w^2 SD``. [m/s2]
    sv_ms
        Relative velocity. [m/s]
    sa_ms2
        Absolute acceleration, ``max |2 z w v + w^2 u|``. [m/s2]
    sva_ms
        Absolute velocity: oscillator relative to ground plus ground. [m/s]
    """

    periods_s: Floats
    damping: float
    sd_m: Floats
    psv_ms: Floats
    psa_ms2: Floats
    sv_ms: Floats
    sa_ms2: Floats
    sva_ms: Floats


def ground_velocity(accel_ms2: Floats, rate_hz: float) -> Floats:
    """Return the velocity of ground that starts at rest and moves with linear acceleration.

    The trapezoid rule is exact for the same piecewise-linear input the oscillators see. [m/s]
    """
    steps = (accel_ms2[..., 1:] + accel_ms2[..., :-1]) / (2 * rate_hz)
    return np.concatenate([np.zeros_like(accel_ms2[..., :1]), np.cumsum(steps, axis=-1)], axis=-1)


def refined(accel_ms2: Floats, factor: int) -> Floats:
    """Return the record with ``factor`` steps for each of its own, on the same straight lines."""
    if factor == 1:
        return accel_ms2
    n = accel_ms2.shape[-1]
    left, right = accel_ms2[..., :-1, None], accel_ms2[..., 1:, None]
    part = np.arange(factor) / factor
    inner = (left + (right - left) * part).reshape(*accel_ms2.shape[:-1], (n - 1) * factor)
    return np.concatenate([inner, accel_ms2[..., -1:]], axis=-1)


def response_history(
    accel_ms2: Floats, rate_hz: float, oscillator: Oscillator
) -> tuple[Floats, Floats]:
    """Return relative displacement [m] and velocity [m/s] of an oscillator at rest at the start."""
    filters = oscillator.filters(rate_hz)
    first = accel_ms2[..., :1]
    displacement, _ = lfilter(
        filters.displacement, filters.poles, accel_ms2, zi=first * filters.rest_displacement
    )
    velocity, _ = lfilter(
        filters.velocity, filters.poles, accel_ms2, zi=first * filters.rest_velocity
    )
    return displacement, velocity


def response_spectrum(
    accel_ms2: ArrayLike, rate_hz: float, periods_s: ArrayLike, damping: float = 0.05
) -> ResponseSpectrum:
    """Peaks of the response of oscillators at rest to a record of ground acceleration.

    Parameters
    ----------
    accel_ms2
        Ground acceleration, shape ``(n_samples,)`` or ``(n_axes, n_samples)``, free of offset.
        [m/s2]
    rate_hz
        Sampling rate. [Hz]
    periods_s
        Undamped natural periods, any order. [s]
    damping
        Fraction of critical damping. [1]

    Raises
    ------
    ValueError
        If the record is empty or not finite, or rate or a period is not positive, or the
        damping is outside ``(0, 1)``.

    Notes
    -----
    The step is that of Nigam and Jennings [1]_, exact for acceleration that runs straight
    between samples. Periods shorter than ten samples are computed on a record refined along
    those same straight lines, so that the peak of the response is not missed between samples;
    this adds nothing to the ground motion. The absolute velocity adds ground velocity
    integrated from rest by the trapezoid rule: an offset in the record becomes a ramp in it.

    References
    ----------
    .. [1] N. C. Nigam and P. C. Jennings, "Calculation of response spectra from strong-motion
       earthquake records," Bull. Seismol. Soc. Am., 59(2), 909-922, 1969.
    """
    accel = np.asarray(accel_ms2, dtype=np.float64)
    periods = np.atleast_1d(np.asarray(periods_s, dtype=np.float64))
    if accel.ndim not in (1, 2) or accel.shape[-1] == 0 or not np.isfinite(accel).all():
        raise ValueError("accel_ms2 must be finite, not empty, (n_samples,) or (n_axes, n_samples)")
    if not rate_hz > 0:
        raise ValueError(f"rate_hz must be positive, not {rate_hz}")
    peaks = np.empty((4, *accel.shape[:-1], periods.size))
    fine: dict[int, tuple[Floats, Floats]] = {}
    for i, period_s in enumerate(periods):
        oscillator = Oscillator(period_s=float(period_s), damping=damping)
        factor = max(1, ceil(STEPS_PER_PERIOD / (rate_hz * period_s) - 1e-9))
        if factor not in fine:
            record = refined(accel, factor)
            fine[factor] = record, ground_velocity(record, rate_hz * factor)
        record, ground = fine[factor]
        u, v = response_history(record, rate_hz * factor, oscillator)
        w = oscillator.omega
        for kind, motion in enumerate((u, v, 2 * damping * w * v + w * w * u, v + ground)):
            peaks[kind, ..., i] = np.abs(motion).max(axis=-1)
    omega = 2 * np.pi / periods
    return ResponseSpectrum(
        periods_s=periods,
        damping=damping,
        sd_m=peaks[0],
        psv_ms=omega * peaks[0],
        psa_ms2=omega**2 * peaks[0],
        sv_ms=peaks[1],
        sa_ms2=peaks[2],
        sva_ms=peaks[3],
    )
