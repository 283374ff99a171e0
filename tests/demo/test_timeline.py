"""The demonstration's timeline in simulated time: what it promises does not hang on its moment."""

from pathlib import Path

import pytest
from stories.offline_site import OfflineCollector, arrivals, read_agents

from plumbline.collector.alerting.views import queries
from plumbline.collector.events.model import EventKind
from plumbline.demo.motion import packaged_motion
from plumbline.demo.site import prepared
from plumbline.demo.tower import AGENTS
from plumbline.simulator.scenario import AMBIENT_S, PILING_S
from plumbline.simulator.spec import RigSpec
from plumbline.wire.block import NS
from plumbline.wire.settings import read_settings

BEGUN_NS = 1_782_000_000 * NS
SECONDS = 240
DEFORMATION = (EventKind.TILT, EventKind.DIFFERENTIAL_SETTLEMENT)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
def test_whenever_it_starts_it_tells_the_same(tmp_path: Path, seed: int) -> None:
    """A railed tiltmeter sampled once a second says something else at every phase of the swell."""
    site = prepared(tmp_path, packaged_motion(), seconds=SECONDS, broker_port=1, web_port=2)
    rig = read_settings(site.config("rig"), RigSpec)
    structure = rig.structure.model_copy(update={"seed": seed})
    start_ns = BEGUN_NS + seed * NS * 317 // 1000
    collector = OfflineCollector(site.config("collector"))
    collector.take(
        arrivals(
            rig.model_copy(update={"structure": structure}),
            read_agents([site.config(agent) for agent in AGENTS]),
            start_ns=start_ns,
            seconds=SECONDS,
        )
    )
    events, calls = (
        collector.saved_events(),
        queries.notifications(collector.data / "state" / "alerting.db"),
    )
    collector.close()
    near, far = [event for event in events if event.kind is EventKind.SHAKING]
    assert (near.detector, far.detector) == ("short_period", "long_period")
    assert far.evidence["short_period"]["triggered"] is False
    assert far.closed_ns is not None
    deforming = [event for event in events if event.kind in DEFORMATION]
    assert {event.kind for event in deforming} == set(DEFORMATION)
    assert all(event.onset_ns > far.closed_ns for event in deforming)
    assert len(events) == len(deforming) + 2
    piling_over_ns = start_ns + round((AMBIENT_S + PILING_S) * NS)
    assert all(event.onset_ns > piling_over_ns for event in events)
    assert calls
    assert all(call.created_ns > near.onset_ns for call in calls)
