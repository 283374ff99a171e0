"""The shear building answers as its closed forms and as a slow integration do."""

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given, settings
from scipy.signal import cont2discrete

from plumbline.simulator.building import ShearBuilding, Sway, uniform_building

RNG = np.random.default_rng(5)
BASE = RNG.standard_normal(600)
GUST = RNG.standard_normal(600)


def test_equal_storeys_have_the_published_frequencies():
    # pyOMA2's example frame; printed there to four digits.
    frame = ShearBuilding(mass_kg=np.full(5, 25.91), stiffness_nm=np.full(5, 10000.0), damping=0.02)
    printed = [0.88995, 2.59776, 4.09511, 5.26070, 6.00010]
    np.testing.assert_allclose(frame.modes()[0], printed, rtol=5e-5)


@pytest.mark.parametrize("floors", [1, 5, 30, 60])
def test_every_frequency_is_within_half_a_percent_of_the_closed_form(floors):
    tower = uniform_building(floors, first_period_s=3.0)
    root = np.sqrt(tower.stiffness_nm[0] / tower.mass_kg[0])
    n = np.arange(1, floors + 1)
    closed = root / np.pi * np.sin((2 * n - 1) * np.pi / (2 * (2 * floors + 1)))
    np.testing.assert_allclose(tower.modes()[0], closed, rtol=1e-9)
    assert tower.modes()[0][0] == pytest.approx(1 / 3, rel=0.005)


def test_the_roof_rings_at_the_first_period_after_a_jolt():
    roof = Sway(uniform_building(30, first_period_s=3.0), (30,), 100.0)
    drive = np.zeros(30_000)
    drive[:300] = np.sin(np.pi * np.arange(300) / 300)
    late = roof.accel_ms2(drive, np.zeros(30_000))[0, 10_000:]
    up = np.flatnonzero((late[:-1] < 0) & (late[1:] >= 0))
    exact = up + late[up] / (late[up] - late[up + 1])
    assert np.polyfit(np.arange(exact.size), exact / 100, 1)[0] == pytest.approx(3.0, rel=0.005)


def test_free_ringing_decays_by_the_damping():
    sway = Sway(uniform_building(1, first_period_s=1.0, damping=0.02), (1,), 200.0)
    jolt = np.zeros(4_000)
    jolt[:20] = 1.0
    ring = sway.accel_ms2(jolt, np.zeros(4_000))[0, 100:]
    tops = np.flatnonzero((ring[1:-1] > ring[:-2]) & (ring[1:-1] >= ring[2:])) + 1
    decrement = np.log(ring[tops[0]] / ring[tops[10]]) / 10
    assert decrement == pytest.approx(2 * np.pi * 0.02 / np.sqrt(1 - 0.02**2), rel=2e-3)


def test_modes_agree_with_the_full_matrices_integrated_at_once():
    building = ShearBuilding(
        mass_kg=np.array([2.0, 1.5, 1.0]), stiffness_nm=np.array([900.0, 700.0, 400.0])
    )
    side = np.array([0.2, 0.5, 1.0])
    got = Sway(building, (0, 1, 2, 3), 100.0, push=side).accel_ms2(BASE, GUST)

    mass, k = np.diag(building.mass_kg), building.stiffness_nm
    stiff = np.diag(k + np.append(k[1:], 0)) - np.diag(k[1:], 1) - np.diag(k[1:], -1)
    freqs, shapes = building.modes()
    viscous = mass @ shapes @ np.diag(2 * building.damping * 2 * np.pi * freqs) @ shapes.T @ mass
    low = np.hstack([-np.linalg.solve(mass, stiff), -np.linalg.solve(mass, viscous)])
    a = np.vstack([np.hstack([np.zeros((3, 3)), np.eye(3)]), low])
    b = np.vstack([np.zeros((3, 2)), np.column_stack([-np.ones(3), side])])
    # First-order hold: exact for an input that is linear between samples.
    d = np.column_stack([np.zeros(3), side])
    ad, bd, cd, dd, _ = cont2discrete((a, b, low, d), 0.01, method="foh")
    state, stepped = np.zeros(6), []
    drive = np.column_stack([BASE, GUST])
    for p in drive:
        stepped.append(cd @ state + dd @ p)
        state = ad @ state + bd @ p
    np.testing.assert_allclose(got[1:].T, stepped, atol=1e-9)
    np.testing.assert_array_equal(got[0], BASE)


def test_a_very_slow_base_carries_every_floor_with_it():
    tower = Sway(uniform_building(10, first_period_s=1.0), (0, 5, 10), 50.0)
    t = np.arange(20_000) / 50
    base = (1 - np.exp(-t / 20)) * np.sin(2 * np.pi * t / 60)
    moved = tower.accel_ms2(base, np.zeros_like(base))
    np.testing.assert_allclose(moved[:, 10_000:], np.tile(base[10_000:], (3, 1)), atol=2e-3)


@given(cut=cuts(600))
@settings(deadline=None, max_examples=30)
def test_the_motion_does_not_depend_on_how_the_input_is_cut(cut):
    def tower():
        return Sway(uniform_building(6, first_period_s=1.0), (0, 3, 6), 100.0, push=np.ones(6))

    whole = tower().accel_ms2(BASE, GUST)
    sway = tower()
    parts = [
        sway.accel_ms2(b, g) for b, g in zip(pieces(BASE, cut), pieces(GUST, cut), strict=True)
    ]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_a_level_above_the_roof_is_refused():
    with pytest.raises(ValueError, match="between 0 and 5"):
        Sway(uniform_building(5, first_period_s=1.0), (6,), 100.0)
