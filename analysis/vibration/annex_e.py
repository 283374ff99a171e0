"""DIN 45669-1 Annex E: judging without a frequency, by weighting with the inverted curve."""

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.vibration.curves import LimitCurve

LEAST_RATE_HZ = 630.0  # the weighting is specified up to 315 Hz
FILTER_S = 1.0  # length of the symmetric filter: resolves the corner at 10 Hz well inside 5 %


def weighting_taps(curve: LimitCurve, rate_hz: float) -> Floats:
    """Return a linear-phase filter whose gain is ``limit(10 Hz) / limit(f)``.

    Parameters
    ----------
    curve
        A curve over frequency, such as a line of DIN 4150-3 at the foundation.
    rate_hz
        Sampling rate. [Hz]

    Raises
    ------
    ValueError
        Below 630 samples a second, where the annex does not define the weighting.
    """
    if rate_hz < LEAST_RATE_HZ:
        raise ValueError(f"the weighting of Annex E needs {LEAST_RATE_HZ:g} samples a second")
    corners = [f for f, _ in curve.points]
    grid = np.unique([0.0, *corners, *np.arange(1.0, rate_hz / 2), rate_hz / 2])
    reference = curve.limit_mms(curve.from_hz)
    gain = [reference / curve.limit_mms(max(f, curve.from_hz)) for f in grid]
    odd = 2 * int(FILTER_S * rate_hz / 2) + 1
    return np.asarray(signal.firwin2(odd, grid, gain, fs=rate_hz), dtype=np.float64)


def assessment_ratio(velocity_mms: Floats, rate_hz: float, curve: LimitCurve) -> float:
    """Return the largest weighted velocity over the limit at the curve's foot.

    Parameters
    ----------
    velocity_mms
        One component in the meter's band, shape ``(n,)``. [mm/s]
    rate_hz
        Sampling rate. [Hz]
    curve
        The limit curve.

    Notes
    -----
    The annex allows the filter 5 % on either side of the inverted curve, so two filters that keep
    to it may part by that much.
    """
    taps = weighting_taps(curve, rate_hz)
    weighted = signal.fftconvolve(np.asarray(velocity_mms, dtype=np.float64), taps)
    return float(np.max(np.abs(weighted)) / curve.limit_mms(curve.from_hz))
