"""Did a levelled point move? Its steady settlement is not called a movement."""

import numpy as np
import pytest

from plumbline.analysis.settlement.levelled import levelled_change
from plumbline.analysis.trend.movement import MovementVerdict

DAYS = np.array([0, 31, 58, 92, 118, 150, 181, 212, 245, 270, 302, 331], dtype=float)


def test_on_a_straight_line_the_step_is_exact() -> None:
    found = levelled_change(DAYS, 0.05 * DAYS, 360.0, 0.05 * 360 + 4.25)
    assert found is not None
    assert found.size == pytest.approx(4.25, abs=1e-9)
    assert found.foretold == pytest.approx(0.05 * 29, abs=1e-9)
    assert found.verdict is MovementVerdict.MOVED
    still = levelled_change(DAYS, 0.05 * DAYS, 360.0, 0.05 * 360)
    assert still is not None
    assert max(abs(still.low), abs(still.high)) < 1e-9


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(1)
    held = moved = 0
    for _ in range(400):
        levels = 0.03 * DAYS + rng.normal(0, 0.4, DAYS.size)
        found = levelled_change(DAYS, levels, 365.0, 0.03 * 365 + 1.0 + rng.normal(0, 0.4))
        assert found is not None
        held += found.low <= 1.0 <= found.high
        rest = levelled_change(DAYS, levels, 365.0, 0.03 * 365 + rng.normal(0, 0.4))
        assert rest is not None
        moved += rest.verdict is MovementVerdict.MOVED
    assert 0.92 <= held / 400 <= 1.0
    assert moved <= 4


def test_few_levels_have_no_interval() -> None:
    assert levelled_change(DAYS[:7], DAYS[:7], 400.0, 400.0) is None
    assert levelled_change(np.zeros(9), np.arange(9.0), 1.0, 1.0) is None
