"""An ADXL355 node's bytes taken apart by the book, independent of simulator and driver."""

import struct
from dataclasses import dataclass

import numpy as np


def crc16(message: bytes) -> int:
    """CRC-16/IBM-3740, bit by bit as the catalogue defines it."""
    crc = 0xFFFF
    for byte in message:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def unstuffed(block: bytes) -> bytes:
    out, place = bytearray(), 0
    while place < len(block):
        code = block[place]
        out += block[place + 1 : place + code]
        place += code
        if place < len(block):
            out.append(0)
    return bytes(out)


def messages(line: bytes) -> list[bytes]:
    """Return the messages whose CRC is right."""
    whole = [unstuffed(block) for block in line.split(b"\0") if block]
    return [
        m[:-2] for m in whole if len(m) > 2 and crc16(m[:-2]) == int.from_bytes(m[-2:], "little")
    ]


@dataclass
class Samples:
    stream: int
    nonce: int
    counter: int
    temp_code: int
    flags: int
    counts: np.ndarray


def samples(message: bytes) -> Samples:
    kind, stream, nonce, counter, temp, flags, n = struct.unpack_from("<BBIIHBB", message)
    assert kind == 2
    assert len(message) == 14 + 9 * n
    values = [
        int.from_bytes(message[14 + 3 * k : 17 + 3 * k], "little", signed=True)
        for k in range(3 * n)
    ]
    counts = np.array(values, dtype=np.int32).reshape(n, 3).T
    return Samples(stream, nonce, counter, temp, flags, counts)
