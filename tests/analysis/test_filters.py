"""Filters that do not ring, do not care how a stream is cut, and say what they do."""

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given
from oracles import sos_loop
from scipy import signal

from plumbline.analysis.dsp.filters import SosBank, band_pass, bridge, high_pass, low_pass

RATE_HZ = 100.0
X = np.random.default_rng(1).normal(size=(3, 600)) + np.array([[9.81], [0.0], [-0.3]])


@given(cut=cuts(X.shape[1]))
def test_the_output_does_not_depend_on_how_the_record_arrives(cut):
    design = band_pass(RATE_HZ, 0.1, 20.0)
    whole = SosBank(design, 3).feed(X)
    part = SosBank(design, 3)
    parts = np.concatenate([part.feed(p) for p in pieces(X, cut)], axis=1)
    np.testing.assert_array_equal(parts, whole)


def test_a_gravity_offset_does_not_ring():
    still = np.full((1, 2000), 9.80665)
    for design in (band_pass(RATE_HZ, 0.05, 20.0), high_pass(RATE_HZ, 0.05)):
        assert np.all(SosBank(design, 1).feed(still) == 0)
    passed = SosBank(low_pass(RATE_HZ, 20.0), 1).feed(still)
    np.testing.assert_allclose(passed, 9.80665, rtol=1e-15)


def test_the_output_is_that_of_a_plain_loop():
    design = band_pass(RATE_HZ, 1.0, 5.0, low_poles=4)
    ours = SosBank(design, 1).feed(X[:1])[0]
    # Our state is the steady state of the first sample: subtract it and start at rest.
    np.testing.assert_allclose(ours, sos_loop(design.sos, X[0] - X[0, 0]), atol=1e-12)


def test_the_start_is_the_steady_state_that_scipy_computes():
    design = low_pass(RATE_HZ, 10.0)
    zi = signal.sosfilt_zi(design.sos) * X[0, 0]
    theirs, _ = signal.sosfilt(design.sos, X[0], zi=zi)
    np.testing.assert_allclose(SosBank(design, 1).feed(X[:1])[0], theirs, atol=1e-10)


@pytest.mark.parametrize("freq_hz", [0.1, 1.0])
def test_a_corner_is_three_decibels_down(freq_hz):
    design = band_pass(10.0, 0.1, 1.0, high_poles=2)
    _, gain = signal.sosfreqz(design.sos, [freq_hz], fs=10.0)
    # Each corner also loses what the other one takes at it: less than 0.05 dB.
    assert 20 * np.log10(abs(gain[0])) == pytest.approx(-3.01, abs=0.06)


def test_the_upper_corner_is_capped_and_the_design_says_so():
    design = band_pass(31.25, 0.05, 20.0)
    assert design.high_hz == pytest.approx(12.5)
    assert design.stated == "0.05-12.5 Hz (asked 20 Hz, sampled at 31.25 Hz)"
    assert band_pass(100.0, 0.05, 20.0).stated == "0.05-20 Hz"


def test_a_band_with_nothing_left_in_it_is_refused():
    with pytest.raises(ValueError, match="no band left"):
        band_pass(31.25, 12.4, 12.0)


def test_rows_may_come_in_any_company():
    design = high_pass(RATE_HZ, 0.1)
    together = SosBank(design, 3).feed(X)
    apart = SosBank(design, 3)
    for row in (2, 0, 1):
        alone = apart.feed(X[row : row + 1], np.array([row]))
        np.testing.assert_array_equal(alone[0], together[row])


def test_a_row_that_starts_afresh_forgets_only_itself():
    bank = SosBank(band_pass(RATE_HZ, 0.1, 20.0), 3)
    bank.feed(X[:, :300])
    bank.reseed(np.array([1]))
    after = bank.feed(X[:, 300:])
    whole = SosBank(bank.design, 3).feed(X)
    np.testing.assert_array_equal(after[[0, 2]], whole[[0, 2], 300:])
    np.testing.assert_array_equal(after[1], SosBank(bank.design, 1).feed(X[1:2, 300:])[0])


def test_a_snapshot_goes_on_as_if_nothing_had_happened():
    bank = SosBank(band_pass(RATE_HZ, 0.1, 20.0), 3)
    bank.feed(X[:, :300])
    kept = bank.state.snapshot()
    expected = bank.feed(X[:, 300:])
    again = SosBank(bank.design, 3)
    again.state.restore(kept)
    np.testing.assert_array_equal(again.feed(X[:, 300:]), expected)


def test_a_snapshot_of_another_bank_is_refused():
    kept = SosBank(high_pass(RATE_HZ, 0.1), 3).state.snapshot()
    with pytest.raises(ValueError, match="does not fit"):
        SosBank(band_pass(RATE_HZ, 0.1, 20.0), 3).state.restore(kept)


def test_a_bank_grows_without_disturbing_who_is_there():
    design = high_pass(RATE_HZ, 0.1)
    bank = SosBank(design, 2)
    bank.feed(X[:2, :300])
    bank.state.grow(3)
    after = bank.feed(X[:, 300:])
    whole = SosBank(design, 3).feed(X)
    np.testing.assert_array_equal(after[:2], whole[:2, 300:])


def test_a_bridge_is_a_straight_line_between_its_ends():
    line = bridge(np.array([1.0, -1.0]), np.array([5.0, -1.0]), 3)
    np.testing.assert_allclose(line, [[2, 3, 4], [-1, -1, -1]])
    assert bridge(np.array([1.0]), np.array([5.0]), 0).shape == (1, 0)
