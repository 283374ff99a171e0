"""Selection of the record to identify: shared by all channels, free of episodes, the quietest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.collector.archive.blocks import archived_blocks
from plumbline.collector.archive.common_grid import (
    AlignedStream,
    SampleSpan,
    aligned_stream,
    on_grid,
    shared,
)
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.jobs.modal.channel_selection import channel_names, level_rows
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

RATE_OVER_TOP = 5.0
"""Splines between samples are good to a fifth of the rate."""

LEAST_SHARE = 0.5
"""A channel with less than this share of what the best has is left out: it would cost all."""

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SelectedRecord:
    """One quiet record of all channels, ready for identification.

    Attributes
    ----------
    span_ns
        First and last sample. [ns since 1970]
    channels
        Names of the rows, as ``3A.N``.
    left_out
        Streams that had too little.
    """

    span_ns: SampleSpan
    rate_hz: float
    accel_ms2: Floats
    channels: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SelectedRecords:
    """Result of the selection in a stretch of time.

    Attributes
    ----------
    record
        The quiet record; None if none is long enough.
    shaken
        Whether there would have been one without the episodes.
    """

    record: SelectedRecord | None
    shaken: bool


def quiet_record(
    archive: ArchiveReader,
    streams: Sequence[Place],
    stretch_ns: SampleSpan,
    blanked_ns: Sequence[SampleSpan],
    *,
    window_s: float,
    least_s: float,
    high_hz: float,
) -> SelectedRecords:
    """Return the quietest record of a stretch of time.

    Parameters
    ----------
    stretch_ns
        Span to choose from. [ns since 1970]
    blanked_ns
        Spans that are not quiet: episodes with a margin. [ns since 1970]
    window_s, least_s
        Length wanted, and the shortest that is taken. [s]
    high_hz
        Highest frequency that is identified. [Hz]
    """
    rate_hz = RATE_OVER_TOP * high_hz
    aligned = [
        made
        for place in streams
        if (made := aligned_stream(place, archived_blocks(archive, place, *stretch_ns), rate_hz))
    ]
    best = max((_length_ns(one) for one in aligned), default=0)
    usable = [one for one in aligned if _length_ns(one) >= LEAST_SHARE * best]
    if not usable:
        return SelectedRecords(record=None, shaken=False)
    rate_hz = min(rate_hz, *(one.rate_hz for one in usable))
    common = shared(usable)
    free = [span for span in _without(common, blanked_ns) if _seconds(span) >= least_s]
    if not free:
        return SelectedRecords(
            record=None, shaken=any(_seconds(span) >= least_s for span in common)
        )
    span_ns, values = min(
        (_quietest(usable, span, rate_hz, window_s) for span in free), key=lambda each: each[0]
    )[1:]
    names = {one.place.stream.key for one in usable}
    return SelectedRecords(
        record=SelectedRecord(
            span_ns=span_ns,
            rate_hz=rate_hz,
            accel_ms2=values,
            channels=tuple(name for one in usable for name in channel_names(one.place)),
            left_out=tuple(p.stream.key for p in streams if p.stream.key not in names),
        ),
        shaken=False,
    )


def _quietest(
    aligned: Sequence[AlignedStream], span_ns: SampleSpan, rate_hz: float, window_s: float
) -> tuple[float, SampleSpan, Floats]:
    """Return how loud the quietest window of a span is, where it lies, and its samples.

    Modes are identified from what wind and traffic do all the time; a blow or a hoist is not that.
    The measure is the loudest minute of the window over the span's median one, by the median
    channel.
    """
    rows = on_grid(aligned, span_ns, rate_hz)
    accel = np.concatenate(
        [row[level_rows(one.place)] for one, row in zip(aligned, rows, strict=True)]
    )
    accel -= accel.mean(axis=1, keepdims=True)
    minute = round(MINUTE_S * rate_hz)
    minutes = accel.shape[1] // minute
    wanted = min(minutes, round(window_s / MINUTE_S))
    loud = accel[:, : minutes * minute].reshape(len(accel), minutes, minute).std(axis=2)
    typical = np.median(loud, axis=1, keepdims=True)
    level = np.median(loud / np.where(typical > 0, typical, 1.0), axis=0)
    loudest = [float(level[k : k + wanted].max()) for k in range(minutes - wanted + 1)]
    first = int(np.argmin(loudest)) * minute
    cut = accel[:, first : first + wanted * minute]
    begin_ns = span_ns[0] + round(first / rate_hz * NS)
    return (
        loudest[first // minute],
        (begin_ns, begin_ns + round(cut.shape[1] / rate_hz * NS)),
        cut,
    )


def temperature_c(
    archive: ArchiveReader, streams: Sequence[Place], span_ns: SampleSpan
) -> float | None:
    """Return the mean temperature of a structure: of each sensor its median. [°C]"""
    medians = []
    for place in streams:
        blocks = list(archived_blocks(archive, place, *span_ns))
        if blocks:
            values = np.concatenate([place.physical(block)[0] for block in blocks])
            medians.append(float(np.median(values)))
    return float(np.mean(medians)) if medians else None


def _without(spans: Sequence[SampleSpan], blanked: Sequence[SampleSpan]) -> list[SampleSpan]:
    left = list(spans)
    for first, last in blanked:
        left = [
            part
            for begin, end in left
            for part in ((begin, min(end, first)), (max(begin, last), end))
            if part[0] < part[1]
        ]
    return left


def _length_ns(one: AlignedStream) -> int:
    return sum(end - begin for begin, end in one.spans)


def _seconds(span: SampleSpan) -> float:
    return (span[1] - span[0]) / NS
