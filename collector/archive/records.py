"""Reading back the records of a chunk."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pymseed import MS3Record

from plumbline.collector.archive.books import Chunk
from plumbline.collector.archive.run import Run, anchored

_QUALITY = re.compile(r'"Quality":(\d+)')


def runs_in(archive: Path, chunk: Chunk, start_ns: int, end_ns: int) -> Iterator[Run]:
    """Yield the records of a chunk that touch a span, each as a run of its own."""
    with (archive / chunk.name).open("rb") as file:
        file.seek(chunk.first_byte)
        content = file.read(chunk.length)
    for msr in MS3Record.from_buffer(content):
        if msr.starttime >= end_ns or msr.endtime < start_ns:
            continue
        msr.unpack_data()
        quality = _QUALITY.search(msr.extra)
        yield anchored(
            chunk.nslc,
            msr.samprate,
            np.array(msr.np_datasamples, np.int32),
            msr.starttime,
            int(quality[1]) if quality else 0,
            chunk.error_ns,
        )
