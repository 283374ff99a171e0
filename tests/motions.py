"""Synthetic motion for the tests: what an instrument on the ground or the roof would record.

Accelerations in m/s2, seeded, without gravity. Shapes are simple on purpose; the simulator,
which is another room's work, makes richer ones.
"""

import numpy as np
from scipy import signal

GAL = 0.01
"""[m/s2]"""

DENSITY_MS2 = 22.5e-6 * 9.80665
"""An ADXL355. [m/s2/sqrt(Hz)]"""


def instrument(rng, n, rate_hz):
    """White noise of the instrument."""
    return rng.normal(size=n) * DENSITY_MS2 * np.sqrt(rate_hz / 2)


def ambient(rng, n, rate_hz, rms_gal=0.3):
    """White ambient motion, instrument included."""
    return instrument(rng, n, rate_hz) + rng.normal(size=n) * rms_gal * GAL


def far(time_s, period_s, peak_gal, start_s, rise_s=60.0, hold_s=60.0, fall_s=120.0):
    """A far earthquake: one period, rising, holding, falling."""
    edges = np.cumsum([start_s, rise_s, hold_s, fall_s])
    envelope = np.interp(time_s, edges, [0, 1, 1, 0], left=0, right=0)
    return peak_gal * GAL * envelope * np.sin(2 * np.pi * time_s / period_s)


def near(rng, n, rate_hz, peak_gal, start_s, seconds=20.0):
    """A near earthquake: noise of 0.5 to 8 Hz under a sharp rise and a slow fall."""
    time_s = np.arange(n) / rate_hz - start_s
    sos = signal.butter(2, [0.5, 8.0], "bandpass", fs=rate_hz, output="sos")
    shape = np.where(time_s > 0, np.minimum(time_s, 1.0) * np.exp(-time_s / (seconds / 3)), 0.0)
    wave = signal.sosfilt(sos, rng.normal(size=n)) * np.where(time_s < seconds, shape, 0.0)
    return wave * peak_gal * GAL / np.max(np.abs(wave))


def blows(rng, n, rate_hz, peak_gal, per_s=0.7, freq_hz=12.0, decay_s=0.1):
    """Pile driving: one decaying burst a blow, no net push."""
    time_s = np.arange(round(2 * rate_hz)) / rate_hz
    x = np.zeros(n + len(time_s))
    at = rng.uniform(0, 1 / per_s)
    while at * rate_hz < n:
        f = freq_hz * rng.uniform(0.9, 1.1)
        wave = np.exp(-time_s / decay_s) * np.sin(2 * np.pi * f * time_s)
        push = np.exp(-time_s / decay_s)
        wave -= push * np.sum(wave) / np.sum(push)
        first = round(at * rate_hz)
        size = peak_gal * GAL * rng.uniform(0.8, 1.0) / np.max(np.abs(wave))
        x[first : first + len(time_s)] += wave * size
        at += rng.uniform(0.95, 1.05) / per_s
    return x[:n]


def gusts(rng, n, rate_hz, peak_gal, freq_hz=0.33, damping=0.015):
    """Wind on a roof: a lightly damped mode that comes and goes."""
    w = 2 * np.pi * freq_hz
    poles = signal.cont2discrete(([1.0], [1.0, 2 * damping * w, w * w]), 1 / rate_hz, "zoh")
    wave = signal.lfilter(np.ravel(poles[0]), poles[1], rng.normal(size=n))
    return wave * peak_gal * GAL / np.max(np.abs(wave))
