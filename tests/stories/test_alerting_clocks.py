"""Calls go on at their intervals though the collector's clock steps, and across restarts."""

import pytest
from stories.alerting_story import NS, Story
from stories.test_alerting_quiet import silence

from plumbline.collector.alerting.engine.clock_steps import boot_number, steady_now_ns
from plumbline.collector.events.model import EventKind

DAY_S = 86_400.0


@pytest.mark.parametrize("step_s", [-3_600.0, 3_600.0, -900 * DAY_S, 900 * DAY_S, -5.0])
@pytest.mark.parametrize("restart", [False, True])
def test_the_second_call_comes_after_its_interval_whatever_the_clock_does(
    tmp_path, step_s, restart
):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.forward(60)
        story.clock_steps(step_s)
        if restart:
            story.restart()
        story.forward(59)
        story.expect_no_sms()
        story.forward(1)
        story.expect_sms("Mali")
        assert story.log().count("clock_stepped") == 1
        story.acknowledge()


def test_a_clock_that_goes_back_shows_without_a_steady_one(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.forward(60)
        story.now_ns -= 3_600 * NS  # another boot: nothing to compare with
        story.forward(60)
        story.expect_sms("Mali")
        story.acknowledge()


def test_a_step_forward_fires_no_call_early_and_not_all_at_once(tmp_path):
    with Story(tmp_path) as story:
        for structure in ("TWR01", "TWR02", "TWR03"):
            story.happens(structure, structure=structure)
            story.expect_sms("Somchai")
            story.forward(10)
        codes = [one.incident.code for one in story.open()]
        story.clock_steps(7_200)
        story.forward(60)
        story.expect_no_sms()
        story.forward(60)
        for structure in ("TWR01", "TWR02", "TWR03"):
            story.expect_sms("Mali", structure)
        for code in codes:
            story.acknowledge(code)


def test_a_message_that_waits_for_its_gateway_still_goes_out(tmp_path):
    with Story(tmp_path) as story:
        story.network.away = True
        story.happens()
        story.forward(3)
        story.clock_steps(-3_600)
        story.network.away = False
        story.forward(10)
        story.expect_sms("Somchai")
        story.acknowledge()


def test_a_silence_lasts_as_long_as_was_said(tmp_path):
    with Story(tmp_path) as story:
        silence(story, duration_s=600)
        story.happens()
        story.clock_steps(-3_600)
        story.forward(599, every_s=5)
        story.expect_no_sms()
        story.forward(5)
        story.expect_sms("Somchai")
        story.acknowledge()


def test_a_fault_that_lasts_calls_in_time(tmp_path):
    with Story(tmp_path) as story:
        story.happens(kind=EventKind.HEALTH, limit=None, evidence={"key": "clock:collector"})
        story.forward(5)
        story.clock_steps(-3_600)
        story.forward(10)
        story.expect_sms("Somchai", "collector")
        story.acknowledge()


def test_caps_do_not_hold_messages_back_after_a_step(tmp_path):
    with Story(tmp_path) as story:
        for n in range(5):
            story.happens(str(n), structure=f"TWR0{n}")
            story.expect_sms("Somchai")
        story.clock_steps(-3_600)
        for one in story.open():
            story.acknowledge(one.incident.code)
        story.forward(901, every_s=10)
        story.happens("next", structure="TWR09")
        story.expect_sms("Somchai", "TWR09")
        story.acknowledge(story.open()[-1].incident.code)


def test_this_machine_has_a_steady_clock():
    before = steady_now_ns()
    assert steady_now_ns() >= before
    assert boot_number() == boot_number()
