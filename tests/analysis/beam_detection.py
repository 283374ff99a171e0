"""What the watch makes of a simulated year, and what two plain thresholds would have made."""

from typing import Any

import numpy as np
from beam_year import QUAKE_STEP_URAD, SETTLES_FROM_D, Year, beam_year
from numpy.typing import NDArray

from plumbline.analysis.statistics.thinning import thinned
from plumbline.analysis.thermal.model import compensated, fit_thermal
from plumbline.analysis.trend.history import SAME_ALARM_D
from plumbline.analysis.trend.offset import offset
from plumbline.analysis.trend.rate_watch import (
    FEWEST_DAYS,
    daily_budget,
    rate_change,
    with_yesterday,
)

COMMISSIONING_D = 60.0
OFFSET_WINDOW_D = 7.0
BUDGET = daily_budget(false_alarms_a_year=1, channels=50)


def without_temperature(year: Year) -> NDArray[Any]:
    """The tilt with the commissioning window's temperature model taken off."""
    quiet = year.time_d < COMMISSIONING_D
    model = fit_thermal(
        year.time_d[quiet], year.tilt_urad[quiet], year.time_d, year.temp_c, version="1"
    )
    return compensated(model, year.time_d, year.tilt_urad, year.time_d, year.temp_c).values


def alarm_days(year: Year, *, until_first_after: float | None = None) -> list[float]:
    """Days on which the watch alarms, each look knowing only what came before its end."""
    found = without_temperature(year)
    known = np.isfinite(found)
    daily = thinned(year.time_d[known], found[known])
    temp = with_yesterday(thinned(year.time_d[known], year.temp_c[known]).values)
    alarms: list[float] = []
    for end in range(FEWEST_DAYS, daily.values.size + 1):
        now = float(daily.time_d[end - 1])
        look = rate_change(
            daily.time_d[:end],
            daily.values[:end],
            budget=BUDGET,
            covariates=temp[:end],
            known_steps_d=(year.quake_d,) if year.quake_d < now else (),
        )
        if look is not None and look.alarm:
            alarms.append(now + 0.5)  # a day is known when it is over
            if until_first_after is not None and now > until_first_after:
                break
    return alarms


def days_to_detection(seed: int, **changed: Any) -> float:
    """Days from the beginning of the settlement to the first alarm after it."""
    alarms = alarm_days(beam_year(seed, **changed), until_first_after=SETTLES_FROM_D)
    return next((day - SETTLES_FROM_D for day in alarms if day > SETTLES_FROM_D), np.inf)


def false_alarms(seed: int, **changed: Any) -> int:
    """Alarms of a year without settlement, those within two weeks counted once."""
    days = alarm_days(beam_year(seed, settling_urad_d=0.0, **changed))
    return sum(1 for i, day in enumerate(days) if i == 0 or day - days[i - 1] > SAME_ALARM_D)


def offset_error(seed: int, **changed: Any) -> float:
    """Step reported at the quake less the true one. [urad]"""
    year = beam_year(seed, **changed)
    found = offset(
        year.time_d,
        without_temperature(year),
        start_d=year.quake_d,
        window_d=OFFSET_WINDOW_D,
        temp_c=year.temp_c,
    )
    return found.size - QUAKE_STEP_URAD if found is not None else np.inf


def plain_readings(year: Year) -> NDArray[Any]:
    """Departure of each raw reading from the commissioning zero."""
    zero = np.median(year.tilt_urad[year.time_d < COMMISSIONING_D])
    return np.abs(year.tilt_urad - zero)


def moving_average(year: Year) -> NDArray[Any]:
    """Departure of the trailing 24 h average of raw readings from the commissioning zero."""
    total = np.concatenate(([0.0], np.cumsum(year.tilt_urad)))
    average = (total[24:] - total[:-24]) / 24.0
    zero = np.median(year.tilt_urad[year.time_d < COMMISSIONING_D])
    return np.concatenate([np.zeros(23), np.abs(average - zero)])
