"""A Block as one message: a miniSEED 3 record an axis, one after the other.

Every record carries its own CRC and, as extra headers, the FDSN time quality and ``P``: boot (64
bits in base64url), sequence number and clock error in nanoseconds (both hexadecimal), and the axes
of the whole message,
so that a message cut between two records is refused too. A message is taken whole or refused whole.
"""

import base64
import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pymseed import DataEncoding, MS3Record, PymseedError, clear_error_messages

from plumbline.wire.block import Block
from plumbline.wire.errors import CorruptRecord, NotARecord
from plumbline.wire.identity import StreamId, axis_of
from plumbline.wire.parsing import parsed

STEIM2_LARGEST_STEP = 2**29 - 1  # Steim-2 raises on differences that do not fit 30 bits
FIXED_HEADER_BYTES = 40
_BEGIN = b"MS\x03"
_AGREED_BYTES = 27  # of a fixed header: all before encoding and CRC, less the encoding
_INTEGERS = (DataEncoding.INT16, DataEncoding.INT32, DataEncoding.STEIM1, DataEncoding.STEIM2)
_HEADERS = re.compile(
    rb'\{"FDSN":\{"Time":\{"Quality":(\d{1,3})\}\},'
    rb'"P":"([A-Za-z0-9_-]{11}) ([0-9a-f]{1,14}) ([0-9a-f]{1,16}) ([A-Z0-9]{1,6})"\}'
)

Row = NDArray[np.int32]


def encode(block: Block) -> bytes:
    """Return the message of a block: one record an axis, in the order of the axes."""
    boot = base64.urlsafe_b64encode(block.boot.to_bytes(8, "big")).decode().rstrip("=")
    headers = (
        f'{{"FDSN":{{"Time":{{"Quality":{block.time_quality}}}}},'
        f'"P":"{boot} {block.seq:x} {block.clock_error_ns:x} {block.stream.axes}"}}'
    )
    records = []
    for axis, counts in zip(block.stream.axes, block.counts, strict=True):
        msr = MS3Record()
        msr.sourceid = block.stream.source_id(axis)
        msr.formatversion = 3
        msr.starttime = block.start_ns
        msr.samprate = block.rate_hz
        msr.pubversion = 1
        msr.extra = headers
        records.append(_packed(msr, counts))
    return b"".join(records)


def _packed(msr: MS3Record, counts: Row) -> bytes:
    steps = np.abs(np.diff(counts.astype(np.int64), prepend=0))
    msr.reclen = 512 + 8 * counts.size  # room for one record in either encoding
    choices = [DataEncoding.INT32]
    if steps.max() <= STEIM2_LARGEST_STEP:
        choices.insert(0, DataEncoding.STEIM2)
    best = b""
    for encoding in choices:
        msr.encoding = encoding
        made = list(msr.generate(counts, "i"))
        if len(made) != 1:
            raise ValueError(f"{counts.size} samples do not fit one record")
        if not best or len(made[0]) < len(best):
            best = made[0]
        if len(best) < FIXED_HEADER_BYTES + 4 * counts.size:
            break  # INT32 cannot be smaller
    return best


def decode(message: bytes) -> Block:
    """Return the block of a message.

    Raises
    ------
    NotARecord
        If the bytes do not begin as miniSEED 3, or carry none of our extra headers.
    CorruptRecord
        If a CRC or length is wrong, bytes are missing or left over, or the records disagree.
    """
    if len(message) < FIXED_HEADER_BYTES or message[:3] != _BEGIN:
        raise NotARecord(f"{len(message)} bytes that do not begin as miniSEED 3")
    names: list[bytes] = []
    rows: list[bytes] = []
    agreed = b""
    start_ns, rate_hz, at = 0, 0.0, 0
    try:
        for record in parsed(message):
            name, same = _header_parts(message, at)
            if not rows:
                start_ns, rate_hz, agreed = record.start_ns, record.rate_hz, same
            elif same != agreed:
                raise CorruptRecord("the records of one message disagree")
            names.append(name)
            rows.append(record.samples)
            if len(record.samples) != 4 * record.n_samples:
                raise CorruptRecord(f"byte {at}: not all samples are there")
            at += record.n_bytes
    except (PymseedError, ValueError) as error:
        clear_error_messages()
        where = f"record {len(rows) + 1}, byte {at}"
        raise CorruptRecord(f"{where}: {' '.join(str(error).split())}") from error
    found = _HEADERS.fullmatch(agreed, _AGREED_BYTES)
    if not found:
        raise NotARecord(f"extra headers are not ours: {agreed[_AGREED_BYTES:][:120]!r}")
    quality, boot, seq, error_ns, all_axes = found.groups()
    try:
        stream = _stream(tuple(names))
        if stream.axes != all_axes.decode():
            raise CorruptRecord(f"axes {stream.axes} arrived of {all_axes.decode()}")
        return Block(
            stream=stream,
            boot=int.from_bytes(base64.urlsafe_b64decode(boot + b"="), "big"),
            seq=int(seq, 16),
            start_ns=start_ns,
            rate_hz=rate_hz,
            counts=np.frombuffer(b"".join(rows), np.int32).reshape(len(rows), -1),
            clock_error_ns=int(error_ns, 16),
            time_quality=int(quality),
        )
    except ValueError as error:
        raise CorruptRecord(str(error)) from error


def _header_parts(message: bytes, at: int) -> tuple[bytes, bytes]:
    """Return whose record lies at a byte, and what all records of its message must agree on.

    That is its fixed header but for encoding, CRC and the lengths after them, and its extra
    headers.
    """
    if message[at : at + 3] != _BEGIN:
        raise CorruptRecord(f"byte {at}: no record begins here")
    if message[at + 15] not in _INTEGERS:
        raise CorruptRecord(f"byte {at}: its samples are not integers")
    name = at + FIXED_HEADER_BYTES
    extra = name + message[at + 33]
    end = extra + int.from_bytes(message[at + 34 : at + 36], "little")
    shared = message[at : at + 15] + message[at + 16 : at + 28] + message[extra:end]
    return message[name:extra], shared


@lru_cache(maxsize=65536)
def _stream(names: tuple[bytes, ...]) -> StreamId:
    """Return whose records these are; the same names come every second."""
    network, structure, node, band_source, axes = axis_of(names[0].decode("ascii"))
    for name in names[1:]:
        *same, axis = axis_of(name.decode("ascii"))
        if same != [network, structure, node, band_source]:
            raise CorruptRecord("the records of one message disagree")
        axes += axis
    return StreamId(
        network=network, structure=structure, node=node, band_source=band_source, axes=axes
    )
