"""Dynamic displacement from acceleration: offset, taper, pads, one zero-phase filter, two sums."""

import math

import numpy as np
from scipy.fft import next_fast_len

from plumbline.analysis.arrays import Floats

POLES = 4
PAD_FACTOR = 1.5  # Boore: pads of 1.5 n / f_c in all; each end gets that much here
TAPER_SHARE, LONGEST_TAPER_S = 0.02, 2.0
WINDOW_S = 1.0  # over which motion is compared with the beginning of the record
WOKEN = 4.0  # motion has begun when its r.m.s. is this many times the beginning's
QUIET_SHARE = 0.1  # a beginning louder than this share of the strongest second is no pre-event
LEAST_QUIET_S = 2.0


def quiet_samples(accel_ms2: Floats, rate_hz: float) -> int:
    """Return how many samples at the start of the record are still quiet; 0 if it starts moving.

    Parameters
    ----------
    accel_ms2
        Acceleration, shape ``(n,)``. [m/s²]
    rate_hz
        Sampling rate. [Hz]
    """
    window = max(2, round(WINDOW_S * rate_hz))
    whole = accel_ms2.size // window
    if whole < 3:
        return 0
    spread = accel_ms2[: whole * window].reshape(whole, window).std(axis=1)
    if spread[0] > QUIET_SHARE * spread.max():
        return 0
    woken = np.flatnonzero(spread > WOKEN * spread[0])
    end = max(0, int(woken[0]) - 1) * window if woken.size else 0
    return end if end >= LEAST_QUIET_S * rate_hz else 0


def offset_removed(accel_ms2: Floats, rate_hz: float) -> Floats:
    """Return acceleration about its offset: of the quiet start, or of the whole if none is quiet.

    Parameters
    ----------
    accel_ms2
        Acceleration, shape ``(n,)``. [m/s²]
    rate_hz
        Sampling rate. [Hz]
    """
    quiet = quiet_samples(accel_ms2, rate_hz)
    return np.asarray(accel_ms2 - accel_ms2[: quiet or None].mean())


def displacement_m(accel_ms2: Floats, rate_hz: float, corner_hz: float) -> Floats:
    r"""Return dynamic displacement. [m]

    Parameters
    ----------
    accel_ms2
        Acceleration, shape ``(n,)``. [m/s²]
    rate_hz
        Sampling rate. [Hz]
    corner_hz
        Corner of the high-pass. It must lie below the structure's first frequency; everything
        slower, a permanent drift above all, is lost. [Hz]

    Raises
    ------
    ValueError
        If the corner is not between zero and half the rate.

    Notes
    -----
    The record is freed of its offset, tapered over at most 2 s, and given zero pads that stay
    until the end [1]_. A four-pole Butterworth high-pass run forward and back has the gain
    :math:`1 / (1 + (f_c/f)^8)` and no phase; it is applied together with the double integration
    :math:`-1/(2\pi f)^2` on the padded spectrum.

    References
    ----------
    .. [1] D. M. Boore, "On pads and filters: processing strong-motion data," Bull. Seismol. Soc.
       Am., 95(2), 745-750, 2005.
    """
    if not 0 < corner_hz < rate_hz / 2:
        raise ValueError(f"corner_hz must lie between 0 and {rate_hz / 2:g}, not {corner_hz:g}")
    a = offset_removed(np.asarray(accel_ms2, dtype=np.float64), rate_hz) * _taper(
        accel_ms2.size, rate_hz
    )
    pad = math.ceil(PAD_FACTOR * POLES / corner_hz * rate_hz)
    size = next_fast_len(a.size + 2 * pad, real=True)
    frequency_hz = np.fft.rfftfreq(size, 1 / rate_hz)
    gain = np.zeros(frequency_hz.size)
    f = frequency_hz[1:]
    gain[1:] = -1 / (1 + (corner_hz / f) ** (2 * POLES)) / (2 * np.pi * f) ** 2
    padded = np.concatenate([np.zeros(pad), a])
    return np.asarray(np.fft.irfft(np.fft.rfft(padded, size) * gain, size)[pad : pad + a.size])


def _taper(n: int, rate_hz: float) -> Floats:
    edge = int(min(TAPER_SHARE * n, LONGEST_TAPER_S * rate_hz))
    window = np.ones(n)
    if edge > 1:
        rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)
        window[:edge] = rise
        window[-edge:] = rise[::-1]
    return window
