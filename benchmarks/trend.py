"""A 90-day trend with interval and Mann-Kendall, milliseconds a channel; JSON lines.

Run: ``python -m benchmarks.trend``. Readings come every ten minutes with a daily wave, drift and
first-order noise; making the daily medians and the trend of them are timed apart, reading the
archive is in neither. Beside it, in the same run: SciPy's Theil-Sen and a Mann-Kendall by two
loops on the same medians, without any correction for autocorrelation.
"""

import json
import time

import numpy as np
from scipy.signal import lfilter
from scipy.stats import theilslopes

from plumbline.analysis.statistics.theil_sen import trend
from plumbline.analysis.statistics.thinning import thinned
from plumbline.analysis.trend.rate_watch import daily_budget, rate_change

CHANNELS, DAYS, A_DAY, ROUNDS = 100, 90, 144, 3


def loops(values):
    """Mann-Kendall's S as one would write it down."""
    s = 0
    for i in range(values.size):
        for j in range(i + 1, values.size):
            s += int(values[j] > values[i]) - int(values[j] < values[i])
    return s


def per_channel_ms(work, channels):
    """Return the best of three rounds over all channels: wall and CPU milliseconds each."""
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        for channel in channels:
            work(channel)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {
        "wall_ms_a_channel": round(1e3 * min(walls) / len(channels), 3),
        "cpu_ms_a_channel": round(1e3 * min(cpus) / len(channels), 3),
    }


def main():
    rng = np.random.default_rng(1)
    day = np.arange(DAYS * A_DAY) / A_DAY
    noise = lfilter([1.0], [1.0, -0.99], rng.normal(0, 0.7, (CHANNELS, day.size)))
    readings = noise + 75 * np.sin(2 * np.pi * day) + 0.4 * day
    daily = [thinned(day, channel) for channel in readings]
    budget = daily_budget(false_alarms_a_year=1, channels=CHANNELS)
    size = {"channels": CHANNELS, "days": DAYS, "readings_a_day": A_DAY}
    cases = {
        "daily medians of the readings": (lambda each: thinned(day, each), readings),
        "trend, interval, Mann-Kendall": (lambda each: trend(each.time_d, each.values), daily),
        "rate watch, one look": (
            lambda each: rate_change(each.time_d, each.values, budget=budget),
            daily,
        ),
        "beside: scipy theilslopes, two loops": (
            lambda each: (theilslopes(each.values, each.time_d), loops(each.values)),
            daily,
        ),
    }
    for name, (work, channels) in cases.items():
        print(json.dumps({"what": name, **size, **per_channel_ms(work, channels)}), flush=True)


if __name__ == "__main__":
    main()
