"""P-Alert's nuisance rejections: steps of the mean, and the weight of an arrival by its power.

The rules are those of the strong-motion picker of the P-Alert network
(``picker_wu.c`` by B. Yang), stated in samples around an onset.
"""

import numpy as np

from plumbline.analysis.arrays import Floats

STEP_MS2 = 0.01
"""A jump of the mean over this is a step of the sensor, not motion: 1 gal. [m/s2]"""

STEP_SPREADS = 2.0
"""The jump must also be this many times the rms around the new mean. Ours: on soft clay a
mean over one second moves by more than 1 gal in honest shaking."""

QUALITY_RATIOS = (30.0, 15.0, 3.0, 1.5)
"""Power of the second after over the second before, for weights 0, 1, 2 and 3."""


def quality(x: Floats, onset: int, rate_hz: float) -> int:
    """Return the weight of an arrival: 0 (best) to 3; 4 is to be rejected.

    Parameters
    ----------
    x
        One channel without offset, shape ``(n_samples,)``.
    onset
        Index of the arrival. [samples]
    rate_hz
        Sampling rate. [Hz]
    """
    one_s = round(rate_hz)
    ratio = _power_ratio(x[onset : onset + one_s], x[max(onset - one_s, 0) : onset])
    for weight, least in enumerate(QUALITY_RATIOS):
        if ratio > least:
            return weight
    return len(QUALITY_RATIOS)


def steps(mean_before: object, mean_after: object, variance_after: object) -> np.bool_ | Floats:
    """Return where a mean jumped by more than ``STEP_MS2`` and by more than the motion explains.

    Parameters
    ----------
    mean_before, mean_after
        Means on both sides, numbers or arrays. [m/s2]
    variance_after
        Mean square around the new mean. [(m/s2) squared]
    """
    jump = np.abs(np.asarray(mean_after) - np.asarray(mean_before))
    spread = np.sqrt(np.asarray(variance_after))
    return np.asarray((jump > STEP_MS2) & (jump > STEP_SPREADS * spread))


def _power_ratio(after: Floats, before: Floats) -> float:
    noise = float(np.mean(np.square(before))) if len(before) else 0.0
    signal = float(np.mean(np.square(after))) if len(after) else 0.0
    return np.inf if noise == 0 and signal > 0 else (signal / noise if noise else 0.0)
