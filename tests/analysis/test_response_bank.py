"""A bank of oscillators fed a piece at a time does what a whole record would."""

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given, settings

from plumbline.analysis.dsp.oscillator import Oscillator
from plumbline.analysis.dsp.oscillator_bank import OscillatorBank, Response
from plumbline.analysis.ground_motion.response_spectrum import response_history, response_spectrum

RATE_HZ = 100.0
PERIODS_S = [0.2, 1.0, 5.0]
X = np.random.default_rng(4).normal(size=(4, 700))


def fed(bank, x, cut, rows=slice(None)):
    parts = [
        bank.feed(piece, lambda motion: motion.copy(), rows)
        for piece in pieces(x, cut)
        if piece.size
    ]
    return np.concatenate(parts, axis=-1)


@given(cut=cuts(700))
@settings(deadline=None)
def test_the_motion_does_not_depend_on_how_the_record_arrives(cut):
    whole = fed(OscillatorBank(PERIODS_S, RATE_HZ, 4), X, [])
    part = fed(OscillatorBank(PERIODS_S, RATE_HZ, 4), X, cut)
    np.testing.assert_array_equal(part, whole)


@pytest.mark.parametrize("response", list(Response))
def test_a_bank_moves_like_one_oscillator_on_a_whole_record(response):
    bank = OscillatorBank(PERIODS_S, RATE_HZ, 4, damping=0.03, response=response)
    found = fed(bank, X, [137, 400])
    for i, period_s in enumerate(PERIODS_S):
        history = response_history(X, RATE_HZ, Oscillator(period_s=period_s, damping=0.03))
        expected = history[0 if response is Response.DISPLACEMENT else 1]
        np.testing.assert_allclose(found[i], expected, atol=1e-12)


def test_the_peaks_of_a_bank_are_a_response_spectrum():
    bank = OscillatorBank(PERIODS_S, RATE_HZ, 4, response=Response.DISPLACEMENT)
    peaks = bank.feed(X, lambda motion: np.abs(motion).max(axis=-1))
    np.testing.assert_allclose(peaks.T, response_spectrum(X, RATE_HZ, PERIODS_S).sd_m)


def test_rows_keep_each_their_own_state():
    bank = OscillatorBank(PERIODS_S, RATE_HZ, 4)
    fed(bank, X[:2], [], np.array([0, 1]))
    late = fed(bank, X[2:], [], np.array([2, 3]))
    alone = fed(OscillatorBank(PERIODS_S, RATE_HZ, 2), X[2:], [])
    np.testing.assert_array_equal(late, alone)


def test_a_reseeded_row_is_at_rest_again():
    bank = OscillatorBank(PERIODS_S, RATE_HZ, 4)
    fed(bank, X, [])
    bank.reseed(np.array([1]))
    again = fed(bank, X, [])
    fresh = fed(OscillatorBank(PERIODS_S, RATE_HZ, 4), X, [])
    np.testing.assert_array_equal(again[:, 1], fresh[:, 1])
    assert (again[:, 0] != fresh[:, 0]).any()


def test_a_period_too_short_for_the_rate_is_refused():
    with pytest.raises(ValueError, match="ten samples"):
        OscillatorBank([0.05], RATE_HZ, 1)


@pytest.mark.parametrize("shape", [(3, 10), (4, 0), (40,)])
def test_a_piece_that_does_not_fit_is_refused(shape):
    with pytest.raises(ValueError):
        OscillatorBank(PERIODS_S, RATE_HZ, 4).feed(np.zeros(shape), lambda motion: motion)
