"""The sentinel calls once when nobody watches, says when it is over, and forgets nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from plumbline.collector.alerting.errors import GatewayAway
from plumbline.collector.alerting.senders.message import Handed, Message, Receipt
from plumbline.collector.alerting.settings import SenderName
from plumbline.collector.app.sentinel.sentinel import Sentinel
from plumbline.collector.app.sentinel.settings import SentinelSettings
from plumbline.wire.block import NS

PEOPLE = [
    {"name": "Somchai", "phone": "+66812345678", "language": "th"},
    {"name": "Mali", "phone": "+66898765432", "language": "en"},
    {"name": "Sato", "phone": "+81312345678", "language": "ja"},
]
START_NS = 1_796_000_000 * NS


class Gateway:
    """A sender that can be away, give back, or never confirm."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.away = False
        self.first = Receipt.CONFIRMED
        self.receipts: dict[str, Receipt] = {}

    def submit(self, message: Message, now_ns: int) -> Handed:
        if self.away:
            raise GatewayAway("no modem")
        self.messages.append(message)
        self.receipts[message.name] = self.first
        return Handed(ref=message.name, receipt=self.first)

    def receipt(self, ref: str) -> Receipt:
        return self.receipts[ref]

    def withdraw(self, ref: str) -> bool:
        return True


class Story:
    """A sentinel with a moved clock; ``alive`` lets the collector answer in time."""

    def __init__(self, folder: Path, **more: object) -> None:
        self.settings = SentinelSettings.model_validate(
            {"site": "TWR01", "person": PEOPLE, "collector": {"url": "http://127.0.0.1:1/"},
             "senders": ["gammu-smsd", "terminal"], "data": folder / "data", **more},
            context={"folder": folder},
        )  # fmt: skip
        self.first, self.second = Gateway(), Gateway()
        self.time_s = 1000.0
        self.answers: bool | None = True
        self.beats = self.marks = False
        self.sentinel = self._made()

    def _made(self) -> Sentinel:
        senders = {SenderName.GAMMU_SMSD: self.first, SenderName.TERMINAL: self.second}
        return Sentinel(
            self.settings, senders=senders, clock_s=lambda: self.time_s,
            now_ns=lambda: START_NS + round(self.time_s * NS),
        )  # fmt: skip

    def restart(self) -> None:
        self.sentinel.memory.close()
        self.sentinel = self._made()

    def forward(self, seconds: float) -> None:
        for _ in range(round(seconds * 2)):
            self.time_s += 0.5
            observed = self.sentinel.observed
            if self.answers is not None:
                observed.answered_s, observed.well = self.time_s, self.answers
            if self.marks:
                observed.watermark_s = self.time_s
            if self.beats:
                observed.heartbeat_s = self.time_s
            self.sentinel.tick()

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.first.messages + self.second.messages]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    made = Story(tmp_path)
    yield made
    made.sentinel.memory.close()


@pytest.mark.logs_errors
@pytest.mark.parametrize("answers", [None, False])
def test_everybody_is_called_once_after_twenty_seconds_and_told_when_it_is_over(
    story: Story, answers: bool | None
) -> None:
    story.forward(60)
    story.answers = answers
    story.forward(19)
    assert story.texts == []
    story.forward(2)
    assert sorted(message.person for message in story.first.messages) == ["Mali", "Sato", "Somchai"]
    assert [text.split(":")[0] for text in story.texts if "RED" in text] == ["RED TWR01"]
    story.forward(3600)
    assert len(story.texts) == 3
    story.answers = True
    story.forward(29)
    assert len(story.texts) == 3
    story.forward(3)
    assert len(story.texts) == 6
    assert "watching again" in story.texts[4]
    story.forward(3600)
    assert len(story.texts) == 6


@pytest.mark.logs_errors
def test_a_restart_tells_nothing_twice_and_still_says_when_it_is_back(story: Story) -> None:
    story.forward(30)
    story.answers = None
    story.forward(25)
    assert len(story.texts) == 3
    for _ in range(3):
        story.restart()
        story.forward(60)
    assert len(story.texts) == 3
    story.restart()
    story.answers = True
    story.forward(60)
    assert len(story.texts) == 6


def test_a_short_silence_calls_nobody(story: Story) -> None:
    for _ in range(20):
        story.answers = None
        story.forward(15)
        story.answers = True
        story.forward(60)
    assert story.texts == []


@pytest.mark.logs_errors
def test_a_collector_that_is_restarted_again_and_again_is_not_well(story: Story) -> None:
    story.forward(30)
    for _ in range(5):
        story.answers = False
        story.forward(8)
        story.answers = True
        story.forward(5)
    assert len(story.texts) == 3


@pytest.mark.logs_errors
def test_a_sentinel_that_never_hears_anything_calls(story: Story) -> None:
    story.answers = None
    story.forward(19)
    assert story.texts == []
    story.forward(2)
    assert len(story.texts) == 3


@pytest.mark.logs_errors
def test_where_one_sender_fails_the_next_is_tried_and_nobody_is_given_up(story: Story) -> None:
    story.forward(30)
    story.first.away = story.second.away = True
    story.answers = None
    story.forward(600)
    assert story.texts == []
    story.second.away = False
    story.forward(150)
    assert [message.person for message in story.second.messages] == ["Somchai", "Mali", "Sato"]


@pytest.mark.logs_errors
def test_a_message_given_back_or_never_confirmed_goes_by_the_next_sender(story: Story) -> None:
    story.forward(30)
    story.first.first = Receipt.PENDING
    story.answers = None
    story.forward(30)
    assert len(story.first.messages) == 3
    story.first.receipts["n900000001a1"] = Receipt.GIVEN_BACK
    story.first.receipts["n900000002a1"] = Receipt.CONFIRMED
    story.forward(10)
    assert [m.person for m in story.second.messages] == ["Somchai"]
    story.forward(70)
    assert [m.person for m in story.second.messages] == ["Somchai", "Sato"]
    assert {m.attempt for m in story.second.messages} == {2}


@pytest.mark.logs_errors
def test_who_was_not_reached_before_it_was_over_is_not_told_of_either(story: Story) -> None:
    story.forward(30)
    story.first.away = story.second.away = True
    story.answers = None
    story.forward(40)
    story.answers = True
    story.forward(60)
    story.first.away = story.second.away = False
    story.forward(600)
    assert story.texts == []


@pytest.mark.logs_errors
def test_watermarks_that_stop_while_agents_beat_are_a_fault_though_the_page_is_well(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path, broker={"host": "127.0.0.1"})
    story.beats = story.marks = True
    story.forward(60)
    story.marks = False
    story.forward(19)
    assert story.texts == []
    story.forward(3)
    assert "takes no data" in story.texts[1]
    story.sentinel.memory.close()


def test_a_broker_that_is_away_calls_nobody_while_the_page_is_well(tmp_path: Path) -> None:
    story = Story(tmp_path, broker={"host": "127.0.0.1"})
    story.forward(600)
    assert story.texts == []
    story.sentinel.memory.close()


@pytest.mark.logs_errors
def test_the_broker_alone_is_watched_where_nothing_else_is_configured(tmp_path: Path) -> None:
    story = Story(tmp_path, broker={"host": "127.0.0.1"}, collector=None)
    story.marks = True
    story.forward(60)
    story.marks = False
    story.forward(25)
    assert len(story.texts) == 3
    story.sentinel.memory.close()
