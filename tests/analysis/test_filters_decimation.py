"""Decimation keeps what it promises, folds nothing back, and states its delay."""

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given
from oracles import fir_loop

from plumbline.analysis.dsp.decimation import FirDecimator, decimator_taps

X = np.random.default_rng(2).normal(size=(2, 700)) + 9.81


@given(cut=cuts(X.shape[1]))
def test_the_output_does_not_depend_on_how_the_record_arrives(cut):
    whole = FirDecimator(100.0, 10, 2).feed(X)
    part = FirDecimator(100.0, 10, 2)
    parts = np.concatenate([part.feed(p) for p in pieces(X, cut)], axis=1)
    np.testing.assert_array_equal(parts, whole)


def test_the_output_is_that_of_a_plain_loop():
    taps = decimator_taps(100.0, 10)
    ours = FirDecimator(100.0, 10, 2).feed(X)
    # Different order of addition over some hundred taps of a 9.8 m/s2 offset.
    np.testing.assert_allclose(ours[0], fir_loop(taps, X[0], 10), atol=1e-12)


@pytest.mark.parametrize(("rate_hz", "factor"), [(500.0, 5), (100.0, 10), (100.0, 5)])
def test_a_tone_in_the_band_passes_and_comes_out_at_the_stated_delay(rate_hz, factor):
    bank = FirDecimator(rate_hz, factor, 1)
    freq_hz = 0.2 * bank.rate_hz
    time_s = np.arange(round(20 * rate_hz)) / rate_hz
    out = bank.feed(np.sin(2 * np.pi * freq_hz * time_s)[np.newaxis])[0]
    at = (np.arange(len(out)) * factor + factor - 1) / rate_hz - bank.delay_s
    settled = at > 3
    # 80 dB of stop band goes with the same ripple in the pass band: 1e-4.
    expected = np.sin(2 * np.pi * freq_hz * at)
    np.testing.assert_allclose(out[settled], expected[settled], atol=2e-4)


@pytest.mark.parametrize("freq_hz", [6.5, 9.0, 20.0, 45.0])
def test_what_would_fold_into_the_band_is_80_db_down(freq_hz):
    time_s = np.arange(3000) / 100.0
    out = FirDecimator(100.0, 10, 1).feed(np.sin(2 * np.pi * freq_hz * time_s)[np.newaxis])[0]
    assert np.max(np.abs(out[100:])) < 1.2e-4


def test_rows_at_different_places_of_their_groups_do_not_share_a_call():
    bank = FirDecimator(100.0, 10, 2)
    bank.feed(X[:1, :3], np.array([0]))
    with pytest.raises(ValueError, match="different places"):
        bank.feed(X)


def test_a_factor_of_one_changes_nothing():
    bank = FirDecimator(100.0, 1, 2)
    np.testing.assert_array_equal(bank.feed(X), X)
    assert bank.delay_s == 0


def test_a_band_beyond_the_new_nyquist_is_refused():
    with pytest.raises(ValueError, match="cannot keep"):
        decimator_taps(100.0, 10, pass_hz=5.0)
