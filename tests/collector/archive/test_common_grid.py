"""Nodes with clocks of their own come to one grid by the times they recorded."""

from pathlib import Path

import numpy as np
import pytest
from recorded import T0_NS, Recorded, built, level

from plumbline.collector.archive.blocks import archived_blocks
from plumbline.collector.archive.common_grid import aligned_stream, on_grid, shared
from plumbline.wire.block import NS

ROOF, LOWER = "XX.TWR01.3A.HN", "XX.TWR01.1A.HN"


@pytest.fixture
def tower(tmp_path: Path) -> Recorded:
    return Recorded(built(tmp_path))


def swaying(seconds: float, hz: float, late_s: float = 0.0, ppm: float = 0.0) -> np.ndarray:
    """Return what a clock that runs slow samples of one sine: its own times, not ours."""
    t = late_s + np.arange(round(seconds * 100)) / 100 * (1 + ppm * 1e-6)
    return level([np.sin(2 * np.pi * hz * t), np.zeros(t.size)])


def streams(tower: Recorded, span: tuple[int, int], rate_hz: float) -> list:
    places = [tower.known[key] for key in (ROOF, LOWER)]
    made = [
        aligned_stream(place, archived_blocks(tower, place, *span), rate_hz) for place in places
    ]
    return [one for one in made if one is not None]


@pytest.mark.parametrize("rate_hz", [100.0, 50.0])
def test_clocks_that_drift_apart_see_one_sine_in_one_phase(tower: Recorded, rate_hz: float) -> None:
    hz, seconds = 5.0, 900
    tower.put(ROOF, swaying(seconds, hz, ppm=50), T0_NS, ppm=50)
    tower.put(LOWER, swaying(seconds, hz, 0.1234, ppm=-50), T0_NS + 123_400_000, ppm=-50)
    both = streams(tower, (T0_NS, T0_NS + seconds * NS), rate_hz)
    (span,) = shared(both)
    roof, lower = on_grid(both, span, rate_hz)
    t = (span[0] - T0_NS) / NS + np.arange(roof.shape[1]) / rate_hz
    truth = np.sin(2 * np.pi * hz * t)
    inner = slice(100, -100)  # the decimation filter has an end
    for row in (roof[1], lower[1]):
        assert np.abs(row - truth)[inner].max() < 0.012
    # by the count of samples alone the two would be 90 ms apart at the end: 160 degrees
    assert np.abs(roof[1] - lower[1])[inner].max() < 0.005


def test_a_gap_of_one_node_parts_what_all_share(tower: Recorded) -> None:
    tower.put(ROOF, swaying(100, 1.0), T0_NS)
    tower.put(LOWER, swaying(40, 1.0), T0_NS)
    tower.put(LOWER, swaying(50, 1.0), T0_NS + 45 * NS)
    both = streams(tower, (T0_NS, T0_NS + 100 * NS), 100.0)
    first, second = shared(both)
    assert [round((b - a) / NS) for a, b in (first, second)] == [40, 50]
    with pytest.raises(ValueError, match="no samples over the whole span"):
        on_grid(both, (first[0], second[1]), 100.0)


def test_what_was_not_recorded_is_no_aligned_stream(tower: Recorded) -> None:
    tower.put(ROOF, swaying(10, 1.0), T0_NS)
    (only,) = streams(tower, (T0_NS, T0_NS + 10 * NS), 50.0)
    assert only.place.node.code == "3A"
    assert only.clock_error_ns == 500_000
    assert shared([]) == []
