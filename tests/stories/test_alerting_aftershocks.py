"""An alarm nobody has answered is answered by a person, never by a weaker event."""

from typing import Any

import pytest
from stories.alerting_story import Story

from plumbline.collector.alerting.store import silences
from plumbline.collector.alerting.store.silences import Matcher
from plumbline.collector.events.model import AlarmLevel, EventKind

FOUR: dict[str, Any] = {
    "person": [
        {"name": n, "phone": f"+6681000000{i}", "language": "en"} for i, n in enumerate("ABCD")
    ],
    "step": [{"people": [n], "delay_s": 300} for n in "ABCD"],
}


def calls(story: Story, word: str = "RED") -> list[str]:
    """Return who was called, in order, and let these messages be expected."""
    seen = story._seen["network"]
    fresh = story.network.delivered[seen:]
    story._seen["network"] += len(fresh)
    called = [one for one in fresh if not one.text.startswith("ENDED")]
    assert all(one.text.split()[0] in (word, "NOW") for one in called), [o.text for o in called]
    return [one.person for one in called]


def main_shock(story: Story) -> str:
    quake = story.happens(level=AlarmLevel.RED)
    story.forward(60)
    story.ends(quake)
    return story.code()


def test_a_weaker_aftershock_drops_no_unanswered_red(tmp_path):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        first = main_shock(story)
        story.forward(660)
        small = story.happens("small", level=AlarmLevel.AMBER)
        story.forward(30)
        story.ends(small)
        story.forward(600)
        assert calls(story) == ["A", "B", "C", "D"]
        (only,) = story.open()
        assert (only.incident.code, only.incident.level) == (first, AlarmLevel.RED)
        assert "lapsed" not in story.log()
        story.acknowledge(first)
        assert story.open() == []


def test_three_aftershocks_and_restarts_change_no_call(tmp_path):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        first = main_shock(story)
        for n in range(3):
            story.forward(200)
            small = story.happens(f"small{n}", level=AlarmLevel.AMBER)
            story.forward(10)
            story.restart()
            story.ends(small)
        story.forward(1000)
        assert calls(story) == ["A", "B", "C", "D"]
        assert story.code() == first
        story.acknowledge()


def test_a_tilt_that_goes_back_is_still_the_red_nobody_answered(tmp_path):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        tilt = story.happens(kind=EventKind.TILT, unit="urad", value=310.0)
        story.forward(360)
        tilt = story.revises(tilt, level=AlarmLevel.AMBER)
        story.forward(3000, every_s=5)
        assert calls(story)[:4] == ["A", "B", "C", "D"]
        assert "lowered" not in story.log()
        story.acknowledge()
        story.forward(61)
        for person in "ABCD":
            story.expect_sms(person, "DOWN TO AMBER")


def test_a_weaker_tilt_joins_the_red_one_that_has_ended(tmp_path):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        tilt = story.happens(kind=EventKind.TILT, unit="urad", value=310.0)
        story.forward(60)
        story.ends(tilt)
        story.forward(660)
        story.happens("less", kind=EventKind.TILT, unit="urad", value=120.0, level=AlarmLevel.AMBER)
        story.forward(400)
        assert calls(story) == ["A", "B", "C", "D"]
        assert all("310 urad" in one.text for one in story.network.delivered)
        story.acknowledge()
        story.forward(0)
        for person in "ABCD":
            story.expect_sms(person, "DOWN TO AMBER")


def test_under_a_silence_the_calls_wait_and_go_on(tmp_path):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        first = main_shock(story)
        with story.store.transaction() as tx:
            silences.set_silence(
                tx, Matcher(), reason="works", author="A", duration_s=3600, now_ns=story.now_ns
            )
        story.forward(700, every_s=5)
        small = story.happens("small", level=AlarmLevel.AMBER)
        story.ends(small)
        assert calls(story) == ["A"]
        story.forward(4000, every_s=5)
        assert calls(story) == ["B", "C", "D"]
        story.acknowledge(first)


def test_a_silence_that_began_after_the_red_explains_nothing(tmp_path):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        story.network.away = True
        quake = story.happens(level=AlarmLevel.RED)
        with story.store.transaction() as tx:
            silences.set_silence(
                tx, Matcher(), reason="works", author="A", duration_s=600, now_ns=story.now_ns + 1
            )
        story.forward(60)
        story.ends(quake)
        assert story.open() != []
        story.network.away = False
        story.forward(700, every_s=5)
        assert calls(story) == ["B"]  # the message to A was given up while the gateway was away
        story.acknowledge()


def test_after_the_last_round_everybody_is_called_every_half_hour(tmp_path):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        first = main_shock(story)
        story.forward(1200 - 60, every_s=5)
        assert calls(story) == ["A", "B", "C", "D"]
        for _ in range(3):
            story.forward(1795, every_s=5)
            assert calls(story) == []
            story.restart()
            story.forward(5)
            assert calls(story) == ["A", "B", "C", "D"]
        story.forward(2 * 86_400, every_s=300)
        calls(story)
        assert story.code() == first
        story.acknowledge()
        story.forward(4000, every_s=60)


def test_a_second_red_of_the_next_day_calls_everybody_at_once_under_the_first_code(tmp_path):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        first = main_shock(story)
        story.forward(12 * 3600 + 77, every_s=10)
        calls(story)
        story.happens("next day")
        assert calls(story) == ["A", "B", "C", "D"]
        assert story.code() == first
        story.acknowledge()


def test_a_graver_aftershock_is_heard_by_everybody(tmp_path):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        main_shock(story)
        story.forward(300)
        calls(story)
        story.happens("larger", level=AlarmLevel.BLACK)
        story.forward(1000)
        assert calls(story, "BLACK") == ["A", "B", "B", "C", "D"]
        story.acknowledge()


@pytest.mark.parametrize("kind", [EventKind.SILENCE, EventKind.HEALTH])
def test_what_need_not_be_seen_is_given_up_as_before(tmp_path, kind):
    with Story(tmp_path, **FOUR, rounds=1) as story:
        story.happens(kind=kind, limit=None, unit="s", value=65.0)
        story.forward(2 * 3600, every_s=20)
        assert calls(story) == ["A", "B", "C", "D"]
