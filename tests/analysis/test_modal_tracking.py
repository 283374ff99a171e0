"""A frequency that moves calls somebody only when it should."""

from itertools import product

import numpy as np
import pytest

from plumbline.analysis.modal import fitted_baseline, matched, modal_health, shift
from plumbline.analysis.modal.tracking import Shift
from plumbline.analysis.modal.verdict import TABLE, Health, ModalEvidence, Phase

SHAPE = np.array([0.3, 0.7, 1.0], dtype=complex)


def a_baseline(slope=0.002, sigma=0.001, stage="complete", range_c=8.0, n=200):
    rng = np.random.default_rng(5)
    temperature_c = 25 + range_c * (rng.random(n) - 0.5)
    frequency_hz = 0.5 + slope * (temperature_c - 25) + sigma * rng.normal(size=n)
    return fitted_baseline(stage, frequency_hz, temperature_c, SHAPE)


def test_a_baseline_learns_slope_level_and_scatter():
    baseline = a_baseline()
    assert baseline.slope_hz_per_c == pytest.approx(0.002, rel=0.1)
    assert baseline.expected_hz(27) == pytest.approx(0.504, abs=3e-4)
    assert baseline.sigma_hz == pytest.approx(0.001, rel=0.25)


def test_one_wild_identification_in_ten_does_not_bend_the_baseline():
    rng = np.random.default_rng(1)
    temperature_c = np.linspace(20, 32, 100)
    frequency_hz = 0.5 + 0.002 * (temperature_c - 26) + 0.0005 * rng.normal(size=100)
    frequency_hz[::10] += 0.1
    baseline = fitted_baseline("complete", frequency_hz, temperature_c, SHAPE)
    assert baseline.slope_hz_per_c == pytest.approx(0.002, rel=0.15)
    assert baseline.expected_hz(26) == pytest.approx(0.5, abs=5e-4)


def test_a_week_of_even_weather_teaches_no_slope():
    baseline = a_baseline(range_c=2.0)
    assert baseline.slope_hz_per_c == 0.0
    assert shift(baseline, 0.5, 35.0).extrapolated


def test_a_baseline_needs_twenty_identifications():
    with pytest.raises(ValueError, match="20 identifications"):
        a_baseline(n=19)


def test_warm_weather_is_no_damage():
    baseline = a_baseline(slope=0.01)
    warm = shift(baseline, 0.5 + 0.01 * 4, 29.0)
    assert not warm.beyond
    assert shift(baseline, 0.54, None).relative == pytest.approx(0.08, abs=0.01)


def test_the_guard_is_never_under_five_per_cent():
    assert shift(a_baseline(sigma=1e-5), 0.5, 25.0).guard == 0.05
    wide = shift(a_baseline(sigma=0.015), 0.5, 25.0)
    assert wide.guard == pytest.approx(3 * 0.015 / 0.5, rel=0.3)


def test_two_modes_that_change_places_keep_their_names():
    references = np.array([[0.5, 1.0, 0.0], [0.0, 0.1, 1.0]], dtype=complex)
    found_hz = np.array([0.44, 0.46])
    assert matched(found_hz, references[::-1], np.array([0.43, 0.47]), references) == [1, 0]


def test_an_unlike_shape_is_nobodys_match():
    references = np.array([[1.0, 0.0]], dtype=complex)
    found = np.array([[0.0, 1.0]], dtype=complex)
    assert matched(np.array([0.5]), found, np.array([0.5]), references) == [None]
    assert matched(np.zeros(0), np.zeros((0, 2)), np.array([0.5]), references) == [None]


DROP = Shift(relative=-0.12, guard=0.05, extrapolated=False)
STILL = Shift(relative=-0.01, guard=0.05, extrapolated=False)


@pytest.mark.parametrize(
    ("shifts", "since_shaking_s", "health"),
    [
        ([DROP, DROP], None, Health.ALARM),
        ([DROP, DROP], 3600.0, Health.ALARM),
        ([DROP, DROP], 600.0, Health.RECOVERING),
        ([DROP, DROP], 0.0, Health.APPARENT),
        ([DROP, STILL], None, Health.ONE_MODE),
        ([DROP, None], None, Health.UNKNOWN),
        ([STILL, STILL], None, Health.NORMAL),
        ([STILL, STILL], 600.0, Health.NORMAL),
    ],
)
def test_an_alarm_needs_two_modes_after_recovery(shifts, since_shaking_s, health):
    assert modal_health(shifts, "complete", "complete", since_shaking_s).health is health


def test_a_new_floor_suspends_the_comparison():
    verdict = modal_health([DROP, DROP], "level 12", "level 13", None)
    assert verdict.health is Health.SUSPENDED


def test_every_pair_of_the_table_is_decided_and_only_one_alarms():
    assert set(TABLE) == set(product(Phase, ModalEvidence))
    assert [pair for pair, health in TABLE.items() if health is Health.ALARM] == [
        (Phase.QUIET, ModalEvidence.SEVERAL)
    ]
