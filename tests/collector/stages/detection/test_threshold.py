"""Acceleration over a bound: on enough nodes, for long enough, and not of blows."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from detection_rig import (
    RATE_HZ,
    blocks,
    journal,
    run_stage,
    saved_events,
    seconds,
    stage,
    tower_places,
)
from motions import ambient, blows, far

from plumbline.collector.app.settings import read_collector
from plumbline.collector.events.model import AlarmLevel, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.settings import DetectionSettings, ThresholdRule
from plumbline.collector.stages.detection.threshold import ThresholdDetector
from plumbline.wire.block import NS
from plumbline.wire.settings import BadSettings

RULE = {
    "structure": "TWR01", "amber": 10, "red": 40, "source": "A. Responsible", "standing": "project",
}  # fmt: skip
N = 12_000
TIME_S = np.arange(N) / RATE_HZ


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


def detector(**changed: object) -> ThresholdDetector:
    rule = ThresholdRule.model_validate(RULE | changed)
    return ThresholdDetector(rule, DetectionSettings(), late=False)


def frames(gals: list[float], start_s: float = 0.0) -> list[TriggerFrame]:
    """Return half seconds with these sizes."""
    return [
        TriggerFrame(round((start_s + (k + 1) / 2) * NS), 0, 0, 1.0, 1.0, gal / 100, gal / 100)
        for k, gal in enumerate(gals)
    ]


def run_detector(own: ThresholdDetector, **nodes: list[float]):
    """Let nodes speak in turn, tick by tick, and return the last event of each id."""
    events = {}
    for k in range(len(next(iter(nodes.values())))):
        for name, gals in nodes.items():
            if (event := own.update(name, [frames(gals)[k]])) is not None:
                events[event.id] = event
    return list(events.values())


def test_two_nodes_over_long_enough_are_one_event_that_closes():
    (event,) = run_detector(
        detector(), a=[1, 1] + 6 * [50] + 40 * [1], b=[1, 1] + 6 * [20] + 40 * [1]
    )
    assert event.kind is EventKind.THRESHOLD
    # Two nodes reach the amber bound, only one the red one.
    assert (event.level, event.value) == (AlarmLevel.AMBER, 20.0)
    assert event.limit is not None
    assert (event.limit.value, event.limit.source) == (10, "A. Responsible")
    assert event.closed_ns is not None


def test_the_id_of_an_event_outlives_an_upgrade():
    (event,) = run_detector(detector(), a=[50.0] * 8, b=[50.0] * 8)
    assert (event.onset_ns, event.id) == (round(2.0 * NS), "c1f5df76be60851e")


def test_one_node_is_not_enough_where_two_are_asked_for():
    assert run_detector(detector(), a=20 * [50.0], b=20 * [1.0]) == []
    assert len(run_detector(detector(nodes=1), a=20 * [50.0])) == 1


def test_less_than_the_dwell_is_nothing():
    over = [50.0, 50, 50, 0, 0, 0, 0, 0] * 3
    assert run_detector(detector(), a=over, b=over) == []


def test_the_state_comes_back_as_it_was():
    own, again = detector(), detector()
    run_detector(own, a=8 * [50.0], b=8 * [50.0])
    again.restore(own.state())
    late = frames(40 * [1.0], start_s=4.0)
    assert [own.update("a", [t]) for t in late] == [again.update("a", [t]) for t in late]


def test_a_crossing_is_told_beside_the_shaking(tmp_path, store):
    tower = tower_places(tmp_path)
    rng = np.random.default_rng(1)
    ground = far(TIME_S, 2.0, 30.0, 40.0, 5.0, 20.0, 10.0)
    motion = {node: ambient(rng, N, RATE_HZ) + ground for node in tower}
    own = stage(tower, store, threshold=[RULE])
    run_stage(own, journal(blocks(tower[node], x) for node, x in motion.items()))
    found = {event.kind: event for event in saved_events(store)}
    assert set(found) == {EventKind.SHAKING, EventKind.THRESHOLD}
    assert found[EventKind.THRESHOLD].value == pytest.approx(30, abs=2)
    assert 40 < seconds(found[EventKind.THRESHOLD].onset_ns) < 46


def test_piling_over_the_bound_is_no_crossing(tmp_path, store):
    tower = tower_places(tmp_path)
    rng = np.random.default_rng(2)
    ground = np.zeros(N)
    ground[3000:] = blows(rng, N - 3000, RATE_HZ, 60, 1.5, 10.0)
    motion = {node: ambient(rng, N, RATE_HZ) + ground for node in tower}
    own = stage(tower, store, threshold=[RULE])
    run_stage(own, journal(blocks(tower[node], x) for node, x in motion.items()))
    assert saved_events(store) == []


def test_a_rule_for_more_nodes_than_there_are_is_told_at_once(tmp_path):
    tower_places(tmp_path)
    text = '[[detection.threshold]]\nstructure = "TWR01"\nnodes = 4\namber = 10\nsource = "x"\n'
    text += '[[detection.limit]]\nstructure = "NOPE"\namber = 10\nsource = "x"\n'
    (tmp_path / "collector.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings) as raised:
        read_collector(tmp_path / "collector.toml")
    problems = str(raised.value)
    assert (
        "detection.threshold[0]: structure 'TWR01' has 3 accelerometer nodes, this needs 4"
        in problems
    )
    assert "detection.limit[0]: structure 'NOPE' has 0" in problems


def test_bounds_that_fall_are_refused(tmp_path):
    with pytest.raises(ValueError, match="amber < red"):
        ThresholdRule.model_validate(RULE | {"amber": 50})
