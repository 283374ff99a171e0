"""Faults of ours call once they last, once a cause, and say which part, since when, what to do."""

from typing import Any

import pytest
from stories.alerting_story import Story

from plumbline.collector.alerting.settings import Language
from plumbline.collector.alerting.store import silences
from plumbline.collector.alerting.store.silences import Matcher
from plumbline.collector.events.model import AlarmLevel, Event, EventKind

ONE = [{"name": "Mali", "phone": "+66898765432", "language": "en"}]


def fault(story: Story, key: str = "process:detection", name: str = "", **changes: Any) -> Event:
    given: dict[str, Any] = {
        "kind": EventKind.HEALTH,
        "level": AlarmLevel.RED,
        "limit": None,
        "value": 0.0,
        "unit": "",
        "nodes": {},
        "evidence": {"key": key, "text": "has died"},
    }
    return story.happens(name or f"{key}{story.now_ns}", **{**given, **changes})


def test_a_cause_that_lasts_calls_after_fifteen_seconds(tmp_path):
    with Story(tmp_path, person=ONE, step=[]) as story:
        dead = fault(story)
        story.forward(14.5, every_s=0.5)
        story.expect_no_sms()
        story.forward(0.5)
        text = story.expect_sms(
            "Mali", "RED TWR01", "stopped: detection", "2025-03-28 13:20:31", "Restart"
        )
        assert " 0" not in text.splitlines()[0]
        story.forward(30)
        story.ends(dead)
        story.forward(59)
        story.expect_no_sms()
        story.forward(1)
        story.expect_sms("Mali", "ENDED", "stopped: detection", "Watching again")
        assert story.open() == []


def test_a_cause_of_some_seconds_calls_nobody(tmp_path):
    with Story(tmp_path) as story:
        for key in ("process:detection", "blind:TWR01"):
            short = fault(story, key)
            story.forward(14)
            story.ends(short)
            story.forward(600, every_s=1)
        assert story.open() == []


def test_what_lasted_long_when_it_is_reported_calls_at_once(tmp_path):
    with Story(tmp_path, person=ONE, step=[]) as story:
        fault(story, onset_ns=story.now_ns - 20 * 10**9)
        story.expect_sms("Mali", "stopped: detection")
        story.acknowledge()


@pytest.mark.parametrize(("down_s", "up_s"), [(10, 3), (20, 8), (40, 40)])
def test_flapping_is_one_alarm_and_one_watching_again(tmp_path, down_s, up_s):
    with Story(tmp_path, person=ONE, step=[]) as story:
        for _ in range(5):
            dead = fault(story)
            story.forward(down_s)
            story.ends(dead)
            story.forward(up_s)
            story.restart()
        story.forward(120)
        story.expect_sms("Mali", "stopped: detection")
        story.expect_sms("Mali", "ENDED", "Watching again")


def test_flapping_after_the_answer_calls_nobody_again(tmp_path):
    with Story(tmp_path, person=ONE, step=[]) as story:
        dead = fault(story)
        story.forward(15)
        story.expect_sms("Mali")
        story.acknowledge(by="Mali")
        for _ in range(4):
            story.ends(dead)
            story.forward(10)
            dead = fault(story)
            story.forward(30)
        story.ends(dead)
        story.forward(90)
        story.expect_sms("Mali", "Watching again")


def test_one_cause_is_one_sms_however_many_structures_it_leaves_unwatched(tmp_path):
    people = [{**ONE[0], "structures": ["TWR02"]}]
    with Story(tmp_path, person=people, step=[]) as story:
        dead = [fault(story, name=f"d{n}", structure=f"TWR0{n}") for n in (1, 2, 3)]
        with story.store.transaction() as tx:
            silences.set_silence(
                tx,
                Matcher(structure="TWR01"),
                reason="works",
                author="Mali",
                duration_s=3600,
                now_ns=story.now_ns,
            )
        story.forward(15)
        story.expect_sms("Mali", "TWR01 +2", "stopped: detection")
        for one in dead:
            story.ends(one)
        story.forward(60)
        story.expect_sms("Mali", "Watching again")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "key",
    [
        "process:detection",
        "stage:archive",
        "write:journal",
        "clock:XX.TWR01/pi-roof",
        "blind:TWR01",
        "disk-critical",
        "journal-full",
        "something:new",
    ],
)
def test_every_sort_of_fault_has_words_in_each_language(tmp_path, language, key):
    person = [{"name": "Yuki", "phone": "+66812345678", "language": language}]
    with Story(tmp_path, person=person, step=[]) as story:
        dead = fault(story, key)
        story.forward(15)
        text = story.expect_sms("Yuki", "TWR01", "13:20:31", story.code())
        name = key.partition(":")[2]
        assert name in text or key == "something:new"
        if language is not Language.ENGLISH:
            assert "Restart" not in text
        story.ends(dead)
        story.forward(60)
        story.expect_sms("Yuki", "TWR01")
