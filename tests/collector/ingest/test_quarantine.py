"""The quarantine is seen, tried again and aged, beside a running collector and without one."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from blocks import HN, T0_NS, blocks_of, truth
from data_folder import not_a_record
from intake import Intake
from places import inventory_text
from servers.mosquitto import Mosquitto
from servers.programs import free_port, wait_until
from stories.running import Running

from plumbline.cli import main
from plumbline.collector.ingest.quarantine import Quarantine, QuarantineCause
from plumbline.collector.ingest.quarantine_upkeep import QuarantineSettings, QuarantineUpkeep
from plumbline.wire.block import NS, Block
from plumbline.wire.identity import StreamId
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.record import encode
from plumbline.wire.topics import Address, TopicKind

NEW = StreamId(network="XX", structure="TWR01", node="9Z", band_source="HN", axes="ZNE")
DAY_NS = 86_400 * NS


def unknown_blocks() -> list[Block]:
    return list(blocks_of(truth(3, 300), stream=NEW))


def upkeep(intake: Intake, places: dict[str, Place]) -> QuarantineUpkeep:
    return QuarantineUpkeep(QuarantineSettings(), intake.quarantine, intake.ingest, places)


def test_what_is_retried_is_taken_once_the_inventory_knows_it(
    intake: Intake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    intake.take(*unknown_blocks())
    assert main(["quarantine", "list", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "unknown_stream XX.TWR01.9Z.HN: 3 messages" in out
    assert main(["quarantine", "retry", str(tmp_path), "--stream", "XX.TWR01.9Z.HN"]) == 0
    assert "3 messages are tried again" in capsys.readouterr().out
    upkeep(intake, intake.places).retry(T0_NS)
    assert len(list(intake.quarantine)) == 3, "still refused"
    assert intake.quarantine.marked() == []
    assert main(["quarantine", "retry", str(tmp_path), "1", "3"]) == 0
    intake.places[NEW.key] = intake.places[HN.key]
    checking = upkeep(intake, intake.places)
    checking.tick(T0_NS)
    assert [message.key.seq for message in intake.quarantine if message.key] == [1]
    assert list(intake.ledger.boots(NEW.key)[7].held) == [(0, 0), (2, 2)]


def test_a_message_is_shown_and_its_bytes_are_given_out(
    intake: Intake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (block, *_) = unknown_blocks()
    intake.take(block)
    target = tmp_path / "block.mseed3"
    assert main(["quarantine", "show", str(tmp_path), "1", "--payload", str(target)]) == 0
    out = capsys.readouterr().out
    assert "claims    XX.TWR01.9Z.HN, boot 0000000000000007, number 0" in out
    assert target.read_bytes() == encode(block)
    assert main(["quarantine", "show", str(tmp_path), "1", "--payload", str(target)]) == 2
    assert main(["quarantine", "show", str(tmp_path), "9"]) == 2


def test_dropping_asks_what_and_a_full_quarantine_takes_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quarantine = Quarantine(tmp_path / "quarantine", bound_mb=0.001)
    intake = unknown_blocks()
    quarantine.store([not_a_record(b"x" * 100, time.time_ns() - 9 * DAY_NS) for _ in range(3)])
    quarantine.store([not_a_record(b"y" * 600, time.time_ns()) for _ in range(2)])
    assert quarantine.full
    assert main(["quarantine", "drop", str(tmp_path)]) == 2
    assert "which?" in capsys.readouterr().err
    assert main(["quarantine", "drop", str(tmp_path), "--older-than", "7d"]) == 0
    assert "3 messages dropped" in capsys.readouterr().out
    assert main(["quarantine", "drop", str(tmp_path), "4"]) == 0
    assert not quarantine.full, "what another process dropped is counted"
    assert main(["quarantine", "list", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(one["id"], one["bytes"]) for one in told] == [(5, 600)]
    assert main(["quarantine", "drop", str(tmp_path), "--cause", "corrupt"]) == 2
    assert main(["quarantine", "list", str(tmp_path / "nowhere")]) == 2
    assert intake
    quarantine.close()


def test_the_oldest_garbage_makes_room_and_whole_blocks_never_do(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, bound_mb=0.01)
    for n in range(300):
        assert len(quarantine.store([not_a_record(b"%04d" % n + b"x" * 96, n)])) == 1
    kept = [message.received_ns for message in quarantine]
    assert kept == list(range(kept[0], 300))
    assert 80 <= len(kept) <= 100
    waiting = [
        type(message)(**{
            "received_ns": message.received_ns, "topic": message.topic, "reason": "unknown",
            "cause": QuarantineCause.UNKNOWN_STREAM, "key": None, "payload": message.payload,
        })
        for message in list(quarantine)[:1]
    ]  # fmt: skip
    for _ in range(300):
        quarantine.store(waiting)
    assert quarantine.full
    assert quarantine.counts() == {"unknown_stream": 100}
    assert quarantine.store([not_a_record()]) == []
    quarantine.close()


def test_what_is_too_old_is_dropped(intake: Intake) -> None:
    now_ns = T0_NS + 400 * DAY_NS
    intake.quarantine.store([not_a_record(b"old", now_ns - 31 * DAY_NS)])
    intake.quarantine.store([not_a_record(b"new", now_ns - 29 * DAY_NS)])
    intake.ingest.take([intake.message(block, now_ns - 364 * DAY_NS) for block in unknown_blocks()])
    (old, *_) = blocks_of(truth(3, 100), stream=NEW, boot=8)
    intake.ingest.take([intake.message(old, now_ns - 366 * DAY_NS)])
    upkeep(intake, intake.places).age(now_ns)
    assert intake.quarantine.counts() == {"not_a_record": 1, "unknown_stream": 3}


def test_a_locked_database_stops_neither_ingest_nor_the_next_try(
    intake: Intake, tmp_path: Path
) -> None:
    intake.take(*unknown_blocks())
    intake.quarantine.mark_for_retry([1])
    intake.quarantine._db.execute("PRAGMA busy_timeout = 10")
    checking = upkeep(intake, intake.places)
    with closing(sqlite3.connect(tmp_path / "quarantine" / "quarantine.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        checking.tick(T0_NS)
        other.rollback()
    assert len(intake.quarantine.marked()) == 1
    checking._retry_at_s = 0.0
    checking.tick(T0_NS)
    assert intake.quarantine.marked() == []


@pytest.mark.real
def test_beside_a_running_collector(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broker = Mosquitto(tmp_path / "broker", "allow_anonymous true\n").start()
    (tmp_path / "inventory.toml").write_text(inventory_text())
    config, web = tmp_path / "collector.toml", free_port()
    config.write_text(f"[broker]\nport = {broker.port}\n[web]\nport = {web}\n")
    data = str(tmp_path / "data")
    topic = Address(network="XX", structure="TWR01", agent="pi").topic(TopicKind.BLOCKS, NEW)
    with Running(tmp_path) as processes:
        processes.collector(config, web)
        agent = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        agent.connect("127.0.0.1", broker.port)
        agent.loop_start()

        def listed() -> list[dict[str, object]]:
            capsys.readouterr()
            main(["quarantine", "list", data, "--json"])
            told: list[dict[str, object]] = json.loads(capsys.readouterr().out)
            return told

        def arrived() -> bool:
            for block in unknown_blocks():
                agent.publish(topic, encode(block), qos=1)
            return len(listed()) >= 3

        wait_until(arrived, 60, every_s=0.5)
        assert main(["quarantine", "retry", data, "--all"]) == 0
        assert "within seconds" in capsys.readouterr().out
        db = tmp_path / "data" / "quarantine" / "quarantine.db"

        def retried() -> bool:
            with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as reading:
                return reading.execute("SELECT count(*) FROM retry").fetchone() == (0,)

        wait_until(retried, 60)
        assert len(listed()) >= 3, "the inventory still does not know it"
        assert main(["quarantine", "drop", data, "--all"]) == 0
        assert listed() == []
        agent.loop_stop()
        assert processes.end("collector") == 0
    broker.stop()
