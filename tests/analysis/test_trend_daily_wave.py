"""The daily wave is taken off where there is one, and a step beneath it is found."""

import numpy as np
import pytest

from plumbline.analysis.trend.assessment import assess
from plumbline.analysis.trend.daily_wave import without_daily_wave

HOUR_D = np.arange(60 * 24) / 24.0
WAVE = np.sin(2 * np.pi * HOUR_D)


def noise(seed=1):
    return np.random.default_rng(seed).normal(0, 0.1, HOUR_D.size)


def test_a_wave_that_repeats_is_taken_off_to_the_noise():
    found = without_daily_wave(HOUR_D, WAVE + noise())
    assert found.peak_to_peak == pytest.approx(2.0, abs=0.1)
    # The mean of 60 days is known to 0.1 / sqrt(60); a median to 1.25 times that.
    assert np.std(found.values - noise()) < 0.03


def test_a_series_without_a_wave_is_left_as_it_is():
    for values in (noise(), 0.02 * HOUR_D + noise(), np.zeros(HOUR_D.size)):
        found = without_daily_wave(HOUR_D, values)
        assert found.peak_to_peak == 0.0
        np.testing.assert_array_equal(found.values, values)


def test_an_hour_s_record_and_daily_readings_have_no_daily_wave():
    assert without_daily_wave(HOUR_D[:96] / 96, WAVE[:96]).peak_to_peak == 0.0
    assert without_daily_wave(np.arange(60.0), WAVE[6:1440:24]).peak_to_peak == 0.0


@pytest.mark.parametrize("at_d", [40.0, 40.25, 40.5, 40.75])
@pytest.mark.parametrize("gap", [None, (15, 25)], ids=["whole", "gap"])
def test_a_step_beneath_a_daily_wave_keeps_its_time_and_size(at_d, gap):
    values = WAVE + 0.02 * HOUR_D + noise() + 3.0 * (at_d <= HOUR_D)
    kept = np.ones(HOUR_D.size, dtype=bool)
    if gap is not None:
        kept = (gap[0] > HOUR_D) | (gap[1] <= HOUR_D)
    found = assess(HOUR_D[kept] * 86_400, values[kept])
    (step,) = found.steps.steps
    assert step.size == pytest.approx(3.0, abs=0.15)
    assert step.low <= 3.0 <= step.high
    assert step.time_s / 86_400 == pytest.approx(at_d, abs=0.1)
    assert any("daily wave" in remark for remark in found.remarks)


def test_a_wave_of_changing_height_makes_no_steps():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        height = np.repeat(rng.uniform(0.3, 1.7, 60), 24)
        found = assess(HOUR_D * 86_400, height * WAVE + noise(seed))
        assert found.steps.steps == ()


@pytest.mark.parametrize("seed", range(5))
def test_a_drift_is_told_without_the_step_that_lifted_it(seed):
    values = 0.02 * HOUR_D + noise(seed) + 3.0 * (HOUR_D >= 40.3)
    found = assess(HOUR_D * 86_400, values)
    assert found.trend.line.rate > 0.025
    line = found.stepless_trend.line
    # By least squares a step error of 0.09 at two thirds of 60 days tilts the line by
    # 6 * 0.09 * (2/3) * (1/3) / 60 = 0.002 a day, either way; the noise adds 0.0005.
    assert line.rate == pytest.approx(0.02, abs=0.0015)
    assert line.low < 0.02 < line.high
    assert line.high - line.low < 2 * (0.002 + 0.0005) * 1.5


def test_a_record_without_steps_has_one_trend():
    assert assess(HOUR_D * 86_400, noise()).stepless_trend is None
