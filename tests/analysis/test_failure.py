"""When will it fail? A window for what accelerates, nothing for what only forecasts like it."""

import sys
from pathlib import Path

import numpy as np
import pytest
from oracles import voight

sys.path.insert(0, str(Path(__file__).resolve().parent))

from slow_series import HARMLESS, failing, hours

from plumbline.analysis.failure import (
    FailureWatch,
    Forecast,
    NoForecast,
    Velocity,
    forecast_failure,
    inverse_velocity_line,
    onset,
    velocity,
)
from plumbline.analysis.failure.likelihood import averaged, growth


def test_fukuzonos_printed_velocities_and_displacement():
    v = voight([0.0, 10.0, 15.0], a=0.05, failure_d=20.0)
    np.testing.assert_allclose(v, [1.0, 2.0, 4.0])
    _, moved = failing(0, 10.0)
    quiet = -np.log(1 - 10.0 / 20.0) / 0.05
    assert f"{quiet:.4f}" == "13.8629"
    assert moved[-1] == pytest.approx(quiet, abs=1.0)


def test_the_line_of_inverse_velocity_meets_zero_at_exactly_20_days():
    t = np.arange(0.0, 15.0)
    line = inverse_velocity_line(t, voight(t, a=0.05, failure_d=20.0))
    assert line.zero_d == pytest.approx(20.0, abs=1e-9)
    assert line.slope == pytest.approx(-0.05)
    assert line.r_squared == pytest.approx(1.0)


@pytest.mark.parametrize("alpha", [1.7, 2.3, 3.0])
def test_voights_law_solves_his_equation(alpha):
    t, dt = np.array([3.0, 9.0]), 1e-5
    v = voight(t, a=0.05, failure_d=20.0, alpha=alpha)
    slope = (voight(t + dt, a=0.05, failure_d=20.0, alpha=alpha) - v) / dt
    np.testing.assert_allclose(slope, 0.05 * v**alpha, rtol=1e-4)


@pytest.mark.parametrize("alpha", [1.6, 2.0, 2.4])
def test_the_integrated_law_has_voights_velocity_and_a_steady_rate_before_its_onset(alpha):
    t = np.linspace(0.0, 15.0, 3001)
    moved = growth(20.0 - t, np.array(14.0), np.array(alpha))
    rate = np.gradient(moved, t)
    after = t > 6.1
    law = voight(t[after], a=1.0, failure_d=20.0, alpha=alpha)
    np.testing.assert_allclose(rate[after][:-1], (law * rate[after][0] / law[0])[:-1], rtol=1e-3)
    np.testing.assert_allclose(rate[t < 5.9], 1.0 / 14.0, rtol=1e-6)


def test_the_law_is_smooth_through_fukuzonos_exponent():
    left = np.linspace(1.0, 10.0, 50)
    at, near = (growth(left, np.array(10.0), np.array(a)) for a in (2.0, 2.0 + 1e-7))
    np.testing.assert_allclose(at, near, atol=1e-5)


def test_block_velocities_compare_equal_clock_hours():
    time = hours(12.0)
    speed = velocity(time, 1.5 * time + 4.0 * np.sin(2 * np.pi * time))
    np.testing.assert_allclose(speed.values, 1.5, atol=0.06)
    assert speed.step_d == 1.0


def test_the_noise_of_a_velocity_is_known():
    rng = np.random.default_rng(1)
    spread = [
        velocity(t, t + rng.normal(0, 0.2, t.size)).values for t in [hours(15.0)] for _ in range(60)
    ]
    assert velocity(hours(15.0), rng.normal(0, 0.2, 361)).sigma == pytest.approx(
        np.std(spread), rel=0.15
    )


def speeds(values) -> Velocity:
    return Velocity(np.arange(len(values)) + 0.5, np.asarray(values, float), 0.01, 1.0)


def test_the_onset_is_where_the_short_average_crosses_the_long_one():
    found = onset(speeds([1.0] * 10 + [1.2, 1.5, 2.0, 2.7]))
    assert not found.from_start
    assert found.time_d == pytest.approx(7.5)
    assert onset(speeds(np.linspace(1, 3, 12))).from_start
    assert onset(speeds(np.linspace(3, 1, 12))) is None
    assert onset(speeds([1.0, 2.0])) is None


@pytest.mark.parametrize(("until_d", "share"), [(10.0, 1.0), (15.0, 0.5)])
def test_the_window_holds_the_failure_and_narrows(until_d, share):
    found = [forecast_failure(*failing(seed, until_d)) for seed in range(10)]
    given = [each for each in found if isinstance(each, Forecast)]
    assert len(given) >= 9
    assert sum(each.earliest_d <= 20.0 <= each.latest_d for each in given) >= 9
    widths = [each.latest_d - each.earliest_d for each in given]
    assert np.median(widths) <= share * (20.0 - until_d)


def test_steady_creep_before_the_onset_does_not_pull_the_window():
    held = 0
    for seed in range(6):
        time = hours(25.0)
        moved = np.where(time < 10, time, 10 - 20 * np.log(np.maximum(1 - (time - 10) / 20, 1e-9)))
        noise = np.random.default_rng(seed).normal(0, 0.2, time.size)
        found = forecast_failure(time, moved + noise)
        held += isinstance(found, Forecast) and found.earliest_d <= 30.0 <= found.latest_d
    assert held >= 5


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_does_not_accelerate_gets_no_forecast_at_any_time(kind):
    for seed in range(12):
        time, moved = HARMLESS[kind](seed)
        for until in range(3, 21, 2):
            upto = time <= until
            assert isinstance(forecast_failure(time[upto], moved[upto]), NoForecast)


def test_a_motion_downward_is_forecast_like_one_upward():
    time, moved = failing(3, 15.0)
    up, down = forecast_failure(time, moved), forecast_failure(time, -moved)
    assert down.latest_d == pytest.approx(up.latest_d)
    assert down.velocity_now == pytest.approx(up.velocity_now)


def test_a_forecast_is_never_a_single_time():
    with pytest.raises(ValueError, match="window"):
        Forecast(
            made_d=1.0,
            earliest_d=2.0,
            latest_d=2.0,
            onset_d=0.0,
            velocity_now=1.0,
            growth=2.0,
            r_squared=0.9,
            n_velocities=9,
        )
    assert not any("time" in name for name in Forecast.__slots__)


def test_forecasts_are_counted_and_the_count_starts_anew_after_a_pause():
    watch = FailureWatch()
    time, moved = failing(4, 15.0)
    forecasts = [watch.evaluate(time[time <= day], moved[time <= day]) for day in (12, 13, 14)]
    assert [look.reforecast for look in forecasts] == [0, 1, 2]
    assert isinstance(watch.evaluate(time[:5], moved[:5]), NoForecast)
    assert not watch.history
    assert watch.replay(time, moved, every_d=2.0).reforecast >= 1


def test_few_readings_or_a_rest_say_why_there_is_no_forecast():
    assert "fewer than 20" in forecast_failure([0.0, 1.0], [0.0, 1.0]).reason
    assert forecast_failure([], []).reason
    time = hours(20.0)
    assert isinstance(forecast_failure(time, np.zeros(time.size)), NoForecast)


def test_block_means_keep_the_mean():
    time = hours(20.0)
    at, moved = averaged(time, 2.0 * time)
    assert at.size == 240
    np.testing.assert_allclose(moved, 2.0 * at)
