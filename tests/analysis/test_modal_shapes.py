"""Shapes are compared without regard to size and sign; bells read back what was put in."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import signal
from shear_frame import frequencies_hz, response, shapes

from plumbline.analysis.modal import bell_near, collinearity, decomposed, in_phase, mac
from plumbline.analysis.modal.bands import decimated, stretches
from plumbline.analysis.modal.covariance import correlations
from plumbline.analysis.modal.driven import hankel_gram
from plumbline.analysis.modal.first_guess import (
    bounds_hz,
    by_fit_hz,
    by_height_and_width_hz,
    by_height_hz,
    by_slenderness_hz,
    by_storeys_hz,
)


def test_mac_does_not_see_size_sign_or_phase():
    shape = np.array([0.3, 0.8, 1.0])
    assert mac(shape, -7 * shape)[0, 0] == pytest.approx(1)
    assert mac(shape, shape * np.exp(1.3j))[0, 0] == pytest.approx(1)


def test_mac_of_two_known_shapes():
    # |1*1 + 1*0|^2 / (2 * 1) = 1/2
    assert mac(np.array([1.0, 1.0]), np.array([1.0, 0.0]))[0, 0] == pytest.approx(0.5)


def test_the_closed_form_shapes_are_orthogonal():
    table = mac(shapes(6), shapes(6))
    assert np.allclose(table, np.eye(6), atol=1e-12)


def test_a_standing_wave_is_collinear_and_a_travelling_one_is_not():
    assert collinearity(np.array([1, -0.5, 0.2]) * np.exp(0.7j)) == pytest.approx(1)
    assert collinearity(np.exp(2j * np.pi * np.arange(8) / 8)) == pytest.approx(0, abs=1e-12)
    assert collinearity(np.zeros(3)) == 0


def test_in_phase_turns_a_shape_real_and_its_largest_part_to_one():
    shape = in_phase(np.array([0.2, -2.0, 0.5]) * np.exp(2.1j))
    assert shape.imag == pytest.approx(0, abs=1e-12)
    assert shape.real == pytest.approx([-0.1, 1.0, -0.25])


def test_correlations_against_a_slow_loop():
    rows = np.random.default_rng(1).normal(size=(2, 60))
    fast = correlations(rows, 5)
    for k in range(5):
        for a in range(2):
            for b in range(2):
                pairs = [rows[a, t + k] * rows[b, t] for t in range(60 - k)]
                assert fast[k, a, b] == pytest.approx(np.mean(pairs))


def test_the_gram_of_a_hankel_matrix_against_the_matrix_itself():
    rows = np.random.default_rng(3).normal(size=(3, 90))
    blocks = 8
    hankel = np.concatenate([rows[:, k : k + 90 - blocks + 1] for k in range(blocks)])
    gram = hankel_gram(rows, blocks).reshape(24, 24)
    assert np.allclose(gram, hankel @ hankel.T, rtol=1e-12, atol=1e-10)


def test_bands_leave_no_gap_and_are_at_most_three_octaves():
    for low, high in ((0.05, 20.0), (0.9, 40.0), (3.0, 5.0)):
        parts = stretches(low, high)
        assert parts[0].high_hz == pytest.approx(high)
        assert parts[-1].low_hz == pytest.approx(low)
        for upper, lower in pairwise(parts):
            assert upper.low_hz == pytest.approx(lower.high_hz)
        assert all(part.high_hz / part.low_hz <= 8.001 for part in parts)
    with pytest.raises(ValueError, match="no frequencies"):
        stretches(5, 5)


@pytest.mark.parametrize("high_hz", [0.4, 3.0, 20.0])
def test_decimation_keeps_what_lies_below_the_top(high_hz):
    rate_hz, seconds = 200.0, 400
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    low, rate = decimated(np.sin(2 * np.pi * 0.9 * high_hz * t)[None, :], rate_hz, high_hz)
    assert rate >= 2.5 * high_hz
    middle = low[0, low.shape[1] // 4 : -low.shape[1] // 4]
    assert np.sqrt(2) * middle.std() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("damping", [0.01, 0.02])
def test_a_bell_reads_back_frequency_and_damping(damping):
    # 2 h of record: 16 segments of 14 min; the taper still adds 1 / (2 pi f T) or so to damping.
    floors = response(5, 0.89, damping, 25, 7200, np.random.default_rng(6), noise=0.05)
    lines = decomposed(floors, 25.0)
    for f, shape in zip(frequencies_hz(5, 0.89), shapes(5), strict=True):
        bell = bell_near(lines, f)
        assert bell.frequency_hz == pytest.approx(f, rel=0.005)
        assert bell.damping == pytest.approx(damping, rel=0.3)
        assert mac(bell.shape, shape)[0, 0] > 0.99
        peaks, _ = signal.find_peaks(10 * np.log10(lines.values[:, 0]), prominence=6.0)  # dB
        assert min(abs(lines.frequency_hz[peaks] / f - 1)) < 0.02


def test_singular_values_are_the_power_of_the_whole():
    rows = np.random.default_rng(2).normal(size=(3, 4000))
    lines = decomposed(rows, 10.0, 20.0)
    total = sum(signal.welch(row, 10.0, nperseg=200)[1] for row in rows)
    assert lines.values.sum(axis=1) == pytest.approx(total)


def test_a_bell_outside_the_spectrum_is_refused():
    with pytest.raises(ValueError, match="outside"):
        bell_near(decomposed(np.random.default_rng(0).normal(size=(2, 500)), 10.0), 30.0)


def test_first_guesses_for_60_m_15_m_18_storeys():
    assert by_storeys_hz(18) == pytest.approx(0.56, abs=0.005)
    assert by_storeys_hz(10) == 1.0
    assert by_height_hz(60) == pytest.approx(0.76, abs=0.005)
    assert by_height_and_width_hz(60, 15) == pytest.approx(0.66, abs=0.005)
    assert bounds_hz(by_height_and_width_hz(60, 15)) == pytest.approx((0.33, 0.99), abs=0.005)
    assert by_slenderness_hz(60, 15) == pytest.approx(1.03, abs=0.005)
    assert by_fit_hz(60) == pytest.approx(0.77, abs=0.005)


def test_first_guesses_for_towers():
    assert by_fit_hz(137) == pytest.approx(0.336, abs=5e-4)
    assert 1 / by_fit_hz(137) == pytest.approx(2.98, abs=0.005)
    assert by_fit_hz(300) == pytest.approx(0.153, abs=5e-4)
    assert by_fit_hz(115.5) == pytest.approx(0.398, abs=5e-4)
