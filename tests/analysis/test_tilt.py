"""One tiltmeter: angle, robust mean, resultant, beam; and what it may not claim."""

import math

import numpy as np
import pytest

from plumbline.analysis.statistics.robust_mean import robust_scale
from plumbline.analysis.tilt import (
    chain_settlement_mm,
    differential_settlement_mm,
    robust_centre,
    robust_mean,
    tilt_resultant,
)


def test_the_published_pipeline_example_gives_0_42_mm():
    urad = math.radians(0.002) * 1e6
    assert f"{urad:.0f}" == "35"
    assert f"{differential_settlement_mm(urad, 12.0):.2f}" == "0.42"


def test_a_lever_arm_of_12_instead_of_8_m_inflates_by_half():
    ratio = differential_settlement_mm(35.0, 12.0) / differential_settlement_mm(35.0, 8.0)
    assert ratio == pytest.approx(1.5)


def test_settlement_without_a_length_is_refused():
    with pytest.raises(ValueError, match="baseline_m"):
        differential_settlement_mm(35.0, 0.0)


def test_the_robust_mean_of_clean_noise_is_nearly_as_good_as_the_mean():
    rng = np.random.default_rng(1)
    windows = rng.normal(5.0, 2.0, (2000, 120))
    centres = np.array([robust_mean(w).centre for w in windows])
    assert centres.mean() == pytest.approx(5.0, abs=0.02)
    # Efficiency over 95 %: the variance is within 1 / 0.95 of the plain mean's.
    assert np.var(centres) < np.var(windows.mean(axis=1)) / 0.95


def test_spikes_and_missing_readings_do_not_move_the_robust_mean():
    readings = [1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 9999.0, math.nan, -500.0]
    centre, scale, n_used = robust_mean(readings)
    assert centre == pytest.approx(1.0)
    assert scale < 0.1
    assert n_used == 6


def test_coarse_digits_keep_their_neighbours():
    centre, _, n_used = robust_mean([3.0] * 60 + [4.0] * 40 + [900.0])
    assert n_used == 100
    assert centre == pytest.approx(3.4)


def test_a_window_without_readings_has_no_mean():
    centre, scale, n_used = robust_mean([math.nan])
    assert math.isnan(centre)
    assert math.isnan(scale)
    assert n_used == 0


@pytest.mark.parametrize(
    ("x", "y", "azimuth"),
    [(3.0, 4.0, math.degrees(math.atan2(4, 3))), (-1, 0, 180), (0, -1, 270), (1, 0, 0)],
)
def test_the_resultant_is_pythagoras_and_points_by_compass(x, y, azimuth):
    magnitude, direction = tilt_resultant(x, y)
    assert magnitude == pytest.approx(math.hypot(x, y))
    assert direction == pytest.approx(azimuth)


def test_axes_mounted_anywhere_give_the_same_resultant():
    lean, toward = 50.0, 200.0
    for ax, ay in [(30.0, 120.0), (10.0, 280.0), (45.0, 100.0)]:
        x = lean * math.cos(math.radians(toward - ax))
        y = lean * math.cos(math.radians(toward - ay))
        magnitude, direction = tilt_resultant(x, y, azimuth_x_deg=ax, azimuth_y_deg=ay)
        assert magnitude == pytest.approx(lean)
        assert direction == pytest.approx(toward)


def test_two_axes_on_one_line_tell_no_direction():
    with pytest.raises(ValueError, match="nearly one line"):
        tilt_resultant(1.0, 1.0, azimuth_x_deg=10.0, azimuth_y_deg=190.0)


def test_a_chain_adds_its_beams_and_its_error_grows_with_the_root_of_their_number():
    chain = chain_settlement_mm([100.0] * 9, [3.0] * 9, sigma_urad=10.0, start_mm=2.0)
    assert chain.settlement_mm[0] == 2.0
    assert chain.settlement_mm[-1] == pytest.approx(2.0 + 9 * 0.3)
    assert chain.sigma_mm[-1] == pytest.approx(math.sqrt(9) * 3.0 * 10e-3)


def test_a_chain_of_one_is_the_beam_and_its_zero_is_taken_off():
    chain = chain_settlement_mm([150.0], [10.0], zero_urad=[50.0])
    assert chain.settlement_mm[1] == pytest.approx(differential_settlement_mm(100.0, 10.0))


def test_a_missing_beam_hides_only_what_lies_beyond_it():
    chain = chain_settlement_mm([100.0, math.nan, 100.0], [1.0, 1.0, 1.0])
    assert np.isfinite(chain.settlement_mm).tolist() == [True, True, False, False]


@pytest.mark.parametrize("n", [1, 2, 3, 119, 120])
def test_the_centre_alone_is_that_of_the_robust_mean(n):
    rng = np.random.default_rng(n)
    for values in (rng.normal(5, 2, n), np.r_[rng.normal(5, 2, n), 1e6, np.nan], np.full(n, 3.0)):
        assert robust_centre(values) == robust_mean(values).centre
    assert np.isnan(robust_centre([np.nan]))


def test_the_median_under_the_robust_mean_is_numpys():
    rng = np.random.default_rng(7)
    for n in range(1, 60):
        values = rng.normal(size=n)
        assert robust_scale(values, 0.0) == 1.482602218505602 * np.median(np.abs(values))
