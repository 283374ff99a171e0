"""Vibration velocity in a meter's band, from acceleration or from velocity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from plumbline.analysis.arrays import Floats

MM_PER_M = 1000.0
USABLE_SHARE_OF_RATE = 0.4  # above it the recorder's own filter has begun
EDGE_FACTOR = 0.8  # a meter's -3 dB corners lie at 0.8 f_u and f_o / 0.8
SETTLING_PERIODS = 5.0  # of the low corner: the high-pass has then died away by e^-20


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The range of frequencies a meter is specified for.

    Attributes
    ----------
    low_hz, high_hz
        Nominal ends; the filter's half-power points lie a quarter outside them. [Hz]

    Raises
    ------
    ValueError
        If the ends are not ``0 < low_hz < high_hz``.
    """

    low_hz: float
    high_hz: float

    def __post_init__(self) -> None:
        if not 0 < self.low_hz < self.high_hz:
            raise ValueError("a band needs 0 < low_hz < high_hz")

    def at_rate(self, rate_hz: float) -> "Band":
        """Return the band that a stream of this rate can carry. [Hz]"""
        return Band(low_hz=self.low_hz, high_hz=min(self.high_hz, USABLE_SHARE_OF_RATE * rate_hz))


CONSTRUCTION = Band(low_hz=1.0, high_hz=80.0)


def meter_response(frequency_hz: Floats, band: Band) -> NDArray[np.complex128]:
    """Return the band limitation of DIN 45669-1 as a complex gain.

    Two-pole Butterworth high-pass at ``0.8 f_u`` and low-pass at ``f_o / 0.8``, causal, as a meter
    has them [1]_.

    Parameters
    ----------
    frequency_hz
        Where to evaluate. [Hz]
    band
        Nominal range of the meter.

    References
    ----------
    .. [1] DIN 45669-1, band limitation, as transcribed publicly: gain 0.7071 at both corners.
    """
    s = 1j * np.asarray(frequency_hz, dtype=np.float64)
    low = EDGE_FACTOR * band.low_hz
    high = band.high_hz / EDGE_FACTOR
    high_pass = s**2 / (s**2 + np.sqrt(2) * low * s + low**2)
    low_pass = high**2 / (s**2 + np.sqrt(2) * high * s + high**2)
    return np.asarray(high_pass * low_pass)


def velocity_from_accel_mms(accel_ms2: Floats, rate_hz: float, band: Band = CONSTRUCTION) -> Floats:
    r"""Return the velocity a meter would show, from acceleration. [mm/s]

    Parameters
    ----------
    accel_ms2
        Acceleration, shape ``(..., n)``; its mean is removed. [m/s²]
    rate_hz
        Sampling rate. [Hz]
    band
        Nominal range; its upper end is cut to what the rate carries.

    Notes
    -----
    Integration and band limitation are one multiplication by :math:`H(f) / (2\pi i f)` on a
    zero-padded spectrum: the analogue meter's gain and phase at every frequency, where a running
    sum is half a sample late and a trapezoid loses a third at 80 Hz and 250 samples a second.
    Before the first sample the ground is taken to rest, so a record should start a second before
    the event; a 16 Hz sine that starts at full amplitude reads 6 % high.
    """
    return _in_band(accel_ms2, rate_hz, band, integrate=True) * MM_PER_M


def velocity_in_band_mms(velocity_mms: Floats, rate_hz: float, band: Band = CONSTRUCTION) -> Floats:
    """Return measured velocity, shape ``(..., n)``, limited to a meter's band. [mm/s]"""
    return _in_band(velocity_mms, rate_hz, band, integrate=False)


def _in_band(x: Floats, rate_hz: float, band: Band, *, integrate: bool) -> Floats:
    x = np.asarray(x, dtype=np.float64)
    n = x.shape[-1]
    if n == 0:
        return x
    usable = band.at_rate(rate_hz)
    size = next_fast_len(n + int(SETTLING_PERIODS * rate_hz / usable.low_hz), real=True)
    frequency_hz = np.fft.rfftfreq(size, 1 / rate_hz).astype(np.float64)
    gain = meter_response(frequency_hz, usable)
    if integrate:
        gain[1:] /= 2j * np.pi * frequency_hz[1:]
        gain[0] = 0
    spectrum = np.fft.rfft(x - x.mean(axis=-1, keepdims=True), size, axis=-1)
    return np.asarray(np.fft.irfft(spectrum * gain, size, axis=-1)[..., :n])
