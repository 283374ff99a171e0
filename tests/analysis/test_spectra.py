"""Spectra: the definition, the sine, the noise whose density is known."""

import numpy as np
import pytest
from oracles import periodogram_loop

from plumbline.analysis.dsp.spectra import horizontal_to_vertical, konno_ohmachi, psd, spectrogram

RATE_HZ = 100.0
RNG = np.random.default_rng(8)


def test_one_segment_is_the_tapered_transform_by_definition():
    x = RNG.normal(size=128) + 9.81
    ours = psd(x, RATE_HZ, 1.28)
    assert ours.n_segments == 1
    np.testing.assert_allclose(ours.density, periodogram_loop(x, RATE_HZ), rtol=1e-9, atol=1e-18)


def test_white_noise_has_the_density_it_was_made_with():
    x = 3.0 * RNG.normal(size=200000)
    ours = psd(x, RATE_HZ, 2.56)
    inner = ours.density[2:-2]
    # Some 1 500 segments and 120 lines: the mean is good to 0.3 %.
    assert np.mean(inner) == pytest.approx(9.0 / (RATE_HZ / 2), rel=0.02)


def test_the_power_of_a_sine_is_under_its_line():
    x = 2.0 * np.sin(2 * np.pi * 5.0 * np.arange(4000) / RATE_HZ)
    ours = psd(x, RATE_HZ, 10.0)
    around = np.abs(ours.freq_hz - 5.0) < 0.5
    assert np.sum(ours.density[around]) * 0.1 == pytest.approx(2.0, rel=1e-6)
    assert ours.freq_hz[np.argmax(ours.density)] == pytest.approx(5.0)


def test_gravity_leaves_no_trace():
    x = 1e-3 * RNG.normal(size=4000)
    np.testing.assert_allclose(
        psd(x + 9.81, RATE_HZ, 10.0).density[1:], psd(x, RATE_HZ, 10.0).density[1:], rtol=1e-6
    )


def test_a_spectrogram_shows_when_a_tone_began():
    time_s = np.arange(4000) / RATE_HZ
    x = np.where(time_s < 20, 0.01, 1.0) * np.sin(2 * np.pi * 8.0 * time_s)
    ours = spectrogram(x, RATE_HZ, 2.0, 1.0)
    line = ours.density[np.argmin(np.abs(ours.freq_hz - 8.0))]
    assert np.all(line[ours.time_s < 19] < 1e-3)
    assert np.all(line[ours.time_s > 21] > 0.1)


def test_a_resonant_layer_shows_its_frequency_in_h_over_v():
    from scipy import signal

    b, a = signal.iirpeak(0.8, 3.0, fs=RATE_HZ)
    noise = RNG.normal(size=(3, 60000))
    horizontals = noise[:2] + 5 * signal.lfilter(b, a, noise[:2])
    ours = horizontal_to_vertical(horizontals, noise[2], RATE_HZ, 30.0)
    assert ours.freq_hz[np.argmax(ours.ratio)] == pytest.approx(0.8, rel=0.05)
    # Amplitude 1 + 5 at the peak; smoothing over b = 40 takes some of it.
    assert 4 < np.max(ours.ratio) < 6.5


def test_equal_axes_have_a_ratio_of_one():
    x = RNG.normal(size=6000)
    ours = horizontal_to_vertical(np.stack([x, x]), x, RATE_HZ, 10.0)
    np.testing.assert_allclose(ours.ratio, 1.0, rtol=1e-12)
    np.testing.assert_allclose(ours.spread, 0.0, atol=1e-12)


def test_smoothing_leaves_a_flat_spectrum_flat_and_its_middle_in_place():
    freq_hz = np.geomspace(0.1, 20, 200)
    matrix = konno_ohmachi(freq_hz, 40.0)
    np.testing.assert_allclose(matrix @ np.full(200, 7.0), 7.0)
    assert np.argmax(matrix[100]) == 100


def test_the_lines_wanted_are_those_of_the_whole_spectrum():
    freq_hz = np.arange(1, 500) * 0.05
    wanted = freq_hz[[3, 40, 200]]
    np.testing.assert_array_equal(
        konno_ohmachi(freq_hz, 40.0, wanted), konno_ohmachi(freq_hz, 40.0)[[3, 40, 200]]
    )


def test_a_segment_longer_than_the_record_is_refused():
    with pytest.raises(ValueError, match="do not hold a segment"):
        psd(np.zeros(50), RATE_HZ, 1.0)
