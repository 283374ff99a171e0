"""Bytes of the ADXL355 node, as ``firmware_configs/adxl355_node/README.md`` spells them."""

import binascii
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PROTOCOL = 1
FIRMWARE = 0x0102
HELLO, SAMPLES, STATUS = 1, 2, 3
FLAG_CLIPPED, FLAG_LOST = 0x01, 0x02
MOST_SAMPLES = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEntry:
    """One stream in HELLO."""

    stream: int
    per_frame: int
    rate_mhz: int
    delay_us: int


def framed(message: bytes) -> bytes:
    """Return a message with its CRC, stuffed and delimited."""
    whole = message + struct.pack("<H", binascii.crc_hqx(message, 0xFFFF))
    if len(whole) > 250:
        raise ValueError(f"a message has at most 248 bytes, not {len(message)}")
    # Runs between zeros, each after its length + 1: COBS for anything under 254 bytes.
    return b"".join(bytes([len(run) + 1]) + run for run in whole.split(b"\0")) + b"\0"


def hello(*, nonce: int, serial: int, range_code: int, streams: tuple[StreamEntry, ...]) -> bytes:
    """Return a HELLO message."""
    head = struct.pack(
        "<BBIIHBB", HELLO, PROTOCOL, nonce, serial, FIRMWARE, range_code, len(streams)
    )
    return head + b"".join(
        struct.pack("<BBII", s.stream, s.per_frame, s.rate_mhz, s.delay_us) for s in streams
    )


def samples(
    *,
    stream: int,
    nonce: int,
    counter: int,
    temp_code: int,
    flags: int,
    range_code: int,
    counts: NDArray[np.int32],
) -> bytes:
    """Return a SAMPLES message; ``counts`` has shape ``(3, n)``."""
    n = counts.shape[1]
    head = struct.pack(
        "<BBIIHBB",
        SAMPLES,
        stream,
        nonce,
        counter & 0xFFFFFFFF,
        temp_code,
        flags | range_code << 4,
        n,
    )
    # Samples first, axes within; the top byte of each little-endian 32-bit number is left out.
    four = np.ascontiguousarray(counts.T, dtype="<i4").view(np.uint8).reshape(n, 3, 4)
    return head + four[:, :, :3].tobytes()


def status(*, nonce: int, uptime_ms: int, cause: int, supply_mv: int, temp_code: int) -> bytes:
    """Return a STATUS message of a node that lost nothing by itself."""
    return struct.pack(
        "<BBIIIHHH",
        STATUS,
        cause,
        nonce,
        uptime_ms & 0xFFFFFFFF,
        0,
        0,
        supply_mv,
        temp_code,
    )


def temp_code(temp_c: float) -> int:
    """Return the sensor's 12-bit code of a temperature [°C]."""
    return max(0, min(4095, round(1885 - 9.05 * (temp_c - 25))))
