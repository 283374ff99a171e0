"""Reading back the records of a chunk."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pymseed import MS3Record

from plumbline.collector.archive.index import IndexedChunk
from plumbline.collector.archive.sample_run import SampleRun, anchored
from plumbline.collector.archive.sds import DAY_NS
from plumbline.wire.block import NS

_QUALITY = re.compile(r'"Quality":(\d+)')
_BTIME = struct.Struct(">BBBxH")  # hour, minute, second, 0.1 ms; miniSEED 2.4 header, byte 24
_BTIME_AT, _LENGTH_AT = 24, 54  # our records begin with blockette 1000, so its length is here
_BTIME_NS = 100_000


def runs_in(archive: Path, chunk: IndexedChunk, start_ns: int, end_ns: int) -> Iterator[SampleRun]:
    """Yield the records of a chunk that touch a span, each as a run of its own."""
    with (archive / chunk.name).open("rb") as file:
        file.seek(chunk.first_byte)
        content = file.read(chunk.length)
    for record in _near(content, chunk, start_ns, end_ns):
        msr = MS3Record.parse(record, unpack_data=True)
        if msr.starttime >= end_ns or msr.endtime < start_ns:
            continue
        quality = _QUALITY.search(msr.extra)
        yield anchored(
            chunk.nslc,
            msr.samprate,
            np.array(msr.np_datasamples, np.int32),
            msr.starttime,
            int(quality[1]) if quality else 0,
            chunk.error_ns,
        )


def _near(content: bytes, chunk: IndexedChunk, start_ns: int, end_ns: int) -> Iterator[memoryview]:
    """Yield the records that may touch a span, judged by their own and the next one's begin.

    A record is stepped over without being parsed: an hour has hundreds and a window asks for few.
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
