"""Reading back the records of a chunk; what is damaged is left out and listed."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pymseed import MS3Record

from plumbline.collector.archive.index import IndexedChunk
from plumbline.collector.archive.record_check import (
    DamagedRecord,
    checked_records,
    matches_checksum,
)
from plumbline.collector.archive.sample_run import SampleRun, anchored
from plumbline.collector.archive.sds import DAY_NS
from plumbline.wire.block import NS

_QUALITY = re.compile(r'"Quality":(\d+)')
_BTIME = struct.Struct(">BBBxH")  # hour, minute, second, 0.1 ms; miniSEED 2.4 header, byte 24
_BTIME_AT, _LENGTH_AT = 24, 54  # our records begin with blockette 1000, so its length is here
_BTIME_NS = 100_000


def runs_in(
    archive: Path,
    chunk: IndexedChunk,
    start_ns: int,
    end_ns: int,
    damaged: list[DamagedRecord] | None = None,
) -> Iterator[SampleRun]:
    """Yield the records of a chunk that touch a span, each as a run of its own.

    Parameters
    ----------
    damaged
        Takes what cannot be trusted and is therefore not among the runs.
    """
    content = chunk_bytes(archive, chunk)
    if not matches_checksum(content, chunk):
        yield from _sound_runs(content, chunk, start_ns, end_ns, damaged)
        return
    for record in _near(content, chunk, start_ns, end_ns):
        msr = MS3Record.parse(record, unpack_data=True)
        if msr.starttime >= end_ns or msr.endtime < start_ns:
            continue
        counts = np.array(msr.np_datasamples, np.int32)
        quality = _quality(msr.extra)
        yield anchored(chunk.nslc, msr.samprate, counts, msr.starttime, quality, chunk.error_ns)


def chunk_bytes(archive: Path, chunk: IndexedChunk) -> bytes:
    """Return the bytes of a chunk; fewer where the file is shorter, none where it is gone."""
    try:
        with (archive / chunk.name).open("rb") as file:
            file.seek(chunk.first_byte)
            return file.read(chunk.length)
    except FileNotFoundError:
        return b""


def _sound_runs(
    content: bytes,
    chunk: IndexedChunk,
    start_ns: int,
    end_ns: int,
    damaged: list[DamagedRecord] | None,
) -> Iterator[SampleRun]:
    """Yield what can be trusted of a chunk without a proven checksum, record by record."""
    for found in checked_records(content, chunk):
        if found.start_ns >= end_ns or found.end_ns < start_ns:
            continue
        if isinstance(found, DamagedRecord):
            if damaged is not None:
                damaged.append(found)
            continue
        quality = _quality(found.extra)
        yield anchored(
            chunk.nslc, found.rate_hz, found.counts, found.start_ns, quality, chunk.error_ns
        )


def _quality(extra: str) -> int:
    found = _QUALITY.search(extra)
    return int(found[1]) if found else 0


def _near(content: bytes, chunk: IndexedChunk, start_ns: int, end_ns: int) -> Iterator[memoryview]:
    """Yield the records that may touch a span, judged by their own and the next one's begin.

    A record is stepped over without being parsed: an hour has hundreds and a window needs few.
    """
    view = memoryview(content)
    day_ns = chunk.start_ns // DAY_NS * DAY_NS
    before: memoryview | None = None
    before_ns = 0
    at = 0
    while at < len(content):
        hour, minute, second, fraction = _BTIME.unpack_from(content, at + _BTIME_AT)
        begin_ns = day_ns + (hour * 3600 + minute * 60 + second) * NS + fraction * _BTIME_NS
        if before is not None and not before_ns < begin_ns <= start_ns - _BTIME_NS:
            yield before
        end = at + (1 << content[at + _LENGTH_AT])
        before = view[at:end] if begin_ns < end_ns + _BTIME_NS else None
        before_ns, at = begin_ns, end
    if before is not None:
        yield before
