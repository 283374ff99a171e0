"""Archived samples as blocks again: what every axis has, cut at its recorded times."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.sample_run import SampleRun
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

SLICE_NS = 600 * NS  # ten minutes at a time bound the memory of a long refill
ArchivedSpan = tuple[int, int]
Window = Callable[[str, int, int], Iterator[Block]]
"""Returns the archived blocks of a stream, by its key, between two times."""


def archived_blocks(
    archive: ArchiveReader, place: Place, start_ns: int, end_ns: int, *, slice_ns: int = SLICE_NS
) -> Iterator[Block]:
    """Yield what the archive holds of a stream, cut at its recorded times.

    Samples that not every axis has are left out: a line of a waveform needs all axes.

    Parameters
    ----------
    slice_ns
        How much is read at once; a slow stream may be read in longer pieces. [ns]
    """
    for begin_ns, stop_ns in slices(start_ns, end_ns, slice_ns):
        window = archive.read_window(place.stream.key, begin_ns, stop_ns)
        rows = [window.channels.get(nslc, []) for nslc in place.stream.nslc]
        for span_ns in common_spans(rows):
            cut = [run.trimmed(*span_ns) for row in rows for run in row]
            runs = [run for run in cut if run is not None]
            if len(runs) == len(rows) and len({run.n_samples for run in runs}) == 1:
                yield from _blocks(place, runs)


def slices(start_ns: int, end_ns: int, slice_ns: int = SLICE_NS) -> Iterator[ArchivedSpan]:
    """Cut a span at whole multiples of a slice: ten minutes by default."""
    while start_ns < end_ns:
        stop_ns = min((start_ns // slice_ns + 1) * slice_ns, end_ns)
        yield start_ns, stop_ns
        start_ns = stop_ns


def common_spans(rows: Sequence[Sequence[SampleRun]]) -> list[ArchivedSpan]:
    """Return the spans every axis has, with edges half a sample before the samples.

    Records of two axes are cut at different samples, so the times of one instant may differ by
    the packing's tolerance: far less than half a sample.
    """
    lead, *others = [
        [(run.start_ns - run.half_sample_ns, run.end_ns - run.half_sample_ns) for run in row]
        for row in rows
    ]
    for other in others:
        pairs = [(max(a, c), min(b, d)) for a, b in lead for c, d in other]
        lead = [(begin_ns, end_ns) for begin_ns, end_ns in pairs if begin_ns < end_ns]
    return lead


def _blocks(place: Place, runs: Sequence[SampleRun]) -> Iterator[Block]:
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
