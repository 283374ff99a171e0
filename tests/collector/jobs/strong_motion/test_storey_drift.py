"""Pairs of levels by their own heights; a dead axis is not a floor that stood still."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from recorded import T0_NS, Recorded, built, level

from plumbline.collector.jobs.strong_motion.storey_drift import StoreyDrift
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

SECONDS = 90
SPAN = (T0_NS, T0_NS + SECONDS * NS)
GROUND, FIRST, SECOND, ROOF = (f"XX.TWR01.{k}A.HN" for k in range(4))
HZ = 0.5


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Place]:
    """The tower with its levels at 0, 4, 7 and 10 m."""
    heights = {"0A": 0.0, "1A": 4.0, "2A": 7.0, "3A": 10.0}
    return {
        key: replace(place, node=place.node.model_copy(update={"z_m": heights[place.node.code]}))
        for key, place in built(tmp_path).items()
    }


def swung(moved_m: float, seed: int) -> np.ndarray:
    """Return a floor that swings so far north, with the noise of a real axis."""
    t = np.arange(SECONDS * 100) / 100
    shape = np.clip(np.minimum(t - 20, 80 - t) / 10, 0, 1)
    north = (
        -moved_m
        * (2 * np.pi * HZ) ** 2
        * np.sin(np.pi / 2 * shape) ** 2
        * np.sin(2 * np.pi * HZ * t)
    )
    noise = np.random.default_rng(seed).normal(0, 1e-4, (2, t.size))
    return level([north + noise[0], noise[1]])


def measured(known: dict[str, Place], archive: Recorded) -> StoreyDrift:
    drift = StoreyDrift([known[key] for key in (GROUND, FIRST, SECOND, ROOF)], SPAN, known_hz=HZ)
    while not drift.step(archive):  # type: ignore[arg-type]
        pass
    return drift


def test_each_pair_has_its_own_drift_and_height(known: dict[str, Place]) -> None:
    archive = Recorded(known)
    for seed, (key, moved_m) in enumerate(
        {GROUND: 0.0, FIRST: 0.06, SECOND: 0.07, ROOF: 0.10}.items()
    ):
        archive.put(key, swung(moved_m, seed), T0_NS, ppm=20 * seed)
    drift = measured(known, archive)
    north = {(d["upper_level"], d["lower_level"]): d for d in drift.found if d["direction"] == "NS"}
    assert set(north) == {(3, 0), (2, 0), (1, 0), (3, 2), (2, 1)}
    assert north[3, 0]["displacement_m"] == pytest.approx(0.10, rel=0.02)
    assert north[2, 1]["displacement_m"] == pytest.approx(0.01, rel=0.05)
    assert north[3, 0]["ratio"] == pytest.approx(0.010, rel=0.02)
    assert north[1, 0]["ratio"] == pytest.approx(0.06 / 4, rel=0.02)
    assert [d["inter_storey"] for d in north.values()] == [u - w == 1 for u, w in north]
    # half of the known frequency is 0.25 Hz: more than the pads carry
    assert drift.corner_hz == 0.1


def test_a_dead_ground_axis_gives_no_drift(known: dict[str, Place]) -> None:
    archive = Recorded(known)
    still = np.stack([np.full(SECONDS * 100, value) for value in (9.8, 0.0, 0.0)])
    archive.put(GROUND, still, T0_NS)
    archive.put(ROOF, swung(0.1, 1), T0_NS)
    assert measured(known, archive).found == []


def test_a_node_without_samples_leaves_the_other_pairs(known: dict[str, Place]) -> None:
    archive = Recorded(known)
    for seed, (key, moved_m) in enumerate({GROUND: 0.0, FIRST: 0.06, ROOF: 0.10}.items()):
        archive.put(key, swung(moved_m, seed), T0_NS)
    pairs = {(d["upper_level"], d["lower_level"]) for d in measured(known, archive).found}
    assert pairs == {(3, 0), (1, 0)}
