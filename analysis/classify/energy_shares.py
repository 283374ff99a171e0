"""Where the energy of a motion lies: shares of bands, and of its strongest tone."""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats

TONE = 0.1
"""A tone is what lies within this fraction of its frequency. [1]"""

LOWEST_HZ = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyShares:
    """Shares of the energy of one axis between 0.1 Hz and 80 % of its Nyquist frequency.

    Attributes
    ----------
    low, high
        Below the lower and above the upper of two corners. [1]
    tone_hz, tone
        Frequency of the strongest line, and the share within a tenth of it. [Hz, 1]
    """

    low: float
    high: float
    tone_hz: float
    tone: float


def shares(accel_ms2: Floats, rate_hz: float, low_hz: float, high_hz: float) -> EnergyShares:
    """Return where the energy lies.

    Parameters
    ----------
    accel_ms2
        One axis, shape ``(n_samples,)``. [m/s2]
    low_hz, high_hz
        The corners. [Hz]

    Notes
    -----
    One spectrum of the whole, demeaned, its ends tapered over a tenth. Without motion all
    shares are zero.
    """
    n = accel_ms2.size
    tapered = (accel_ms2 - np.mean(accel_ms2)) * signal.windows.tukey(n, 0.1)
    energy = np.square(np.abs(np.fft.rfft(tapered)))
    freq_hz = np.fft.rfftfreq(n, 1 / rate_hz)
    inside = (freq_hz >= LOWEST_HZ) & (freq_hz <= 0.4 * rate_hz)
    energy, freq_hz = energy[inside], freq_hz[inside]
    whole = float(energy.sum())
    if whole == 0:
        return EnergyShares(low=0.0, high=0.0, tone_hz=0.0, tone=0.0)
    tone_hz = float(freq_hz[np.argmax(energy)])
    near = np.abs(freq_hz - tone_hz) <= TONE * tone_hz
    return EnergyShares(
        low=float(energy[freq_hz < low_hz].sum() / whole),
        high=float(energy[freq_hz > high_hz].sum() / whole),
        tone_hz=tone_hz,
        tone=float(energy[near].sum() / whole),
    )
