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


def span(onset_s: float, last_s: float, *, ended: bool = True, known_s: float | None = None):
    known_ns = round((onset_s + 2 if known_s is None else known_s) * NS)
    return TriggerInterval(
        onset_ns=round(onset_s * NS), known_ns=known_ns, last_ns=round(last_s * NS), ended=ended,
        ratio=9.0, peak_ms2=0.1,
    )  # fmt: skip


def nodes(front_s: float = 100.0, **spans: dict[str, TriggerInterval]) -> dict[str, NodeState]:
    """Return ground ``g`` and floors ``a``, ``b`` with these spans."""
    made = {name: NodeState(ground=name == "g", kept=10) for name in ("g", "a", "b")}
    for name, node in made.items():
        node.front_ns = round(front_s * NS)
        for detector, one in spans.get(name, {}).items():
            node.spans[detector].append(one)
    return made


def test_ground_and_a_floor_together_are_shaking():
    found = shaking(
        nodes(g={"short_period": span(10, 20)}, a={"long_period": span(12, 30)}), RULES, ()
    )
    assert found is not None
    assert (found.kind, found.detector) == (EventKind.SHAKING, "short_period")
    assert found.nodes == ("g", "a")
    assert found.onset_ns == 10 * NS


@pytest.mark.parametrize(("gap_s", "together"), [(0, True), (5, True), (5.1, False), (60, False)])
def test_triggers_further_apart_than_the_slack_are_not_together(gap_s, together):
    heard = nodes(g={"short_period": span(10, 20)}, a={"short_period": span(20 + gap_s, 90)})
    assert (shaking(heard, RULES, ()) is not None) is together


def test_floors_without_the_ground_are_never_shaking():
    heard = nodes(a={"short_period": span(10, 20)}, b={"short_period": span(10, 20)})
    assert shaking(heard, RULES, ()) is None


def test_a_trigger_proven_inside_an_episode_opens_no_other():
    heard = nodes(g={"short_period": span(10, 20)}, a={"short_period": span(10, 20)})
    assert shaking(heard, RULES, [(11 * NS, 14 * NS)]) is None
    assert shaking(heard, RULES, [(20 * NS, 30 * NS)]) is not None


def test_the_trigger_that_was_proven_first_decides():
    heard = nodes(
        g={"short_period": span(14, 20, known_s=16), "long_period": span(10, 30, known_s=15)},
        a={"short_period": span(10, 20)},
    )
    found = shaking(heard, RULES, ())
    assert found is not None
    assert found.detector == "long_period"


def test_the_roof_alone_for_long_is_sway():
    found = sway(nodes(a={"long_period": span(10, 60, ended=False)}), RULES, ())
    assert found is not None
    assert found.kind is EventKind.SWAY


@pytest.mark.parametrize("last_s", [20, 39.9])
def test_the_roof_alone_for_a_moment_is_nothing(last_s):
    assert sway(nodes(a={"long_period": span(10, last_s, ended=False)}), RULES, ()) is None


def test_a_short_period_trigger_upstairs_is_somebody_walking_not_sway():
    assert sway(nodes(a={"short_period": span(10, 60, ended=False)}), RULES, ()) is None


def test_sway_waits_for_the_ground_but_not_for_ever():
    heard = nodes(a={"long_period": span(10, 41, ended=False)})
    heard["g"].front_ns = 39 * NS
    for front_s, waited in ((41, False), (42, True)):
        heard["a"].front_ns = heard["b"].front_ns = front_s * NS
        assert (sway(heard, RULES, ()) is not None) is waited


def test_a_ground_that_moved_too_makes_it_no_sway():
    heard = nodes(g={"long_period": span(12, 30)}, a={"long_period": span(10, 60, ended=False)})
    assert sway(heard, RULES, ()) is None


def test_a_detector_that_may_not_open_does_not_open():
    only_long = CoincidenceRules(
        detectors=("long_period",), slack_ns=5 * NS, straggler_ns=0, sway_ns=NS, sway_ms2=0.0
    )
    heard = nodes(g={"short_period": span(10, 20)}, a={"short_period": span(10, 20)})
    assert shaking(heard, only_long, ()) is None


def tick(end_s: float, short_s: float = 0.0) -> TriggerFrame:
    return TriggerFrame(
        round(end_s * NS), round(short_s * NS), 0, 9.0 if short_s else 1.0, 1.0, 0.1, 0.0
    )


def test_a_node_remembers_when_its_trigger_was_on():
    node = NodeState(ground=True, kept=10)
    node.hear([tick(1), tick(1.5, 0.3), tick(2, 0.3), tick(2.5), tick(3, 2.8)])
    first, second = node.spans["short_period"]
    assert (first.onset_ns, first.known_ns, first.last_ns, first.ended) == (
        round(0.3 * NS), round(1.5 * NS), 2 * NS, True,
    )  # fmt: skip
    assert not second.ended
    assert node.on("short_period") is second


def test_an_axis_that_joins_later_does_not_begin_the_span_anew():
    node = NodeState(ground=True, kept=10)
    node.hear([tick(1.5, 0.3), tick(2, 0.1), tick(2.5, 1.9)])
    (only,) = node.spans["short_period"]
    assert only.onset_ns == round(0.3 * NS)


def test_a_gap_ends_a_span():
    node = NodeState(ground=True, kept=10)
    node.hear([tick(1.5, 0.3), tick(900, 899)])
    first, second = node.spans["short_period"]
    assert first.ended
    assert second.onset_ns == 899 * NS


def test_a_node_forgets_what_is_long_over():
    node = NodeState(ground=True, kept=3)
    node.hear([tick(1.5, 0.3), *(tick(k) for k in range(2, 9))])
    node.forget(5 * NS)
    assert node.idle
    assert len(node.history) == 3
