"""Transfer functions between two places of a structure, and the peaks of them."""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats

SEGMENTS = 2.5  # record over segment length: four half-overlapping segments at least
LONGEST_SEGMENT_S = 120.0  # a longer record is averaged more, not cut finer
PEAK_RATIO = 2.0  # a peak stands this far above the higher of the valleys beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFunction:
    """How much more one place moves than another, by frequency.

    Attributes
    ----------
    frequency_hz
        Lines, shape ``(n,)``. [Hz]
    gain
        ``|S_xy| / S_xx``, shape ``(n,)``.
    coherence
        Share of the response that follows the base linearly, shape ``(n,)``.
    segment_s
        Length of the averaged segments; the lines are ``1 / segment_s`` apart. [s]
    """

    frequency_hz: Floats
    gain: Floats
    coherence: Floats
    segment_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPeak:
    """One peak of a transfer function.

    Attributes
    ----------
    frequency_hz
        Interpolated between lines. [Hz]
    gain
        Amplification there.
    coherence
        Coherence there.
    """

    frequency_hz: float
    gain: float
    coherence: float


def transfer_function(
    base: Floats, response: Floats, rate_hz: float, segment_s: float | None = None
) -> TransferFunction:
    """Return the transfer function from one record to another.

    Parameters
    ----------
    base, response
        Two records of the same quantity and direction, shape ``(n,)``.
    rate_hz
        Sampling rate. [Hz]
    segment_s
        Length of a segment; by default four half-overlapping ones fit, at most 120 s. [s]

    Raises
    ------
    ValueError
        If the lengths differ or the base does not move.
    """
    if base.shape != response.shape:
        raise ValueError(f"base has {base.size} samples, response {response.size}")
    if not np.any(base != base[0]):
        raise ValueError("the base record does not move")
    length = round(segment_s * rate_hz) if segment_s else segment_samples(base.size, rate_hz)
    length = max(8, min(length, base.size))
    f, cross = signal.csd(base, response, rate_hz, nperseg=length)
    _, own = signal.welch(base, rate_hz, nperseg=length)
    _, other = signal.welch(response, rate_hz, nperseg=length)
    tiny = np.finfo(np.float64).tiny
    return TransferFunction(
        frequency_hz=np.asarray(f),
        gain=np.asarray(np.abs(cross) / np.maximum(own, tiny)),
        coherence=np.asarray(np.abs(cross) ** 2 / np.maximum(own * other, tiny)),
        segment_s=length / rate_hz,
    )


def segment_samples(n: int, rate_hz: float) -> int:
    """Return the default length of an averaged segment of a record of ``n`` samples."""
    return max(8, int(min(n / SEGMENTS, LONGEST_SEGMENT_S * rate_hz)))


def transfer_peaks(
    function: TransferFunction, low_hz: float, high_hz: float
) -> tuple[TransferPeak, ...]:
    """Return the peaks of a transfer function in a range, by rising frequency. [Hz]"""
    inside = np.flatnonzero((function.frequency_hz >= low_hz) & (function.frequency_hz <= high_hz))
    if inside.size < 3:
        return ()
    level = np.log10(np.maximum(function.gain[inside], np.finfo(np.float64).tiny))
    at, _ = signal.find_peaks(level, prominence=np.log10(PEAK_RATIO))
    return tuple(
        TransferPeak(
            frequency_hz=interpolated_peak(function.frequency_hz, function.gain, int(k)),
            gain=float(function.gain[k]),
            coherence=float(function.coherence[k]),
        )
        for k in inside[at]
    )


def interpolated_peak(frequency_hz: Floats, height: Floats, at: int) -> float:
    """Return where a parabola through three lines of ``log(height)`` peaks. [Hz]"""
    left, middle, right = np.log(np.maximum(height[at - 1 : at + 2], np.finfo(np.float64).tiny))
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    return float(frequency_hz[at] + shift * (frequency_hz[1] - frequency_hz[0]))
