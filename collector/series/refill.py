"""Archived windows as blocks again, for series that are filled a second time."""

from collections.abc import Iterator

import numpy as np

from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.run import Run
from plumbline.wire.block import Block
from plumbline.wire.inventory.lookup import Place

SLICE_NS = 600 * 1_000_000_000  # ten minutes at a time bound the memory of a long refill


def archived_blocks(
    archive: ArchiveReader, place: Place, start_ns: int, end_ns: int
) -> Iterator[Block]:
    """Yield what the archive holds of a stream, cut at its recorded block times.

    Samples that not every axis has are left out: a line of a waveform needs all axes.
    """
    for begin_ns in range(start_ns, end_ns, SLICE_NS):
        window = archive.read_window(place.stream.key, begin_ns, min(begin_ns + SLICE_NS, end_ns))
        rows = [window.channels.get(nslc, []) for nslc in place.stream.nslc]
        for runs in zip(*rows, strict=False):
            if len({(run.start_ns, run.n_samples) for run in runs}) == 1:
                yield from _blocks(place, runs)


def _blocks(place: Place, runs: tuple[Run, ...]) -> Iterator[Block]:
    lead = runs[0]
    counts = np.stack([run.counts for run in runs]).astype(np.int32)
    ends = [*lead.firsts[1:].tolist(), lead.n_samples]
    for number, (first, end) in enumerate(zip(lead.firsts.tolist(), ends, strict=True)):
        yield Block(
            stream=place.stream,
            boot=0,
            seq=0,
            start_ns=int(lead.starts_ns[number]),
            rate_hz=lead.rate_hz,
            counts=counts[:, first:end],
            clock_error_ns=int(lead.errors_ns[number]),
            time_quality=int(lead.qualities[number]),
        )
