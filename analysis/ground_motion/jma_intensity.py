"""Instrumental intensity of a whole record, and the figures of its energy beside it."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, inf, log10, trunc

import numpy as np
from numpy.typing import ArrayLike

from plumbline.analysis.arrays import Floats
from plumbline.analysis.ground_motion.arias import (
    arias_ms,
    cav_ms,
    cav_standardised_gs,
    husid,
    significant_duration_s,
)
from plumbline.analysis.ground_motion.axes import as_axes
from plumbline.analysis.ground_motion.mmi import Mmi, Relation, mmi

__all__ = [
    "JmaIntensity",
    "JmaScale",
    "Mmi",
    "Relation",
    "arias_ms",
    "cav_ms",
    "cav_standardised_gs",
    "husid",
    "jma_intensity",
    "jma_weight",
    "mmi",
    "significant_duration_s",
]

GAL_PER_MS2 = 100.0
EXCEEDED_S = 0.3
"""The level a0 is exceeded for this long in total. [s]"""

HIGH_CUT = (0.694, 0.241, 0.0557, 0.009664, 0.00134, 0.000155)
"""Coefficients of even powers of f / 10 Hz in the high-cut filter."""


class JmaScale(StrEnum):
    """Classes of the JMA seismic intensity scale."""

    ZERO = "0"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE_LOWER = "5-"
    FIVE_UPPER = "5+"
    SIX_LOWER = "6-"
    SIX_UPPER = "6+"
    SEVEN = "7"


UPPER_TENTHS: tuple[tuple[float, JmaScale], ...] = (
    (5, JmaScale.ZERO),
    (15, JmaScale.ONE),
    (25, JmaScale.TWO),
    (35, JmaScale.THREE),
    (45, JmaScale.FOUR),
    (50, JmaScale.FIVE_LOWER),
    (55, JmaScale.FIVE_UPPER),
    (60, JmaScale.SIX_LOWER),
    (65, JmaScale.SIX_UPPER),
    (inf, JmaScale.SEVEN),
)
"""First reported intensity, in tenths, that no longer belongs to a class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JmaIntensity:
    """JMA instrumental seismic intensity.

    Attributes
    ----------
    value
        As computed; minus infinity for a record without motion.
    reported
        Rounded to two decimals, then cut to one: the published figure.
    scale
        Class of the reported figure.
    a0_gal
        Level of filtered acceleration exceeded for 0.3 s in total. [gal]
    """

    value: float
    reported: float
    scale: JmaScale
    a0_gal: float


def jma_weight(freq_hz: ArrayLike) -> Floats:
    """Return the weight of a frequency, the product of three filters; 0 at 0 Hz. [1]"""
    freq = np.asarray(freq_hz, dtype=np.float64)
    weight = np.zeros_like(freq)
    f = freq[freq > 0]
    y2 = (f / 10.0) ** 2
    high_cut = 1.0 + sum(c * y2 ** (i + 1) for i, c in enumerate(HIGH_CUT))
    # -expm1: the low-cut of very low frequencies would lose its digits as 1 - exp.
    weight[freq > 0] = np.sqrt(-np.expm1(-((f / 0.5) ** 3)) / (f * high_cut))
    return weight


def jma_intensity(accel_ms2: ArrayLike, rate_hz: float) -> JmaIntensity:
    """JMA instrumental seismic intensity of a record, by its definition in the frequency domain.

    Parameters
    ----------
    accel_ms2
        Acceleration, shape ``(3, n_samples)``; with fewer axes the result is a lower bound.
        [m/s2]
    rate_hz
        Sampling rate. [Hz]

    Raises
    ------
    ValueError
        If the record is shorter than 0.3 s, not finite, or of another shape.

    Notes
    -----
    JMA Notification 4 of 1996 [1]_: each axis is weighted in the frequency domain over the whole
    record, and a0 is the largest level that the length of the vector stays at or above for 0.3 s
    *in total*. That is the ``ceil(0.3 rate)``-th largest sample (the 30th at 100 Hz). An offset
    does not matter, the weight of 0 Hz is 0. The Fourier transform joins the end of the record
    to its beginning: give records that begin and end quiet.

    References
    ----------
    .. [1] Japan Meteorological Agency, Notification 4, 1996;
       https://www.jishin.go.jp (English, at2-4: calculation of seismic intensity).
    """
    axes = as_axes(accel_ms2, rate_hz)
    # Less a hair, so that 0.3 x 100 = 30.000000000000004 is 30 samples.
    exceeding = ceil(EXCEEDED_S * rate_hz - 1e-9)
    if axes.shape[-1] < exceeding:
        raise ValueError(f"a record of {axes.shape[-1] / rate_hz:g} s has no 0.3 s level")
    n = axes.shape[-1]
    weight = jma_weight(np.fft.rfftfreq(n, 1 / rate_hz))
    filtered = np.fft.irfft(np.fft.rfft(axes * GAL_PER_MS2) * weight, n)
    length = np.sqrt((filtered**2).sum(axis=0))
    a0_gal = float(np.partition(length, n - exceeding)[n - exceeding])
    if a0_gal == 0:
        return JmaIntensity(value=-inf, reported=-inf, scale=JmaScale.ZERO, a0_gal=0.0)
    value = 2 * log10(a0_gal) + 0.94
    tenths = trunc(floor(value * 100 + 0.5) / 10)
    scale = next(scale for upper, scale in UPPER_TENTHS if tenths < upper)
    return JmaIntensity(value=value, reported=tenths / 10, scale=scale, a0_gal=a0_gal)
