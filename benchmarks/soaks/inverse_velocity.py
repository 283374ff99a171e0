"""Inverse velocity, 500 seeds: does the window hold the failure, and do harmless series get one?

Run: ``python -m benchmarks.soaks.inverse_velocity [SEEDS]``. Hourly readings, sigma 0.2 mm,
A = 0.05 / mm, failure at 20 days, looked at half-way and at three quarters. The harmless series
(constant rate, thermal, step, consolidation) are forecast anew every day of their 20: one forecast
on any day counts the whole series as false.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tests" / "analysis"))

from slow_series import DAYS, HARMLESS, failing

from plumbline.analysis.failure import Forecast, forecast_failure

FAILURE_D = 20.0


def main(seeds: int) -> int:
    bad = 0
    for until, most in ((10.0, 1.0), (15.0, 0.5)):
        found = [forecast_failure(*failing(seed, until)) for seed in range(seeds)]
        given = [each for each in found if isinstance(each, Forecast)]
        held = sum(each.earliest_d <= FAILURE_D <= each.latest_d for each in given)
        width = float(np.median([each.latest_d - each.earliest_d for each in given]))
        share = width / (FAILURE_D - until)
        report = {
            "what": f"window at day {until:g} of {FAILURE_D:g}",
            "seeds": seeds,
            "given": len(given),
            "holds_the_failure_of_all": round(held / seeds, 3),
            "holds_the_failure_of_given": round(held / max(len(given), 1), 3),
            "median_width_d": round(width, 2),
            "median_width_over_remaining": round(share, 3),
            "bound": most,
        }
        print(json.dumps(report), flush=True)
        bad += held / seeds < 0.9 or share > most
    false = 0
    each_kind = seeds // len(HARMLESS)
    for name, make in HARMLESS.items():
        count = 0
        for seed in range(each_kind):
            time, moved = make(10_000 + seed)
            forecasts = (time <= day for day in range(3, DAYS + 1))
            count += any(
                isinstance(forecast_failure(time[k], moved[k]), Forecast) for k in forecasts
            )
        false += count
        print(json.dumps({"what": f"harmless: {name}", "series": each_kind, "false": count}))
    share = false / (each_kind * len(HARMLESS))
    print(json.dumps({"what": "harmless, all", "false_share": round(share, 4), "bound": 0.01}))
    return 1 if bad or share > 0.01 else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
