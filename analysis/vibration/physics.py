"""Noise floor of an accelerometer, as vibration velocity in a band."""

import math

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2

UG = STANDARD_GRAVITY_MS2 * 1e-6  # one micro-g [m/s²]
MM_PER_M = 1000.0


def floor_velocity_mms(noise_ug: float, low_hz: float, high_hz: float) -> float:
    r"""Return the r.m.s. velocity that white sensor noise makes in a band.

    Parameters
    ----------
    noise_ug
        Noise density. [µg/√Hz]
    low_hz, high_hz
        Ends of the band. [Hz]

    Notes
    -----
    :math:`\frac{n g}{2\pi}\sqrt{1/f_1 - 1/f_2}`, sharp band edges; in mm/s.
    """
    return MM_PER_M * noise_ug * UG / (2 * math.pi) * math.sqrt(1 / low_hz - 1 / high_hz)  # [mm/s]
