"""Hourly displacement series that accelerate to failure, and many that do not."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

SIGMA_MM = 0.2
DAYS = 20

Series = tuple[NDArray[Any], NDArray[Any]]


def hours(until_d: float) -> NDArray[Any]:
    """Hourly times from 0 up to and including ``until_d``."""
    return np.arange(0.0, until_d + 1e-9, 1.0 / 24.0)


def failing(seed: int, until_d: float, *, a: float = 0.05, failure_d: float = 20.0) -> Series:
    """Fukuzono's law, integrated: ``u = -ln(1 - t / t_f) / A``, with noise."""
    time = hours(until_d)
    rng = np.random.default_rng(seed)
    return time, -np.log(1.0 - time / failure_d) / a + rng.normal(0.0, SIGMA_MM, time.size)


def steady(seed: int) -> Series:
    """A constant rate, up to 3 mm/d either way."""
    rng = np.random.default_rng(seed)
    time = hours(DAYS)
    return time, rng.uniform(-3.0, 3.0) * time + rng.normal(0.0, SIGMA_MM, time.size)


def thermal(seed: int) -> Series:
    """A daily wave, days of weather and a small rate: nothing but temperature and creep."""
    rng = np.random.default_rng(seed)
    time = hours(DAYS)
    weather = lfilter([1.0], [1.0, -0.985], rng.normal(size=time.size + 700))[700:]
    weather *= rng.uniform(0.0, 1.0) * np.sqrt(1 - 0.985**2)
    wave = rng.uniform(0.5, 5.0) * np.sin(2 * np.pi * time + rng.uniform(0, 2 * np.pi))
    season = rng.uniform(0, 10) * np.sin(2 * np.pi * time / 365 + rng.uniform(0, 2 * np.pi))
    creep = rng.uniform(-0.2, 0.2) * time
    return time, wave + weather + season + creep + rng.normal(0.0, SIGMA_MM, time.size)


def stepping(seed: int) -> Series:
    """A step at any time on a small constant rate."""
    rng = np.random.default_rng(seed)
    time = hours(DAYS)
    step = rng.choice([-1, 1]) * rng.uniform(1.0, 20.0) * (time > rng.uniform(1.0, 19.0))
    return time, step + rng.uniform(-0.5, 0.5) * time + rng.normal(0.0, SIGMA_MM, time.size)


def consolidating(seed: int) -> Series:
    """Terzaghi's series under a load put on at the start or later."""
    rng = np.random.default_rng(seed)
    time = hours(DAYS)
    since = np.maximum(0.0, time - rng.choice([0.0, rng.uniform(0.0, 10.0)]))
    factor = since / rng.uniform(3.0, 60.0)
    degree = 1.0 - sum(
        8.0 / np.pi**2 / m**2 * np.exp(-(m**2) * np.pi**2 / 4.0 * factor) for m in range(1, 400, 2)
    )
    degree = np.where(since > 0, degree, 0.0)
    return time, rng.uniform(5.0, 100.0) * degree + rng.normal(0.0, SIGMA_MM, time.size)


HARMLESS = {
    "constant rate": steady,
    "thermal": thermal,
    "step": stepping,
    "consolidation": consolidating,
}
