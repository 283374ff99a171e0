"""Onsets: where the definition, ObsPy and the eye put them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obspy.signal.trigger import aic_simple
from oracles import aic_loop

from plumbline.analysis.trigger.onset import aic, onset

RNG = np.random.default_rng(4)


def burst(at, n=500):
    x = RNG.normal(size=n)
    x[at:] *= 6
    return x


def test_the_criterion_is_that_of_obspy_and_of_a_plain_loop():
    x = burst(200)
    np.testing.assert_allclose(aic(x), aic_simple(x), atol=1e-9)
    np.testing.assert_allclose(aic(x), aic_loop(x), atol=1e-9)


def test_a_constant_record_has_no_onset():
    np.testing.assert_array_equal(aic(np.ones(10)), aic_simple(np.ones(10)))
    assert np.all(np.isneginf(aic(np.full(10, 9.81))))


def test_two_samples_cannot_be_split():
    np.testing.assert_array_equal(aic(np.array([1.0, 2.0])), [0, 0])


@given(at=st.integers(60, 440))
def test_the_onset_is_found_where_the_noise_grows(at):
    # Six times the noise: within a few samples, as the first of them may be small by chance.
    assert abs(onset(burst(at)) - at) <= 8


def test_an_offset_changes_nothing():
    x = burst(300)
    assert onset(x + 9.81) == onset(x)


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="too few"):
        onset(np.ones(7))
