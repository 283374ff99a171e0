"""Did it move? A step is found with its interval, and rest is not called a movement."""

import math
from itertools import pairwise

import numpy as np
import pytest

from plumbline.analysis.trend.movement import Movement, MovementVerdict, Side, movement

MINUTE_D = 1 / 1440
NEEDED = 60


def side(start_d: float, values: np.ndarray, temp_c: np.ndarray | None = None) -> Side:
    return Side(start_d + np.arange(values.size) / 86_400, values, temp_c)


def judged(
    rng: np.random.Generator,
    *,
    step: float = 0.0,
    sigma: float = 1.0,
    wander: float = 0.0,
    drift: float = 0.0,
    n: int = 20,
) -> Movement:
    """Windows 4 min apart: white readings on a level that wanders from window to window."""
    levels = drift * np.arange(n + 2) + wander * rng.normal(size=n + 2)
    levels[-1] += step
    windows = [
        side(4 * k * MINUTE_D, level + sigma * rng.normal(size=NEEDED))
        for k, level in enumerate(levels)
    ]
    pairs = list(pairwise(windows[:-1]))
    found = movement(windows[-2], windows[-1], pairs)
    assert found is not None
    return found


def test_a_step_in_white_noise_has_the_standard_error_of_two_medians() -> None:
    # Closed form: sqrt(2) * 1.2533 * sigma / sqrt(n) for each of two windows of n readings.
    error = math.sqrt(2) * 1.2533141 / math.sqrt(NEEDED)
    rng = np.random.default_rng(1)
    found = [judged(rng, step=10.0, n=0) for _ in range(200)]
    assert np.mean([each.size for each in found]) == pytest.approx(10.0, abs=4 * error / 14)
    halves = [(each.high - each.low) / 2 for each in found]
    assert np.mean(halves) == pytest.approx(1.96 * error, rel=0.1)
    assert all(each.verdict is MovementVerdict.MOVED for each in found)


def test_without_noise_the_step_is_exact_and_nothing_is_nothing() -> None:
    flat, raised = np.full(60, 7.25), np.full(60, 9.5)
    moved = movement(side(0.0, flat), side(0.01, raised), (), resolution=0.06)
    assert moved is not None
    assert (moved.size, moved.before, moved.after) == (2.25, 7.25, 9.5)
    assert moved.high - moved.size == pytest.approx(1.96 * 0.06 / math.sqrt(6), rel=1e-3)
    still = movement(side(0.0, flat), side(0.01, flat), (), resolution=0.06)
    assert still is not None
    assert still.verdict is MovementVerdict.NOT_ABOVE
    assert still.bound == pytest.approx(1.96 * 0.06 / math.sqrt(6), rel=1e-3)


@pytest.mark.parametrize("n", [0, 8, 20])
def test_the_interval_holds_the_truth_nineteen_times_in_twenty(n: int) -> None:
    rng = np.random.default_rng(2 + n)
    wander = 0.0 if n == 0 else 2.0
    found = [judged(rng, step=3.0, wander=wander, n=n) for _ in range(300)]
    share = np.mean([each.low <= 3.0 <= each.high for each in found])
    assert 0.912 <= share <= 0.99  # 0.95 within three standard errors of 300; t is a little wide


def test_what_wanders_by_itself_is_not_called_a_movement() -> None:
    rng = np.random.default_rng(3)
    found = [judged(rng, wander=2.0) for _ in range(300)]
    assert sum(each.verdict is MovementVerdict.MOVED for each in found) <= 3  # one in a thousand
    alone = [judged(rng, wander=2.0, n=0) for _ in range(100)]
    assert (
        sum(each.verdict is MovementVerdict.MOVED for each in alone) > 50
    )  # what the witnesses prevent


def test_a_steady_drift_is_taken_off_and_told() -> None:
    rng = np.random.default_rng(4)
    found = judged(rng, drift=5.0, sigma=0.1)
    assert found.by_itself == pytest.approx(5.0, abs=0.1)
    assert found.size == pytest.approx(0.0, abs=0.2)
    assert found.verdict is MovementVerdict.NOT_ABOVE
    assert found.after - found.before == pytest.approx(5.0, abs=0.1)


def test_one_earlier_step_among_the_witnesses_does_not_hide_a_movement() -> None:
    rng = np.random.default_rng(5)
    windows = [side(4 * k * MINUTE_D, rng.normal(size=NEEDED)) for k in range(22)]
    pairs = list(pairwise(windows[:-1]))
    pairs[3] = (pairs[3][0], Side(pairs[3][1].time_d, pairs[3][1].values + 500.0))
    after = Side(windows[-1].time_d, windows[-1].values + 4.0)
    found = movement(windows[-2], after, pairs)
    assert found is not None
    assert found.verdict is MovementVerdict.MOVED
    assert found.limit < 2.0


def test_what_goes_with_the_temperature_is_no_movement() -> None:
    rng = np.random.default_rng(6)
    warm_before, warm_after = np.linspace(30, 31, 600), np.linspace(30.4, 31.4, 600)
    tilt = [10 * warm + 0.1 * rng.normal(size=600) for warm in (warm_before, warm_after)]
    plain = movement(side(0.0, tilt[0]), side(0.02, tilt[1]), ())
    matched = movement(side(0.0, tilt[0], warm_before), side(0.02, tilt[1], warm_after), ())
    assert plain is not None
    assert matched is not None
    assert plain.size == pytest.approx(4.0, abs=0.3)
    assert matched.matched == "temperature"
    assert matched.size == pytest.approx(0.0, abs=0.1)


def test_between_interval_and_limit_it_is_perhaps() -> None:
    rng = np.random.default_rng(7)
    error = math.sqrt(2) * 1.2533141 / math.sqrt(NEEDED)
    found = [judged(rng, step=3.5 * error, n=0).verdict for _ in range(50)]
    assert found.count(MovementVerdict.PERHAPS) > 35


def test_too_few_readings_say_nothing() -> None:
    assert movement(side(0.0, np.zeros(4)), side(0.01, np.zeros(60)), ()) is None
    assert movement(side(0.0, np.zeros(0)), side(0.01, np.zeros(60)), ()) is None
