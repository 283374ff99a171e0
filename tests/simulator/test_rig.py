"""A rig in a process of its own, read over its ptys as an agent would read it."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from node_bytes import messages, samples
from specs import read_events, read_truth

from plumbline.simulator.ports import Port
from plumbline.simulator.rig import main
from plumbline.simulator.site import Site

PATIENCE_S = 40.0


@pytest.fixture
def port(tmp_path):
    held = Port(tmp_path / "ttyA")
    yield held
    held.unplug(0)


def opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)


def read_for(fd: int, enough) -> bytes:
    """Read until ``enough(bytes)`` or the line is hung up or patience ends."""
    got, deadline = b"", time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not enough(got):
        if not select.select([fd], [], [], 0.2)[0]:
            continue
        try:
            piece = os.read(fd, 65_536)
        except OSError:
            return got
        if not piece:
            return got
        got += piece
    return got


def test_nobody_hears_a_port_that_is_not_open(port):
    assert not port.is_open
    assert not port.write(b"lost")


def test_a_listener_gets_the_bytes_and_can_answer(port):
    fd = opened(port.link)
    assert port.is_open
    assert port.write(b"\x00\xff\x11\x13\r\n")
    assert read_for(fd, lambda got: len(got) >= 6) == b"\x00\xff\x11\x13\r\n"
    os.write(fd, b"*9900XYC2\r\n")
    assert port.read() == b"*9900XYC2\r\n"
    os.close(fd)
    assert not port.is_open


def test_a_pulled_cable_hangs_up_and_comes_back_under_its_name(port):
    fd = opened(port.link)
    port.unplug(0)
    assert not port.link.exists()
    assert read_for(fd, lambda _: False) == b""
    port.plug()
    again = opened(port.link)
    assert port.write(b"back")
    assert read_for(again, lambda got: len(got) >= 4) == b"back"
    os.close(fd)
    os.close(again)


def test_a_listener_that_stops_reading_loses_bytes_and_blocks_nobody(port):
    fd = opened(port.link)
    taken = [port.write(bytes(4096)) for _ in range(200)]
    assert taken[0]
    assert not taken[-1]
    os.close(fd)


class PortReader:
    """Reads one port in a thread until it is hung up, as an agent does."""

    def __init__(self, path: Path) -> None:
        self._fd = opened(path)
        self.line = b""
        self._thread = threading.Thread(target=self._read_all)
        self._thread.start()

    def _read_all(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if not select.select([self._fd], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(self._fd, 65_536)
            except OSError:
                return
            if not piece:
                return
            self.line += piece

    def read_bytes(self) -> bytes:
        self._thread.join(PATIENCE_S)
        os.close(self._fd)
        return self.line


SPEC = """
wait_s = 60
[structure]
storeys = 5
first_period_s = [1.0, 0.9]
[[instrument]]
port = "ttyGROUND"
kind = "adxl355_node"
node = "0A"
jitter_ms = 3
options = { streams = [0, 1] }
[[instrument]]
port = "ttyRAFT"
kind = "lily"
node = "0T"
[[act]]
kind = "piling"
start_s = 1
seconds = 2
"""


def started(folder: Path, text: str) -> subprocess.Popen:
    spec = folder / "rig.toml"
    spec.write_text(f'ports = "{folder}/ports"\ntruth = "{folder}/truth"\n{text}')
    rig = subprocess.Popen(
        [sys.executable, "-m", "plumbline.simulator.rig", str(spec)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert json.loads(rig.stdout.readline()) == {"ports": True}
    return rig


def finished(rig: subprocess.Popen) -> dict:
    text = rig.stdout.read().splitlines()
    assert rig.wait(PATIENCE_S) == 0
    rig.stdout.close()
    return json.loads(text[-1])


def counts_in(line: bytes, stream: int) -> np.ndarray:
    found = [samples(m) for m in messages(line) if m[0] == 2]
    return np.hstack([s.counts for s in found if s.stream == stream])


def test_what_a_rig_says_on_its_ports_is_its_truth_and_sigterm_ends_it(tmp_path):
    rig = started(tmp_path, SPEC)
    ground, raft = (PortReader(tmp_path / "ports" / name) for name in ("ttyGROUND", "ttyRAFT"))
    deadline = time.monotonic() + PATIENCE_S
    while len(ground.line) < 25_000 and time.monotonic() < deadline:
        time.sleep(0.05)
    rig.send_signal(signal.SIGTERM)
    last = finished(rig)
    line, words = ground.read_bytes(), raft.read_bytes()
    truth = read_truth(tmp_path / "truth")
    for stream, key in ((0, "XX.TWR01.0A.CN"), (1, "XX.TWR01.0A.HN")):
        rows = truth[key]
        assert not rows["fate"].any()
        np.testing.assert_array_equal(rows["counts"].T, counts_in(line, stream))
    assert words.count(b"\r\n") == len(truth["XX.TWR01.0T.LA"]) + 1  # the banner
    assert last["samples"] == sum(rows["counts"].size for rows in truth.values())
    assert [e["what"] for e in read_events(tmp_path / "truth")] == ["start", "begin", "end", "stop"]
    assert not (tmp_path / "ports" / "ttyGROUND").is_symlink()


def test_a_cable_pulled_while_running_comes_back_under_the_same_name(tmp_path):
    pull = '[[fault]]\nkind = "unplug"\nport = "ttyGROUND"\nstart_s = 2\nseconds = 1\n'
    rig = started(tmp_path, f"seconds = 6\n{SPEC}{pull}")
    raft = PortReader(tmp_path / "ports" / "ttyRAFT")
    line = PortReader(tmp_path / "ports" / "ttyGROUND").read_bytes()
    deadline = time.monotonic() + PATIENCE_S
    while not (tmp_path / "ports" / "ttyGROUND").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    line += PortReader(tmp_path / "ports" / "ttyGROUND").read_bytes()
    raft.read_bytes()
    finished(rig)
    rows = read_truth(tmp_path / "truth")["XX.TWR01.0A.HN"]
    delivered = rows[rows["fate"] == 0]
    np.testing.assert_array_equal(delivered["counts"].T, counts_in(line, 1))
    assert 50 < len(rows) - len(delivered) < 400
    assert (rows["fate"][rows["fate"] != 0] == 3).all()


def test_a_description_that_is_wrong_is_told_in_full(tmp_path, capsys):
    spec = tmp_path / "rig.toml"
    spec.write_text('[[instrument]]\nport = "a"\nkind = "lilly"\nnode = "00"\nlevle = 3\n')
    assert main([str(spec)]) == 2
    text = capsys.readouterr().err
    assert "kind" in text
    assert "levle" in text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[instrument]]\nport="a"\nkind="tuff_tilt"\nnode="00"\noptions={format="NMEA"}',
         "SIM or XDR"),
        ('[[instrument]]\nport="a"\nkind="lily"\nnode="00"\n[[act]]\nkind="earthquake"\n'
         'start_s=1\nseconds=5\nrecord="/nowhere.npz"', "/nowhere.npz"),
    ],
)  # fmt: skip
def test_what_cannot_run_is_refused_before_any_port_is_made(tmp_path, capsys, text, problem):
    spec = tmp_path / "rig.toml"
    spec.write_text(f'ports = "{tmp_path}/ports"\ntruth = "{tmp_path}/truth"\n{text}\n')
    assert main([str(spec)]) == 2
    assert problem in capsys.readouterr().err
    assert not (tmp_path / "ports").exists()


def test_a_rig_does_not_write_into_another_runs_truth(tmp_path, capsys):
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "streams.json").write_text("[]")
    spec = tmp_path / "rig.toml"
    spec.write_text(
        f'truth = "{tmp_path}/truth"\n[[instrument]]\nport="a"\nkind="lily"\nnode="00"\n'
    )
    assert main([str(spec)]) == 2
    assert "empty folder" in capsys.readouterr().err


def test_a_site_that_takes_long_to_build_does_not_begin_late(tmp_path, capsys, monkeypatch):
    built = []

    def slowly(*args, **kwargs):
        time.sleep(0.0 if built else 0.4)  # the first time only
        built.append(time.time_ns())
        return Site(*args, **kwargs)

    monkeypatch.setattr("plumbline.simulator.rig.Site", slowly)
    spec = tmp_path / "rig.toml"
    spec.write_text(
        f'ports = "{tmp_path}/ports"\ntruth = "{tmp_path}/truth"\nseconds = 0.3\nwait_s = 0\n'
        '[[instrument]]\nport="a"\nkind="lily"\nnode="00"\n'
    )
    assert main([str(spec)]) == 0
    last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(built) > 1
    assert last[1]["started_ns"] > built[-1]


def test_a_rig_that_was_held_up_says_how_late_its_bytes_left(tmp_path):
    rig = started(tmp_path, SPEC)
    ground, raft = (PortReader(tmp_path / "ports" / name) for name in ("ttyGROUND", "ttyRAFT"))
    deadline = time.monotonic() + PATIENCE_S
    while len(ground.line) < 5_000 and time.monotonic() < deadline:
        time.sleep(0.05)
    rig.send_signal(signal.SIGSTOP)
    time.sleep(1.0)
    rig.send_signal(signal.SIGCONT)
    held = len(ground.line)
    while len(ground.line) < held + 5_000 and time.monotonic() < deadline:
        time.sleep(0.05)
    rig.send_signal(signal.SIGTERM)
    last = finished(rig)
    ground.read_bytes(), raft.read_bytes()
    assert 0.8 < last["late_s"] < PATIENCE_S
