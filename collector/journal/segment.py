"""Layout of an entry in a segment file, and the search of a file for whole entries.

An entry is a header (magic, payload length, payload CRC, time received, mark, header CRC) and the
payload. A header that proves itself gives the next one's place; after damage the search goes on at
the next header that does.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

MAGIC = b"PLJ1"
_HEAD = struct.Struct("<4sIIqI")
_PROOF = struct.Struct("<I")
HEAD_BYTES = _HEAD.size + _PROOF.size
LARGEST_PAYLOAD = 16 << 20  # far above any block; a longer length is damage, not an entry


class SegmentScan(NamedTuple):
    """One whole entry inside a buffer: where it begins, its payload's span, its head."""

    start: int
    payload_start: int
    end: int
    received_ns: int
    mark: int
    payload_crc: int


def framed(received_ns: int, payload: bytes, mark: int, payload_crc: int) -> bytes:
    """Return an entry's bytes."""
    head = _HEAD.pack(MAGIC, len(payload), payload_crc, received_ns, mark)
    return b"".join((head, _PROOF.pack(crc32(head)), payload))


def entries_in(content: bytes, start: int = 0) -> Iterator[SegmentScan]:
    """Yield the whole, undamaged entries of a buffer, skipping what is damaged between them."""
    at = start
    while True:
        found = _entry_at(content, at)
        if found is None:
            at = content.find(MAGIC, at + 1)
            if at < 0:
                return
            continue
        yield found
        at = found.end


def _entry_at(content: bytes, at: int) -> SegmentScan | None:
    body = at + HEAD_BYTES
    if body > len(content) or content[at : at + 4] != MAGIC:
        return None
    _, length, payload_crc, received_ns, mark = _HEAD.unpack_from(content, at)
    (proof,) = _PROOF.unpack_from(content, at + _HEAD.size)
    end = body + length
    if length > LARGEST_PAYLOAD or proof != crc32(content[at : at + _HEAD.size]):
        return None
    if end > len(content) or crc32(memoryview(content)[body:end]) != payload_crc:
        return None
    return SegmentScan(at, body, end, received_ns, mark, payload_crc)
