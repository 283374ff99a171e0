"""What shakes the ground: piling blows, a recorded earthquake, a far one; each an array in m/s².

Rows are east, north, up. Every function returns the whole motion at ``rate_hz``, so that it can be
laid onto the site's time line, and is a pure function of its arguments and seed.
"""

from fractions import Fraction

import numpy as np
from scipy.signal import resample_poly

from plumbline.simulator.arrays import Floats

GAL = 0.01
"""m/s² in one gal."""

PILING_SHARES = np.array([0.6, 0.35, 1.0])
"""A hammer beats downward: the largest part is vertical."""

FAR_SHARES = np.array([1.0, 0.7, 0.2])
"""Surface waves on soft clay are mostly horizontal."""


def piling(
    *, seconds: float, peak_gal: float, blows_per_s: float, rate_hz: float, seed: int
) -> Floats:
    """Return hammer blows of 5 to 30 Hz; every blow reaches 0.9 to 1.1 of the vertical peak.

    Notes
    -----
    A blow is the second derivative of a short ringing displacement that ends where it began, so
    that next to nothing is left below 1 Hz.
    """
    draw = np.random.default_rng(seed)
    n = round(seconds * rate_hz)
    motion = np.zeros((3, n))
    for j in range(int(seconds * blows_per_s)):
        at = round((j / blows_per_s + draw.uniform(0, 0.05)) * rate_hz)
        blow = _blow(draw, rate_hz)[:, : max(0, n - at)]
        motion[:, at : at + blow.shape[1]] += peak_gal * GAL * draw.uniform(0.9, 1.1) * blow
    return motion


def _blow(draw: np.random.Generator, rate_hz: float) -> Floats:
    t = np.arange(round(0.7 * rate_hz)) / rate_hz
    # Rises within about 25 ms, rings out within 0.3 s, and has died before the array ends.
    body = t**2 * np.exp(-t / 0.04) * (1 - t / 0.7) ** 2
    blow = np.empty((3, t.size))
    for row, share in enumerate(PILING_SHARES):
        moved = sum(
            weight * np.sin(2 * np.pi * f * t + draw.uniform(0, 2 * np.pi)) / f**2
            for f, weight in ((8.0, 0.5), (13.0, 1.0), (21.0, 0.6))
        )
        # Second differences between zeros add up to nothing: no velocity is left over.
        accel = np.diff(np.pad(body * moved, 1), 2)
        blow[row] = share * accel / np.max(np.abs(accel))
    return blow


def far_earthquake(
    *, seconds: float, peak_gal: float, rise_s: float, rate_hz: float, seed: int
) -> Floats:
    """Return a synthetic far earthquake: periods of 2 to 4 s, swelling over ``rise_s``.

    Raises
    ------
    ValueError
        If it would rise faster than in 20 s or longer than two thirds of its length: distant
        surface waves swell, they do not strike.
    """
    if not 20 <= rise_s <= seconds * 2 / 3:
        raise ValueError(f"rise_s must lie between 20 and two thirds of seconds, not {rise_s}")
    draw = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    rise = np.sin(np.pi / 2 * np.minimum(t / rise_s, 1)) ** 2
    fall = np.sin(np.pi / 2 * np.minimum((seconds - t) / (seconds - rise_s), 1)) ** 2
    motion = np.empty((3, t.size))
    for row, share in enumerate(FAR_SHARES):
        waves = sum(
            np.sin(2 * np.pi * f * t + draw.uniform(0, 2 * np.pi))
            for f in draw.uniform(1 / 4, 1 / 2, 24)
        )
        waves = rise * fall * waves
        motion[row] = share * peak_gal * GAL * waves / np.max(np.abs(waves))
    return motion


def recorded(accel_ms2: Floats, *, record_rate_hz: float, rate_hz: float) -> Floats:
    """Return a record at the site's rate: pre-event mean removed, ends tapered, band-limited.

    Parameters
    ----------
    accel_ms2
        Ground acceleration, shape ``(3, n)``, rows east, north, up. [m/s²]
    record_rate_hz, rate_hz
        Rate of the record, rate wanted. [Hz]

    Notes
    -----
    The mean is that of the first second. Half a second at either end is tapered, so that a cut
    record does not start with a step.
    """
    if accel_ms2.ndim != 2 or accel_ms2.shape[0] != 3:
        raise ValueError(f"expected shape (3, n), got {accel_ms2.shape}")
    lead = max(1, round(record_rate_hz))
    still = accel_ms2 - accel_ms2[:, :lead].mean(axis=1, keepdims=True)
    edge = min(round(0.5 * record_rate_hz), still.shape[1] // 2)
    window = np.ones(still.shape[1])
    window[:edge] = np.sin(np.pi / 2 * np.arange(edge) / edge) ** 2
    window[still.shape[1] - edge :] = window[:edge][::-1]
    ratio = Fraction(rate_hz / record_rate_hz).limit_denominator(1000)
    if ratio == 1:
        return np.asarray(still * window)
    # A long flat kernel: peaks of a record sampled at its own Nyquist must survive.
    return np.asarray(
        resample_poly(
            still * window, ratio.numerator, ratio.denominator, axis=1, window=("kaiser", 8.0)
        )
    )
