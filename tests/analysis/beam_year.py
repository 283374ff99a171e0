"""A simulated year of a 10 m beam: weather, season, drift, noise, a quake and a settlement."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

HOURS_A_YEAR = 365 * 24
SETTLES_FROM_D = 200.0
QUAKE_STEP_URAD = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One simulated year, hourly. Times in days, temperature in degC, tilt in urad."""

    time_d: NDArray[Any]
    temp_c: NDArray[Any]
    tilt_urad: NDArray[Any]
    quake_d: float


def beam_year(
    seed: int,
    *,
    settling_urad_d: float = 2.0,
    noise_urad: float = 5.0,
    noise_lag_one: float = 0.9,
    weather_c: float = 2.0,
    season_urad: float = 300.0,
    quake_step_urad: float = QUAKE_STEP_URAD,
    slow_share: float = 1.0,
    days: int = 365,
) -> Year:
    """Return the issue's year: 150 urad p-p a day with 1 h lag, 300 urad p-p a season.

    The season starts at a random phase, the quake strikes on a random day of 100 to 190
    (before the settlement, so that both must be told apart), and the temperature is
    measured with 0.1 degC noise on top of several days' weather. ``slow_share`` is how
    strongly the beam answers to season and weather beside how it answers to the day.
    """
    rng = np.random.default_rng(seed)
    n = days * 24
    hour = np.arange(n, dtype=float)
    spin_up = 24 * 30
    weather = lfilter([1.0], [1.0, -0.985], rng.normal(size=n + spin_up))[spin_up:]
    weather *= weather_c * np.sqrt(1 - 0.985**2)
    phase = rng.uniform(0, 2 * np.pi)
    per_c = 15.0

    def daily(at: NDArray[Any]) -> NDArray[Any]:
        return 5.0 * np.sin(2 * np.pi * (at - 8.0) / 24.0)

    def slow(at: NDArray[Any]) -> NDArray[Any]:
        half = season_urad / per_c / 2 / slow_share
        return half * np.sin(2 * np.pi * at / HOURS_A_YEAR + phase) + np.interp(at, hour, weather)

    noise = lfilter([1.0], [1.0, -noise_lag_one], rng.normal(size=n + spin_up))[spin_up:]
    noise *= noise_urad * np.sqrt(1 - noise_lag_one**2)
    quake = float(rng.uniform(100.0, 190.0))
    time = hour / 24.0
    tilt = (
        per_c * (daily(hour - 1.0) + slow_share * slow(hour - 1.0))
        + 0.1 * time
        + noise
        + settling_urad_d * np.maximum(0.0, time - SETTLES_FROM_D)
        + quake_step_urad * (time >= quake)
    )
    measured = 28.0 + daily(hour) + slow(hour) + rng.normal(0.0, 0.1, n)
    return Year(time_d=time, temp_c=measured, tilt_urad=tilt, quake_d=quake)
