"""Displacement from acceleration equals what was put in, and what others computed."""

import numpy as np
import pytest
from scipy import signal
from where import shared_data

from plumbline.analysis.drift import displacement_m, offset_removed, quiet_samples
from plumbline.records import Quantity, read_records

RATE_HZ = 100.0


def pulse(seconds=120.0, period_s=3.0):
    """Displacement of a few swings that begin and end at rest, and its exact acceleration."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    middle, width = seconds / 2, 8.0
    envelope = np.exp(-(((t - middle) / width) ** 2))
    omega = 2 * np.pi / period_s
    u = 0.2 * envelope * np.sin(omega * (t - middle))
    return u, np.gradient(np.gradient(u, 1 / RATE_HZ), 1 / RATE_HZ)


def test_a_swing_comes_back_to_within_one_per_cent():
    u, accel = pulse()
    rebuilt = displacement_m(accel, RATE_HZ, 0.1)
    assert np.max(np.abs(rebuilt - u)) < 0.01 * np.max(np.abs(u))


def test_an_offset_of_ten_gal_changes_nothing():
    u, accel = pulse()
    rebuilt = displacement_m(accel + 0.1, RATE_HZ, 0.1)
    assert np.max(np.abs(rebuilt - u)) < 0.01 * np.max(np.abs(u))


def test_the_filter_shifts_nothing_in_time():
    u, accel = pulse()
    rebuilt = displacement_m(accel, RATE_HZ, 0.15)
    assert np.argmax(rebuilt) == pytest.approx(np.argmax(u), abs=2)


def test_steady_sines_have_the_gain_of_the_filter_and_the_phase_of_minus_one():
    t = np.arange(60_000) / RATE_HZ
    for f in (0.05, 0.1, 0.2, 1.0):
        accel = np.sin(2 * np.pi * f * t) * signal.windows.tukey(t.size, 0.3)
        u = displacement_m(accel, RATE_HZ, 0.1)
        expected = 1 / (2 * np.pi * f) ** 2 / (1 + (0.1 / f) ** 8)
        middle = slice(25_000, 35_000)
        assert np.max(np.abs(u[middle])) == pytest.approx(expected, rel=0.01)
        assert np.corrcoef(u[middle], accel[middle])[0, 1] == pytest.approx(-1, abs=1e-3)


def test_it_agrees_with_sos_filters_and_trapezoids_run_the_long_way():
    u, accel = pulse()
    long = np.concatenate([np.zeros(12_000), accel, np.zeros(12_000)])
    sos = signal.butter(4, 0.1, "high", fs=RATE_HZ, output="sos")
    clean = signal.sosfiltfilt(sos, long)
    velocity = np.cumsum((clean[1:] + clean[:-1]) / 2) / RATE_HZ
    slow = np.cumsum((velocity[1:] + velocity[:-1]) / 2) / RATE_HZ
    slow = slow[11_998 : 11_998 + u.size]  # two sums of pairs begin two samples later
    fast = displacement_m(accel, RATE_HZ, 0.1)
    assert np.max(np.abs(fast - slow)) < 0.01 * np.max(np.abs(u))


def test_the_quiet_start_is_found_and_a_moving_start_is_not_taken_for_one():
    rng = np.random.default_rng(1)
    quiet = 1e-4 * rng.normal(size=1000)
    shaking = 0.5 * rng.normal(size=3000)
    assert quiet_samples(np.concatenate([quiet, shaking]), RATE_HZ) == pytest.approx(900, abs=100)
    assert quiet_samples(shaking, RATE_HZ) == 0
    assert quiet_samples(np.zeros(5), RATE_HZ) == 0
    tilted = np.concatenate([quiet, shaking + 0.05]) + 0.3
    assert np.mean(offset_removed(tilted, RATE_HZ)[:800]) == pytest.approx(0, abs=1e-4)


def test_a_senseless_corner_is_refused():
    with pytest.raises(ValueError, match="corner_hz"):
        displacement_m(np.zeros(100), RATE_HZ, 60.0)


@pytest.mark.parametrize("channel", ["HN2.NP.BE", "HN2.NP.RE", "HN3.NP.RE"])
def test_displacement_of_the_berkeley_building_as_the_survey_gives_it(channel):
    folder = shared_data("berkeley-2018-np1103")
    record = read_records([folder / f"1103.{channel}_a.smc"])[0]
    given = read_records([folder / f"1103.{channel}_d.smc"])[0]
    assert given.quantity is Quantity.DISPLACEMENT
    # Their acceleration is already filtered; a corner far below theirs leaves it alone.
    u = displacement_m(record.si(), record.rate_hz, 0.1)
    assert np.max(np.abs(u)) == pytest.approx(np.max(np.abs(given.si())), rel=0.05)
