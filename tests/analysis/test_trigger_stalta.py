"""The averages: the textbook's numbers, and a start that hears from its first second."""

import numpy as np
import pytest
from oracles import sta_lta_loop

from plumbline.analysis.trigger.stalta import (
    Averages,
    StaLtaBank,
    noise_power,
)


def test_the_textbook_form_gives_the_published_numbers():
    x = np.random.RandomState(815).randn(100000)[:200]
    # ObsPy's form: averages from zero and from sample 1, no ratio before the long average is full.
    bank = StaLtaBank(Averages(sta_s=5.0, lta_s=10.0), 1.0, np.zeros(1))
    ratio = np.zeros(len(x))
    for i in range(1, len(x)):
        sta, lta = bank.step(np.square(x[i : i + 1]), np.array([False]))
        ratio[i] = sta[0] / lta[0] if i >= 10 else 0.0
    # ObsPy's own test of recursive_sta_lta, eight digits.
    published = [0.80810165, 0.75939449, 0.91763978, 0.97465004]
    np.testing.assert_allclose(ratio[99:103], published, atol=5e-9)


def test_the_ratio_is_that_of_a_plain_loop():
    power = np.random.default_rng(1).exponential(size=400) + 1.0
    bank = StaLtaBank(Averages(sta_s=1.0, lta_s=20.0), 0.1, np.array([0.5]))
    ours = []
    for p in power:
        sta, lta = bank.step(np.array([p]), np.array([False]))
        ours.append(sta[0] / lta[0])
    # Same recursion; power stays above the floor, so the floor never acts.
    np.testing.assert_allclose(ours, sta_lta_loop(power, 0.1, 0.1 / 20, 0.5, 0.5), rtol=1e-12)


def test_a_step_of_power_follows_the_closed_form():
    bank = StaLtaBank(Averages(sta_s=2.0, lta_s=20.0), 0.1, np.array([1.0]))
    n = 50
    for _ in range(n):
        sta, lta = bank.step(np.array([101.0]), np.array([False]))
    assert sta[0] == pytest.approx(101 - 100 * (1 - 0.1 / 2) ** n)
    assert lta[0] == pytest.approx(101 - 100 * (1 - 0.1 / 20) ** n)


def test_the_long_average_never_falls_below_the_floor_of_the_instrument():
    bank = StaLtaBank(Averages(sta_s=1.0, lta_s=20.0), 0.5, np.array([4.0]))
    for _ in range(200):
        _, lta = bank.step(np.array([0.0]), np.array([False]))
        assert lta[0] == 4.0


def test_a_frozen_long_average_stands_still():
    bank = StaLtaBank(Averages(sta_s=1.0, lta_s=20.0), 0.5, np.array([1.0, 1.0]))
    for _ in range(50):
        _, lta = bank.step(np.array([100.0, 100.0]), np.array([True, False]))
    assert lta[0] == 1.0
    assert lta[1] > 50


def test_the_ambient_level_is_known_after_the_learning_time():
    averages = Averages(sta_s=10.0, lta_s=200.0, learning_s=20.0)
    bank = StaLtaBank(averages, 0.5, np.array([1.0]))
    for _ in range(40):
        sta, lta = bank.step(np.array([300.0]), np.array([False]))
    # One step of floor among 39 of ambient.
    assert lta[0] == pytest.approx((1.0 + 39 * 300.0) / 40, rel=0.01)
    assert sta[0] / lta[0] < 1


def test_a_cold_start_inside_strong_shaking_learns_only_so_much():
    averages = Averages(sta_s=10.0, lta_s=200.0, learning_s=20.0)
    bank = StaLtaBank(averages, 0.5, np.array([1.0]), ceiling=50.0)
    for _ in range(40):
        sta, lta = bank.step(np.array([1e4]), np.array([False]))
    assert sta[0] / lta[0] > 4


def test_averages_out_of_order_are_refused():
    with pytest.raises(ValueError, match="sta_s < lta_s"):
        Averages(sta_s=30.0, lta_s=1.0)


def test_noise_power_is_the_variance_of_white_noise_in_the_band():
    rng = np.random.default_rng(3)
    density, rate_hz = 2.2e-4, 100.0
    noise = rng.normal(size=200000) * density * np.sqrt(rate_hz / 2)
    spectrum = np.abs(np.fft.rfft(noise)) ** 2 / len(noise) ** 2 * 2
    freq_hz = np.fft.rfftfreq(len(noise), 1 / rate_hz)
    inside = (freq_hz >= 1) & (freq_hz < 5)
    # 16 000 independent lines: 1 / sqrt(16 000) = 0.8 %.
    expected = noise_power(density, 1.0, 5.0)
    assert np.sum(spectrum[inside]) == pytest.approx(expected, rel=0.04)
