"""An ADXL355 node on a pseudo-terminal, for tests.

Its bytes are written here from ``firmware_configs/adxl355_node/README.md``, apart from the driver
and apart from the simulator.
"""

import binascii
import contextlib
import os
import pty
import random
import struct
import threading
import time
import tty
from pathlib import Path

import numpy as np

from plumbline.wire.block import Block


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
