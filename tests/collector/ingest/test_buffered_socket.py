"""The bulk line to the broker: nothing is lost or reordered between paho and the socket."""

import socket
import time
from collections.abc import Iterator

import paho.mqtt.client as mqtt
import pytest
from servers.mosquitto import Mosquitto

from plumbline.collector.ingest.buffered_socket import BatchedMqttClient, BufferedSocket


@pytest.fixture
def ends() -> Iterator[tuple[BufferedSocket, socket.socket]]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.settimeout(5.0)
    with near, far:
        yield BufferedSocket(near), far


def test_small_reads_take_what_one_large_read_brought(
    ends: tuple[BufferedSocket, socket.socket],
) -> None:
    line, far = ends
    far.sendall(b"abcdef")
    assert (line.recv(1), line.pending()) == (b"a", 5)
    assert (line.recv(2), line.recv(9), line.pending()) == (b"bc", b"def", 0)
    with pytest.raises(BlockingIOError):
        line.recv(1)
    far.close()
    assert line.recv(1) == b""


def test_what_is_sent_goes_out_together_and_in_order(
    ends: tuple[BufferedSocket, socket.socket],
) -> None:
    line, far = ends
    assert (line.send(b"abc"), line.send(b"de"), line.has_unsent) == (3, 2, True)
    far.setblocking(False)
    with pytest.raises(BlockingIOError):
        far.recv(1)
    line.flush()
    assert (far.recv(9), line.has_unsent) == (b"abcde", False)


def test_what_the_system_does_not_take_waits_for_the_next_flush(
    ends: tuple[BufferedSocket, socket.socket],
) -> None:
    line, far = ends
    content = bytes(range(256)) * 40_000
    line.send(content)
    line.flush()
    assert line.has_unsent
    got = b""
    while len(got) < len(content):
        got += far.recv(1 << 20)
        line.flush()
    assert got == content


def test_closing_sends_what_is_left(ends: tuple[BufferedSocket, socket.socket]) -> None:
    line, far = ends
    line.send(b"goodbye")
    line.close()
    assert (far.recv(9), far.recv(9)) == (b"goodbye", b"")


def test_a_line_that_broke_is_told_by_its_next_read(
    ends: tuple[BufferedSocket, socket.socket],
) -> None:
    line, far = ends
    far.close()
    line.send(b"to nobody")
    line.flush()
    assert line.recv(1) == b""


@pytest.mark.real
def test_every_message_of_a_burst_arrives_once_and_in_order(tmp_path) -> None:
    broker = Mosquitto(tmp_path / "broker").start()
    got: list[bytes] = []
    client = BatchedMqttClient(mqtt.CallbackAPIVersion.VERSION2, client_id="bulk", manual_ack=True)

    def on_message(_client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        got.append(message.payload)
        client.ack(message.mid, message.qos)

    client.on_message = on_message
    client.on_connect = lambda *_: client.subscribe("burst", 1)
    subscribed: list[int] = []
    client.on_subscribe = lambda *_: subscribed.append(1)
    client.connect_async("127.0.0.1", broker.port)
    client.loop_start()
    sender = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    sender.connect("127.0.0.1", broker.port)
    sender.loop_start()
    sent = [b"%06d" % n * (1 + n % 300) for n in range(3000)]
    try:
        deadline = time.monotonic() + 60
        while not subscribed and time.monotonic() < deadline:
            time.sleep(0.01)
        for payload in sent:
            sender.publish("burst", payload, qos=1)
        while len(got) < len(sent) and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        for each in (client, sender):
            each.disconnect()
            each.loop_stop()
        broker.stop()
    assert got == sent
