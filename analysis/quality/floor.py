"""What a channel shows while nothing happens: its floor, and hum in it."""

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2

from plumbline.analysis.arrays import Floats
from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.analysis.dsp.spectra import psd
from plumbline.analysis.quality.finding import Defect, Finding, fault

QUIET_TENTH = 0.1
WINDOW_S = 1.0
NOISY, DEAF = 10.0, 0.3
MAINS_HZ = (50.0, 60.0)
HUM_HALF_WIDTH_HZ = 1.0
HUM_SHARE = 0.5  # of the quiet power between 1 Hz and the end
HUM_SEGMENT_S = 4.0
LEAST_HUM_S = 8.0
QUARTER = 0.25
HANN_LINES = 1.5  # lines of a Hann window that move together


def quiet_spread(values: Floats, rate_hz: float) -> float:
    """Return the standard deviation of the quietest tenth of the seconds of a record.

    Parameters
    ----------
    values
        Samples, shape ``(n,)``; the unit is the caller's.
    rate_hz
        Sampling rate. [Hz]
    """
    spread = _by_second(values, rate_hz)
    return float(np.quantile(spread, QUIET_TENTH)) if spread.size else 0.0


class NoiseFloor(NamedTuple):
    """Noise density of a channel while nothing happens.

    Attributes
    ----------
    density_ug
        Amplitude density. [µg/√Hz]
    sigma_ug
        Its standard deviation, from the number of segments averaged. [µg/√Hz]
    quiet_s
        Length of the quiet stretch it was found in. [s]
    """

    density_ug: float
    sigma_ug: float
    quiet_s: float


def noise_floor(accel_ms2: Floats, rate_hz: float) -> NoiseFloor | None:
    """Return the noise density of the quietest stretch; None with less than two seconds of it.

    Parameters
    ----------
    accel_ms2
        Acceleration, shape ``(n,)``. [m/s²]
    rate_hz
        Sampling rate. [Hz]

    Notes
    -----
    Welch's spectrum in segments of a second; the quarter of its lines below which it is lowest
    counts, so that real ambient motion, which is never everywhere, does not count as noise. A
    line of n averaged segments is chi-squared with 2 n degrees of freedom: its lower quartile is
    brought back to the mean by that. Where the place is never quiet the figure is the place's.
    """
    quiet = _quiet_part(accel_ms2, rate_hz)
    if quiet.size < 2 * rate_hz:
        return None
    spectrum = psd(quiet, rate_hz, WINDOW_S)
    usable = spectrum.density[1 : max(3, int(0.8 * spectrum.density.size))]  # no anti-alias filter
    freedom = 2 * spectrum.n_segments
    lowest = float(np.quantile(usable, QUARTER)) * freedom / float(chi2.ppf(QUARTER, freedom))
    density = np.sqrt(lowest) / STANDARD_GRAVITY_MS2 * 1e6
    # Of a power 1 / sqrt(n) a line, over the independent lines below the quartile; half of that.
    lines = max(1.0, QUARTER * usable.size / HANN_LINES)
    return NoiseFloor(
        float(density),
        float(density) / (2 * np.sqrt(spectrum.n_segments * lines)),
        quiet.size / rate_hz,
    )


def against_data_sheet(accel_ms2: Floats, rate_hz: float, noise_ug: float) -> Finding | None:
    """Return a finding if the quiet floor does not fit the instrument.

    Parameters
    ----------
    accel_ms2
        Acceleration, shape ``(n,)``. [m/s²]
    rate_hz
        Sampling rate. [Hz]
    noise_ug
        Noise density of the data sheet. [µg/√Hz]

    Notes
    -----
    See `noise_floor`: what its figure is of.
    """
    noise = noise_floor(accel_ms2, rate_hz)
    if noise is None:
        return None
    ratio = noise.density_ug / noise_ug
    stated = f"floor {noise.density_ug:.3g} ug/rtHz, data sheet {noise_ug:g}"
    if ratio > NOISY:
        return fault(Defect.NOISY, stated)
    return fault(Defect.DEAF, stated) if ratio < DEAF else None


def hum(values: Floats, rate_hz: float) -> Finding | None:
    """Return a finding if the mains are most of what the quiet channel shows.

    Parameters
    ----------
    values
        Samples, shape ``(n,)``.
    rate_hz
        Sampling rate; the mains must lie below half of it. [Hz]
    """
    quiet = _quiet_part(values, rate_hz)
    if quiet.size < LEAST_HUM_S * rate_hz or rate_hz <= 2 * (max(MAINS_HZ) + 2):
        return None
    spectrum = psd(quiet, rate_hz, HUM_SEGMENT_S)
    f, power = spectrum.freq_hz, spectrum.density
    audible = f >= 1.0
    for mains in MAINS_HZ:
        line = np.abs(f - mains) <= HUM_HALF_WIDTH_HZ
        share = float(power[line].sum() / max(power[audible].sum(), np.finfo(float).tiny))
        if share > HUM_SHARE:
            amplitude = float(np.sqrt(2 * power[line].sum() * (f[1] - f[0])))
            reason = f"{mains:g} Hz is {share:.0%} of the quiet power, amplitude {amplitude:.3g}"
            return fault(Defect.HUM, reason)
    return None


def _by_second(values: Floats, rate_hz: float) -> Floats:
    window = max(2, int(WINDOW_S * rate_hz))
    count = values.size // window
    return np.asarray(values[: count * window].reshape(count, window).std(axis=1))


def _quiet_part(values: Floats, rate_hz: float) -> Floats:
    """Return the longest stretch of seconds that are near the quietest."""
    spread = _by_second(values, rate_hz)
    if spread.size == 0:
        return np.zeros(0)
    window = max(2, int(WINDOW_S * rate_hz))
    near = spread <= 2 * np.quantile(spread, QUIET_TENTH)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    k = int(np.argmax(ends - starts))
    part = values[starts[k] * window : ends[k] * window]
    return np.asarray(part - part.mean())
