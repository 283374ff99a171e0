"""The agent's smaller parts, each with its promise."""

import logging
import os
import socket
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
from edge_bench import edge_toml, wait_for
from edge_node import Node
from edge_rows import BOOT, NODE, agent_state

from plumbline.cli import main
from plumbline.edge_agent.agent_state import NS
from plumbline.edge_agent.clock import HostClock, kernel_synchronised, measured_offset_ns
from plumbline.edge_agent.errors import PortAbsent, PortTrouble, SpoolTrouble
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.ports import found_ports, guessed_driver
from plumbline.edge_agent.rejects import Rejects
from plumbline.edge_agent.serial_port import SerialPort
from plumbline.edge_agent.spool import Spool
from plumbline.edge_agent.wakeup_pipe import WakeupPipe
from plumbline.edge_agent.writer import MOST_WAITING, Writer
from plumbline.wire import notify as systemd
from plumbline.wire.block import Block
from plumbline.wire.messages import State
from plumbline.wire.record import decode


def test_importing_the_agent_loads_no_science():
    """The edge runs on a Raspberry Pi without SciPy and ObsPy."""
    code = (
        "import sys, plumbline.edge_agent.agent, plumbline.edge_agent.watch, "
        "plumbline.edge_agent.check, plumbline.edge_agent.ports\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('scipy', 'obspy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# presence -----------------------------------------------------------------------------------


ONE, OTHER = agent_state("0" * 16), agent_state("1" * 16)


def test_its_own_birth_is_no_news():
    verdict = agent_state("0" * 16).on_state(ONE.birth().to_json(), 0)
    assert not verdict.must_announce
    assert verdict.trouble is None


def test_a_second_agent_is_told_once_and_answered_once_a_minute():
    me = agent_state("0" * 16)
    first = me.on_state(OTHER.birth().to_json(), 0)
    assert first.must_announce
    assert "host-1111111111111111" in (first.trouble or "")
    again = me.on_state(OTHER.birth().to_json(), 10 * NS)
    assert (again.must_announce, again.trouble) == (False, None)
    assert me.on_state(OTHER.birth().to_json(), 70 * NS).must_announce


def test_the_late_will_of_an_earlier_start_is_contradicted():
    me = agent_state("0" * 16)
    for payload in (OTHER.will(), OTHER.goodbye(), ONE.will()):
        verdict = me.on_state(payload.to_json(), 0)
        assert verdict.must_announce
        assert verdict.trouble is None


def test_birth_will_and_goodbye_say_what_they_are():
    me = agent_state("0" * 16)
    reasons = [me.birth().reason, me.birth().reason, me.will().reason, me.goodbye().reason]
    assert reasons == ["started", "reconnected", "lost", "stopped"]
    assert State.from_json(me.will().to_json()).online is False
    assert me.topic_of_key("YY.OLD.0B.LA") == "plumbline/1/YY/OLD/pi/blocks/0B.LA"


# writer -------------------------------------------------------------------------------------


def block(seq):
    return Block(
        stream=replace(NODE, axes="Z"), boot=int(BOOT, 16), seq=seq, start_ns=seq * NS,
        rate_hz=100.0, counts=np.full((1, 100), seq, dtype=np.int32),
        clock_error_ns=1, time_quality=100,
    )  # fmt: skip


def writer_on(spool, committed, memories=dict):
    return Writer(
        spool=spool, boot=BOOT, commit_s=0.0, committed=committed.extend, memories=memories,
        monotonic_ns=lambda: 10**12,
    )  # fmt: skip


def test_rows_are_told_only_when_they_are_durable_and_all_are_at_the_end(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    committed = []
    writer = writer_on(spool, committed, memories=lambda: {"clock": "x"})
    thread = threading.Thread(target=writer.run)
    thread.start()
    for seq in range(20):
        writer.take(block(seq))
    writer.stop()
    thread.join(10)
    assert [row.seq for row in committed] == list(range(20))
    assert [decode(row.message).seq for row in spool.unheld_after(0, 100)] == list(range(20))
    assert spool.fact("clock") == "x"


@pytest.mark.logs_errors
def test_a_full_disk_is_told_and_blocks_wait_for_room(tmp_path, caplog):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    committed, add = [], spool.add
    is_full = threading.Event()
    is_full.set()

    def add_unless_full(rows, facts):
        if is_full.is_set():
            raise SpoolTrouble("spool cannot be written (database or disk is full)")
        return add(rows, facts)

    spool.add = add_unless_full
    writer = writer_on(spool, committed)
    thread = threading.Thread(target=writer.run)
    with caplog.at_level(logging.ERROR):
        thread.start()
        for seq in range(5):
            writer.take(block(seq))
        wait_for(lambda: "blocks wait in memory" in caplog.text, "a message")
        is_full.clear()
        wait_for(lambda: len(committed) == 5, "the blocks")
        writer.stop()
        thread.join(10)
    assert caplog.text.count("disk is full") == 1
    assert writer.lost == 0


@pytest.mark.logs_errors
def test_what_is_lost_after_all_is_counted_and_told(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr("plumbline.edge_agent.writer.MOST_WAITING", 3)
    assert MOST_WAITING > 1000
    committed = []
    writer = writer_on(Spool(tmp_path / "spool.db", bound_mb=1), committed)
    for seq in range(5):
        writer.take(block(seq))
    writer.stop()
    with caplog.at_level(logging.ERROR):
        writer.run()
    assert [row.seq for row in committed] == [2, 3, 4]
    assert writer.lost == 2
    assert "ARE LOST" in caplog.text


@pytest.mark.logs_errors
def test_a_spool_beyond_its_bound_is_told_loudly(tmp_path, caplog):
    spool = Spool(tmp_path / "spool.db", bound_mb=0.001)
    writer = writer_on(spool, [])
    for seq in range(20):
        writer.take(block(seq))
    writer.stop()
    with caplog.at_level(logging.ERROR):
        writer.run()
    assert "beyond its bound with blocks that no collector holds; none is dropped" in caplog.text
    assert spool.fill().unheld == 20


# the rest -----------------------------------------------------------------------------------


def test_rejected_bytes_are_kept_within_their_bound(tmp_path):
    rejects = Rejects(tmp_path / "rejected.jsonl", bound_mb=0.01)
    for number in range(1000):
        rejects.record("port", Rejected(reason="CRC wrong", raw=bytes([number % 256] * 30)), number)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["rejected.jsonl", "rejected.jsonl.1"]
    assert sum(file.stat().st_size for file in files) <= 10_000
    assert '"ns": 999' in files[0].read_text()
    assert rejects.count == 1000


def test_the_hosts_clocks_agree():
    clock = HostClock()
    host = clock.host_time()
    assert abs(clock.monotonic_ns() + host.offset_ns - clock.utc_ns()) < 50_000_000
    assert abs(measured_offset_ns() - host.offset_ns) < 50_000_000
    assert kernel_synchronised() in (True, False, None)
    assert clock.synchronised() is clock.synchronised()


def test_systemd_is_told_where_it_listens(tmp_path, monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd.notify("READY=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        systemd.notify("READY=1")
        assert server.recv(100) == b"READY=1"
    systemd.notify("WATCHDOG=1")  # systemd went away


def test_a_port_says_why_it_cannot_be_opened(tmp_path):
    with pytest.raises(PortAbsent, match="does not exist; plug it in"):
        SerialPort(str(tmp_path / "none"), baud=9600, monotonic_ns=int).open()
    (tmp_path / "file").write_text("")
    with pytest.raises(PortTrouble, match="is it a serial port"):
        SerialPort(str(tmp_path / "file"), baud=9600, monotonic_ns=int).open()


def test_a_wake_wakes_and_is_quiet_again():
    wake = WakeupPipe()
    for _ in range(100_000):
        wake.ring()  # never blocks
    wake.clear()
    while True:
        try:
            os.read(wake.fd, 65536)
        except BlockingIOError:
            break
    wake.ring()
    wake.clear()
    with pytest.raises(BlockingIOError):
        os.read(wake.fd, 1)
    wake.close()


def test_ports_are_listed_by_the_name_that_lasts(tmp_path, monkeypatch):
    class Port:
        device, description = str(tmp_path / "ttyUSB0"), "UART"

        def __lt__(self, other):
            return False

    (tmp_path / "by-id").mkdir()
    (tmp_path / "ttyUSB0").write_text("")
    (tmp_path / "by-id" / "usb-node").symlink_to(tmp_path / "ttyUSB0")
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [Port()])
    (port,) = found_ports(tmp_path / "by-id")
    assert port.lasting == str(tmp_path / "by-id" / "usb-node")
    (port,) = found_ports(tmp_path / "none")
    assert port.lasting == port.device


def test_listening_tells_the_driver_or_that_it_is_silent(tmp_path):
    with Node(tmp_path / "port") as node:
        found = guessed_driver(str(node.port), read_s=1.0)
        assert found == "adxl355_node at 460800 baud, serial 355001"
    assert "does not exist" in guessed_driver(str(tmp_path / "none"), read_s=0.1)
    master, slave = os.openpty()
    assert "silent" in guessed_driver(os.ttyname(slave), read_s=0.05)
    os.close(master)
    os.close(slave)


def test_watch_shows_rates_and_units_and_keeps_nothing(tmp_path, capsys):
    with Node(tmp_path / "port") as node:
        path = tmp_path / "edge.toml"
        path.write_text(edge_toml(node.port, 1))
        assert main(["edge", "watch", "--config", str(path), "--seconds", "4"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert "XX.TWR01.0A.HN" in last
    assert float(last.split(" Hz")[0].split()[-1]) == pytest.approx(100, abs=1)
    assert "m/s2" in last
    assert "gaps 0" in last
    assert not (tmp_path / "spool.db").exists()
