"""Coloured noise without end: the same numbers in pieces of any length."""

import numpy as np
from scipy.signal import butter, sosfilt, sosfreqz

from plumbline.simulator.arrays import Floats


class BandNoise:
    """Gaussian noise of one band, independent in each row.

    Parameters
    ----------
    seed
        Seed or seed sequence of the noise.
    rows
        How many independent rows.
    band_hz
        Corners of a second-order Butterworth band-pass [Hz]; a lower corner of 0 is a low-pass.
    rms
        Standard deviation of each row, in the caller's unit.
    rate_hz
        Sampling rate. [Hz]
    """

    def __init__(
        self,
        seed: int | np.random.SeedSequence,
        rows: int,
        *,
        band_hz: tuple[float, float],
        rms: float,
        rate_hz: float,
    ) -> None:
        self.sections = sections(band_hz, rate_hz)
        self._state = np.zeros((len(self.sections), rows, 2))
        self._draw = np.random.default_rng(seed)
        self._rows = rows
        self.scale = rms / gain_rms(self.sections)

    @classmethod
    def of_density(
        cls,
        seed: int | np.random.SeedSequence,
        rows: int,
        *,
        band_hz: tuple[float, float],
        density: float,
        rate_hz: float,
    ) -> "BandNoise":
        """Return noise whose spectrum inside the band is flat at a one-sided density. [unit/√Hz]"""
        noise = cls(seed, rows, band_hz=band_hz, rms=1.0, rate_hz=rate_hz)
        noise.scale = density * np.sqrt(rate_hz / 2)
        return noise

    def take(self, n: int) -> Floats:
        """Return the next ``n`` samples, shape ``(rows, n)``."""
        if n == 0:
            return np.empty((self._rows, 0))
        # Drawn sample by sample over the rows, so that two short draws equal one long one.
        white = self._draw.standard_normal((n, self._rows)).T
        coloured, self._state = sosfilt(self.sections, white, zi=self._state)
        return np.asarray(self.scale * coloured)


def gain_rms(sos: Floats) -> float:
    """Return the standard deviation of unit white noise after a filter (Parseval's theorem)."""
    n = 1 << 17
    _, response = sosfreqz(sos, worN=n, whole=True)
    return float(np.sqrt(np.mean(np.abs(response) ** 2)))


def sections(band_hz: tuple[float, float], rate_hz: float) -> Floats:
    """Return the second-order sections of a band, or of a low-pass where its lower corner is 0."""
    low, high = band_hz
    if low == 0:
        return np.asarray(butter(2, high, btype="lowpass", fs=rate_hz, output="sos"))
    return np.asarray(butter(2, [low, high], btype="bandpass", fs=rate_hz, output="sos"))
