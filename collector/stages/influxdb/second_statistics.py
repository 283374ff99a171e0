"""Statistics of whole seconds of UTC, gathered from blocks that are cut anywhere.

A second is written with what is known of it, and again when more of it arrives; InfluxDB keeps the
last. Sums are exact integers, so that the end does not depend on how the samples were cut.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plumbline.collector.stages.influxdb import schema
from plumbline.collector.stages.influxdb.line_protocol import sample_times_ns
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

NEWEST = 2  # a second that looks whole may still get a sample, from a clock that runs fast
INCOMPLETE = 64  # seconds at the edges of gaps, kept for what comes late
EXACT = 1 << 26  # larger counts overflow int64 when a second of their squares is summed


@dataclass(slots=True)
class SecondSums:
    """Sums of one axis over a part of a second. [counts]"""

    n: int
    total: int
    squares: int
    low: int
    high: int

    def add(self, other: "SecondSums") -> None:
        """Take in another part of the same second."""
        self.n += other.n
        self.total += other.total
        self.squares += other.squares
        self.low = min(self.low, other.low)
        self.high = max(self.high, other.high)

    @property
    def mean(self) -> float:
        """Mean. [counts]"""
        return self.total / self.n

    @property
    def rms(self) -> float:
        """Root mean square about the mean. [counts]"""
        return math.sqrt(self.n * self.squares - self.total**2) / self.n

    @property
    def peak(self) -> float:
        """Largest distance from the mean. [counts]"""
        return max(self.high - self.mean, self.mean - self.low)


class SecondStatistics:
    """Statistics of the seconds of one stream."""

    def __init__(self, place: Place) -> None:
        stream, instrument = place.stream, place.instrument
        self._heads = [
            f"{schema.SECOND.name},network={stream.network},structure={stream.structure},"
            f"node={stream.node},channel={name}"
            for name in stream.channels
        ]
        self._units = [
            (1.0 / instrument.sensitivity, axis.polarity / instrument.sensitivity)
            for axis in instrument.axes
        ]
        self._whole = math.floor(instrument.rate_hz)
        self._open: dict[int, list[SecondSums]] = {}

    def lines(self, block: Block) -> Iterator[str]:
        """Take a block in and yield the measures of every second it touches."""
        seconds = sample_times_ns(block) // NS
        edges = [0, *(np.flatnonzero(np.diff(seconds)) + 1).tolist(), block.n_samples]
        for first, end in pairwise(edges):
            second = int(seconds[first])
            sums = [_sums_of(row) for row in block.counts[:, first:end]]
            for part, known in zip(sums, self._open.pop(second, ()), strict=False):
                part.add(known)
            self._open[second] = sums
            yield from self._lines(second, sums)
        self._forget()

    def state(self) -> list[tuple[int, list[list[int]]]]:
        """Return what `restore` takes, as JSON can hold it."""
        return [
            (second, [[t.n, t.total, t.squares, t.low, t.high] for t in sums])
            for second, sums in self._open.items()
        ]

    def restore(self, state: list[tuple[int, list[list[int]]]]) -> None:
        """Go on from a state."""
        self._open = {second: [SecondSums(*part) for part in parts] for second, parts in state}

    def _lines(self, second: int, sums: list[SecondSums]) -> Iterator[str]:
        for head, (size, signed), part in zip(self._heads, self._units, sums, strict=True):
            peak, rms, mean = part.peak * size, part.rms * size, part.mean * signed
            yield (
                f"{head} peak={peak!r},rms={rms!r},mean={mean!r},samples={part.n}i {second * NS}"
            )

    def _forget(self) -> None:
        """Drop whole seconds but the newest touched, and the longest untouched of the others."""
        touched = list(self._open)
        for second in touched[:-NEWEST]:
            if self._open[second][0].n >= self._whole:
                del self._open[second]
        for second in list(self._open)[:-INCOMPLETE]:
            del self._open[second]


def _sums_of(row: NDArray[np.int32]) -> SecondSums:
    low, high = int(row.min()), int(row.max())
    wide = row.astype(np.int64)
    if max(-low, high) < EXACT:
        squares = int(np.dot(wide, wide))
    else:
        squares = sum(value * value for value in wide.tolist())
    return SecondSums(n=row.size, total=int(wide.sum()), squares=squares, low=low, high=high)
