"""Velocity, displacement and band-limited acceleration of a whole record, without phase shift."""

import numpy as np
from numpy.typing import ArrayLike

from plumbline.analysis.arrays import Floats
from plumbline.analysis.ground_motion.axes import as_axes

LOW_CORNER_HZ = 0.05
"""Lower corner of the chain for structures and earthquakes (design, section 5). [Hz]"""

HIGH_CORNER_HZ = 20.0
"""Nominal upper corner of the same chain. [Hz]"""

HIGHEST_SHARE_OF_RATE = 0.4
"""The upper corner never passes this share of the rate: the rest is the anti-alias filter's."""

POLES = 4


def _padded_length(n: int, rate_hz: float, low_hz: float) -> int:
    """Return a length whose added zeros outlast the ringing of the filter at both ends."""
    return n + round(3 * POLES / low_hz * rate_hz)


def _shaped(
    axes: Floats, rate_hz: float, low_hz: float, high_hz: float | None, order: int
) -> Floats:
    """Return the record filtered and integrated ``order`` times, in the frequency domain."""
    if not 0 < low_hz < rate_hz / 2:
        raise ValueError(f"the lower corner must lie in (0, {rate_hz / 2:g}) Hz, not {low_hz}")
    n = axes.shape[-1]
    length = _padded_length(n, rate_hz, low_hz)
    freq = np.fft.rfftfreq(length, 1 / rate_hz)
    gain = np.zeros(freq.size, dtype=np.complex128)
    f = freq[1:]
    gain[1:] = 1 / np.sqrt(1 + (low_hz / f) ** (2 * POLES)) / (2j * np.pi * f) ** order
    if high_hz is not None:
        gain[1:] /= np.sqrt(1 + (f / high_hz) ** (2 * POLES))
    return np.fft.irfft(np.fft.rfft(axes, length) * gain, length)[..., :n]


def velocity_ms(
    accel_ms2: ArrayLike, rate_hz: float, corner_hz: float | None = LOW_CORNER_HZ
) -> Floats:
    """Return the velocity of a record. [m/s]

    Parameters
    ----------
    accel_ms2
        Acceleration with its baseline removed, ``(n_axes, n_samples)`` or ``(n_samples,)``.
        [m/s2]
    rate_hz
        Sampling rate. [Hz]
    corner_hz
        High-pass corner, where the gain is 0.707; None integrates plainly from rest, for
        records whose giver has filtered them so that this is right. [Hz]

    Raises
    ------
    ValueError
        If the corner is not inside ``(0, rate_hz / 2)``.

    Notes
    -----
    One pass in the frequency domain with the amplitude of a four-pole Butterworth high-pass and
    no phase, zeros added for its ringing. Integration is exact for the band-limited record. A
    permanent displacement is lost, as with any high-pass. Where a record begins or ends in the
    middle of strong motion, the missing rest reads as a jump to a standstill: velocity and above
    all displacement are then wrong within about ``1 / corner_hz`` of that end.
    """
    axes = as_axes(accel_ms2, rate_hz)
    if corner_hz is None:
        return _integrated(axes, rate_hz)
    return _shaped(axes, rate_hz, corner_hz, None, 1)


def displacement_m(
    accel_ms2: ArrayLike, rate_hz: float, corner_hz: float | None = LOW_CORNER_HZ
) -> Floats:
    """Return the displacement of a record, filtered once, integrated twice. [m]

    Parameters, errors and notes are those of `velocity_ms`.
    """
    axes = as_axes(accel_ms2, rate_hz)
    if corner_hz is None:
        return _integrated(_integrated(axes, rate_hz), rate_hz)
    return _shaped(axes, rate_hz, corner_hz, None, 2)


def band_limited(
    accel_ms2: ArrayLike,
    rate_hz: float,
    low_hz: float = LOW_CORNER_HZ,
    high_hz: float = HIGH_CORNER_HZ,
) -> Floats:
    """Return acceleration in the band of the structure chain. [m/s2]

    The upper corner is ``min(high_hz, 0.4 rate_hz)``; four poles at either end, no phase.
    """
    axes = as_axes(accel_ms2, rate_hz)
    return _shaped(axes, rate_hz, low_hz, upper_corner_hz(rate_hz, high_hz), 0)


def upper_corner_hz(rate_hz: float, nominal_hz: float = HIGH_CORNER_HZ) -> float:
    """Return the upper corner a rate allows. [Hz]"""
    return min(nominal_hz, HIGHEST_SHARE_OF_RATE * rate_hz)


def _integrated(motion: Floats, rate_hz: float) -> Floats:
    steps = (motion[..., 1:] + motion[..., :-1]) / (2 * rate_hz)
    start = np.zeros_like(motion[..., :1])
    return np.concatenate([start, np.cumsum(steps, axis=-1)], axis=-1)
