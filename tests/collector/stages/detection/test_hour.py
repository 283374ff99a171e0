"""An hour of everything that is no earthquake: traffic, feet, wind."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from detection_rig import START_NS, blocks, journal, run_stage, saved_events, stage, tower_places
from motions import instrument

from plumbline.analysis.dsp.decimation import FirDecimator
from plumbline.collector.events.model import EventKind
from plumbline.collector.events.store import EventStore
from plumbline.simulator.acts import Piling, Wind
from plumbline.simulator.site import Site
from plumbline.simulator.spec import StructureSpec

LEVELS = {"0A": 0, "1A": 15, "3A": 30}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


def site_motion(spec, acts, seconds):
    """Return the motion of the simulated tower at 100 Hz, instrument noise included, Z N E."""
    site = Site(spec, list(LEVELS.values()), acts, start_ns=START_NS, frame_s=20.0)
    slower = {level: FirDecimator(500.0, 5, 3) for level in LEVELS.values()}
    rng = np.random.default_rng(1)
    recorded: dict[str, list[np.ndarray]] = {node: [] for node in LEVELS}
    for _ in range(seconds // 20):
        frame = site.next_frame()
        for node, level in LEVELS.items():
            x = slower[level].feed(frame.accel_ms2[level])[[2, 1, 0]]
            recorded[node].append(x + [instrument(rng, x.shape[1], 100.0) for _ in range(3)])
    return {node: np.concatenate(pieces, axis=1) for node, pieces in recorded.items()}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_hour_of_traffic_feet_and_wind_is_no_shaking(tmp_path, store):
    spec = StructureSpec(
        vehicles_per_minute=4, vehicle_gal=5, walks_per_minute=3, walk_gal=5, wind_roof_gal=0.5
    )
    wind = [Wind(start_s=900, seconds=1200, strength=6)]
    motion = site_motion(spec, wind, 3600)
    tower = tower_places(tmp_path)
    run_stage(stage(tower, store), journal(blocks(tower[node], x) for node, x in motion.items()))
    # Gusts of 10 gal on the roof are sway, and nobody is called for that.
    assert {event.kind for event in saved_events(store)} <= {EventKind.SWAY}


def test_the_simulators_own_piling_opens_nothing(tmp_path, store):
    piling = [Piling(start_s=40, seconds=60, peak_gal=60.0, blows_per_s=rate) for rate in (1.5,)]
    motion = site_motion(StructureSpec(), piling, 120)
    assert np.max(np.abs(motion["0A"])) > 0.4
    tower = tower_places(tmp_path)
    run_stage(stage(tower, store), journal(blocks(tower[node], x) for node, x in motion.items()))
    assert saved_events(store) == []
