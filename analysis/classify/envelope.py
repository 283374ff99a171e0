"""How the size of a motion goes up and down: half seconds, bursts, their repetition."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.filters import HIGHEST_SHARE_OF_RATE

LOWEST_HZ, HIGHEST_HZ = 0.1, 20.0
"""Motion is looked at between these. [Hz]"""

HALF_S = 0.5
BURST_S = 0.1
"""Bursts are looked for in steps of this length. [s]"""

BURSTS_ABOVE_HZ = 1.0
"""Below this a building's own sway would hide them. [Hz]"""

APART_S = 0.25
"""Two bursts nearer than this are one. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """Bursts of one node.

    Attributes
    ----------
    times_s
        When they were largest, from the first sample. [s]
    depth
        Median of what is left between two of them, relative to the smaller. [1]
    irregularity
        Interquartile range of their intervals over the median; infinite below three. [1]
    """

    times_s: Floats
    depth: float
    irregularity: float

    @property
    def rate_hz(self) -> float:
        """Bursts a second: the inverse of the median interval; 0 below two. [Hz]"""
        return float(1 / np.median(np.diff(self.times_s))) if self.times_s.size > 1 else 0.0


def moved(accel_ms2: Floats, rate_hz: float) -> Floats:
    """Return acceleration between 0.1 and 20 Hz, without delay, shape as given. [m/s2]."""
    return _passed(accel_ms2, rate_hz, LOWEST_HZ)


def half_seconds(motion_ms2: Floats, rate_hz: float) -> Floats:
    """Return the rms of each half second, shape ``(n_axes, n_halves)``. [m/s2]."""
    return np.sqrt(_mean_squares(motion_ms2, rate_hz, HALF_S))


def bursts(accel_ms2: Floats, rate_hz: float) -> Bursts:
    """Return the bursts of a node: of all its axes together, above 1 Hz.

    Parameters
    ----------
    accel_ms2
        Shape ``(n_axes, n_samples)``. [m/s2]
    """
    quick = _passed(accel_ms2, rate_hz, BURSTS_ABOVE_HZ)
    size = np.sqrt(_mean_squares(quick, rate_hz, BURST_S).sum(axis=0))
    step_s = max(1, round(BURST_S * rate_hz)) / rate_hz
    least = 0.25 * float(np.quantile(size, 0.98)) if size.size else 0.0
    at, _ = signal.find_peaks(
        np.concatenate([[0.0], size, [0.0]]),
        height=max(least, np.finfo(np.float64).tiny),
        prominence=least,
        distance=max(1, round(APART_S / step_s)),
    )
    at = at - 1
    times_s = np.asarray((at + 0.5) * step_s, dtype=np.float64)
    between = [float(np.min(size[a : b + 1]) / min(size[a], size[b])) for a, b in pairwise(at)]
    irregularity = np.inf
    if at.size > 2:
        low, middle, high = np.quantile(np.diff(times_s), [0.25, 0.5, 0.75])
        irregularity = float((high - low) / middle)
    depth = float(np.median(between)) if between else 1.0
    return Bursts(times_s=times_s, depth=depth, irregularity=irregularity)


def _passed(accel_ms2: Floats, rate_hz: float, low_hz: float) -> Floats:
    high_hz = min(HIGHEST_HZ, HIGHEST_SHARE_OF_RATE * rate_hz)
    sos = signal.butter(2, [low_hz, high_hz], "bandpass", fs=rate_hz, output="sos")
    level = np.median(accel_ms2, axis=-1, keepdims=True)
    pad = min(accel_ms2.shape[-1] - 1, round(2 * rate_hz))
    return np.asarray(signal.sosfiltfilt(sos, accel_ms2 - level, axis=-1, padlen=pad))


def _mean_squares(x: Floats, rate_hz: float, step_s: float) -> Floats:
    n = max(1, round(step_s * rate_hz))
    whole = x.shape[-1] // n
    return np.asarray(np.mean(np.square(x[:, : whole * n].reshape(len(x), whole, n)), axis=-1))
