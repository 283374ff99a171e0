"""The rules, without any motion: triggers of nodes, and what they are together."""

import pytest

from plumbline.collector.events.model import EventKind
from plumbline.collector.stages.detection.coincidence import CoincidenceRules, shaking, sway
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.node_state import NodeState, TriggerInterval
from plumbline.wire.block import NS

RULES = CoincidenceRules(
    detectors=("short_period", "long_period"),
    slack_ns=5 * NS,
    straggler_ns=2 * NS,
    sway_ns=30 * NS,
    sway_ms2=0.03,
)


def interval(onset_s: float, last_s: float, *, ended: bool = True, known_s: float | None = None):
    known_ns = round((onset_s + 2 if known_s is None else known_s) * NS)
    return TriggerInterval(
        onset_ns=round(onset_s * NS), known_ns=known_ns, last_ns=round(last_s * NS), ended=ended,
        ratio=9.0, peak_ms2=0.1,
    )  # fmt: skip


def nodes(front_s: float = 100.0, **intervals: dict[str, TriggerInterval]) -> dict[str, NodeState]:
    """Return ground ``g`` and floors ``a``, ``b`` with these spans."""
    made = {name: NodeState(ground=name == "g", capacity=10) for name in ("g", "a", "b")}
    for name, node in made.items():
        node.front_ns = round(front_s * NS)
        for detector, one in intervals.get(name, {}).items():
            node.intervals[detector].append(one)
    return made


def test_ground_and_a_floor_together_are_shaking():
    found = shaking(
        nodes(g={"short_period": interval(10, 20)}, a={"long_period": interval(12, 30)}), RULES, ()
    )
    assert found is not None
    assert (found.kind, found.detector) == (EventKind.SHAKING, "short_period")
    assert found.nodes == ("g", "a")
    assert found.onset_ns == 10 * NS


@pytest.mark.parametrize(("gap_s", "together"), [(0, True), (5, True), (5.1, False), (60, False)])
def test_triggers_further_apart_than_the_slack_are_not_together(gap_s, together):
    states = nodes(
        g={"short_period": interval(10, 20)}, a={"short_period": interval(20 + gap_s, 90)}
    )
    assert (shaking(states, RULES, ()) is not None) is together


def test_floors_without_the_ground_are_never_shaking():
    states = nodes(a={"short_period": interval(10, 20)}, b={"short_period": interval(10, 20)})
    assert shaking(states, RULES, ()) is None


def test_a_trigger_proven_inside_an_episode_opens_no_other():
    states = nodes(g={"short_period": interval(10, 20)}, a={"short_period": interval(10, 20)})
    assert shaking(states, RULES, [(11 * NS, 14 * NS)]) is None
    assert shaking(states, RULES, [(20 * NS, 30 * NS)]) is not None


def test_the_trigger_that_was_proven_first_decides():
    states = nodes(
        g={
            "short_period": interval(14, 20, known_s=16),
            "long_period": interval(10, 30, known_s=15),
        },
        a={"short_period": interval(10, 20)},
    )
    found = shaking(states, RULES, ())
    assert found is not None
    assert found.detector == "long_period"


def test_the_roof_alone_for_long_is_sway():
    found = sway(nodes(a={"long_period": interval(10, 60, ended=False)}), RULES, ())
    assert found is not None
    assert found.kind is EventKind.SWAY


@pytest.mark.parametrize("last_s", [20, 39.9])
def test_the_roof_alone_for_a_moment_is_nothing(last_s):
    assert sway(nodes(a={"long_period": interval(10, last_s, ended=False)}), RULES, ()) is None


def test_a_short_period_trigger_upstairs_is_somebody_walking_not_sway():
    assert sway(nodes(a={"short_period": interval(10, 60, ended=False)}), RULES, ()) is None


def test_sway_waits_for_the_ground_but_not_for_ever():
    states = nodes(a={"long_period": interval(10, 41, ended=False)})
    states["g"].front_ns = 39 * NS
    for front_s, waited in ((41, False), (42, True)):
        states["a"].front_ns = states["b"].front_ns = front_s * NS
        assert (sway(states, RULES, ()) is not None) is waited


def test_a_ground_that_moved_too_makes_it_no_sway():
    states = nodes(
        g={"long_period": interval(12, 30)}, a={"long_period": interval(10, 60, ended=False)}
    )
    assert sway(states, RULES, ()) is None


def test_a_detector_that_may_not_open_does_not_open():
    only_long = CoincidenceRules(
        detectors=("long_period",), slack_ns=5 * NS, straggler_ns=0, sway_ns=NS, sway_ms2=0.0
    )
    states = nodes(g={"short_period": interval(10, 20)}, a={"short_period": interval(10, 20)})
    assert shaking(states, only_long, ()) is None


def frame(end_s: float, short_s: float = 0.0) -> TriggerFrame:
    return TriggerFrame(
        round(end_s * NS), round(short_s * NS), 0, 9.0 if short_s else 1.0, 1.0, 0.1, 0.0
    )


def test_a_node_remembers_when_its_trigger_was_on():
    node = NodeState(ground=True, capacity=10)
    node.update([frame(1), frame(1.5, 0.3), frame(2, 0.3), frame(2.5), frame(3, 2.8)])
    first, second = node.intervals["short_period"]
    assert (first.onset_ns, first.known_ns, first.last_ns, first.ended) == (
        round(0.3 * NS), round(1.5 * NS), 2 * NS, True,
    )  # fmt: skip
    assert not second.ended
    assert node.active("short_period") is second


def test_an_axis_that_joins_later_does_not_begin_the_span_anew():
    node = NodeState(ground=True, capacity=10)
    node.update([frame(1.5, 0.3), frame(2, 0.1), frame(2.5, 1.9)])
    (only,) = node.intervals["short_period"]
    assert only.onset_ns == round(0.3 * NS)


def test_a_gap_ends_a_span():
    node = NodeState(ground=True, capacity=10)
    node.update([frame(1.5, 0.3), frame(900, 899)])
    first, second = node.intervals["short_period"]
    assert first.ended
    assert second.onset_ns == 899 * NS


def test_a_node_forgets_what_is_long_over():
    node = NodeState(ground=True, capacity=3)
    node.update([frame(1.5, 0.3), *(frame(k) for k in range(2, 9))])
    node.forget(5 * NS)
    assert node.idle
    assert len(node.buffer) == 3
