"""Temperature taken off a tilt: fitted once with its lag, refused when nothing can be learned."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from plumbline.analysis.statistics.huber import huber_fit
from plumbline.analysis.thermal.model import ThermalRefused, compensated, fit_thermal
from plumbline.analysis.thermal.temperature import Temperature

HOURS = np.arange(30 * 24.0)
TIME = HOURS / 24.0


def weather(hours: np.ndarray) -> np.ndarray:
    return 25 + 4 * np.sin(2 * np.pi * hours / 24) + 3 * np.sin(2 * np.pi * hours / (24 * 11))


def tilt(lag_h: float, seed: int = 1, sigma: float = 2.0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, HOURS.size)
    return 500.0 + 15.0 * (weather(HOURS - lag_h) - 25.0) + 0.5 * TIME + noise


def test_lag_coefficient_and_trend_are_found_and_told_apart():
    model = fit_thermal(TIME, tilt(3.0), TIME, weather(HOURS), version="1")
    effective_lag = model.lag_h - model.per_c_h / model.per_c
    assert effective_lag == pytest.approx(3.0, abs=0.2)
    assert model.per_c == pytest.approx(15.0, rel=0.02)
    assert model.trend_per_d == pytest.approx(0.5, abs=0.1)
    assert model.residual_sigma == pytest.approx(2.0, rel=0.2)
    assert model.r_squared > 0.98


def test_the_raw_reading_is_kept_beside_the_compensated_one():
    raw = tilt(1.0)
    model = fit_thermal(TIME, raw, TIME, weather(HOURS), version="2025-a")
    found = compensated(model, TIME, raw, TIME, weather(HOURS))
    np.testing.assert_array_equal(found.raw, raw)
    assert found.version == "2025-a"
    flat = found.values - 0.5 * TIME
    assert np.nanstd(flat) < 0.1 * np.std(raw)


def test_a_model_is_frozen():
    model = fit_thermal(TIME, tilt(1.0), TIME, weather(HOURS), version="1")
    with pytest.raises(FrozenInstanceError):
        model.per_c = 1.0


def test_a_temperature_outside_the_window_is_an_extrapolation_and_says_so():
    model = fit_thermal(TIME, tilt(1.0), TIME, weather(HOURS), version="1")
    hot = weather(HOURS) + 15.0
    found = compensated(model, TIME, tilt(1.0), TIME, hot)
    assert np.all(found.extrapolated[24:])
    assert not compensated(model, TIME, tilt(1.0), TIME, weather(HOURS)).extrapolated[24:-24].any()


def test_a_window_in_which_the_temperature_stood_still_is_refused():
    with pytest.raises(ThermalRefused, match="moved only 2.0 degC"):
        fit_thermal(TIME, tilt(1.0), TIME, 25 + np.sin(2 * np.pi * TIME), version="1")


def test_a_window_of_less_than_a_week_is_refused():
    short = TIME < 6.0
    with pytest.raises(ThermalRefused, match="shorter than 7 days"):
        fit_thermal(TIME[short], tilt(1.0)[short], TIME, weather(HOURS), version="1")


def test_a_window_full_of_holes_is_refused():
    raw = tilt(1.0)
    raw[60:] = np.nan
    with pytest.raises(ThermalRefused, match="half of seven days"):
        fit_thermal(TIME, raw, TIME, weather(HOURS), version="1")
    with pytest.raises(ThermalRefused, match="no temperature to go by"):
        fit_thermal(TIME, tilt(1.0), TIME, np.full(TIME.size, np.nan), version="1")


def test_a_blow_during_commissioning_hardly_moves_the_coefficients():
    raw = tilt(1.0)
    raw[200:230] += 400.0
    model = fit_thermal(TIME, raw, TIME, weather(HOURS), version="1")
    assert model.per_c == pytest.approx(15.0, rel=0.05)


def test_a_hole_in_the_temperature_is_not_bridged():
    model = fit_thermal(TIME, tilt(1.0), TIME, weather(HOURS), version="1")
    kept = (TIME < 10.0) | (TIME > 11.0)
    found = compensated(model, TIME, tilt(1.0), TIME[kept], weather(HOURS)[kept])
    assert np.isnan(found.values[(TIME > 10.2) & (TIME < 10.9)]).all()
    assert np.isfinite(found.values[(TIME > 12) & (TIME < 29)]).all()


def test_huber_agrees_with_least_squares_where_nothing_is_wild():
    rng = np.random.default_rng(2)
    design = np.column_stack([np.ones(300), rng.normal(size=300)])
    target = design @ np.array([1.0, 2.0]) + rng.uniform(-0.1, 0.1, 300)
    plain = np.linalg.lstsq(design, target, rcond=None)[0]
    np.testing.assert_allclose(huber_fit(design, target), plain, atol=0.01)


def test_a_beam_that_answers_the_season_otherwise_than_the_day_is_told_so():
    hours = np.arange(60 * 24.0)
    week = 4 * np.sin(2 * np.pi * hours / (24 * 9))
    day = 5 * np.sin(2 * np.pi * (hours - 1) / 24)
    temp = 25 + week + 5 * np.sin(2 * np.pi * hours / 24)
    raw = 15 * day + 30 * week + np.random.default_rng(3).normal(0, 2, hours.size)
    model = fit_thermal(hours / 24, raw, hours / 24, temp, version="1")
    # A trailing mean lags a nine-day wave by half a day, which the fast term takes up.
    assert model.per_c == pytest.approx(15.0, rel=0.1)
    assert model.per_c_slow == pytest.approx(30.0, rel=0.1)
    left = compensated(model, hours / 24, raw, hours / 24, temp).values
    assert np.nanstd(left[48:]) < 0.2 * np.std(raw)


def test_a_window_too_short_to_tell_keeps_one_coefficient():
    short = TIME < 10.0
    assert (
        fit_thermal(TIME[short], tilt(1.0)[short], TIME, weather(HOURS), version="1").per_c_slow
        is None
    )


def test_the_mean_of_the_last_day_needs_most_of_a_day():
    hour = np.arange(72.0)
    temperature = Temperature(hour / 24, hour)
    found = temperature.day_mean(np.array([10.0, 23.0, 60.0]) / 24)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(np.mean(np.arange(24)))
    assert found[2] == pytest.approx(np.mean(np.arange(37, 61)))
