"""Silences, tests and exercises: what does not call, and what calls though nothing happened."""

import pytest
from stories.alerting_story import NS, Story

from plumbline.collector.alerting.engine.alarm_test import start_test
from plumbline.collector.alerting.errors import AlertingError
from plumbline.collector.alerting.store import silences
from plumbline.collector.alerting.store.silences import Matcher
from plumbline.collector.events.model import AlarmLevel, EventKind

SOMCHAI = "+66812345678"


def silence(story: Story, duration_s: float = 3600, **matcher: object) -> silences.Silence:
    with story.store.transaction() as tx:
        return silences.set_silence(
            tx,
            Matcher(**matcher),
            reason="crane works",
            author="Mali",
            duration_s=duration_s,
            now_ns=story.now_ns,
        )


def test_a_silence_keeps_its_structure_quiet_and_shows_what_happens(tmp_path):
    with Story(tmp_path) as story:
        silence(story, structure="TWR01")
        story.happens()
        story.forward(1800, every_s=10)
        (muted,) = story.open()
        assert muted.silence.reason == "crane works"
        assert "muted" in story.log()
        story.happens("other", structure="TWR02")
        story.expect_sms("Somchai", "TWR02")
        for one in story.open():
            story.acknowledge(one.incident.code)


def test_what_still_goes_on_when_the_silence_ends_is_told(tmp_path):
    with Story(tmp_path) as story:
        silence(story, duration_s=600)
        story.happens()
        story.forward(599, every_s=10)
        story.expect_no_sms()
        story.forward(1)
        story.expect_sms("Somchai", "แดง")
        assert "silence_ended" in story.log()
        story.acknowledge()


def test_what_began_and_ended_in_a_silence_is_never_told(tmp_path):
    with Story(tmp_path) as story:
        silence(story, duration_s=600)
        blow = story.happens()
        story.forward(60)
        story.ends(blow)
        assert story.open() == []
        story.forward(3600, every_s=60)


def test_a_silence_ended_by_hand_ends_at_once(tmp_path):
    with Story(tmp_path) as story:
        held = silence(story)
        story.happens()
        story.expect_no_sms()
        with story.store.transaction() as tx:
            assert silences.end_silence(tx, held.id, "Mali", story.now_ns)
            assert not silences.end_silence(tx, held.id, "Mali", story.now_ns)
        story.forward(1)
        story.expect_sms("Somchai")
        story.acknowledge()


def test_a_black_alarm_breaks_a_silence_that_does_not_name_it(tmp_path):
    with Story(tmp_path) as story:
        silence(story)
        quake = story.happens(level=AlarmLevel.RED)
        story.expect_no_sms()
        story.revises(quake, level=AlarmLevel.BLACK)
        story.expect_sms("Somchai", "ดำ")
        story.acknowledge()


def test_a_silence_of_one_kind_or_node_leaves_the_others(tmp_path):
    with Story(tmp_path) as story:
        silence(story, kind=EventKind.TILT)
        silence(story, node="0A")
        story.happens("tilt", kind=EventKind.TILT)
        story.happens("silent", kind=EventKind.SILENCE, nodes={"0A": {}})
        story.expect_no_sms()
        story.happens("quake", nodes={"0A": {}, "3A": {}})
        story.expect_sms("Somchai", "แรงสั่นสะเทือน")
        for one in story.open():
            story.acknowledge(one.incident.code)


def test_a_silence_needs_a_reason_an_author_and_an_end(tmp_path):
    with Story(tmp_path) as story, story.store.transaction() as tx:
        good = {"reason": "r", "author": "a", "duration_s": 60.0, "now_ns": story.now_ns}
        for wrong in ({"reason": " "}, {"author": ""}, {"duration_s": 0}, {"duration_s": 1e9}):
            with pytest.raises(AlertingError):
                silences.set_silence(tx, Matcher(), **{**good, **wrong})


def begin_test(story: Story, only: str | None = None) -> str:
    with story.store.transaction() as tx:
        begun = start_test(tx, structure="TWR01", by="Mali", only=only, now_ns=story.now_ns)
    story.forward(0)
    return begun.code


def test_a_test_walks_the_policy_marked_in_every_language(tmp_path):
    with Story(tmp_path) as story:
        code = begin_test(story)
        story.expect_sms("Somchai", "ทดสอบ", code, "ไม่มีเหตุ")
        story.forward(120)
        story.expect_sms("Mali", "TEST", code, "Nothing happened", f"Reply {code}")
        story.receives_reply(SOMCHAI, code)
        story.expect_sms("Somchai", code)
        assert story.open() == []


def test_a_test_of_one_person_calls_nobody_else_and_lapses(tmp_path):
    with Story(tmp_path) as story:
        begin_test(story, only="Mali")
        story.expect_sms("Mali", "TEST")
        story.forward(4000, every_s=20)
        assert story.open() == []


def test_a_silence_does_not_hold_back_a_test(tmp_path):
    with Story(tmp_path) as story:
        silence(story)
        story.acknowledge(begin_test(story))
        story.expect_sms("Somchai", "ทดสอบ")


def test_in_an_exercise_every_message_says_so(tmp_path):
    with Story(tmp_path, exercise=True) as story:
        quake = story.happens()
        assert story.expect_sms("Somchai").startswith("ทดสอบ แดง")
        story.forward(120)
        assert story.expect_sms("Mali").startswith("TEST RED")
        story.acknowledge()
        story.ends(quake)
        assert story.expect_sms("Somchai").startswith("ทดสอบ สิ้นสุด")
        assert story.expect_sms("Mali").startswith("TEST ENDED")


def test_a_broken_inbox_does_not_keep_an_alarm_from_going_out(tmp_path):
    with Story(tmp_path) as story:
        story.mailbox.messages = lambda: (_ for _ in ()).throw(PermissionError("inbox"))  # type: ignore
        story.events.save(story.event())
        with pytest.raises(ExceptionGroup, match="alerting"):
            story.engine.tick(story.now_ns)
        del story.mailbox.messages
        story.expect_sms("Somchai")
        story.acknowledge()


def test_an_event_that_cannot_be_taken_holds_back_no_other(tmp_path):
    with Story(tmp_path) as story:
        poisoned = story.event("poisoned", value=object())
        story.events.changes = lambda after, limit=500: (  # type: ignore[method-assign]
            [(1, poisoned), (2, story.event("good"))] if after == 0 else []
        )
        with pytest.raises(ExceptionGroup):
            story.engine.tick(story.now_ns)
        story.expect_sms("Somchai")
        assert "not_taken" in story.log()
        story.acknowledge()


def test_a_new_event_store_is_followed_from_its_beginning(tmp_path):
    with Story(tmp_path) as story:
        for n in range(5):
            story.happens("old", value=float(n), limit=None)
        story.expect_sms("Somchai")
        story.acknowledge()
        story.events.close()
        (tmp_path / "events.db").unlink()
        for stale in tmp_path.glob("events.db-*"):
            stale.unlink()
        story.events = type(story.events)(tmp_path / "events.db")
        story.now_ns += 60 * NS
        story.restart()
        story.happens("new", structure="TWR02")
        story.expect_sms("Somchai", "TWR02")
        assert "events_replaced" in story.log()
        for one in story.open():
            story.acknowledge(one.incident.code)
