"""Neighbours tell which channel lies, and gravity which way is up."""

import numpy as np
import pytest
from scipy import signal
from where import shared_data

from plumbline.analysis.quality import (
    Defect,
    QualityAxis,
    examined,
    floors_apart,
    gravity,
    peaks_apart,
    turned,
)
from plumbline.records import read_records

RATE_HZ = 100.0


def array(seed=0):
    """Two instruments with N and E axes that see one slow motion, each with its own noise."""
    rng = np.random.default_rng(seed)
    sos = signal.butter(2, [0.1, 0.8], "band", fs=RATE_HZ, output="sos")
    north, east = signal.sosfilt(sos, rng.normal(size=(2, 20_000)))
    return [
        QualityAxis(place=place, axis=axis, values=motion + 0.001 * rng.normal(size=motion.size))
        for place in ("surface", "18 m")
        for axis, motion in (("N", north), ("E", east))
    ]


def with_values(axes, k, values):
    one = axes[k]
    return [*axes[:k], QualityAxis(place=one.place, axis=one.axis, values=values), *axes[k + 1 :]]


def test_a_healthy_array_is_left_alone():
    axes = array()
    assert floors_apart(axes, RATE_HZ) == {}
    assert peaks_apart(axes) == {}
    assert turned(axes[:2], axes[2:], RATE_HZ, 1.0) == {}


def test_one_noisy_axis_is_named_and_the_others_are_not():
    axes = array()
    noise = 30 * np.std(axes[3].values) * np.random.default_rng(1).normal(size=20_000)
    found = floors_apart(with_values(axes, 3, axes[3].values + noise), RATE_HZ)
    assert list(found) == [3]
    assert found[3].defect is Defect.NOISY
    assert "times the axes beside it" in found[3].reason


def test_a_peak_no_neighbour_shows_is_named():
    axes = array()
    values = axes[2].values.copy()
    values[9000:9050] += 20 * np.max(np.abs(values))
    assert list(peaks_apart(with_values(axes, 2, values))) == [2]


def test_a_livelier_roof_is_no_noisy_channel():
    rng = np.random.default_rng(2)
    level = {"basement": 1.0, "7th": 4.0, "roof": 15.0}
    axes = [
        QualityAxis(place=place, axis=axis, values=size * rng.normal(size=6000))
        for place, size in level.items()
        for axis in "NE"
    ]
    assert floors_apart(axes, RATE_HZ) == {}


def test_an_inverted_axis_moves_against_its_neighbour():
    axes = array()
    found = turned(with_values(axes, 0, -axes[0].values)[:2], axes[2:], RATE_HZ, 1.0)
    assert {k: f.defect for k, f in found.items()} == {0: Defect.INVERTED}


def test_swapped_axes_move_like_each_other():
    axes = array()
    swapped = [
        QualityAxis(place="surface", axis="N", values=axes[1].values),
        QualityAxis(place="surface", axis="E", values=axes[0].values),
    ]
    found = turned(swapped, axes[2:], RATE_HZ, 1.0)
    assert {k: f.defect for k, f in found.items()} == {0: Defect.SWAPPED, 1: Defect.SWAPPED}


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ((0.1, -0.2, 9.81), {}),
        ((0.1, -0.2, -9.80), {2: Defect.INVERTED}),
        ((9.79, -0.2, 0.1), {0: Defect.SWAPPED}),
        ((0.0, 0.0, 0.0), {}),  # gravity was removed: it says nothing
    ],
)
def test_gravity_shows_which_axis_is_vertical(rest, expected):
    axes = [
        QualityAxis(place="node", axis=axis, values=np.full(100, value))
        for axis, value in zip("XYZ", rest, strict=True)
    ]
    assert {k: f.defect for k, f in gravity(axes, "Z").items()} == expected


def test_of_delaneys_eight_channels_exactly_d3_east_is_at_fault():
    folder = shared_data("delaney-downhole-2018")
    records = read_records([*sorted(folder.glob("*.mseed")), folder / "NP.8040.xml"])
    axes = [QualityAxis(place=r.location, axis=r.channel, values=r.si()) for r in records]
    rate_hz = records[0].rate_hz
    together = {**floors_apart(axes, rate_hz), **peaks_apart(axes)}
    flagged = {f"{axes[k].place}.{axes[k].axis}" for k in together}
    alone = {f"{r.location}.{r.channel}": examined(r.si(), rate_hz) for r in records}
    flagged |= {name for name, findings in alone.items() if findings}
    assert flagged == {"D3.HNE"}
    assert alone["D3.HNE"][0].defect is Defect.HUM
    for other in ("D0", "D4", "D6"):
        pairs = [[a for a in axes if a.place == place] for place in (other, "D3")]
        assert 0 not in turned(pairs[0], pairs[1], rate_hz, 1.0)
