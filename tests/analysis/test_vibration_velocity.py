"""Velocity in a meter's band, and the small physics around it."""

import numpy as np
import pytest
from oracles import sinusoid_accel_ms2
from scipy import signal

from plumbline.analysis.vibration import (
    CONSTRUCTION,
    Band,
    velocity_from_accel_mms,
    velocity_in_band_mms,
)
from plumbline.analysis.vibration.physics import (
    floor_velocity_mms,
)
from plumbline.analysis.vibration.velocity import meter_response

RATE_HZ = 1000.0


def steady(frequency_hz, seconds=12.0, rate_hz=RATE_HZ):
    return np.sin(2 * np.pi * frequency_hz * np.arange(int(seconds * rate_hz)) / rate_hz)


def amplitude(x):
    """Amplitude of a steady sine, from two seconds in the middle."""
    return np.sqrt(2) * np.std(x[5000:7000])


def test_the_band_is_down_three_decibels_at_its_two_corners():
    gain = np.abs(meter_response(np.array([0.8, 100.0]), CONSTRUCTION))
    assert gain == pytest.approx([0.7071, 0.7071], abs=1e-4)


@pytest.mark.parametrize("frequency_hz", [1.0, 4.0, 16.0, 50.0, 80.0])
def test_acceleration_becomes_the_velocity_the_meter_would_show(frequency_hz):
    accel_ms2 = sinusoid_accel_ms2(5.0, frequency_hz) * steady(frequency_hz)
    expected = 5.0 * abs(meter_response(np.array([frequency_hz]), CONSTRUCTION)[0])
    velocity = velocity_from_accel_mms(accel_ms2, RATE_HZ)
    assert amplitude(velocity) == pytest.approx(expected, rel=2e-3)


def test_acceleration_and_velocity_take_the_same_way():
    rng = np.random.default_rng(4)
    sos = signal.butter(4, [3, 60], "band", fs=RATE_HZ, output="sos")
    v = signal.sosfiltfilt(sos, rng.normal(size=20_000))
    v[:3000] = v[-3000:] = 0
    v = signal.sosfiltfilt(sos, v)
    spectrum = np.fft.rfft(v) * 2j * np.pi * np.fft.rfftfreq(v.size, 1 / RATE_HZ)
    accel_ms2 = np.fft.irfft(spectrum, v.size) / 1000
    a = velocity_from_accel_mms(accel_ms2, RATE_HZ)
    b = velocity_in_band_mms(v, RATE_HZ)
    assert np.max(np.abs(a - b)) < 1e-3 * np.max(np.abs(b))


def test_a_sine_that_starts_at_a_crossing_reads_six_per_cent_high():
    v = np.concatenate([np.zeros(1000), steady(16.0, 3.0)])
    assert np.max(np.abs(velocity_in_band_mms(v, RATE_HZ))) == pytest.approx(1.06, abs=0.005)


def test_the_band_agrees_with_a_time_domain_filter_at_a_high_rate():
    # At 20 000 samples a second the bilinear transform bends nothing below 200 Hz.
    rate_hz = 20_000.0
    v = np.concatenate([np.zeros(20_000), steady(12.0, 1.0, rate_hz), np.zeros(20_000)])
    high = signal.butter(2, 0.8, "high", fs=rate_hz, output="sos")
    low = signal.butter(2, 100, "low", fs=rate_hz, output="sos")
    slow = signal.sosfilt(low, signal.sosfilt(high, v - v.mean()))
    assert np.max(np.abs(velocity_in_band_mms(v, rate_hz) - slow)) < 2e-3


def test_the_upper_corner_follows_the_rate():
    assert CONSTRUCTION.at_rate(1000).high_hz == 80
    assert CONSTRUCTION.at_rate(100).high_hz == 40


def test_an_upside_down_band_is_refused():
    with pytest.raises(ValueError, match="low_hz < high_hz"):
        Band(low_hz=5, high_hz=1)


def test_a_constant_becomes_no_velocity_at_all():
    assert np.max(np.abs(velocity_from_accel_mms(np.full(5000, 9.81), RATE_HZ))) < 1e-9
    assert velocity_from_accel_mms(np.zeros(0), RATE_HZ).size == 0


def test_sinusoids_at_5_mm_s():
    assert sinusoid_accel_ms2(5, 10) == pytest.approx(0.3142, abs=5e-5)
    assert sinusoid_accel_ms2(5, 10) / 9.80665 * 1000 == pytest.approx(32.0, abs=0.05)
    assert sinusoid_accel_ms2(5, 1) / 9.80665 * 1000 == pytest.approx(3.2, abs=0.05)


@pytest.mark.parametrize(("noise_ug", "velocity_mms"), [(22.5, 0.035), (75, 0.116), (290, 0.45)])
def test_the_floor_of_an_accelerometer(noise_ug, velocity_mms):
    assert floor_velocity_mms(noise_ug, 1, 80) == pytest.approx(velocity_mms, rel=0.015)


def test_the_floor_formula_is_what_white_noise_does():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=400_000) * 22.5e-6 * 9.80665 * np.sqrt(RATE_HZ / 2)
    v = velocity_from_accel_mms(noise, RATE_HZ)
    # Soft edges at 0.8 and 100 Hz let through about as much as sharp ones at 0.72 Hz and up.
    assert np.std(v) == pytest.approx(floor_velocity_mms(22.5, 0.72, 110), rel=0.06)
