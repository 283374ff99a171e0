"""Charts that notice a small lasting change: CUSUM, Page-Hinkley, the Kalman trend, Hampel."""

import math

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given, settings

from plumbline.analysis.statistics.hampel import hampel
from plumbline.analysis.trend.cusum import (
    Cusum,
    readings_between_false_alarms,
    run_length,
    threshold_for,
)
from plumbline.analysis.trend.kalman import REPORT_BEYOND, KalmanTrend
from plumbline.analysis.trend.page_hinkley import PageHinkley

NOISE = np.random.default_rng(7).normal(size=400)


@pytest.mark.parametrize(
    ("h", "printed"),
    [
        (4.0, ["167.7", "74.2", "26.6", "13.3", "8.38", "4.75", "3.34", "2.19"]),
        (5.0, ["465.4", "139.5", "38.0", "17.05", "10.38", "5.75", "4.01", "2.57"]),
    ],
)
def test_the_run_lengths_are_the_printed_ones(h, printed):
    for shift, figure in zip([0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3], printed, strict=True):
        digits = len(figure.partition(".")[2])
        assert f"{run_length(0.5, h, shift):.{digits}f}" == figure


def test_simulated_charts_alarm_as_often_as_the_markov_chain_says():
    rng = np.random.default_rng(8)
    lengths = []
    for _ in range(300):
        chart = Cusum(target=0.0, sigma=1.0, k=0.5, h=4.0)
        over = chart.feed(rng.normal(1.0, 1.0, 200))
        lengths.append(int(np.argmax(over)) + 1)
    assert np.mean(lengths) == pytest.approx(run_length(0.5, 4.0, 1.0), rel=0.1)


def test_the_threshold_is_set_by_the_false_alarms_wanted_over_all_channels():
    between = readings_between_false_alarms(false_alarms_a_year=1, channels=50, readings_a_day=1)
    assert between == pytest.approx(50 * 365.25)
    assert run_length(0.5, threshold_for(between)) == pytest.approx(between, rel=1e-3)
    # At one reading an hour h = 5 false-alarms every 19 days on one channel alone.
    assert run_length(0.5, 5.0) / 24 == pytest.approx(19.4, abs=0.1)


def test_no_threshold_is_invented_for_an_impossible_wish():
    with pytest.raises(ValueError, match="no threshold"):
        threshold_for(1.0)


@given(cut=cuts(len(NOISE)))
@settings(max_examples=25)
def test_a_cusum_does_not_depend_on_how_the_readings_arrive(cut):
    series = NOISE + np.linspace(0, 2, NOISE.size)
    whole = Cusum(target=0.0, sigma=1.0, k=0.5, h=4.0).feed(series)
    chart = Cusum(target=0.0, sigma=1.0, k=0.5, h=4.0)
    np.testing.assert_array_equal(
        np.concatenate([chart.feed(piece) for piece in pieces(series, cut)]), whole
    )


def test_a_missing_reading_leaves_the_sums_standing():
    chart = Cusum(target=0.0, sigma=2.0, k=0.5, h=4.0)
    chart.feed([4.0, math.nan])
    assert (chart.high, chart.low) == (1.5, 0.0)
    chart.reset()
    assert chart.high == 0.0


@given(cut=cuts(len(NOISE)))
@settings(max_examples=25)
def test_page_hinkley_does_not_depend_on_how_the_readings_arrive(cut):
    series = 100.0 + 3.0 * NOISE
    whole = PageHinkley(sigma=3.0, delta=0.5, h=5.0).feed(series)
    test = PageHinkley(sigma=3.0, delta=0.5, h=5.0)
    np.testing.assert_array_equal(
        np.concatenate([test.feed(piece) for piece in pieces(series, cut)]), whole
    )


def test_page_hinkley_finds_a_shift_of_one_sigma_and_learns_the_level_by_itself():
    rng = np.random.default_rng(9)
    series = 5000.0 + 20.0 * np.concatenate([rng.normal(size=300), rng.normal(1.0, 1.0, 60)])
    changed = PageHinkley(sigma=20.0, delta=0.5, h=8.0).feed(series)
    assert not changed[:300].any()
    assert changed[300:340].any()


def test_page_hinkley_with_a_known_level_is_a_cusum():
    test = PageHinkley(sigma=1.0, delta=0.5, h=4.0, warm_up=1)
    test.count, test.mean = 10**12, 0.0  # a level learned from so much that it stands
    chart = Cusum(target=0.0, sigma=1.0, k=0.5, h=4.0)
    series = NOISE + 0.5
    alarms = test.feed(series)
    np.testing.assert_array_equal(alarms, chart.feed(series))


def kalman(**changed) -> KalmanTrend:
    return KalmanTrend(
        **{"reading_sigma": 1.0, "rate_noise": 0.0, "first_rate_sigma": 1e4, **changed}
    )


def test_a_kalman_trend_that_may_not_wander_is_the_least_squares_line():
    rng = np.random.default_rng(10)
    t = np.cumsum(rng.uniform(0.2, 3.0, 50))
    y = 3.0 + 0.7 * t + rng.normal(size=50)
    last = kalman(learn_within=math.inf).feed(t, y)[-1]
    slope, intercept = np.polyfit(t, y, 1)
    assert last.rate == pytest.approx(slope, rel=1e-5)
    assert last.level == pytest.approx(intercept + slope * t[-1], rel=1e-5)
    sigma = 1.0 / math.sqrt(np.sum((t - t.mean()) ** 2))
    assert last.rate_sigma == pytest.approx(sigma, rel=1e-4)


def test_a_missing_reading_is_a_prediction_with_a_wider_interval():
    trend = kalman(learn_within=math.inf)
    before = trend.feed([0.0, 1.0, 2.0], [0.0, 1.0, 2.0])[-1]
    after = trend.feed([5.0], [math.nan])[0]
    assert not after.learned
    assert after.level == pytest.approx(5.0, abs=1e-3)
    assert after.level_sigma > before.level_sigma


def test_the_gate_is_chi_squared_when_all_is_well():
    rng = np.random.default_rng(11)
    t = np.arange(3000.0)
    states = kalman(learn_within=math.inf, first_rate_sigma=0.1).feed(t, rng.normal(size=3000))
    gates = np.array([state.gate for state in states[50:]])
    assert gates.mean() == pytest.approx(1.0, abs=0.08)
    assert np.mean(gates > REPORT_BEYOND) == pytest.approx(0.01, abs=0.006)


def test_a_step_is_reported_and_not_learned():
    trend = kalman(first_rate_sigma=0.01)
    rng = np.random.default_rng(12)
    trend.feed(np.arange(100.0), rng.normal(size=100))
    states = trend.feed(np.arange(100.0, 110.0), 15.0 + rng.normal(size=10))
    assert all(state.alarming for state in states)
    assert trend.refused_in_a_row == 10
    assert abs(states[-1].level) < 1.0


@given(cut=cuts(60))
@settings(max_examples=15)
def test_a_kalman_trend_does_not_depend_on_how_the_readings_arrive(cut):
    t, y = np.arange(60.0), NOISE[:60]
    whole = kalman(rate_noise=1e-3).feed(t, y)
    trend = kalman(rate_noise=1e-3)
    parts = zip(pieces(t, cut), pieces(y, cut), strict=True)
    assert [state for a, b in parts for state in trend.feed(a, b)] == whole


def test_a_reading_from_the_past_is_refused():
    trend = kalman()
    trend.feed([1.0], [0.0])
    with pytest.raises(ValueError, match="older than"):
        trend.feed([0.5], [0.0])


def test_hampel_flags_a_spike_and_offers_its_neighbours_median():
    y = np.sin(np.arange(60) / 10)
    y[30] += 5.0
    found = hampel(y, half_window=4)
    assert np.flatnonzero(found.outlier).tolist() == [30]
    assert found.median[30] == pytest.approx(math.sin(3.0), abs=0.15)


def test_hampel_is_a_plain_loop_over_windows():
    rng = np.random.default_rng(13)
    y = rng.standard_t(2, 80)
    y[11] = np.nan
    found = hampel(y, half_window=5)
    for i in range(80):
        window = y[max(0, i - 5) : i + 6]
        median = np.nanmedian(window)
        mad = 1.482602218505602 * np.nanmedian(np.abs(window - median))
        assert found.median[i] == median
        assert found.outlier[i] == bool(abs(y[i] - median) > 3 * mad)


def test_a_coarse_digit_is_no_spike_under_a_floor():
    y = np.full(30, 10.0)
    y[15] = 10.1
    assert hampel(y).outlier[15]
    assert not hampel(y, floor=0.1).outlier.any()
