"""A bench for the edge agent: a real broker, a node on a pseudo-terminal, a stand-in collector.

The node's bytes are written here from ``firmware_configs/adxl355_node/README.md``, apart from the
driver and apart from the simulator.
"""

import binascii
import contextlib
import os
import pty
import random
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
import tty
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
import pytest

from plumbline.wire.block import Block
from plumbline.wire.messages import BootMark, Command, Heartbeat, State, Watermark
from plumbline.wire.ranges import RangeSet
from plumbline.wire.record import decode
from plumbline.wire.topics import Kind, all_of, parsed

DEADLINE_S = 40.0


def wait_for(condition: Callable[[], object], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Wait until something is so; a loaded machine may take long."""
    give_up = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > give_up:
            pytest.fail(f"waited {deadline_s:g} s in vain for: {what}")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mosquitto:
    """A broker of our own on a free port of this machine."""

    def __init__(self, folder: Path, password_file: str = "", tls: str = "") -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        if program is None:
            pytest.skip("mosquitto is not installed: apt-get install mosquitto")
        self.port = free_port()
        self._program = program
        self._config = folder / f"mosquitto-{self.port}.conf"
        access = f"password_file {password_file}" if password_file else "allow_anonymous true"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\n{access}\n{tls}persistence false\nuser root\n"
            "max_queued_messages 0\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Mosquitto":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "-c", str(self._config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: self.answers(self.port), "mosquitto to listen")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @staticmethod
    def answers(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0


def framed(message: bytes) -> bytes:
    """Return a message with its CRC, stuffed, with the zero that ends it."""
    plain = message + struct.pack("<H", binascii.crc_hqx(message, 0xFFFF))
    out, run = bytearray(), bytearray()
    for byte in plain:
        if byte:
            run.append(byte)
        else:
            out += bytes([len(run) + 1]) + run
            run.clear()
    return bytes(out + bytes([len(run) + 1]) + run + b"\0")


def sample(number: int) -> tuple[int, int, int]:
    """Return the counts of a sample, from which its number can be told again."""
    return number % 500_000, -(number % 499_979), 256_000 - number % 1000


def samples_frame(stream: int, nonce: int, first: int, n: int, flags: int = 0x10) -> bytes:
    """Return a SAMPLES frame of `sample` numbers ``first`` to ``first + n - 1``."""
    body = struct.pack("<BBIIHBB", 2, stream, nonce, first % 2**32, 1858, flags, n)
    for number in range(first, first + n):
        for count in sample(number):
            body += (count & 0xFFFFFF).to_bytes(3, "little")
    return framed(body)


def hello_frame(nonce: int, serial: int = 355001) -> bytes:
    head = struct.pack("<BBIIHBB", 1, 1, nonce, serial, 0x0102, 1, 2)
    streams = struct.pack("<BBII", 0, 10, 500_000, 3260) + struct.pack(
        "<BBII", 1, 5, 100_000, 103_260
    )
    return framed(head + streams)


class Node:
    """An ADXL355 node on a pseudo-terminal, 100 Hz, in real time, in a thread.

    Frames come up to ``jitter_s`` late.

    ``port`` is a name that stays when the node is plugged out and in, as those below
    ``/dev/serial/by-id`` do.
    """

    def __init__(self, port: Path, nonce: int = 0x5EED1234, jitter_s: float = 0.0) -> None:
        self.port = port
        self._jitter_s = jitter_s
        self._rng = random.Random(nonce)
        self.nonce = nonce
        self.sent = 0
        self.begun_ns = 0
        self._master = -1
        self._slave = -1
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.plug_in()

    def __enter__(self) -> "Node":
        self.begun_ns = time.time_ns()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self.unplug()

    def plug_in(self) -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self.port.unlink(missing_ok=True)
        self.port.symlink_to(os.ttyname(slave))
        with self._lock:
            self._master, self._slave = master, slave

    def unplug(self) -> None:
        with self._lock:
            for fd in (self._slave, self._master):
                if fd >= 0:
                    os.close(fd)
            self._master = self._slave = -1
        self.port.unlink(missing_ok=True)

    def write(self, raw: bytes) -> None:
        with self._lock:
            if self._master < 0:
                return
            with contextlib.suppress(BlockingIOError):  # nobody reads: a real line loses them too
                os.write(self._master, raw)

    def _run(self) -> None:
        begun = time.monotonic()
        self.write(b"\0" + hello_frame(self.nonce))
        while not self._stopping.is_set():
            due = begun + (self.sent + 5) / 100 + self._rng.uniform(0, self._jitter_s)
            self._stopping.wait(max(0.0, due - time.monotonic()))
            if self.sent % 100 == 0:
                self.write(hello_frame(self.nonce))
            self.write(samples_frame(1, self.nonce, self.sent, 5))
            self.sent += 5


class StandInCollector:
    """Takes blocks and tells by watermark what it holds, as the collector's contract says."""

    def __init__(self, broker_port: int, store: str = "00000000000000aa") -> None:
        self.store = store
        self.blocks: dict[tuple[str, int, int], Block] = {}
        self.repeats = 0
        self.states: list[State] = []
        self.beats: list[Heartbeat] = []
        self.ignores: Callable[[Block], bool] = lambda block: False
        self.refuses: Callable[[Block], str | None] = lambda block: None
        self.says_watermarks = True
        self._agents: dict[str, object] = {}
        self._refused: dict[tuple[str, int], list[tuple[int, int, str]]] = defaultdict(list)
        self._lock = threading.Lock()
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id="stand-in-collector", clean_session=False
        )
        self._client.on_connect = self._subscribe
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", broker_port)
        self._client.loop_start()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def __enter__(self) -> "StandInCollector":
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()

    def of(self, key: str) -> list[Block]:
        """Return the blocks of a stream in the order of their time."""
        with self._lock:
            found = [block for (stream, _, _), block in self.blocks.items() if stream == key]
        return sorted(found, key=lambda block: block.start_ns)

    def samples(self, key: str) -> int:
        return sum(block.n_samples for block in self.of(key))

    def forget(self, store: str) -> None:
        """Become another collector, that holds nothing."""
        with self._lock:
            self.blocks.clear()
            self.store = store

    def ask(self, block: Block) -> None:
        """Ask the agent for a block again."""
        address = self._agents[block.stream.key]
        boot = f"{block.boot:016x}"
        command = Command(
            id="1", action="resend", stream=block.stream.key, boot=boot, first=block.seq,
            last=block.seq,
        )  # fmt: skip
        self._client.publish(address.topic(Kind.COMMAND), command.to_json(), qos=1)

    def _subscribe(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe([(all_of(kind), 1) for kind in (Kind.BLOCKS, Kind.STATE, Kind.HEARTBEAT)])

    def _take(self, client: mqtt.Client, userdata: object, message: mqtt.MQTTMessage) -> None:
        address, kind, _ = parsed(message.topic)
        with self._lock:
            if kind is Kind.STATE and message.payload.startswith(b"{"):
                self.states.append(State.from_json(message.payload))
            elif kind is Kind.HEARTBEAT:
                self.beats.append(Heartbeat.from_json(message.payload))
            elif kind is Kind.BLOCKS:
                self._take_block(address, decode(message.payload))

    def _take_block(self, address: object, block: Block) -> None:
        key = (block.stream.key, block.boot, block.seq)
        self._agents[block.stream.key] = address
        if self.ignores(block):
            return
        if reason := self.refuses(block):
            self._refused[key[:2]].append((block.seq, block.seq, reason))
            return
        if key in self.blocks:
            self.repeats += 1
            assert self.blocks[key].same_as(block), f"{key} came twice and differs"
        self.blocks[key] = block

    def _speak(self) -> None:
        while not self._stopping.wait(0.2):
            if self.says_watermarks:
                self.speak()

    def speak(self) -> None:
        with self._lock:
            held: dict[str, dict[int, RangeSet]] = defaultdict(lambda: defaultdict(RangeSet))
            for stream, boot, seq in self.blocks:
                held[stream][boot].add(seq)
            for stream, boot in self._refused:
                held[stream][boot] = held[stream][boot]
            marks = {
                stream: tuple(
                    BootMark(
                        boot=f"{boot:016x}",
                        held=tuple(ranges),
                        refused=tuple(self._refused.get((stream, boot), ())),
                    )
                    for boot, ranges in boots.items()
                )
                for stream, boots in held.items()
            }
            for key, address in self._agents.items():
                watermark = Watermark(
                    store=self.store, stream=key, sent_ns=time.time_ns(), boots=marks.get(key, ())
                )
                topic = address.topic(Kind.WATERMARK) + "/" + key.split(".", 2)[2]
                self._client.publish(topic, watermark.to_json(), qos=1, retain=True)


class AgentProcess:
    """``plumbline edge run`` in a process of its own."""

    def __init__(self, folder: Path, config: str, name: str = "edge") -> None:
        self.folder = folder
        self.config = folder / f"{name}.toml"
        self.config.write_text(config)
        self.log_path = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "AgentProcess":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.kill()

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "plumbline.cli", "edge", "run", "--config", self.config],
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def terminate(self) -> int:
        """Ask it to stop and return its exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(DEADLINE_S)
        self._process = None
        return code

    def wait(self) -> int:
        """Wait until it ends by itself and return its exit code."""
        assert self._process is not None
        code = self._process.wait(DEADLINE_S)
        self._process = None
        return code

    @property
    def log(self) -> str:
        return self.log_path.read_text()


def edge_toml(
    node_port: Path, broker_port: int, *, spool: str = "spool.db", extra: str = ""
) -> str:
    """Return a configuration of one node."""
    return f"""
agent = "pi-ground"
network = "XX"
structure = "TWR01"
[broker]
port = {broker_port}
{extra}
[spool]
path = "{spool}"
[[instrument]]
driver = "adxl355_node"
port = "{node_port}"
node = "0A"
map = "zxy"
"""


def altered(block: Block) -> bool:
    """Tell whether a block of the 100 Hz stream is not one unbroken run of `sample` values."""
    vertical, x, y = block.counts  # axes ZNE of the node's z, x, y
    numbers = int(x[0]) + np.arange(block.n_samples)
    expected = np.array([sample(int(number)) for number in numbers]).T
    return not (
        np.array_equal(x, expected[0])
        and np.array_equal(y, expected[1])
        and np.array_equal(vertical, expected[2])
    )
