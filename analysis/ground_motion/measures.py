"""Every measure of one place's record of shaking, by one set of rules for files and episodes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from plumbline.analysis.arrays import Floats
from plumbline.analysis.ground_motion.arias import (
    arias_ms,
    cav_ms,
    cav_standardised_gs,
    significant_duration_s,
)
from plumbline.analysis.ground_motion.baseline import Baseline
from plumbline.analysis.ground_motion.integration import LOW_CORNER_HZ
from plumbline.analysis.ground_motion.jma_intensity import JmaIntensity, jma_intensity
from plumbline.analysis.ground_motion.long_period import PERIODS_S, long_period_sva_ms
from plumbline.analysis.ground_motion.peaks import Peaks, peaks
from plumbline.analysis.ground_motion.response_spectrum import ResponseSpectrum, response_spectrum

MMI_PERIODS_S = (0.3, 1.0, 3.0)
"""Periods whose spectral acceleration Worden et al. (2012) use. [s]"""

JMA_SHORTEST_S = 1.0
"""A shorter record has no intensity worth telling. [s]"""

LONG_PERIOD_MIN_RATE_HZ = 10 / PERIODS_S[0]
"""Slower records have fewer than ten samples in the shortest period of JMA's class. [Hz]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Measures of one record.

    Attributes
    ----------
    accel_ms2
        Acceleration without its offset, ``(n_axes, n_samples)``. [m/s2]
    found
        Peaks, with the baseline and the corners they were found by.
    intensity
        By the FFT definition over the whole record; None for one shorter than a second.
    arias_ms, cav_ms, cav_standardised_gs, d5_95_s, d5_75_s
        Of each axis, ``(n_axes,)``. [m/s, m/s, g s, s, s]
    spectrum
        Response spectra of each axis.
    mmi_psa_ms2
        Pseudo-acceleration of each axis at ``MMI_PERIODS_S``, 5 % damping. [m/s2]
    sva_ms
        Absolute velocity response of the two horizontal axes together, at the periods of JMA's
        class; None without two of them or at too low a rate. [m/s]
    """

    accel_ms2: Floats
    found: Peaks
    intensity: JmaIntensity | None
    arias_ms: Floats
    cav_ms: Floats
    cav_standardised_gs: Floats
    d5_95_s: Floats
    d5_75_s: Floats
    spectrum: ResponseSpectrum
    mmi_psa_ms2: Floats
    sva_ms: Floats | None


def measures(
    accel_ms2: ArrayLike,
    rate_hz: float,
    *,
    periods_s: Sequence[float],
    horizontal: tuple[int, int] | None = None,
    baseline: Baseline | None = None,
    pre_event_s: float | None = None,
    corner_hz: float | None = LOW_CORNER_HZ,
    damping: float = 0.05,
) -> Measures:
    """Measure one record.

    Parameters
    ----------
    accel_ms2
        Acceleration with its offset, ``(n_axes, n_samples)``. [m/s2]
    rate_hz
        Sampling rate. [Hz]
    periods_s, damping
        Of the response spectra. [s, 1]
    horizontal, baseline, pre_event_s, corner_hz
        See `plumbline.analysis.ground_motion.peaks.peaks`.

    Raises
    ------
    ValueError
        If record, baseline, corner or periods do not fit one another.
    """
    given = np.atleast_2d(np.asarray(accel_ms2, dtype=np.float64))
    found = peaks(
        given,
        rate_hz,
        horizontal=horizontal,
        baseline=baseline,
        pre_event_s=pre_event_s,
        corner_hz=corner_hz,
    )
    accel = given - found.offset.accel_ms2[:, np.newaxis]
    sva_ms = None
    if horizontal is not None and rate_hz >= LONG_PERIOD_MIN_RATE_HZ:
        sva_ms = long_period_sva_ms(accel[list(horizontal)], rate_hz, offset_ms2=np.zeros(2))
    whole_enough = accel.shape[-1] / rate_hz >= JMA_SHORTEST_S
    return Measures(
        accel_ms2=accel,
        found=found,
        intensity=jma_intensity(accel, rate_hz) if whole_enough else None,
        arias_ms=arias_ms(accel, rate_hz),
        cav_ms=cav_ms(accel, rate_hz),
        cav_standardised_gs=cav_standardised_gs(accel, rate_hz),
        d5_95_s=significant_duration_s(accel, rate_hz),
        d5_75_s=significant_duration_s(accel, rate_hz, end=0.75),
        spectrum=response_spectrum(accel, rate_hz, periods_s, damping),
        mmi_psa_ms2=response_spectrum(accel, rate_hz, MMI_PERIODS_S).psa_ms2,
        sva_ms=sva_ms,
    )
