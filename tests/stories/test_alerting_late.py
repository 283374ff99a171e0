"""Late findings: found in data that came after an outage, called about while they are young."""

from typing import Any

import pytest
from stories.alerting_story import NS, Story

from plumbline.collector.alerting.settings import Language
from plumbline.collector.events.model import AlarmLevel, Event, EventKind

HOUR_NS = 3_600 * NS


def late(story: Story, name: str = "late", ago_ns: int = HOUR_NS, **changes: Any) -> Event:
    onset_ns = story.now_ns - ago_ns
    times = {"onset_ns": onset_ns, "closed_ns": onset_ns + 20 * NS}
    return story.happens(name, late=True, **{**times, **changes})


def test_a_late_red_calls_as_late_with_its_time(tmp_path):
    with Story(tmp_path) as story:
        late(story)
        story.expect_sms("Somchai", "ย้อนหลัง แดง", "12:20:31-12:20:51", story.code())
        story.forward(120)
        story.expect_sms("Mali", "LATE RED", "2025-03-28 12:20:31 to 12:20:51", "STOP WORK")
        story.acknowledge()


def test_a_late_word_in_japanese_too(tmp_path):
    person = [{"name": "Yuki", "phone": "+66812345678", "language": Language.JAPANESE}]
    with Story(tmp_path, person=person, step=[]) as story:
        late(story)
        story.expect_sms("Yuki", "遅着 赤", "12:20:31")
        story.acknowledge()


def test_a_late_amber_calls_nobody_unless_its_rule_says_so(tmp_path):
    with Story(tmp_path) as story:
        late(story, level=AlarmLevel.AMBER)
        assert story.open() == []
    with Story(tmp_path / "never", rule={"shaking": {"late": "never"}}) as story:
        late(story)
        assert story.open() == []


def test_an_older_one_is_one_sms_to_everybody_and_no_call(tmp_path):
    with Story(tmp_path) as story:
        late(story, ago_ns=7 * HOUR_NS)
        story.expect_sms("Somchai", "ย้อนหลัง แดง", "06:20:31")
        story.expect_sms("Mali", "LATE RED")
        story.forward(2 * 86_400, every_s=600)
        story.restart()
        story.forward(3600, every_s=60)
        assert story.open()[0].waits_for_answer
        story.acknowledge()


@pytest.mark.parametrize("answered", [False, True])
def test_one_message_a_structure_and_outage_never_one_a_finding(tmp_path, answered):
    with Story(tmp_path) as story:
        late(story, "first")
        story.expect_sms("Somchai")
        if answered:
            story.acknowledge()
        for n in range(20):
            story.forward(5)
            kind = EventKind.TILT if n % 2 else EventKind.THRESHOLD
            opened = late(story, f"finding {n}", kind=kind, closed_ns=None)
            story.ends(opened)
        if not answered:
            story.forward(20)
            story.expect_sms("Mali", "LATE RED")
            story.acknowledge()
        late(story, "other", structure="TWR02")
        story.expect_sms("Somchai", "TWR02")
        story.acknowledge()


def test_a_graver_finding_of_the_same_outage_calls_though_the_first_was_answered(tmp_path):
    with Story(tmp_path) as story:
        late(story, "first")
        story.expect_sms("Somchai")
        first = story.code()
        story.acknowledge()
        late(story, "graver", level=AlarmLevel.BLACK)
        story.expect_sms("Somchai", "ดำ", first)
        story.acknowledge(first)


def test_a_young_finding_that_joins_an_old_one_calls(tmp_path):
    with Story(tmp_path) as story:
        late(story, "old", ago_ns=8 * HOUR_NS)
        story.expect_sms("Somchai")
        story.expect_sms("Mali")
        late(story, "young", ago_ns=HOUR_NS)
        story.expect_sms("Somchai")
        story.expect_sms("Mali")
        story.forward(240, every_s=5)
        story.expect_sms("Mali")
        story.acknowledge()


def test_a_late_finding_of_what_was_called_about_in_time_is_no_second_call(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens()
        story.expect_sms("Somchai")
        late(story, ago_ns=0)
        assert len(story.open()) == 1
        story.acknowledge()
        story.ends(quake)
        story.expect_sms("Somchai")


def test_a_silence_of_today_explains_nothing_that_was_found_late(tmp_path):
    from stories.test_alerting_quiet import silence

    with Story(tmp_path) as story:
        silence(story, duration_s=600)
        late(story)
        story.forward(601)
        story.expect_sms("Somchai", "ย้อนหลัง")
        story.acknowledge()


def test_a_late_message_no_gateway_took_is_tried_again(tmp_path):
    with Story(tmp_path) as story:
        story.network.away = True
        late(story, ago_ns=7 * HOUR_NS)
        story.forward(600, every_s=5)
        story.network.away = False
        story.forward(1300, every_s=5)
        story.expect_sms("Somchai")
        story.expect_sms("Mali")
        story.forward(3600, every_s=60)
        story.acknowledge()


def test_a_young_finding_calls_though_an_old_one_of_the_outage_was_answered(tmp_path):
    with Story(tmp_path) as story:
        late(story, "old", ago_ns=8 * HOUR_NS)
        story.expect_sms("Somchai")
        story.expect_sms("Mali")
        story.acknowledge()
        late(story, "young", ago_ns=HOUR_NS)
        story.expect_sms("Somchai", "ย้อนหลัง แดง")
        story.acknowledge()


def test_what_alerting_itself_missed_for_hours_is_told_once_to_everybody(tmp_path):
    with Story(tmp_path) as story:
        story.happens("before", level=AlarmLevel.GREEN)
        onset_ns = story.now_ns
        story.store.close()  # alerting is down, detection is not
        for n in range(3):
            times = {"onset_ns": onset_ns + n, "closed_ns": onset_ns + 30 * NS}
            story.events.save(story.event(f"missed{n}", **times))
        story.now_ns += 7 * HOUR_NS
        story._start()
        story.forward(1)
        story.expect_sms("Somchai", "ย้อนหลัง แดง", "13:20:31")
        story.expect_sms("Mali", "LATE RED")
        story.forward(3600, every_s=60)
        story.acknowledge()
