"""Gates and rejections: what is short, blown, bumped or pushed is not shaking."""

import numpy as np
import pytest

from plumbline.analysis.trigger.gates import (
    Gates,
    persistence,
    quieter,
    share,
    sine_amplitude,
    standing,
)
from plumbline.analysis.trigger.nuisance_rejection import quality, steps

RATE_HZ = 100.0
TIME_S = np.arange(1000) / RATE_HZ
# The same second of noise again and again: its power is the same everywhere.
NOISE = np.tile(np.random.default_rng(1).normal(size=100) * 1e-4, 10)
ONSET = 500


def shaking(amplitude_ms2, freq_hz=2.0):
    x = NOISE.copy()
    x[ONSET:] += amplitude_ms2 * np.sin(2 * np.pi * freq_hz * (TIME_S[ONSET:] - TIME_S[ONSET]))
    return x


def test_the_amplitude_of_a_sine_comes_back_from_its_power():
    assert sine_amplitude(np.array([0.5 * 3.0**2])) == pytest.approx([3.0])


def test_steady_power_is_persistent_and_blows_are_not():
    steady = np.full((1, 20), 2.0)
    assert persistence(steady, np.array([2.0])) == pytest.approx([1.0])
    blow = np.exp(-np.arange(10) / 1.0)
    blows = np.concatenate([blow, blow])[np.newaxis]
    assert persistence(blows, np.array([0.0]))[0] < 0.02


def test_what_rings_on_after_the_last_blow_is_not_steady():
    faint = np.full((1, 20), 1e-6)
    assert persistence(faint, np.array([1.0]))[0] == pytest.approx(1e-6)


def test_silence_is_not_persistent():
    assert persistence(np.zeros((1, 20)), np.zeros(1)) == [0.0]
    assert share(np.zeros(1), np.zeros(1)) == [0.0]


def test_what_grows_stands_at_one_and_what_decays_at_what_is_left():
    growing = np.exp(np.arange(20) / 3.0)[np.newaxis]
    assert standing(growing) == pytest.approx([1.0])
    # Means of neighbours decay as the steps do: 18 of them after the first, each by e^(-1/3).
    assert standing(growing[:, ::-1]) == pytest.approx([np.exp(-18 / 3.0)])
    assert standing(np.zeros((1, 20))) == [0.0]


def test_the_quieter_part_is_the_thirtieth_percentile():
    steps = np.random.default_rng(2).permutation(np.arange(21.0))[np.newaxis]
    assert quieter(steps) == [6.0] == np.percentile(steps, 30)


def test_a_share_is_a_ratio_of_powers():
    assert share(np.array([1.0]), np.array([4.0])) == [0.25]


def test_gates_that_cannot_be_met_are_refused():
    with pytest.raises(ValueError, match="share and persistence"):
        Gates(amplitude_ms2=0.01, duration_s=1.0, share=1.0)


@pytest.mark.parametrize(
    ("ratio", "weight"), [(31.0, 0), (16.0, 1), (4.0, 2), (2.0, 3), (1.4, 4), (0.5, 4)]
)
def test_the_weight_of_an_arrival_follows_the_published_steps(ratio, weight):
    x = np.ones(300)
    x[150:] = np.sqrt(ratio)
    assert quality(x, 150, RATE_HZ) == weight


def sides(x, at):
    """Return the means of two seconds before and one after, and the variance of that one."""
    after = x[at : at + 100]
    return np.mean(x[at - 200 : at]), np.mean(after), np.var(after)


def test_a_bumped_sensor_is_a_step_and_shaking_is_not():
    bumped = NOISE.copy()
    bumped[ONSET:] += 0.05
    assert steps(*sides(bumped, ONSET))
    assert not steps(*sides(shaking(0.5), ONSET))


def test_a_step_below_one_gal_is_left_alone():
    bumped = NOISE.copy()
    bumped[ONSET:] += 0.009
    assert not steps(*sides(bumped, ONSET))


def test_the_first_second_of_a_slow_wave_is_not_called_a_step():
    # 5 gal at 3 s on soft clay: the mean of one second moves by far more than 1 gal.
    x = shaking(0.05, freq_hz=1 / 3)
    assert abs(np.mean(x[ONSET : ONSET + 100])) > 0.01
    waves = [bool(steps(*sides(x, at))) for at in range(ONSET, ONSET + 300, 10)]
    assert not all(waves)
