"""A baseline is learned from what keeps coming back, and only from that."""

import numpy as np
import pytest

from plumbline.analysis.modal.learning import MOST_MODES, Seen, learned

SHAPES = np.array([[0.4, 0.8, 1.0], [1.0, 0.5, -0.9], [0.8, -1.0, 0.5]])
FIRST_HZ = np.array([0.5, 1.5, 2.4])
SLOPE = 0.002  # of a mode's frequency for each degree


def windows(n, rng, *, warm=True, spurious=0.0, dropped=0.0):
    """Windows over two days: the modes with weather and scatter, some lost, some invented."""
    made = []
    for hour in range(n):
        celsius = 28 + 5 * np.sin(2 * np.pi * hour / 24)
        there = rng.random(3) >= dropped
        f = FIRST_HZ * (1 + SLOPE * (celsius - 28) + rng.normal(0, 0.002, 3))
        shapes = SHAPES + rng.normal(0, 0.02, SHAPES.shape)
        f, shapes = f[there], shapes[there]
        if rng.random() < spurious:
            f = np.r_[f, rng.uniform(0.2, 5)]
            shapes = np.vstack([shapes, rng.normal(0, 1, 3)])
        made.append(
            Seen(
                frequency_hz=f,
                shapes=shapes.astype(complex),
                temperature_c=celsius if warm else None,
            )
        )
    return made


def test_the_modes_that_keep_coming_back_are_learned_with_their_weather():
    found = learned("2026-01-01", windows(48, np.random.default_rng(1)))
    assert [one.frequency_hz for one in found] == pytest.approx(FIRST_HZ, rel=0.002)
    assert [one.slope_hz_per_c for one in found] == pytest.approx(SLOPE * FIRST_HZ, rel=0.15)
    assert [one.sigma_hz for one in found] == pytest.approx(0.002 * FIRST_HZ, rel=0.4)
    assert {one.stage for one in found} == {"2026-01-01"}
    assert [one.points for one in found] == [48] * 3


def test_what_shows_now_and_then_is_no_mode():
    given = windows(60, np.random.default_rng(2), spurious=0.6, dropped=0.2)
    found = learned("s", given)
    assert [one.frequency_hz for one in found] == pytest.approx(FIRST_HZ, rel=0.003)


def test_without_a_thermometer_there_is_no_slope():
    found = learned("s", windows(48, np.random.default_rng(3), warm=False))
    assert [one.slope_hz_per_c for one in found] == [0.0] * 3
    assert found[0].range_c == (0.0, 0.0)


def test_two_modes_of_one_frequency_are_told_by_their_shapes():
    rng = np.random.default_rng(4)
    shapes = np.array([[1.0, 0.0], [0.0, 1.0]])
    made = [
        Seen(
            frequency_hz=np.array([0.30, 0.303]) * (1 + rng.normal(0, 0.005, 2)),
            shapes=(shapes + rng.normal(0, 0.03, (2, 2))).astype(complex),
            temperature_c=None,
        )
        for _ in range(30)
    ]
    found = learned("s", made)
    assert len(found) == 2
    assert abs(found[0].shape @ found[1].shape.conj()) < 0.2


def test_fewer_than_twenty_windows_teach_nothing():
    with pytest.raises(ValueError, match="needs 20 windows"):
        learned("s", windows(19, np.random.default_rng(5)))


def test_windows_without_a_mode_teach_nothing_and_only_the_first_modes_are_followed():
    empty = Seen(frequency_hz=np.zeros(0), shapes=np.zeros((0, 3), complex), temperature_c=None)
    assert learned("s", [empty] * 30) == ()
    many = Seen(
        frequency_hz=np.arange(1.0, 10.0),
        shapes=np.ones((9, 3), complex),
        temperature_c=None,
    )
    found = learned("s", [many] * 20)
    assert [one.frequency_hz for one in found] == pytest.approx([1, 2, 3, 4, 5, 6][:MOST_MODES])
