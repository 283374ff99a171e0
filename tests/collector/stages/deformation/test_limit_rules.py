"""Rates, trends carried on, and failure windows: the numbers a limit is held against."""

import math

import numpy as np
import pytest
from deformation_rig import known, limit
from oracles import voight

from plumbline.collector.stages.deformation.channel_frame import ChannelValues
from plumbline.collector.stages.deformation.channel_registry import ChannelRegistry
from plumbline.collector.stages.deformation.limit_rules import evaluate_rule

DAY = 24
BEAM = ChannelRegistry((), known()).channel("TWR01", "1A.LA")
TILT = ChannelRegistry((), known()).channel("TWR01", "0T.LA")


def view(*rows, lacking=None):
    """Return hourly values, looked at at their last."""
    values = np.atleast_2d(np.array(rows, dtype=float))
    n = values.shape[1]
    return ChannelValues(values=values, lacking=lacking or {}), np.arange(n) / DAY, n - 1


def noisy(n, per_day, sigma=1.0, seed=1):
    return per_day * np.arange(n) / DAY + np.random.default_rng(seed).normal(0, sigma, n)


def test_a_rate_over_days_is_that_of_the_line_whatever_the_daily_wave_does():
    wave = 40 * np.sin(2 * np.pi * np.arange(20 * DAY) / DAY)
    wanted = limit("1A.LA", rule="rate", per="day", over_d=14)
    found = evaluate_rule(wanted, BEAM, view(noisy(20 * DAY, 2.0) + wave), 14.0)
    assert found.size == pytest.approx(2.0, abs=0.1)
    assert found.evidence["points"] == 14


@pytest.mark.parametrize(("per", "times"), [("hour", 1 / 24), ("day", 1.0), ("month", 30.4375)])
def test_a_rate_is_told_in_the_time_its_limit_names(per, times):
    wanted = limit("1A.LA", rule="rate", per=per, over_d=10)
    found = evaluate_rule(wanted, BEAM, view(3.0 * np.arange(11 * DAY) / DAY), 10.0)
    assert found.size == pytest.approx(3.0 * times, rel=1e-9)


def test_a_rate_whose_interval_holds_zero_is_none():
    wanted = limit("1A.LA", rule="rate", per="day", over_d=14)
    assert evaluate_rule(wanted, BEAM, view(noisy(15 * DAY, 0.0, sigma=30.0)), 14.0).size == 0.0


def test_a_rate_of_two_axes_is_that_of_the_resultant():
    wanted = limit("0T.LA", rule="rate", per="day", over_d=10)
    line = np.arange(11 * DAY) / DAY
    found = evaluate_rule(wanted, TILT, view(3.0 * line, -4.0 * line), 10.0)
    assert found.size == pytest.approx(5.0, rel=1e-9)
    assert found.evidence["azimuth_deg"] == pytest.approx(306.9, abs=0.1)


def test_three_days_say_nothing_of_a_month():
    wanted = limit("1A.LA", rule="rate", per="month", over_d=30)
    assert evaluate_rule(wanted, BEAM, view(noisy(10 * DAY, 5.0)), 30.0) is None
    assert evaluate_rule(wanted, BEAM, view(noisy(16 * DAY, 5.0)), 30.0) is not None


def test_only_values_that_lack_the_same_make_a_line():
    """A mean that lost a member jumps; the jump must not become a rate."""
    n = 20 * DAY
    gone = np.arange(n) >= 14 * DAY
    jump = np.where(gone, 50.0, 0.0) + noisy(n, 0.0)
    wanted = limit("1A.LA", rule="rate", per="day", over_d=10)
    assert evaluate_rule(wanted, BEAM, view(jump), 10.0).evidence["points"] == 10
    found = evaluate_rule(wanted, BEAM, view(jump, lacking={"3A.LA missing": gone}), 10.0)
    assert (found.size, found.evidence["points"]) == (0.0, 6)
    assert found.quality == ("3A.LA missing",)


def test_a_forecast_carries_the_trend_on_to_the_bound():
    """At 2 urad a day from 60, thirty days later 120: over 100, and in 20 days."""
    line = 32.0 + 2.0 * np.arange(14 * DAY + 1) / DAY
    wanted = limit("1A.LA", rule="forecast", over_d=14, within_d=30)
    found = evaluate_rule(wanted, BEAM, view(line), 14.0)
    assert found.evidence["now"] == pytest.approx(60.0)
    assert found.size == pytest.approx(120.0)
    earliest, latest = found.evidence["reached_in_d"]["amber"]
    assert (earliest, latest) == (pytest.approx(20.0), pytest.approx(20.0))


def test_a_forecast_tells_an_interval_and_the_truth_lies_in_it():
    inside = 0
    for seed in range(40):
        line = 32.0 + noisy(14 * DAY, 2.0, sigma=8.0, seed=seed)
        wanted = limit("1A.LA", rule="forecast", over_d=14, within_d=30)
        earliest, latest = evaluate_rule(wanted, BEAM, view(line), 14.0).evidence["reached_in_d"][
            "red"
        ]
        # 170 urad at 2 urad a day, give or take what the last reading is off.
        inside += earliest - 4 <= 70.0 <= (latest or math.inf) + 4
    assert inside >= 36


def test_what_goes_back_to_zero_is_held_against_what_it_is_now():
    line = 90.0 - 2.0 * np.arange(15 * DAY) / DAY
    found = evaluate_rule(
        limit("1A.LA", rule="forecast", over_d=14, within_d=10), BEAM, view(line), 14.0
    )
    assert found.size == pytest.approx(found.evidence["now"])
    assert found.evidence["expected"] < found.evidence["now"]


CELL = ChannelRegistry((), known()).channel("TWR01", "0C.LD")


def consolidating(days, ultimate=40.0, rate=0.03, sigma=0.05, start=0.0):
    time_d = np.maximum(np.arange(days * DAY) / DAY - start, 0.0)
    noise = np.random.default_rng(9).normal(0, sigma, days * DAY)
    return ultimate * (1 - np.exp(-rate * time_d)) + noise


def curved(**changed):
    words = {"of": "settlement", "rule": "forecast", "curve": "consolidation", "over_d": 90}
    return limit("0C.LD", **(words | {"within_d": 60} | changed))


def test_a_settlement_that_levels_off_is_carried_on_by_consolidation_and_not_by_a_line():
    settled = consolidating(60)
    found = evaluate_rule(curved(), CELL, view(settled), 90.0)
    truth = 40.0 * (1 - math.exp(-0.03 * 120))  # 60 days on, a figure of the curve itself
    assert found.evidence["curve"] == "consolidation"
    low, high = found.evidence["ultimate_95_mm"]
    assert low <= 40.0 <= high
    assert truth - 0.1 <= found.size <= truth + (high - 40.0) + 0.1
    by_line = evaluate_rule(curved(curve="line"), CELL, view(settled), 90.0)
    assert by_line.size > 1.3 * truth


def test_where_nothing_levels_off_the_line_is_carried_on_and_the_reason_stands_beside():
    settled = 0.5 * np.arange(60 * DAY) / DAY
    found = evaluate_rule(curved(), CELL, view(settled), 90.0)
    assert found.size == pytest.approx(0.5 * 120, rel=0.01)
    assert "level off" in found.evidence["no_consolidation"]
    assert found.size == evaluate_rule(curved(curve="line"), CELL, view(settled), 90.0).size


def test_what_was_read_before_the_load_changed_does_not_count():
    # The view begins on 1970-01-01; the load changed after 20 days.
    settled = np.concatenate([0.1 * np.arange(20 * DAY) / DAY, 2.0 + consolidating(60)])
    found = evaluate_rule(curved(load_changed=["1970-01-21"]), CELL, view(settled), 90.0)
    assert found.evidence["ultimate_mm"] == pytest.approx(42.0, abs=0.3)
    changed_now = evaluate_rule(curved(load_changed=["1970-03-25"]), CELL, view(settled), 90.0)
    assert "load has changed" in changed_now.evidence["no_consolidation"]


def test_a_limit_of_a_line_is_the_limit_that_0_2_0_knew():
    # An adoption holds for a definition: a new option must not void those there are.
    assert "curve" not in limit("0C.LD", of="settlement", rule="forecast").definition()
    assert '"curve": "consolidation"' in curved().definition()
    with pytest.raises(ValueError, match="only a forecast of a settlement"):
        limit("0T.LA", rule="forecast", curve="consolidation")


def moved(days, failure_d, a=0.05):
    """Return the displacement of Voight's law with exponent two: -ln(t_f - t) / A."""
    time_d = np.arange(days * DAY) / DAY
    return (math.log(failure_d) - np.log(failure_d - time_d)) / a


def test_the_displacement_used_here_has_the_velocity_of_voights_law():
    u = moved(15, 20.0)
    np.testing.assert_allclose(
        np.diff(u) * DAY,
        voight((np.arange(u.size - 1) + 0.5) / DAY, a=0.05, failure_d=20.0),
        rtol=1e-3,
    )


def test_a_failure_rule_counts_the_days_until_the_window_begins():
    u = moved(15, 20.0) + np.random.default_rng(3).normal(0, 0.2, 15 * DAY)
    wanted = limit("1A.LA", rule="failure", amber=14, red=7, black=2, over_d=30)
    found = evaluate_rule(wanted, BEAM, view(u), 30.0)
    earliest, latest = found.evidence["window_d"]
    assert earliest <= 20.0 - 15.0 <= latest
    assert found.size == earliest
    assert wanted.reached(found.size) == "red"


def test_nothing_that_does_not_accelerate_is_near_a_failure():
    wanted = limit("1A.LA", rule="failure", amber=14, red=None, over_d=30)
    found = evaluate_rule(wanted, BEAM, view(noisy(20 * DAY, 2.0)), 30.0)
    assert found.size == math.inf
    assert wanted.reached(found.size) == "green"
    assert "no_forecast" in found.evidence


def test_a_handful_of_readings_says_nothing_about_failure():
    wanted = limit("1A.LA", rule="failure", amber=14, red=None, over_d=30)
    assert evaluate_rule(wanted, BEAM, view(noisy(12, 2.0)), 30.0) is None


def test_bounds_in_days_fall():
    with pytest.raises(ValueError, match="expected amber > red > black"):
        limit("1A.LA", rule="failure", amber=2, red=14)
