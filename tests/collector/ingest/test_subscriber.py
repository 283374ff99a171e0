"""The subscriber and the ingest worker beside a real mosquitto."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from blocks import HN, T0_NS, blocks_of, truth
from intake import Intake
from servers.mosquitto import Mosquitto
from servers.programs import free_port, wait_until

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.ingest.inbox import MessageInbox
from plumbline.collector.ingest.resend import ResendRequester
from plumbline.collector.ingest.settings import SubscriberSettings
from plumbline.collector.ingest.subscriber import Subscriber
from plumbline.collector.ingest.watermarks import WatermarkPublisher
from plumbline.collector.ingest.worker import IngestWorker
from plumbline.wire.block import NS
from plumbline.wire.messages import Command, Heartbeat, Watermark
from plumbline.wire.record import encode
from plumbline.wire.topics import TopicKind

pytestmark = pytest.mark.real

BLOCKS = list(blocks_of(truth(3, 5000)))


def clock_ns() -> int:
    return T0_NS + 60 * 10**9 + time.monotonic_ns() % 10**15


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path / "broker").start()
    yield made
    made.stop()


class Post:
    """The collector's post office: subscriber, inbox, worker, ingest."""

    def __init__(self, folder: Path, port: int, inbox: int = 1000) -> None:
        self.intake = Intake(folder)
        self.inbox: MessageInbox = MessageInbox(inbox)
        self.subscriber = Subscriber(
            SubscriberSettings(port=port),
            client_id=f"collector-{self.intake.journal.store_id}",
            inbox=self.inbox,
            conditions=self.intake.conditions,
            now_ns=clock_ns,
        )
        self.watermarks = WatermarkPublisher(
            self.intake.ledger, self.intake.journal.store_id, self.subscriber.publish
        )
        self.resend = ResendRequester(
            self.intake.ledger, self.intake.conditions, self.subscriber.command, patience_ns=NS // 5
        )
        self.intake.ingest._note_topic = self._note_topic
        self.worker = IngestWorker(
            inbox=self.inbox,
            ingest=self.intake.ingest,
            ledger=self.intake.ledger,
            journal=self.intake.journal,
            watermarks=self.watermarks,
            resend=self.resend,
            last_seen=self.intake.last_seen,
            conditions=self.intake.conditions,
            now_ns=clock_ns,
        )

    def _note_topic(self, topic: str, stream: str) -> None:
        self.watermarks.note_topic(topic, stream)
        self.resend.note_topic(topic, stream)

    def start(self) -> "Post":
        self.subscriber.start()
        wait_until(lambda: self.subscriber.connected)
        self.worker.start()
        return self

    def stop(self) -> None:
        self.subscriber.stop_accepting()
        if self.worker.alive():
            self.worker.stop()
        self.subscriber.stop()
        self.intake.crash()


class Edge:
    """A plain client that publishes and listens."""

    def __init__(self, port: int) -> None:
        self.received: dict[str, bytes] = {}
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self.client.on_message = self._on_message
        self.client.on_connect = lambda *_: self.client.subscribe("plumbline/1/+/+/+/watermark/+")
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _on_message(self, _client: Any, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        self.received[message.topic] = message.payload

    def send(self, topic: str, payload: bytes) -> mqtt.MQTTMessageInfo:
        return self.client.publish(topic, payload, qos=1)

    def held(self) -> tuple[tuple[int, int], ...]:
        payload = self.received.get("plumbline/1/XX/TWR01/pi-3a/watermark/3A.HN")
        watermark = Watermark.from_json(payload) if payload else None
        return watermark.boots[0].held if watermark and watermark.boots else ()

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def topic(intake: Intake) -> str:
    return intake.address.topic(TopicKind.BLOCKS, HN)


def test_blocks_published_are_journaled_and_answered(tmp_path: Path, broker: Mosquitto) -> None:
    post, edge = Post(tmp_path, broker.port).start(), Edge(broker.port)
    for block in BLOCKS:
        edge.send(topic(post.intake), encode(block))
    edge.send(topic(post.intake), b"not a block")
    wait_until(lambda: edge.held() == ((0, len(BLOCKS) - 1),))
    assert post.intake.journaled() == [encode(block) for block in BLOCKS]
    assert post.intake.last_seen.streams()["XX.TWR01.3A.HN"].agent == "XX.TWR01/pi-3a"
    late_comer = Edge(broker.port)
    wait_until(lambda: late_comer.held() == ((0, len(BLOCKS) - 1),))  # retained
    for client in (edge, late_comer):
        client.stop()
    post.stop()


def test_a_block_that_stays_missing_is_asked_for_by_name(tmp_path: Path, broker: Mosquitto) -> None:
    post, edge = Post(tmp_path, broker.port).start(), Edge(broker.port)
    commands: list[Command] = []

    def obey(_client: Any, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        commands.append(Command.from_json(message.payload))
        for block in BLOCKS[commands[-1].first : commands[-1].last + 1]:
            edge.send(topic(post.intake), encode(block))

    edge.client.message_callback_add(post.intake.address.topic(TopicKind.COMMAND), obey)
    edge.client.subscribe(post.intake.address.topic(TopicKind.COMMAND), 1)
    for block in BLOCKS[:3] + BLOCKS[5:]:
        edge.send(topic(post.intake), encode(block))
    wait_until(lambda: edge.held() == ((0, len(BLOCKS) - 1),))
    assert {(command.first, command.last) for command in commands} == {(3, 4)}
    assert sorted(post.intake.journaled()) == sorted(encode(block) for block in BLOCKS)
    edge.stop()
    post.stop()


def test_heartbeats_are_noted_and_unreadable_ones_reported(
    tmp_path: Path, broker: Mosquitto
) -> None:
    post, edge = Post(tmp_path, broker.port).start(), Edge(broker.port)
    beat = Heartbeat(
        agent="pi-3a", boot="0" * 16, sent_ns=1, uptime_s=1, spool_rows=0, spool_unheld=0,
        spool_bytes=0, disk_free_bytes=1,
    )  # fmt: skip
    edge.send(post.intake.address.topic(TopicKind.HEARTBEAT), beat.to_json())
    edge.send(post.intake.address.topic(TopicKind.HEARTBEAT), b"{}")
    wait_until(lambda: bool(post.intake.conditions_set()))
    assert post.intake.last_seen.agents()["XX.TWR01/pi-3a"].heartbeat == beat
    assert post.intake.conditions_set() == ["bad-message:XX.TWR01/pi-3a"]
    edge.stop()
    post.stop()


def test_two_machines_whose_heartbeats_come_in_turn_are_reported(
    tmp_path: Path, broker: Mosquitto
) -> None:
    post, edge = Post(tmp_path, broker.port).start(), Edge(broker.port)
    for boot in ("a" * 16, "b" * 16, "a" * 16):
        beat = Heartbeat(
            agent="pi-3a", boot=boot, sent_ns=1, uptime_s=1, spool_rows=0, spool_unheld=0,
            spool_bytes=0, disk_free_bytes=1,
        )  # fmt: skip
        edge.send(post.intake.address.topic(TopicKind.HEARTBEAT), beat.to_json())
    wait_until(lambda: post.intake.conditions_set() == ["rivals:XX.TWR01/pi-3a"])
    edge.stop()
    post.stop()


def test_a_slow_disk_holds_the_broker_back_and_loses_nothing(
    tmp_path: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post(tmp_path, broker.port, inbox=3)
    entered, gate, take = threading.Event(), threading.Event(), post.intake.ingest.take

    def slow(messages: Any) -> None:
        entered.set()
        gate.wait(30)
        take(messages)

    monkeypatch.setattr(post.intake.ingest, "take", slow)
    post.start()
    edge = Edge(broker.port)
    edge.send(topic(post.intake), encode(BLOCKS[0]))
    assert entered.wait(30)
    for block in BLOCKS[1:]:
        edge.send(topic(post.intake), encode(block))
    wait_until(lambda: "inbox-full" in post.intake.conditions_set())
    assert post.inbox.qsize() <= 3
    gate.set()
    wait_until(lambda: edge.held() == ((0, len(BLOCKS) - 1),))
    assert post.intake.journaled() == [encode(block) for block in BLOCKS]
    edge.stop()
    post.stop()


def test_what_comes_while_the_collector_is_away_is_bridged_by_the_broker(
    tmp_path: Path, broker: Mosquitto
) -> None:
    post = Post(tmp_path, broker.port).start()
    edge = Edge(broker.port)
    edge.send(topic(post.intake), encode(BLOCKS[0]))
    wait_until(lambda: edge.held() == ((0, 0),))
    post.stop()
    for block in BLOCKS[1:]:
        edge.send(topic(post.intake), encode(block)).wait_for_publish(10)
    post = Post(tmp_path, broker.port).start()
    wait_until(lambda: edge.held() == ((0, len(BLOCKS) - 1),))
    edge.stop()
    post.stop()


def subscriber(port: int, conditions: Conditions) -> Subscriber:
    return Subscriber(
        SubscriberSettings(port=port), client_id="c", inbox=MessageInbox(10), conditions=conditions,
        now_ns=lambda: 1,
    )  # fmt: skip


def test_a_broker_that_is_not_there_is_told_once_and_tried_again(tmp_path: Path) -> None:
    conditions = Conditions()
    trying = subscriber(free_port(), conditions)
    trying.start()
    wait_until(lambda: bool(conditions.open()))
    assert "no broker answers" in conditions.open()[0].text
    trying.stop()


def test_a_broker_that_refuses_is_told_with_what_to_check(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, extra="allow_anonymous false\n").start()
    conditions = Conditions()
    trying = subscriber(broker.port, conditions)
    trying.start()
    try:
        wait_until(lambda: any("refuses the collector" in n.text for n in conditions.open()))
        assert "check username, password_file" in conditions.open()[0].text
    finally:
        trying.stop()
        broker.stop()


def test_two_collectors_of_one_client_id_say_the_cause(tmp_path: Path, broker: Mosquitto) -> None:
    post = Post(tmp_path, broker.port).start()
    client_id = f"collector-{post.intake.journal.store_id}"
    for _ in range(3):
        wait_until(lambda: post.subscriber.connected)
        other = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id)
        other.connect("127.0.0.1", broker.port)
        other.loop_start()
        wait_until(lambda: not post.subscriber.connected)
        other.disconnect()
        other.loop_stop()
    wait_until(lambda: "client-id" in post.intake.conditions_set())
    (found,) = [one for one in post.intake.conditions.open() if one.key == "client-id"]
    assert "another collector with the same client_id" in found.text
    post.stop()
