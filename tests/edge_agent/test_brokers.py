"""Brokers of several kinds, and what the publisher makes of trouble with its own spool."""

import subprocess
import sys
import threading
import time

import paho.mqtt.client as mqtt
import pytest
import trustme
from edge_bench import AgentProcess, Mosquitto, edge_toml, free_port, wait_for
from edge_collector import StandInCollector
from edge_node import Node
from edge_rows import agent_state, row
from edge_rows import mark as mark_of

from plumbline.edge_agent.errors import SpoolTrouble
from plumbline.edge_agent.publisher import Publisher
from plumbline.edge_agent.settings import PublisherSettings
from plumbline.edge_agent.spool import Spool
from plumbline.wire.messages import Heartbeat
from plumbline.wire.record import decode
from plumbline.wire.topics import TopicKind, all_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]
KEY = "XX.TWR01.0A.HN"


@pytest.fixture
def certified(tmp_path):
    """Return the lines with which a broker asks every client for a certificate."""
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1", "localhost")
    agent = authority.issue_cert("pi-ground")
    authority.cert_pem.write_to_path(tmp_path / "ca.crt")
    server.cert_chain_pems[0].write_to_path(tmp_path / "server.crt")
    server.private_key_pem.write_to_path(tmp_path / "server.key")
    agent.cert_chain_pems[0].write_to_path(tmp_path / "agent.crt")
    agent.private_key_pem.write_to_path(tmp_path / "agent.key")
    return (
        f"cafile {tmp_path}/ca.crt\ncertfile {tmp_path}/server.crt\n"
        f"keyfile {tmp_path}/server.key\nrequire_certificate true\n"
    )


def test_blocks_travel_over_tls_with_a_certificate_a_node(tmp_path, mosquitto, certified):
    broker = mosquitto(tls=certified)
    extra = 'tls_ca = "ca.crt"\ntls_cert = "agent.crt"\ntls_key = "agent.key"'
    with (
        Node(tmp_path / "port") as node,
        AgentProcess(tmp_path, edge_toml(node.port, broker.port, extra=extra)) as agent,
    ):
        wait_for(lambda: "connected to broker" in agent.log, "the connection")
        taken = []
        subscriber = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        subscriber.tls_set(tmp_path / "ca.crt", tmp_path / "agent.crt", tmp_path / "agent.key")
        subscriber.on_message = lambda client, userdata, message: taken.append(
            decode(message.payload)
        )
        subscriber.connect("127.0.0.1", broker.port)
        subscriber.subscribe(all_of(TopicKind.BLOCKS), 1)
        subscriber.loop_start()
        wait_for(lambda: len(taken) >= 3, "blocks")
        subscriber.disconnect()
        subscriber.loop_stop()
    assert {block.stream.key for block in taken} == {KEY}


def test_a_broker_of_another_authority_is_one_message(tmp_path, mosquitto, certified):
    broker = mosquitto(tls=certified)
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.crt")
    extra = 'tls_ca = "other.crt"'
    with (
        Node(tmp_path / "port") as node,
        AgentProcess(tmp_path, edge_toml(node.port, broker.port, extra=extra)) as agent,
    ):
        wait_for(lambda: "TLS failed" in agent.log, "a message")
        time.sleep(2)
        assert agent.log.count("TLS failed") == 1
        assert "check tls_ca" in agent.log


def test_the_broker_without_any_setup_serves_as_well(tmp_path):
    """Amqtt, in Python, for machines without mosquitto."""
    port = free_port()
    with (tmp_path / "broker.log").open("w") as log:
        broker = subprocess.Popen(
            [sys.executable, "-m", "plumbline.demo.broker", str(port)], stdout=log, stderr=log
        )
    try:
        wait_for(lambda: Mosquitto.answers(port), "amqtt to listen")
        with (
            StandInCollector(port) as collector,
            Node(tmp_path / "port") as node,
            AgentProcess(tmp_path, edge_toml(node.port, port)) as agent,
        ):
            wait_for(lambda: collector.samples(KEY) >= 300, "blocks")
            assert agent.terminate() == 0
    finally:
        broker.terminate()
        broker.wait(20)


def heartbeat():
    return Heartbeat(
        agent="pi", boot="0" * 16, sent_ns=0, uptime_s=0, spool_rows=0, spool_unheld=0,
        spool_bytes=0, disk_free_bytes=0,
    )  # fmt: skip


@pytest.mark.logs_errors
def test_a_spool_that_cannot_be_marked_does_not_end_the_publisher(tmp_path, mosquitto, caplog):
    broker = mosquitto()
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    spool.add([row(seq) for seq in range(5)])
    mark, troubles = spool.mark, []

    def mark_later(watermark):
        if len(troubles) < 2:
            troubles.append(watermark)
            raise SpoolTrouble("spool cannot be written (disk full)")
        return mark(watermark)

    spool.mark = mark_later
    publisher = Publisher(
        settings=PublisherSettings(port=broker.port),
        agent_state=agent_state("0" * 16), spool=spool,
        heartbeat=heartbeat, monotonic_ns=time.monotonic_ns,
    )  # fmt: skip
    thread = threading.Thread(target=publisher.run)
    thread.start()
    collector = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    collector.connect("127.0.0.1", broker.port)
    collector.loop_start()
    topic = "plumbline/1/XX/TWR01/pi/watermark/0A.HN"
    collector.publish(topic, mark_of((0, 4)).to_json(), qos=1, retain=True).wait_for_publish(10)
    collector.disconnect()
    collector.loop_stop()
    wait_for(lambda: spool.fill().unheld == 0, "the rows to be held")
    publisher.stop(1.0)
    thread.join(10)
    assert not thread.is_alive()
    assert "disk full" in caplog.text
