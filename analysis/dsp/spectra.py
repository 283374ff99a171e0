"""Power spectra, spectrograms and the ratio of horizontal to vertical.

Every segment is demeaned and tapered with a Hann window before its FFT.
"""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """Power spectral density.

    Attributes
    ----------
    freq_hz
        Shape ``(n_freqs,)``. [Hz]
    density
        One-sided, shape ``(..., n_freqs)``. [unit squared / Hz]
    n_segments
        How many segments were averaged: a density is good to about
        ``1 / sqrt(n_segments)`` of itself.
    """

    freq_hz: Floats
    density: Floats
    n_segments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrogram:
    """Power spectral density over time.

    Attributes
    ----------
    freq_hz
        Shape ``(n_freqs,)``. [Hz]
    time_s
        Middle of each segment after the first sample, shape ``(n_times,)``. [s]
    density
        Shape ``(..., n_freqs, n_times)``. [unit squared / Hz]
    """

    freq_hz: Floats
    time_s: Floats
    density: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizontalToVertical:
    """Ratio of the horizontal to the vertical amplitude spectrum.

    Attributes
    ----------
    freq_hz
        Shape ``(n_freqs,)``. [Hz]
    ratio
        Geometric mean over windows. [1]
    spread
        Standard deviation of its natural logarithm over windows. [1]
    n_windows
        How many windows went into it.
    """

    freq_hz: Floats
    ratio: Floats
    spread: Floats
    n_windows: int


def psd(x: Floats, rate_hz: float, segment_s: float) -> Spectrum:
    """Return the power spectral density by Welch's method, half-overlapping segments.

    Parameters
    ----------
    x
        Shape ``(..., n_samples)``.
    rate_hz
        Sampling rate. [Hz]
    segment_s
        Length of a segment; its inverse is the frequency step. [s]

    Raises
    ------
    ValueError
        If the record is shorter than one segment.

    References
    ----------
    .. [1] P. D. Welch, "The use of fast Fourier transform for the estimation of
       power spectra," IEEE Trans. Audio Electroacoust., 15(2), 70-73, 1967.
    """
    n = _segment(x, rate_hz, segment_s)
    freq_hz, density = signal.welch(
        x, rate_hz, window="hann", nperseg=n, noverlap=n // 2, detrend="constant", axis=-1
    )
    return Spectrum(
        freq_hz=freq_hz, density=density, n_segments=(x.shape[-1] - n // 2) // (n - n // 2)
    )


def spectrogram(x: Floats, rate_hz: float, segment_s: float, step_s: float) -> Spectrogram:
    """Return the power spectral density of segments that advance by ``step_s``.

    Raises
    ------
    ValueError
        If the record is shorter than one segment, or the step is not in
        ``(0, segment_s]``.
    """
    n, step = _segment(x, rate_hz, segment_s), round(step_s * rate_hz)
    if not 0 < step <= n:
        raise ValueError(f"a step of {step_s} s does not fit segments of {segment_s} s")
    freq_hz, time_s, density = signal.spectrogram(
        x, rate_hz, window="hann", nperseg=n, noverlap=n - step, detrend="constant", axis=-1
    )
    return Spectrogram(freq_hz=freq_hz, time_s=time_s, density=density)


def horizontal_to_vertical(
    horizontals: Floats,
    vertical: Floats,
    rate_hz: float,
    window_s: float,
    bandwidth: float = 40.0,
    at_hz: Floats | None = None,
) -> HorizontalToVertical:
    r"""Return H/V of ambient noise.

    Parameters
    ----------
    horizontals
        Shape ``(2, n_samples)``.
    vertical
        Shape ``(n_samples,)``.
    rate_hz
        Sampling rate. [Hz]
    window_s
        Length of a window; windows do not overlap. [s]
    bandwidth
        Coefficient b of the Konno-Ohmachi smoothing. [1]
    at_hz
        Frequencies wanted; every line of the spectrum where they are not stated. [Hz]

    Notes
    -----
    The horizontals are combined as the root of their mean power, each spectrum
    is smoothed before the division [1]_, and windows are averaged as logarithms.
    The zero frequency is left out.

    References
    ----------
    .. [1] K. Konno and T. Ohmachi, "Ground-motion characteristics estimated from
       spectral ratio between horizontal and vertical components of microtremor,"
       Bull. Seismol. Soc. Am., 88(1), 228-241, 1998.
    """
    n = _segment(vertical, rate_hz, window_s)
    n_windows = len(vertical) // n
    every = np.concatenate([horizontals, vertical[np.newaxis]])[:, : n * n_windows]
    windows = every.reshape(3, n_windows, n)
    tapered = (windows - np.mean(windows, axis=-1, keepdims=True)) * signal.windows.hann(n)
    power = np.square(np.abs(np.fft.rfft(tapered, axis=-1)))[..., 1:]
    freq_hz: Floats = np.arange(1, n // 2 + 1, dtype=np.float64) * (rate_hz / n)
    wanted_hz = freq_hz if at_hz is None else at_hz
    smoothing = konno_ohmachi(freq_hz, bandwidth, wanted_hz)
    amplitude = np.sqrt(np.stack([(power[0] + power[1]) / 2, power[2]])) @ smoothing.T
    logarithm = np.log(amplitude[0] / amplitude[1])
    return HorizontalToVertical(
        freq_hz=wanted_hz,
        ratio=np.exp(np.mean(logarithm, axis=0)),
        spread=np.std(logarithm, axis=0),
        n_windows=n_windows,
    )


def konno_ohmachi(freq_hz: Floats, bandwidth: float, at_hz: Floats | None = None) -> Floats:
    """Return the smoothing matrix, rows summing to one, shape ``(n_wanted, n_freqs)``.

    Parameters
    ----------
    freq_hz
        Frequencies of the spectrum. [Hz]
    bandwidth
        Coefficient b. [1]
    at_hz
        Frequencies wanted; those of the spectrum where they are not stated. [Hz]
    """
    centre = freq_hz if at_hz is None else at_hz
    apart = bandwidth * np.log10(freq_hz[np.newaxis, :] / centre[:, np.newaxis])
    # numpy's sinc is sin(pi x)/(pi x); it is 1 at zero, where the formula is 0/0.
    weight = np.sinc(apart / np.pi) ** 4
    return np.asarray(weight / np.sum(weight, axis=1, keepdims=True))


def _segment(x: Floats, rate_hz: float, segment_s: float) -> int:
    n = round(segment_s * rate_hz)
    if not 2 <= n <= x.shape[-1]:
        raise ValueError(f"{x.shape[-1]} samples do not hold a segment of {segment_s} s")
    return n
