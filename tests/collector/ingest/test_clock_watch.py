"""Whose clock is wrong is told: one agent's, or this machine's."""

import pytest

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.ingest.clock_watch import ClockWatch
from plumbline.wire.block import NS

T0_NS = 1_700_000_000 * NS


def keys(conditions: Conditions) -> list[str]:
    return sorted(condition.key for condition in conditions.open())


def beat(watch: ClockWatch, leads_s: dict[str, float], first_s: int = 0, last_s: int = 60) -> None:
    """Let each agent send a heartbeat every ten seconds."""
    for at_s in range(first_s, last_s, 10):
        for agent, lead_s in leads_s.items():
            received_ns = T0_NS + at_s * NS
            watch.heartbeat(agent, received_ns + round(lead_s * NS), received_ns)


@pytest.mark.parametrize("lead_s", [3600.0, -79_000_000.0])
def test_one_agent_that_is_off_is_named_until_it_is_right(lead_s: float) -> None:
    conditions = Conditions()
    watch = ClockWatch(conditions)
    beat(watch, {"a": lead_s, "b": 0.1, "c": -0.4})
    assert keys(conditions) == ["clock:a"]
    beat(watch, {"a": 0.0, "b": 0.1}, 60, 70)
    assert keys(conditions) == []


@pytest.mark.parametrize("lead_s", [3600.0, -3600.0])
def test_agents_that_agree_about_another_time_say_that_this_machine_is_wrong(lead_s: float) -> None:
    conditions = Conditions()
    watch = ClockWatch(conditions)
    beat(watch, {"a": lead_s, "b": lead_s + 0.3})
    assert "clock:collector" in keys(conditions)
    beat(watch, {"a": 0.0, "b": 0.3}, 60, 70)
    assert keys(conditions) == []


def test_heartbeats_that_waited_in_the_broker_are_no_wrong_clock() -> None:
    conditions = Conditions()
    watch = ClockWatch(conditions)
    for late_s in range(600, 0, -10):
        watch.heartbeat("a", T0_NS - late_s * NS, T0_NS)
        watch.heartbeat("b", T0_NS - late_s * NS, T0_NS)
    beat(watch, {"a": 0.0, "b": 0.0})
    assert keys(conditions) == []
    assert conditions.ended() == []


def test_two_agents_that_are_off_by_different_times_do_not_blame_this_machine() -> None:
    conditions = Conditions()
    watch = ClockWatch(conditions)
    beat(watch, {"a": 3600.0, "b": 7200.0})
    assert keys(conditions) == ["clock:a", "clock:b"]
