"""What others see of alerting: the page, the status, and whoever reads while it runs."""

import threading

import pytest
from servers.programs import wait_until
from stories.alerting_story import START_NS, Story

from plumbline.collector.alerting.engine.thread import AlertRunner
from plumbline.collector.alerting.errors import AnswerRefused
from plumbline.collector.alerting.service import Alerting
from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.views import queries, web
from plumbline.collector.events.model import AlarmLevel
from plumbline.collector.events.store import EventStore
from plumbline.wire.inventory import Inventory

INVENTORY = Inventory.model_validate(
    {
        "network": {"code": "XX"},
        "structure": [
            {
                "code": "TWR01",
                "name": "Tower",
                "latitude": 13.7,
                "longitude": 100.5,
                "timezone": "Asia/Bangkok",
                "node": [
                    {
                        "code": "0A",
                        "name": "ground",
                        "role": "ground",
                        "instrument": [
                            {
                                "stream": "HN",
                                "model": "m",
                                "rate_hz": 100,
                                "unit": "m/s2",
                                "sensitivity": 1000,
                                "axes": [{"code": "Z", "azimuth_deg": 0, "dip_deg": -90}],
                            }
                        ],
                    }
                ],
            }
        ],
    }
)


def test_the_page_sees_who_was_told_and_who_answered(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        (shown,) = web.incident_reports(story.path, story.now_ns)
        assert shown["title"] == "TWR01 shaking 12.3 gal"
        assert shown["severity"] == "red"
        assert shown["answered_by"] is None
        assert shown["waits_for_answer"]
        (sent,) = shown["told"]
        assert (sent["person"], sent["state"]) == ("Somchai", "sent")
        assert sent["when_ns"] == str(START_NS)
        answer = web.acknowledge_incident(story.store, shown["code"], "Mali", "web", story.now_ns)
        assert answer.startswith(f"{shown['code']} acknowledged by Mali")
        (shown,) = web.incident_reports(story.path, story.now_ns)
        assert shown["answered_by"] == "Mali"


def test_events_count_as_answered_once_answered_and_over(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens()
        story.expect_sms("Somchai")
        story.acknowledge()
        assert web.answered_events(story.store) == frozenset()
        story.ends(quake)
        story.expect_sms("Somchai")
        assert web.answered_events(story.store) == {quake.id}


@pytest.mark.parametrize(
    ("code", "by", "what"),
    [
        ("47111", "Mali", "expected the 4 digits of the alarm"),
        ("", "Mali", "expected the 4 digits"),
        ("0000", "Mali", "no alarm has the code 0000; it stands in the"),
        ("{code}", " ", "say who has seen the alarm"),
    ],
)
def test_an_answer_that_cannot_be_taken_says_what_to_do(tmp_path, code, by, what):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        given = code.format(code=story.code())
        with pytest.raises(AnswerRefused, match=what):
            web.acknowledge_incident(story.store, given, by, "web", story.now_ns)
        assert story.open()[0].waits_for_answer
        story.acknowledge()


def test_the_summary_counts(tmp_path):
    with Story(tmp_path) as story:
        story.happens("candidate", late=True, level=AlarmLevel.AMBER)
        story.network.holds = True
        story.happens()
        summary = queries.summary(story.path)
        assert (summary.open, summary.unanswered, summary.unsent) == (1, 1, 1)
        assert summary.oldest_unsent_ns == START_NS
        assert summary.passed_over == 1
        story.network.deliver()
        story.forward(1)
        story.expect_sms("Somchai")
        story.acknowledge()
        summary = queries.summary(story.path)
        assert (summary.unanswered, summary.unsent, summary.sent) == (0, 0, 1)
        assert START_NS <= summary.last_tick_ns <= story.now_ns


def test_before_the_first_start_there_is_nothing_to_see(tmp_path):
    nowhere = tmp_path / "alerting.db"
    assert queries.open_incidents(nowhere, 0) == []
    assert queries.notifications(nowhere) == []
    assert queries.log(nowhere) == []
    assert queries.summary(nowhere).last_tick_ns == 0
    assert not nowhere.exists()


def test_the_assembled_room_hands_over_on_its_own(tmp_path):
    settings = AlertingSettings.model_validate(
        {"person": [{"name": "Mali", "phone": "+66898765432"}]}
    )
    events = EventStore(tmp_path / "state" / "events.db")
    with Story(tmp_path / "story") as story:
        event = story.event()
    alerting = Alerting(settings, INVENTORY, events, tmp_path, lambda: START_NS)
    alerting.start()
    try:
        events.save(event)
        outbox = tmp_path / "outbox"
        wait_until(lambda: outbox.is_dir() and any(outbox.glob("*.txt")))
        (path,) = outbox.glob("*.txt")
        assert "13:20:31 +07:00" in path.read_text(encoding="utf-8")
        (shown,) = alerting.incident_reports()
        assert "acknowledged by Mali" in alerting.acknowledge(shown["code"], "Mali")
        assert alerting.answered_events() == frozenset()
        assert alerting.summary().open == 1
    finally:
        alerting.stop()
        events.close()
    assert not alerting.runner.alive


@pytest.mark.logs_errors
def test_a_fault_is_told_once_and_the_runner_goes_on(tmp_path, caplog):
    with Story(tmp_path) as story:
        ticks = threading.Semaphore(0)
        tick = story.engine.tick

        def sick(now_ns):
            ticks.release()
            raise OSError("the disk is gone")

        story.engine.tick = sick
        runner = AlertRunner(story.engine, story.events, lambda: story.now_ns)
        runner.start()
        for _ in range(3):
            assert ticks.acquire(timeout=30)
        assert len([one for one in caplog.records if one.levelname == "ERROR"]) == 1
        story.engine.tick = tick
        story.events.save(story.event())
        wait_until(lambda: bool(story.network.delivered))
        runner.stop()
        story.expect_sms("Somchai")
        story.acknowledge()
        assert runner.faults >= 3
