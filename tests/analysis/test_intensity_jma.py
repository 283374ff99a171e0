"""JMA instrumental intensity: the published examples, the filter, the rounding, the 0.3 s rule."""

import numpy as np
import pytest
from where import shared_data

from plumbline.analysis.ground_motion.jma_intensity import JmaScale, jma_intensity, jma_weight
from plumbline.records import read_records

# seismic.md 5.1: weight of the three filters together, to five decimals.
WEIGHTS = {
    0.1: 0.28227, 0.2: 0.55668, 0.3: 0.80445, 0.5: 1.12341, 0.7: 1.15419, 1: 0.99637, 2: 0.69736,
    3: 0.55960, 5: 0.41005, 7: 0.31886, 10: 0.22350, 15: 0.11833, 20: 0.05647, 30: 0.01068,
}  # fmt: skip

# seismic.md 5.1: a sine of 100 gal on one axis, 60 s at 100 Hz.
SINES = {
    0.1: 3.8413, 0.2: 4.4311, 1 / 3: 4.8258, 0.5: 5.0411, 1.0: 4.9368, 2.0: 4.6252, 5.0: 4.1657,
    10: 3.5950, 20: 2.4001,
}  # fmt: skip

# seismic.md 5.1: a0 at which each class begins. [gal]
CLASS_LEVELS = {
    "1": 0.603, "2": 1.905, "3": 6.026, "4": 19.055, "5-": 60.256, "5+": 107.152, "6-": 190.546,
    "6+": 338.844, "7": 602.560,
}  # fmt: skip


def steady(level_gal, rate_hz=100, seconds=60):
    """A 1 Hz sine whose filtered amplitude is the level."""
    t = np.arange(seconds * rate_hz) / rate_hz
    return level_gal / 100 / float(jma_weight(1.0)) * np.sin(2 * np.pi * t)


@pytest.mark.parametrize(
    ("file", "a0_gal", "reported", "scale"),
    [("AA06EA01.csv", 127.85, 5.1, "5+"), ("Q4149CF2.csv", 251.7, 5.7, "6-")],
)
def test_jma_s_own_examples_come_out_as_jma_prints_them(file, a0_gal, reported, scale):
    records = read_records([shared_data("jma-intensity") / file])
    found = jma_intensity(np.array([r.si() for r in records]), records[0].rate_hz)
    assert found.a0_gal == pytest.approx(a0_gal, rel=0.002)
    assert (found.reported, found.scale) == (reported, scale)


def test_the_offset_of_a_record_changes_nothing():
    records = read_records([shared_data("jma-intensity") / "AA06EA01.csv"])
    accel = np.array([r.si() for r in records])
    tilted = accel + np.array([[0.3], [-0.1], [9.81]])
    assert jma_intensity(tilted, 100).value == pytest.approx(jma_intensity(accel, 100).value)


@pytest.mark.parametrize(("freq_hz", "weight"), WEIGHTS.items())
def test_the_filter_weighs_each_frequency_as_tabled(freq_hz, weight):
    assert float(jma_weight(freq_hz)) == pytest.approx(weight, abs=5e-6)


def test_a_constant_weighs_nothing():
    assert float(jma_weight(0.0)) == 0


@pytest.mark.parametrize(("freq_hz", "intensity"), SINES.items())
def test_a_sine_of_100_gal_has_its_tabled_intensity(freq_hz, intensity):
    t = np.arange(6000) / 100
    found = jma_intensity(np.sin(2 * np.pi * freq_hz * t), 100)
    assert found.value == pytest.approx(intensity, abs=5e-5)


@pytest.mark.parametrize(("scale", "level_gal"), CLASS_LEVELS.items())
def test_a_class_begins_at_its_level(scale, level_gal):
    # The sampled 0.3 s level of a sine is a hair below its amplitude; rounding reaches 0.06 %
    # below each limit (0.005 in intensity is 0.58 % in level).
    assert jma_intensity(steady(level_gal * 1.002), 100).scale == scale
    assert jma_intensity(steady(level_gal * 0.990), 100).scale != scale


def test_rounding_comes_before_the_class():
    # 4.4951 is 4.50 after rounding, so 4.5 and class 5-, though it is below 4.5 itself.
    found = jma_intensity(steady(10 ** ((4.4955 - 0.94) / 2)), 100)
    assert found.value < 4.5
    assert (found.reported, found.scale) == (4.5, JmaScale.FIVE_LOWER)


@pytest.mark.parametrize(
    ("value", "reported"), [(5.1534, 5.1), (5.1949, 5.1), (5.1951, 5.2), (-0.4456, -0.4)]
)
def test_intensity_is_rounded_to_hundredths_and_cut_to_tenths(value, reported):
    # The sampled level of a sine is its amplitude to 1e-4 in intensity or better.
    level_gal = 10 ** ((value - 0.94) / 2)
    found = jma_intensity(steady(level_gal, rate_hz=1000), 1000)
    assert found.value == pytest.approx(value, abs=5e-5)
    assert found.reported == reported


def test_the_level_is_exceeded_for_three_tenths_of_a_second_in_total():
    """Against the definition itself: count the time at or above the level, spike by spike."""
    rng = np.random.default_rng(3)
    accel = rng.normal(size=(3, 3000)) * np.exp(-(np.linspace(-4, 4, 3000) ** 2))
    for rate_hz in (100, 200, 50, 31.25):
        found = jma_intensity(accel, rate_hz)
        n = accel.shape[-1]
        weight = jma_weight(np.fft.rfftfreq(n, 1 / rate_hz))
        filtered = np.fft.irfft(np.fft.rfft(100 * accel) * weight, n)
        length = np.linalg.norm(filtered, axis=0)

        def time_above_s(level, length=length, rate_hz=rate_hz):
            return (length >= level).sum() / rate_hz

        assert time_above_s(found.a0_gal * (1 - 1e-9)) >= 0.3 - 1e-9
        assert time_above_s(found.a0_gal * (1 + 1e-9)) < 0.3


def test_a_single_spike_shorter_than_that_does_not_set_the_level():
    quiet = steady(5.0)
    spiked = quiet.copy()
    spiked[3000] += 10.0
    assert jma_intensity(spiked, 100).reported - jma_intensity(quiet, 100).reported < 1.5
    assert np.abs(spiked).max() > 50 * np.abs(quiet).max()


def test_a_record_without_motion_is_class_zero():
    found = jma_intensity(np.zeros((3, 1000)), 100)
    assert (found.value, found.scale) == (-np.inf, JmaScale.ZERO)


@pytest.mark.parametrize(
    "accel", [np.zeros(20), np.full(1000, np.nan), np.zeros((2, 3, 400)), np.zeros((3, 0))]
)
def test_what_has_no_intensity_is_refused(accel):
    with pytest.raises(ValueError):
        jma_intensity(accel, 100)
