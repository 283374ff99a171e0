"""The first seconds of P."""

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given

from plumbline.analysis.trigger.early import EarlyP, TauP, early_p, tau_c

RATE_HZ = 100.0


@pytest.mark.parametrize(("freq_hz", "period_s"), [(0.5, 2.0), (1.0, 1.0), (2.0, 0.5)])
def test_tau_c_of_a_sine_is_its_period(freq_hz, period_s):
    time_s = np.arange(401) / RATE_HZ
    w = 2 * np.pi * freq_hz
    displacement, velocity = np.sin(w * time_s), w * np.cos(w * time_s)
    # Whole half cycles, trapezoid: exact but for rounding.
    assert tau_c(velocity, displacement) == pytest.approx(period_s, rel=1e-9)


@pytest.mark.parametrize(("freq_hz", "printed"), [(0.5, 2.0067), (1.0, 1.0033), (2.0, 0.5016)])
def test_the_printed_vectors_are_those_of_a_sum_over_301_samples(freq_hz, printed):
    # Displacement a cosine, plain sum of both ends: sqrt(151/150) above the period.
    time_s = np.arange(301) / RATE_HZ
    w = 2 * np.pi * freq_hz
    velocity, displacement = -w * np.sin(w * time_s), np.cos(w * time_s)
    summed = 2 * np.pi / np.sqrt(np.sum(velocity**2) / np.sum(displacement**2))
    assert summed == pytest.approx(printed, abs=1.1e-4)
    assert tau_c(velocity, displacement) == pytest.approx(1 / freq_hz, rel=1e-9)


def test_pd_of_a_sine_that_begins_at_the_onset_is_near_its_double_integral():
    time_s = np.arange(2000) / RATE_HZ
    onset, freq_hz, amplitude = 1000, 2.0, 0.5
    w = 2 * np.pi * freq_hz
    x = np.where(time_s >= 10, amplitude * np.sin(w * (time_s - 10)), 0.0)
    found = early_p(x, RATE_HZ, onset)
    # From rest a sine of acceleration drifts with A/w per second until the 0.075 Hz
    # high-pass takes it back: between the amplitude A/w^2 and the unfiltered drift.
    assert amplitude / w**2 < found.pd_m < amplitude / w * 3
    assert found.window_s == 3.0


def test_an_offset_of_gravity_is_no_displacement():
    assert early_p(np.full(1000, 9.80665), RATE_HZ, 500).pd_m == pytest.approx(0, abs=1e-12)


def figures(pd_m, tau_c_s):
    return EarlyP(pd_m=pd_m, tau_c_s=tau_c_s, tau_p_s=1.0, noise_m=1e-6, window_s=3.0)


def test_damaging_takes_both_a_long_period_and_a_large_displacement():
    assert figures(0.006, 1.2).damaging
    assert not figures(0.006, 0.8).damaging
    assert not figures(0.004, 1.2).damaging


def test_p_without_noise_before_it_is_refused():
    with pytest.raises(ValueError, match="1 s of noise"):
        early_p(np.zeros(500), RATE_HZ, 50)


@pytest.mark.parametrize("freq_hz", [0.5, 1.0, 2.0])
def test_tau_p_of_a_long_sine_is_its_period(freq_hz):
    velocity = np.sin(2 * np.pi * freq_hz * np.arange(2000) / RATE_HZ)[np.newaxis]
    period = TauP(RATE_HZ, 1).feed(velocity)[0, 1000:]
    # A backward difference of a 2 Hz sine at 100 Hz is 0.07 % low; the one-second memory
    # lets the period ripple within each cycle, most for the slowest.
    assert np.mean(period) == pytest.approx(1 / freq_hz, rel=0.06)


X = np.random.default_rng(7).normal(size=(2, 300))


@given(cut=cuts(X.shape[1]))
def test_tau_p_does_not_depend_on_how_the_record_arrives(cut):
    whole = TauP(RATE_HZ, 2).feed(X)
    part = TauP(RATE_HZ, 2)
    parts = np.concatenate([part.feed(p) for p in pieces(X, cut)], axis=1)
    np.testing.assert_array_equal(parts, whole)
