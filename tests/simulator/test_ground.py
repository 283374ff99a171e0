"""What shakes the ground has the frequencies, peaks and shapes it promises."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt, welch

from plumbline.simulator import ground

RATE = 500.0


def band_peak_gal(motion, low, high):
    sos = butter(4, [low, high], btype="bandpass", fs=RATE, output="sos")
    return np.abs(sosfilt(sos, motion)).max() * 100


@pytest.fixture(scope="module")
def blows():
    return ground.piling(seconds=12, peak_gal=45, blows_per_s=1.5, rate_hz=RATE, seed=1)


def test_blows_come_oftener_than_once_a_second_and_each_reaches_its_peak(blows):
    up = np.abs(blows[2]) * 100
    each = [up[round(k / 1.5 * RATE) : round((k + 1) / 1.5 * RATE)].max() for k in range(18)]
    assert min(each) > 0.85 * 45
    assert max(each) < 1.15 * 45


def test_blows_keep_to_5_to_30_hz(blows):
    f, power = welch(blows[2], RATE, nperseg=2048)
    inside = power[(f >= 5) & (f <= 30)].sum() / power.sum()
    assert inside > 0.97
    assert band_peak_gal(blows, 0.1, 1.0) < 0.1


def test_blows_move_the_ground_nowhere_for_good(blows):
    velocity = np.cumsum(blows[:, :5990], axis=1) / RATE
    assert np.abs(velocity[:, -1]).max() < 1e-6 * np.abs(velocity).max()


def test_a_far_earthquake_swells_and_stays_within_its_peak():
    far = ground.far_earthquake(seconds=60, peak_gal=3, rise_s=25, rate_hz=RATE, seed=2)
    envelope = np.abs(far[0]).reshape(12, -1).max(axis=1) * 100
    assert np.abs(far).max() * 100 == pytest.approx(3.0)
    assert envelope[0] < 0.25  # first five seconds
    assert envelope[-1] < 0.25  # last five
    assert np.argmax(envelope) >= 3


def test_a_far_earthquake_has_periods_of_2_to_4_s():
    far = ground.far_earthquake(seconds=120, peak_gal=3, rise_s=30, rate_hz=RATE, seed=3)
    f, power = welch(far[0], RATE, nperseg=20_000)
    assert power[(f > 0.22) & (f < 0.53)].sum() / power.sum() > 0.98
    assert band_peak_gal(far, 2.0, 30.0) < 0.02


def test_a_far_earthquake_that_strikes_is_refused():
    with pytest.raises(ValueError, match="rise_s"):
        ground.far_earthquake(seconds=60, peak_gal=3, rise_s=5, rate_hz=RATE, seed=1)


@pytest.mark.parametrize("rate", [50.0, 100.0, 200.0, 500.0])
def test_a_record_keeps_its_peak_whatever_its_rate(rate):
    t = np.arange(round(20 * rate)) / rate
    wave = np.exp(-((t - 10) ** 2) / 4) * np.sin(2 * np.pi * 3 * t)
    record = np.stack([wave, 0.5 * wave, 0 * wave])
    out = ground.recorded(record + 0.7, record_rate_hz=rate, rate_hz=RATE)
    assert out.shape == (3, 10_000)
    assert np.abs(out).max() == pytest.approx(np.abs(wave).max(), rel=0.01)
    assert np.abs(out[:, :100]).max() < 1e-3  # the offset went with the first second
    lag = np.argmax(np.correlate(out[0], np.interp(np.arange(10_000) / RATE, t, wave), "same"))
    assert lag == 5000


def test_a_record_with_too_few_rows_is_refused():
    with pytest.raises(ValueError, match=r"\(3, n\)"):
        ground.recorded(np.zeros((2, 100)), record_rate_hz=100, rate_hz=RATE)
