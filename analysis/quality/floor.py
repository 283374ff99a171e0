"""What a channel shows while nothing happens: its floor, and hum in it."""

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.analysis.quality.finding import Defect, Finding, fault

QUIET_TENTH = 0.1
WINDOW_S = 1.0
NOISY, DEAF = 10.0, 0.3
MAINS_HZ = (50.0, 60.0)
HUM_HALF_WIDTH_HZ = 1.0
HUM_SHARE = 0.5  # of the quiet power between 1 Hz and the end
HUM_SEGMENT_S = 4.0
LEAST_HUM_S = 8.0


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
    The lowest quarter of the spectrum of the quietest seconds is held against the data sheet, so
    that real ambient motion, which is never everywhere, does not count as noise.
    """
    quiet = _quiet_part(accel_ms2, rate_hz)
    if quiet.size < 2 * rate_hz:
        return None
    _, power = signal.welch(quiet, rate_hz, nperseg=int(rate_hz))
    usable = power[1 : max(3, int(0.8 * power.size))]  # not into the anti-alias filter
    density = np.sqrt(np.quantile(usable, 0.25)) / STANDARD_GRAVITY_MS2 * 1e6
    ratio = density / noise_ug
    stated = f"floor {density:.3g} ug/rtHz, data sheet {noise_ug:g}"
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
    f, power = signal.welch(quiet, rate_hz, nperseg=int(HUM_SEGMENT_S * rate_hz))
    heard = f >= 1.0
    for mains in MAINS_HZ:
        line = np.abs(f - mains) <= HUM_HALF_WIDTH_HZ
        share = float(power[line].sum() / max(power[heard].sum(), np.finfo(float).tiny))
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
