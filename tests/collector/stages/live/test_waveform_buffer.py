"""What the live charts are drawn from: extremes about rest, the right way up."""

from pathlib import Path

import numpy as np
import pytest
from places import START_NS, block_of, inventory_text

from plumbline.collector.stages.live.waveform_buffer import WaveformBuffer
from plumbline.wire.block import NS
from plumbline.wire.inventory import read_inventory
from plumbline.wire.inventory.lookup import Place, places
from plumbline.wire.inventory.model import Unit

ROOF = "XX.TWR01.3A.HN"
CODE_N = '{ code = "N", azimuth_deg = 0 }'


def roof(folder: Path, polarity: int) -> Place:
    text = inventory_text()
    assert CODE_N in text
    path = folder / "inventory.toml"
    path.write_text(text.replace(CODE_N, CODE_N.replace("0 }", f"0, polarity = {polarity} }}")))
    return places(read_inventory(path))[ROOF]


@pytest.mark.parametrize(("polarity", "drawn_gal"), [(1, (50.0, 0.0)), (-1, (0.0, -50.0))])
def test_a_peak_is_drawn_about_rest_and_turned_with_its_axis(
    tmp_path: Path, polarity: int, drawn_gal: tuple[float, float]
) -> None:
    """9.8 m/s2 on every axis, and one sample 0.5 m/s2 above it; the second axis may be reversed."""
    place = roof(tmp_path, polarity)
    still, peak = np.full((3, 100), 9.8), np.full((3, 100), 9.8)
    peak[:, 42] += 0.5
    waves = WaveformBuffer({ROOF: place})
    waves.feed(block_of(place, still, seq=0, start_ns=START_NS))
    waves.feed(block_of(place, peak, seq=1, start_ns=START_NS + NS))
    second = waves.since(START_NS + NS - 1, Unit.ACCELERATION)[ROOF]
    high, low = np.array(second["high"]), np.array(second["low"])
    assert high.shape == low.shape == (3, 10)
    np.testing.assert_allclose(high[:, 4], [50.0, drawn_gal[0], 50.0], atol=0.5)
    np.testing.assert_allclose(low[:, 4], [0.0, drawn_gal[1], 0.0], atol=0.5)
    for row in (high, low):
        np.testing.assert_allclose(np.delete(row, 4, axis=1), 0.0, atol=0.5)


def test_what_is_drawn_does_not_depend_on_how_often_somebody_looks(tmp_path: Path) -> None:
    place = roof(tmp_path, 1)
    rng = np.random.default_rng(7)
    watched, unwatched = WaveformBuffer({ROOF: place}), WaveformBuffer({ROOF: place})
    for seq, n in enumerate([100, 100, 30, 100, 7, 100, 100, 100, 100, 55, 100, 100]):
        motion = 9.8 + 0.1 * rng.standard_normal((3, n))
        block = block_of(place, motion, seq=seq, start_ns=START_NS + seq * NS)
        watched.feed(block)
        unwatched.feed(block)
        watched.since(START_NS, Unit.ACCELERATION)
    drawn = unwatched.since(START_NS - 1, Unit.ACCELERATION)[ROOF]
    assert len(drawn["t"]) == sum([10] * 9 + [3, 1, 6])
    assert drawn == watched.since(START_NS - 1, Unit.ACCELERATION)[ROOF]
