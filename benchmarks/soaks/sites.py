"""What structures go through that is no earthquake, many at once: accelerations in m/s2.

Every structure has a ground, a middle and a roof node. Nothing here imitates an earthquake.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.constants import GAL_MS2, STANDARD_GRAVITY_MS2

DENSITY_MS2 = 22.5e-6 * STANDARD_GRAVITY_MS2
NODES = ("0A", "1A", "3A")
RATE_HZ = 10.0
BLOWS_GAL = (50.0, 120.0)
"""The weakest and the strongest blow, on the loudest axis of every node. [gal]"""

GUST_GAL = 5.0
"""The largest gust of a storm on the roof. [gal]"""


class Weather:
    """Wind, cranes and traffic on ``n`` structures that share a frequency, decimated to 10 Hz.

    Gusts move the roof by up to 5 gal, the middle by 0.4 of it, the ground by 0.8 % of it
    (0.04 gal). A crane sets the roof ringing twice an hour. Vehicles shake the ground
    at 2 to 4 Hz by up to 2 gal for some seconds. All over the noise of an ADXL355 and an
    ambient motion of 0.02 gal rms.
    """

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self._rng = np.random.default_rng(seed)
        freq_hz = float(self._rng.uniform(0.15, 0.6))
        w, h = 2 * np.pi * freq_hz, float(self._rng.uniform(0.008, 0.02))
        tf = signal.cont2discrete(([w * w], [1.0, 2 * h * w, w * w]), 1 / RATE_HZ, "zoh")
        self._mode = np.ravel(tf[0]), np.ravel(tf[1])
        # Steady rms of the mode for unit white input; the largest of a storm is about 3.5 rms.
        response = signal.lfilter(*self._mode, np.concatenate([[1.0], np.zeros(20_000)]))
        self._unit_rms = float(np.sqrt(np.sum(np.square(response))))
        self._unit_peak = float(np.max(np.abs(response)))
        self._zi = np.zeros((2 * self.n, 2))
        self._strength = self._rng.normal(size=(2 * self.n, 1))

    def chunk(self, n_samples: int) -> Floats:
        """Return the next samples, shape ``(n, 3 nodes, 2 axes, n_samples)``. [m/s2]"""
        rng = self._rng
        noise_ms2 = np.hypot(DENSITY_MS2 * np.sqrt(RATE_HZ / 2), 0.02 * GAL_MS2)
        out = rng.standard_normal((self.n, 3, 2, n_samples), dtype=np.float32) * noise_ms2
        drive = rng.standard_normal((2 * self.n, n_samples)) * self._gusts(n_samples)
        self._cranes(drive)
        sway, self._zi = signal.lfilter(*self._mode, drive, axis=1, zi=self._zi)
        sway = sway.reshape(self.n, 2, n_samples)
        for node, factor in enumerate((0.008, 0.4, 1.0)):
            out[:, node] += factor * sway
        self._traffic(out)
        return np.asarray(out, dtype=np.float64)

    def _gusts(self, n_samples: int) -> Floats:
        """Return how strongly wind drives: slowly wandering, a storm now and then."""
        n_minutes = n_samples // 600 + 2
        level = np.empty((2 * self.n, n_minutes))
        for k in range(n_minutes):
            step = self._rng.normal(size=(2 * self.n, 1))
            self._strength = 0.97 * self._strength + np.sqrt(1 - 0.97**2) * step
            level[:, k] = self._strength[:, 0]
        gust = level + 0.35 * self._rng.normal(size=level.shape)
        rms_gal = np.minimum(0.08 * np.exp(1.2 * gust), GUST_GAL / 3.5)
        at = np.arange(n_samples) / 600
        strength = np.stack([np.interp(at, np.arange(n_minutes), row) for row in rms_gal])
        return np.asarray(strength * GAL_MS2 / self._unit_rms)

    def _cranes(self, drive: Floats) -> None:
        """Let loads be set down: a push that rings for a minute or two, 0.5 to 4 gal."""
        for _ in range(self._rng.poisson(self.n * drive.shape[1] / RATE_HZ / 1800)):
            row, at = self._rng.integers(len(drive)), self._rng.integers(drive.shape[1])
            peak = GAL_MS2 * self._rng.uniform(0.5, 4.0)
            drive[row, at] += peak / self._unit_peak

    def _traffic(self, out: NDArray[np.float32]) -> None:
        time_s = np.arange(round(8 * RATE_HZ)) / RATE_HZ
        shape = np.exp(-(((time_s - 4) / 1.5) ** 2))
        for _ in range(self._rng.poisson(self.n * out.shape[-1] / RATE_HZ / 60)):
            one = self._rng.integers(self.n)
            at = self._rng.integers(max(out.shape[-1] - len(time_s), 1))
            freq_hz, peak = self._rng.uniform(2, 4), GAL_MS2 * self._rng.uniform(0.1, 2.0)
            wave = peak * shape * np.sin(2 * np.pi * freq_hz * time_s + self._rng.uniform(0, 6))
            room = out[one, :, :, at : at + len(time_s)]
            room += (wave * np.array([1.0, 0.5, 0.3])[:, np.newaxis])[
                :, np.newaxis, : room.shape[-1]
            ]


class Piling:
    """Pile driving beside ``n`` structures at full rate: 10 min of blows, 10 min of rest.

    Each structure has its own pile: blows of 50 to 120 gal on all nodes, 0.7 a second, a burst
    of 6 to 25 Hz that decays in 0.05 to 0.2 s, in three axes. A little of each blow (1 %) sets
    the roof swaying. All over the noise of an ADXL355 and an ambient motion of 0.1 gal rms.
    """

    rate_hz, run_s, blows_hz = 100.0, 600.0, 0.7

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self._rng = np.random.default_rng(seed)
        self._freq_hz = self._rng.uniform(6, 25, self.n)
        self._decay_s = self._rng.uniform(0.05, 0.2, self.n)
        self._sway_hz = self._rng.uniform(0.15, 0.6, self.n)
        self._at_s = 0.0
        self._next_s = self._rng.uniform(0, 1 / self.blows_hz, self.n)
        self._left = np.zeros((self.n, 3, 3, round(2 * self.rate_hz)))

    def chunk(self, n_samples: int) -> Floats:
        """Return the next samples, shape ``(n, 3 nodes, 3 axes, n_samples)``. [m/s2]"""
        rng, n_tail = self._rng, self._left.shape[-1]
        noise_ms2 = np.hypot(DENSITY_MS2 * np.sqrt(self.rate_hz / 2), 0.1 * GAL_MS2)
        out = np.zeros((self.n, 3, 3, n_samples + n_tail))
        out[..., :n_samples] = (
            rng.standard_normal((self.n, 3, 3, n_samples), dtype=np.float32) * noise_ms2
        )
        out[..., :n_tail] += self._left
        end_s = self._at_s + n_samples / self.rate_hz
        for one in range(self.n):
            while self._next_s[one] < end_s:
                if int(self._next_s[one] / self.run_s) % 2 == 0:
                    first = round((self._next_s[one] - self._at_s) * self.rate_hz)
                    out[one, :, :, first : first + n_tail] += self._blow(one)
                self._next_s[one] += rng.uniform(0.95, 1.05) / self.blows_hz
        self._at_s = end_s
        self._left = out[..., n_samples:].copy()
        return out[..., :n_samples]

    def _blow(self, one: int) -> Floats:
        """Return one blow on all nodes and axes: at least 50 gal on the loudest axis of each."""
        rng = self._rng
        time_s = np.arange(self._left.shape[-1]) / self.rate_hz
        push = np.exp(-time_s / self._decay_s[one])
        wave = push * np.sin(2 * np.pi * self._freq_hz[one] * rng.uniform(0.9, 1.1) * time_s)
        wave -= push * np.sum(wave) / np.sum(push)
        wave *= rng.uniform(*BLOWS_GAL) * GAL_MS2 / np.max(np.abs(wave))
        axes = np.array([1.0, rng.uniform(0.3, 1.0), rng.uniform(0.3, 1.0)])
        nodes = np.array([1.2, 1.0, 1.0])
        blow = nodes[:, np.newaxis, np.newaxis] * axes[:, np.newaxis] * wave
        sway = 0.01 * np.max(np.abs(wave)) * np.sin(2 * np.pi * self._sway_hz[one] * time_s)
        blow[1:, 1:] += (
            np.array([0.4, 1.0])[:, np.newaxis, np.newaxis] * sway * np.hanning(len(sway))
        )
        return np.asarray(blow)
