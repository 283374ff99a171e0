"""The robust line and its interval, Mann-Kendall, thinning, the ends of a record."""

import math

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import kendalltau, theilslopes

from plumbline.analysis.statistics.mann_kendall import mann_kendall, variance_factor
from plumbline.analysis.statistics.theil_sen import pairwise_slopes, theil_sen, trend
from plumbline.analysis.statistics.thinning import lag_one, thinned
from plumbline.analysis.trend.ends import ends


def first_order(seed: int, n: int, phi: float) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=n + 200)
    return lfilter([math.sqrt(1 - phi**2)], [1.0, -phi], noise)[200:]


def test_ten_values_all_rising_give_the_printed_mann_kendall():
    found = mann_kendall(np.arange(10.0))
    assert found.s == 45
    assert found.variance == pytest.approx(10 * 9 * 25 / 18)
    assert f"{found.z:.5f}" == "3.93548"
    assert mann_kendall(-np.arange(10.0)).z == pytest.approx(-found.z)


def test_mann_kendalls_s_is_kendalls_tau_times_its_pairs():
    y = np.random.default_rng(2).normal(size=40)
    tau = kendalltau(np.arange(40), y).statistic
    assert mann_kendall(y).s == pytest.approx(tau * 40 * 39 / 2)


def test_ties_take_their_share_off_the_variance():
    # n = 4 with one pair of ties: 4*3*13 - 2*1*9 = 138.
    assert mann_kendall([1.0, 2.0, 2.0, 3.0]).variance == pytest.approx(138 / 18)
    assert mann_kendall([5.0, 5.0, 5.0]).z == 0.0


def test_no_autocorrelation_leaves_the_variance_as_it_is():
    assert variance_factor(50, 0.0) == 1.0
    assert variance_factor(50, -0.3) == 1.0
    # For a long series the factor tends to the sum over all lags.
    lags = np.arange(1, 2000)
    endless = 1 + 2 * np.sum(6 / np.pi * np.arcsin(0.6**lags / 2))
    assert variance_factor(5000, 0.6) == pytest.approx(endless, rel=0.01)


def test_the_line_and_its_interval_are_scipys():
    rng = np.random.default_rng(3)
    t, y = np.sort(rng.uniform(0, 90, 60)), rng.normal(size=60)
    ours, theirs = theil_sen(t, y), theilslopes(y, t, 0.95)
    assert ours.rate == pytest.approx(theirs.slope)
    assert (ours.low, ours.high) == pytest.approx((theirs.low_slope, theirs.high_slope))
    assert ours.intercept == pytest.approx(theirs.intercept)


def test_a_slow_loop_finds_the_same_slopes():
    t, y = np.array([0.0, 1.0, 1.0, 3.0]), np.array([2.0, 5.0, 1.0, 0.0])
    slow = [
        (y[j] - y[i]) / (t[j] - t[i]) for i in range(4) for j in range(i + 1, 4) if t[j] != t[i]
    ]
    np.testing.assert_allclose(np.sort(pairwise_slopes(t, y)), np.sort(slow))


@pytest.mark.parametrize(("share", "holds"), [(0.28, True), (0.31, False)])
def test_the_line_breaks_down_at_29_percent_of_the_worst_placed_readings(share, holds):
    t = np.arange(300.0)
    y = 0.5 * t + 1e6 * t * (t >= 300 * (1 - share))
    assert (abs(theil_sen(t, y).rate) < 100.0) is holds


def test_a_quarter_of_wild_readings_does_not_move_the_line():
    t = np.arange(40.0)
    y = 0.5 * t
    y[::4] += 1000.0
    assert theil_sen(t, y).rate == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6])
def test_the_interval_holds_the_truth_however_correlated_the_noise(phi):
    t = np.arange(90.0) + 0.5
    held = false = 0
    for seed in range(200):
        noise = first_order(seed, 90, phi)
        line = trend(t, 0.1 * t + noise).line
        held += line.low <= 0.1 <= line.high
        false += trend(t, noise).test.p < 0.05
    assert held >= 180  # 95 % nominal
    assert false <= 22  # 5 % nominal


def test_ignoring_the_correlation_would_have_claimed_trends_that_are_not_there():
    false = sum(mann_kendall(first_order(seed, 90, 0.6)).p < 0.05 for seed in range(200))
    assert false > 40


def test_a_daily_wave_does_not_tilt_the_trend_of_daily_medians():
    t = np.arange(0, 30, 1 / 24)
    found = trend(t, 100 * np.sin(2 * np.pi * t) + 0.2 * t)
    assert found.line.rate == pytest.approx(0.2, abs=1e-6)


def test_half_a_day_is_not_a_day():
    t = np.concatenate([np.arange(0, 3, 1 / 24), np.arange(3, 3.3, 1 / 24)])
    assert thinned(t, np.ones(t.size)).time_d.tolist() == [0.5, 1.5, 2.5]


def test_thinning_takes_readings_in_any_order_and_skips_what_is_missing():
    rng = np.random.default_rng(5)
    t, y = np.arange(0, 5, 1 / 24), rng.normal(size=120)
    shuffled = rng.permutation(120)
    y[7] = np.nan
    whole, mixed = thinned(t, y), thinned(t[shuffled], y[shuffled])
    np.testing.assert_array_equal(whole.values, mixed.values)
    assert whole.counts[0] == 23
    assert whole.values[1] == np.median(y[24:48])
    assert thinned([], []).values.size == 0


def test_the_lag_one_estimate_is_hardly_biased_and_never_negative():
    t = np.arange(90.0)
    found = [
        lag_one(t, y - np.polyval(np.polyfit(t, y, 1), t), 1.0)
        for y in (first_order(seed, 90, 0.5) for seed in range(200))
    ]
    assert np.mean(found) == pytest.approx(0.5, abs=0.04)
    assert lag_one(t, np.resize([1.0, -1.0], 90), 1.0) == 0.0


def test_pairs_across_a_gap_do_not_count_as_neighbours():
    day = np.array([0.0, 1.0, 2.0, 10.0, 11.0, 12.0, 20.0, 21.0])
    residual = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 1.0, 1.0])
    assert lag_one(day, residual, 1.0) > 0.9


def test_the_ends_of_a_drift_are_its_ends_not_the_means_of_its_tenths():
    t = np.arange(1000.0)
    found = ends(t, 0.01 * t)
    assert found.first == pytest.approx(0.01 * np.mean(t[:2]), abs=0.02)
    assert found.change == pytest.approx(0.01 * 999, rel=1e-3)


def test_too_few_points_give_no_line():
    with pytest.raises(ValueError, match="5 to 4000 points"):
        theil_sen([0, 1, 2, 3], [0, 1, 2, 3])
    with pytest.raises(ValueError, match="all times are equal"):
        theil_sen([1.0] * 6, np.arange(6.0))


def test_readings_at_any_time_are_not_called_autocorrelated_by_one_close_pair():
    rng = np.random.default_rng(9)
    day = np.sort(rng.choice(1500, 24, replace=False)).astype(float)
    assert np.sum(np.diff(day) == 1) == 1
    noise = rng.normal(0, 0.5, 24)
    found = trend(day, -0.01 * day + noise)
    assert found.lag_one == 0.0
    assert found.line.low < -0.01 < found.line.high
    assert found.line.high - found.line.low < 0.002


def test_weekly_readings_have_the_autocorrelation_of_weeks():
    rng = np.random.default_rng(3)
    left = np.zeros(400)
    for k in range(1, 400):
        left[k] = 0.7 * left[k - 1] + rng.normal()
    # 0.7 +- sqrt((1 - 0.7 ** 2) / 400) is two sigma of 0.07.
    assert lag_one(7.0 * np.arange(400), left, 1.0) == pytest.approx(0.7, abs=0.08)
