"""Damage in a day file: which records of a chunk are what was written, and which cannot be trusted.

miniSEED 2 has no checksum, and most flipped bits decode to other samples without a word. What
proves a record: the CRC of its chunk; without it its name, its place in the chunk's time, and for
Steim-2 the first and last sample that the encoder wrote beside the differences.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

import numpy as np
from pymseed import DataEncoding, MS3Record
from pymseed.exceptions import PymseedError

from plumbline.collector.archive.index import IndexedChunk
from plumbline.collector.archive.record_packing import LENGTHS
from plumbline.collector.archive.sample_run import Counts
from plumbline.wire.block import NS

STEP = LENGTHS[-1]
"""Records begin at multiples of the shortest length, so that is where the next is searched. [B]"""
SHARED_NS = 1_000_000
"""Recorded and predicted begin part by half a sample and what the packing allows. [ns]"""
_CONTROL_AT, _NAME_AT, _DATA_AT, _LENGTH_AT = 6, slice(8, 20), slice(44, 46), 54


class DamagedRecord(NamedTuple):
    """Bytes of a day file that are not what was written, and the time they stood for.

    ``name`` is the file below the data folder; ``start_ns`` equals ``end_ns`` where no sample
    is known to be lost.
    """

    nslc: str
    name: str
    first_byte: int
    length: int
    start_ns: int
    end_ns: int
    reason: str


class SoundRecord(NamedTuple):
    """A record that proved itself: its bytes, its samples and their times. [ns since 1970]"""

    content: memoryview
    start_ns: int
    rate_hz: float
    counts: Counts
    extra: str

    @property
    def end_ns(self) -> int:
        """Time at which the sample after the last is due. [ns since 1970]"""
        return self.start_ns + round(self.counts.size * NS / self.rate_hz)


class _Stretch(NamedTuple):
    at: int
    length: int
    record: SoundRecord | None
    reason: str


def matches_checksum(content: bytes, chunk: IndexedChunk) -> bool:
    """Return whether a chunk's bytes are exactly what was appended; False without a CRC."""
    return chunk.crc is not None and len(content) == chunk.length and crc32(content) == chunk.crc


def checked_records(content: bytes, chunk: IndexedChunk) -> Iterator[SoundRecord | DamagedRecord]:
    """Yield the records of a chunk that can be trusted, and what lies between them, in order."""
    stretches = list(_placed(list(_stretches(content, chunk)), chunk))
    if len(content) < chunk.length:
        reason = "the file ends before it"
        stretches.append(_Stretch(len(content), chunk.length - len(content), None, reason))
    until_ns = chunk.start_ns
    for n, stretch in enumerate(stretches):
        if stretch.record is not None:
            yield stretch.record
            until_ns = stretch.record.end_ns
        elif n == 0 or stretches[n - 1].record is not None:  # neighbours are one damage
            yield _damage(chunk, stretches[n:], until_ns)
    readable = all(stretch.record is not None for stretch in stretches)
    if readable and chunk.crc is not None and not matches_checksum(content, chunk):
        reason = "differs from its checksum, though every record can be read"
        yield _damaged(chunk, 0, chunk.length, (chunk.start_ns, chunk.start_ns), reason)


def _damage(chunk: IndexedChunk, rest: list[_Stretch], until_ns: int) -> DamagedRecord:
    """Return the damage that begins a list, up to the next record that is sound."""
    length = 0
    for stretch in rest:
        if stretch.record is not None:
            end_ns = stretch.record.start_ns
            break
        length += stretch.length
    else:
        end_ns = chunk.end_ns
    span_ns = (until_ns, max(until_ns, end_ns))
    return _damaged(chunk, rest[0].at, length, span_ns, rest[0].reason)


def _damaged(
    chunk: IndexedChunk, at: int, length: int, span_ns: tuple[int, int], reason: str
) -> DamagedRecord:
    first_byte = chunk.first_byte + at
    return DamagedRecord(chunk.nslc, f"archive/{chunk.name}", first_byte, length, *span_ns, reason)


def _stretches(content: bytes, chunk: IndexedChunk) -> Iterator[_Stretch]:
    """Walk a chunk; after damage the walk goes on where a record of the channel begins."""
    name = _seed_name(chunk.nslc)
    begins = [at for at in range(0, len(content), STEP) if _is_record(content, at, name)]
    edges = [*begins, len(content)] if begins else [len(content)]
    if edges[0] > 0:
        yield _Stretch(0, edges[0], None, "no record begins here")
    for at, following in zip(begins, edges[1:], strict=True):
        length = 1 << content[at + _LENGTH_AT]
        if length not in LENGTHS or length > following - at:
            yield _Stretch(at, following - at, None, "its length is not that of the record")
            continue
        record, reason = _decoded(memoryview(content)[at : at + length])
        yield _Stretch(at, length, record, reason)
        if at + length < following:
            yield _Stretch(at + length, following - at - length, None, "no record begins here")


def _seed_name(nslc: str) -> bytes:
    network, structure, node, channel = nslc.split(".")
    return f"{structure:<5}{node:<2}{channel:<3}{network:<2}".encode("ascii")


def _is_record(content: bytes, at: int, name: bytes) -> bool:
    head = content[at : at + 64]
    return len(head) == 64 and head[_CONTROL_AT] in b"DRQM" and head[_NAME_AT] == name


def _decoded(content: memoryview) -> tuple[SoundRecord | None, str]:
    try:
        msr = MS3Record.parse(content, unpack_data=True)
        counts = np.array(msr.np_datasamples, np.int32)
        record = SoundRecord(content, msr.starttime, msr.samprate, counts, msr.extra)
        encoding = msr.encoding
    except (PymseedError, ValueError, UnicodeError) as error:
        return None, f"cannot be decoded: {str(error).splitlines()[0]}"
    if counts.size == 0 or record.rate_hz <= 0:
        return None, "holds no samples"
    data = int.from_bytes(content[_DATA_AT], "big")
    if encoding == DataEncoding.STEIM2:
        ends = np.frombuffer(content[data + 4 : data + 12], ">i4")
        if ends.size < 2 or (counts[0], counts[-1]) != (ends[0], ends[1]):
            return None, "its samples do not end where the encoder says"
    return record, ""


def _placed(stretches: list[_Stretch], chunk: IndexedChunk) -> Iterator[_Stretch]:
    """Refuse records whose rate or time is not that of the chunk: samples follow without a gap."""
    rates = Counter(one.record.rate_hz for one in stretches if one.record is not None)
    rate_hz = rates.most_common(1)[0][0] if rates else 1.0
    apart_ns = round(0.51 * NS / rate_hz) + SHARED_NS
    due_ns, follows = chunk.start_ns, True
    for one in stretches:
        record = one.record
        if record is None:
            follows = False
        elif (
            record.rate_hz != rate_hz
            or record.start_ns < due_ns - apart_ns
            or (follows and record.start_ns > due_ns + apart_ns)
            or record.end_ns > chunk.end_ns + apart_ns
        ):
            follows = False
            yield one._replace(record=None, reason="its time or rate does not fit its neighbours")
            continue
        else:
            due_ns, follows = record.end_ns, True
        yield one
