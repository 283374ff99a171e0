"""A settling beam, 200 simulated years: days to detection at a stated false-alarm rate.

Run: ``python -m benchmarks.soaks.beam_year [SEEDS]``; harder variants get a quarter of them. Each
year is hourly: 150 urad p-p a day with 1 h lag, 300 urad p-p a season of random phase, 0.1 urad a
day of sensor drift, first-order noise, a step of 30 urad at a quake, 2 urad a day of settlement
from day 200. All three methods have the same false alarms: one a year over 50 channels. The watch
computes that; the two thresholds, on raw readings and on their 24 h average, are granted theirs in
hindsight: the largest excursion of the same number of years without settlement, exceeded once in
50.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tests" / "analysis"))

from beam_detection import (
    days_to_detection,
    false_alarms,
    moving_average,
    offset_error,
    plain_readings,
)
from beam_year import SETTLES_FROM_D, beam_year

CHANNELS = 50
HARMLESS_FROM = 100_000
VARIANTS = {
    "as the issue states it, noise 5 urad, hourly correlation 0.9": {},
    "noise 10 urad": {"noise_urad": 10.0},
    "noise 10 urad, hourly correlation 0.97": {"noise_urad": 10.0, "noise_lag_one": 0.97},
    "no weather: pure sinusoids": {"weather_c": 0.0},
    "season 600 urad p-p": {"season_urad": 600.0},
    "season answers half as strongly as the day": {"slow_share": 0.5},
    "season answers twice as strongly as the day": {"slow_share": 2.0},
}


def threshold_days(excursion, seeds):
    """Days to detection of a threshold that alarms once in 50 years without settlement."""
    still = sorted(
        float(np.max(excursion(beam_year(HARMLESS_FROM + seed, settling_urad_d=0.0))))
        for seed in range(seeds)
    )
    level = still[-max(1, seeds // CHANNELS)]
    days = []
    for seed in range(seeds):
        year = beam_year(seed)
        over = year.time_d[(excursion(year) > level) & (year.time_d > SETTLES_FROM_D)]
        days.append(float(over[0]) - SETTLES_FROM_D if over.size else np.inf)
    return level, np.array(days)


def percentiles(days):
    """Median, 95th percentile and how many were never found within the year."""
    found = [
        None if not np.isfinite(p) else round(float(p), 1)
        for p in np.percentile(days, [50, 95], method="higher")
    ]
    return {"median_d": found[0], "p95_d": found[1], "never": int(np.sum(~np.isfinite(days)))}


def main(seeds: int) -> int:
    worst = 0.0
    for name, changed in VARIANTS.items():
        years = range(max(1, seeds // 4) if changed else seeds)
        days = np.array([days_to_detection(seed, **changed) for seed in years])
        alarms = sum(false_alarms(HARMLESS_FROM + seed, **changed) for seed in years)
        errors = np.array([abs(offset_error(seed, **changed)) for seed in years])
        report = {
            "what": f"rate watch; {name}",
            "years": len(years),
            **percentiles(days),
            "false_alarms": alarms,
            "false_alarms_allowed": round(len(years) / CHANNELS, 1),
            "step_error_p95_urad": round(float(np.percentile(errors, 95)), 1),
            "step_within_10_urad": round(float(np.mean(errors <= 10.0)), 3),
        }
        print(json.dumps(report), flush=True)
        if not changed:
            worst = report["p95_d"] or np.inf
    for name, excursion in {
        "beside: threshold on raw readings": plain_readings,
        "beside: threshold on a 24 h moving average": moving_average,
    }.items():
        level, days = threshold_days(excursion, seeds)
        report = {"what": name, "years": seeds, "threshold_urad": round(level, 1)}
        print(json.dumps({**report, **percentiles(days)}), flush=True)
    return 0 if worst <= 21.0 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
