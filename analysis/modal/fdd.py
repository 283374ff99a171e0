"""Frequency domain decomposition: singular values of the cross-spectra, and one bell of them."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.modal.poles import Complexes
from plumbline.analysis.modal.shapes import in_phase, mac

AVERAGES = 16  # half-overlapping segments aimed at: enough to tell a peak from a flutter
BELL_MAC = 0.8  # lines whose first vector agrees this well with the peak's belong to its bell
DECAY_FROM, DECAY_TO = 0.9, 0.2  # part of the correlation's envelope the decrement is read from
LEAST_EXTREMES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """Singular value decomposition of the spectral matrix, line by line.

    Attributes
    ----------
    frequency_hz
        Lines, shape ``(n_lines,)``. [Hz]
    values
        Singular values, shape ``(n_lines, n_channels)``, largest first.
    vectors
        First singular vector of each line, shape ``(n_lines, n_channels)``.
    """

    frequency_hz: Floats
    values: Floats
    vectors: Complexes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """One mode read from its bell.

    Attributes
    ----------
    peak_hz
        Line of the largest first singular value. [Hz]
    frequency_hz
        From the zero crossings of the bell's correlation; NaN if it could not be read. [Hz]
    damping
        From its logarithmic decrement; NaN likewise. Too large where the bell is only a few lines
        wide, which `lines` tells.
    shape
        First singular vector at the peak, largest part 1, shape ``(n_channels,)``.
    lines
        Width of the bell in spectral lines.
    """

    peak_hz: float
    frequency_hz: float
    damping: float
    shape: Complexes
    lines: int


def decomposed(motion: Floats, rate_hz: float, segment_s: float | None = None) -> Decomposition:
    """Return the decomposition of Welch cross-spectra.

    Parameters
    ----------
    motion
        Channels as rows, shape ``(n_channels, n)``.
    rate_hz
        Sampling rate. [Hz]
    segment_s
        Length of a segment; by default such that 16 half-overlapping ones fit. [s]
    """
    n = motion.shape[1]
    length = 2 * n // (AVERAGES + 1) if segment_s is None else round(segment_s * rate_hz)
    length = max(8, min(length, n))
    frequency_hz, _ = signal.welch(motion[0], rate_hz, nperseg=length)
    spectra = np.stack(
        [signal.csd(one[None, :], motion, rate_hz, nperseg=length)[1] for one in motion]
    )
    matrices = spectra.transpose(2, 1, 0)
    vectors, values, _ = np.linalg.svd(matrices)
    return Decomposition(
        frequency_hz=np.asarray(frequency_hz),
        values=np.asarray(values),
        vectors=np.asarray(vectors[:, :, 0]),
    )


def bell_near(lines: Decomposition, frequency_hz: float, within: float = 0.05) -> Bell:
    """Return the mode whose peak of the first singular value lies nearest a frequency.

    Parameters
    ----------
    lines
        The decomposition.
    frequency_hz
        Where to look. [Hz]
    within
        How far to either side, as a share of it; at least two lines.

    Raises
    ------
    ValueError
        If the frequency lies outside the spectrum.
    """
    step = float(lines.frequency_hz[1] - lines.frequency_hz[0])
    reach = max(within * frequency_hz, 2 * step)
    near = np.flatnonzero(np.abs(lines.frequency_hz - frequency_hz) <= reach)
    if near.size == 0:
        raise ValueError(f"{frequency_hz:g} Hz lies outside the spectrum")
    at = int(near[np.argmax(lines.values[near, 0])])
    left, right = _bell(lines, at)
    frequency, damping = _decay(lines, left, right)
    return Bell(
        peak_hz=float(lines.frequency_hz[at]),
        frequency_hz=frequency,
        damping=damping,
        shape=in_phase(lines.vectors[at]),
        lines=right - left + 1,
    )


def _bell(lines: Decomposition, at: int) -> tuple[int, int]:
    agrees = mac(lines.vectors, lines.vectors[at])[:, 0] >= BELL_MAC
    left = right = at
    while left > 1 and agrees[left - 1]:
        left -= 1
    while right < agrees.size - 1 and agrees[right + 1]:
        right += 1
    # Another mode of like shape may follow within the run: the bell ends in the valley before it.
    first = lines.values[:, 0]
    left = left + int(np.argmin(first[left : at + 1]))
    right = at + int(np.argmin(first[at : right + 1]))
    return left, right


def _decay(lines: Decomposition, left: int, right: int) -> tuple[float, float]:
    """Return frequency [Hz] and damping of the free decay behind a bell of power spectrum."""
    density = np.zeros(lines.frequency_hz.size)
    density[left : right + 1] = lines.values[left : right + 1, 0]
    step_hz = float(lines.frequency_hz[1] - lines.frequency_hz[0])
    padded = np.pad(density, (0, 7 * density.size))
    correlation = np.fft.irfft(padded)
    half = correlation[: correlation.size // 2] / correlation[0]
    tick_s = 1 / (step_hz * correlation.size)
    turning = np.flatnonzero(np.diff(np.sign(np.diff(half)))) + 1
    turning = np.concatenate([[0], turning])
    size = np.abs(half[turning])
    below = np.flatnonzero(size < DECAY_TO)
    end = int(below[0]) if below.size else size.size
    used = np.flatnonzero(size[:end] <= DECAY_FROM)
    if used.size < LEAST_EXTREMES:
        return math.nan, math.nan
    when = turning[used] * tick_s
    slope, _ = np.polyfit(when, np.log(size[used]), 1)
    damped = (used.size - 1) / (2 * (when[-1] - when[0]))
    rate = -float(slope)
    omega = math.hypot(2 * math.pi * damped, rate)
    return omega / (2 * math.pi), rate / omega
