"""The frequency of an event, in the two ways DIN 4150-3 Annex D allows, which can disagree."""

import math

import numpy as np

from plumbline.analysis.arrays import Floats

PADDING = 4  # spectral lines between the record's own, for the interpolated peak


def zero_crossing_hz(velocity_mms: Floats, rate_hz: float) -> float:
    """Return the frequency of the half wave around the largest peak.

    Parameters
    ----------
    velocity_mms
        One component in a meter's band, shape ``(n,)``. [mm/s]
    rate_hz
        Sampling rate. [Hz]

    Returns
    -------
    float
        ``1 / (2 dt)`` between the crossings that bracket the peak, both interpolated; NaN where
        the peak has no crossing on one side. [Hz]
    """
    v = np.asarray(velocity_mms, dtype=np.float64)
    if v.size < 3:
        return math.nan
    peak = int(np.argmax(np.abs(v)))
    other_side = np.flatnonzero(v * np.sign(v[peak]) <= 0)
    split = int(np.searchsorted(other_side, peak))
    if split in (0, other_side.size):
        return math.nan
    before, after = int(other_side[split - 1]), int(other_side[split])
    start = before + v[before] / (v[before] - v[before + 1])
    end = after - v[after] / (v[after] - v[after - 1])
    return float(rate_hz / (2 * (end - start)))


def spectral_peak_hz(velocity_mms: Floats, rate_hz: float) -> float:
    """Return the frequency of the largest line of the event's velocity spectrum. [Hz]

    Parameters
    ----------
    velocity_mms
        The whole event, one component, shape ``(n,)``. [mm/s]
    rate_hz
        Sampling rate. [Hz]

    Returns
    -------
    float
        The peak of the amplitude spectrum, interpolated by a parabola through three lines; NaN for
        a silent record. [Hz]
    """
    v = np.asarray(velocity_mms, dtype=np.float64)
    if v.size < 3 or not np.any(v):
        return math.nan
    size = PADDING * v.size
    amplitude = np.abs(np.fft.rfft(v - v.mean(), size))
    k = int(np.argmax(amplitude))
    if 0 < k < amplitude.size - 1:
        left, middle, right = amplitude[k - 1 : k + 2]
        bend = left - 2 * middle + right
        shift = 0.5 * (left - right) / bend if bend else 0.0
    else:
        shift = 0.0
    return float((k + shift) * rate_hz / size)
