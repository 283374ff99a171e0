"""Consolidation ahead: Asaoka, the hyperbola, c_v, and predictions that know when to refuse."""

import math

import numpy as np
import pytest
from oracles import degree_of_consolidation, time_factor

from plumbline.analysis.settlement.asaoka import (
    ConsolidationRule,
    asaoka,
    consolidation_coefficient,
    equal_steps,
)
from plumbline.analysis.settlement.differential import (
    cell_level_mm,
    cell_settlement_mm,
    difference,
    settlement_from_levels,
    thermal_error_mm,
)
from plumbline.analysis.settlement.hyperbolic import hyperbolic
from plumbline.analysis.settlement.prediction import (
    NoPrediction,
    Prediction,
    predict_from_half,
    predict_settlement,
)
from plumbline.analysis.settlement.stability import Stability, benchmark_stability, closure


def test_the_printed_exponential_gives_its_beta_and_its_ultimate():
    s = 500.0 * (1.0 - np.exp(-0.01 * 10.0 * np.arange(7)))
    printed = ["0.000", "47.581", "90.635", "129.591", "164.840", "196.735", "225.594"]
    assert [f"{each:.3f}" for each in s] == printed
    line = asaoka(s)
    assert f"{line.beta1:.7f}" == "0.9048374"
    assert f"{line.beta0_mm:.5f}" == "47.58129"
    assert f"{line.ultimate_mm:.3f}" == "500.000"


@pytest.mark.parametrize(
    ("start", "printed", "digits"),
    [(0.1, "0.98836", 5), (0.2, "0.99869", 5), (0.3, "0.99986", 5), (0.5, "0.9999983", 7)],
)
def test_asaoka_on_exact_terzaghi_nears_the_truth_as_it_starts_later(start, printed, digits):
    s = degree_of_consolidation(start + 0.1 * np.arange(8))
    assert f"{asaoka(s).ultimate_mm:.{digits}f}" == printed


def test_the_late_slope_gives_the_consolidation_coefficient_by_both_rules():
    line = asaoka(degree_of_consolidation(1.0 + 0.1 * np.arange(8)))
    assert f"{line.beta1:.5f}" == "0.78134"
    first = consolidation_coefficient(line.beta1, 0.1, 1.0)
    second = consolidation_coefficient(line.beta1, 0.1, 1.0, ConsolidationRule.ASAOKA)
    assert f"{first:.3f}" == "1.000"
    assert f"{second:.3f}" == "1.028"


def test_the_raw_hyperbola_over_predicts_terzaghi_by_22_percent():
    t = np.linspace(time_factor(0.6), time_factor(0.9), 1000)
    found = hyperbolic(t, degree_of_consolidation(t))
    assert f"{found.b:.4f}" == "0.8212"
    assert f"{found.raw_ultimate_mm:.3f}" == "1.218"
    assert found.ultimate_mm == pytest.approx(1.0, abs=1e-3)
    assert (found.from_d, found.to_d) == (t[0], t[-1])
    code = hyperbolic(t, degree_of_consolidation(t), alpha=0.76)
    assert code.ultimate_mm == pytest.approx(0.76 * 1.218, abs=1e-3)


def test_the_degree_of_consolidation_follows_the_early_parabola_and_the_first_term():
    assert degree_of_consolidation(0.01) == pytest.approx(math.sqrt(4 * 0.01 / math.pi), rel=1e-6)
    first_term = 1 - 8 / math.pi**2 * math.exp(-(math.pi**2) / 4 * 0.8)
    assert degree_of_consolidation(0.8) == pytest.approx(first_term, rel=1e-6)
    assert f"{degree_of_consolidation(0.1):.3f}" == "0.357"
    assert time_factor(degree_of_consolidation(0.3)) == pytest.approx(0.3)
    assert degree_of_consolidation(0.0) == 0.0


def readings(seed: int, curve, sigma: float = 0.5):
    time = np.arange(0.0, 200.0, 2.0) + 0.01
    return time, curve(time) + np.random.default_rng(seed).normal(0, sigma, time.size)


def approach(t):
    return 100.0 * (1.0 - np.exp(-0.015 * t))


def test_the_interval_of_a_prediction_holds_the_truth():
    held = 0
    for seed in range(60):
        found = predict_settlement(*readings(seed, approach))
        held += isinstance(found, Prediction) and found.low_mm <= 100.0 <= found.high_mm
    assert held >= 54


def test_a_prediction_carries_its_curve_on():
    found = predict_settlement(*readings(1, approach, sigma=1e-6))
    assert isinstance(found, Prediction)
    assert found.ultimate_mm == pytest.approx(100.0, rel=1e-4)
    assert found.at(300.0) == pytest.approx(approach(300.0), rel=1e-4)
    assert found.line.ultimate_mm == pytest.approx(100.0, rel=1e-2)


@pytest.mark.parametrize(
    ("curve", "reason"),
    [
        (lambda t: 0.4 * t, "level off"),
        (lambda t: 100 * (1 - np.exp(-0.03 * t)) + 25 * np.log10(1 + t / 20), "two halves"),
        (lambda t: 100.0 * (1.0 - np.exp(-0.0025 * t)), "half is needed|too early|level off"),
    ],
)
def test_a_settlement_that_breaks_the_assumptions_is_not_predicted(curve, reason):
    found = predict_settlement(*readings(2, curve))
    assert isinstance(found, NoPrediction)
    assert any(part in found.reason for part in reason.split("|"))


def test_a_load_change_refuses_the_prediction_until_enough_is_read_under_it():
    time, s = readings(3, approach)
    changed = predict_settlement(time, s, load_changes_d=(time[-1],))
    assert isinstance(changed, NoPrediction)
    assert "load has changed" in changed.reason
    few = predict_settlement(time, s, load_changes_d=(time[-5],))
    assert isinstance(few, NoPrediction)
    assert "under this load" in few.reason


def test_readings_before_a_load_change_do_not_count():
    time = np.arange(0.0, 300.0, 2.0)
    s = np.where(time < 50, 0.2 * time, 10 + 80 * (1 - np.exp(-0.02 * (time - 50))))
    found = predict_settlement(time, s, load_changes_d=(50.0,))
    assert isinstance(found, Prediction)
    assert found.from_d > 50.0
    assert found.ultimate_mm == pytest.approx(90.0, rel=1e-3)


def test_real_clay_is_predicted_from_half_of_its_settlement_on():
    # The whole of Terzaghi's curve is no exponential and is refused; its later half nearly is.
    time = np.arange(0.0, 160.0)
    s = 100 * degree_of_consolidation(0.005 * time)
    s = s + np.random.default_rng(6).normal(0, 0.5, time.size)
    assert isinstance(predict_settlement(time, s), NoPrediction)
    found = predict_from_half(time, s)
    assert isinstance(found, Prediction)
    assert found.ultimate_mm == pytest.approx(100.0, rel=0.015)
    assert found.rate_per_d == pytest.approx(math.pi**2 / 4 * 0.005, rel=0.05)


def test_creep_after_consolidation_is_refused_from_its_half_on_too():
    time = np.arange(0.0, 200.0)
    s = 100 * (1 - np.exp(-0.03 * time)) + 25 * np.log10(1 + time / 20)
    s = s + np.random.default_rng(7).normal(0, 0.3, time.size)
    found = predict_from_half(time, s)
    assert isinstance(found, NoPrediction)
    assert "two halves" in found.reason


def test_uneven_readings_are_interpolated_to_equal_steps():
    np.testing.assert_allclose(
        equal_steps([0, 1, 4, 10], [0, 10, 40, 100], 2.5), [0, 25, 50, 75, 100]
    )


def test_two_points_give_a_difference_and_the_rotation_between_them():
    found = difference(2.0, 12.0, 5.0, sigma_first_mm=0.3, sigma_second_mm=0.4)
    assert found.settlement_mm == 10.0
    assert found.rotation_urad == pytest.approx(2000.0)
    assert found.sigma_mm == pytest.approx(0.5)
    np.testing.assert_allclose(settlement_from_levels([1000.0, 990.0], 1000.0), [0.0, 10.0])


def test_a_cell_that_sinks_settles_positive_and_the_reference_is_taken_off():
    # The surface follows the reference vessel: 5 mm more liquid above a cell 5 mm lower.
    settled = cell_settlement_mm(
        [105.0, 103.0], [50.0, 52.0], zero_mm=100.0, reference_zero_mm=50.0
    )
    np.testing.assert_allclose(settled, [5.0, 1.0])


def test_water_columns_follow_the_printed_conversions():
    assert cell_level_mm(9806.65, density_kg_m3=1000.0) == pytest.approx(1000.0)
    assert f"{cell_level_mm(1e5, density_kg_m3=1000.0) / 1e3:.3f}" == "10.197"
    assert f"{thermal_error_mm(1.0, 5.0):.2f}" == "1.05"


def test_a_closure_has_no_meaning_without_its_limit():
    assert closure(0.0, 5.9, length_km=0.25).closes
    assert not closure(0.0, 6.1, length_km=0.25).closes
    assert closure(0.0, -3.9, setups=4).closes
    assert not closure(0.0, 0.5, setups=4, allowed_mm=0.4).closes
    with pytest.raises(ValueError, match="allowed error"):
        closure(0.0, 1.0)


@pytest.mark.parametrize(
    ("rate", "sigma", "verdict"),
    [(0.0, 0.1, Stability.STABLE), (8.0, 0.1, Stability.MOVING), (0.5, 8.0, Stability.UNKNOWN)],
)
def test_a_benchmark_is_stable_moving_or_not_known(rate, sigma, verdict):
    time = np.arange(0.0, 730.0, 30.0)
    level = 5000.0 - rate * time / 365.25 + np.random.default_rng(4).normal(0, sigma, time.size)
    assert benchmark_stability(time, level).verdict is verdict


def test_a_benchmark_checked_too_seldom_is_not_known():
    found = benchmark_stability([0.0, 100.0], [1.0, 1.0])
    assert found.verdict is Stability.UNKNOWN
    assert "5 are needed" in found.reason
