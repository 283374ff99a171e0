"""Sample run: gap-free samples of one channel, with the recorded time of every piece it is made of.

An instrument's clock is never exactly its nominal rate, so one start time and a rate do not give
when sample 360 000 was taken. A run has the time of each block or record in it (its anchors).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plumbline.wire.block import FOREVER_NS, NS

Counts = NDArray[np.int32]
Times = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleRun:
    """Gap-free samples of one channel.

    Attributes
    ----------
    nslc
        SEED name, as ``XX.TWR01.3A.HNZ``.
    rate_hz
        Nominal sampling rate. [Hz]
    counts
        Raw samples, shape ``(n,)``. [counts]
    firsts
        Index of the first sample of each anchor, ascending from 0, shape ``(k,)``.
    starts_ns
        Recorded time of that sample, shape ``(k,)``. [ns since 1970]
    qualities
        FDSN time quality from each anchor on, shape ``(k,)``. [percent]
    errors_ns
        Estimated largest clock error from each anchor on, shape ``(k,)``. [ns]
    """

    nslc: str
    rate_hz: float
    counts: Counts
    firsts: Times
    starts_ns: Times
    qualities: Times
    errors_ns: Times

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return int(self.counts.size)

    @property
    def start_ns(self) -> int:
        """Time of the first sample. [ns since 1970]"""
        return int(self.starts_ns[0])

    @property
    def end_ns(self) -> int:
        """Time at which the next sample is due. [ns since 1970]"""
        return self.time_ns(self.n_samples)

    @property
    def half_sample_ns(self) -> int:
        """Half a sample period: what parts a step of the clock from a gap. [ns]"""
        return round(NS / self.rate_hz / 2)

    def time_ns(self, index: int) -> int:
        """Return the time of a sample, from the anchor it belongs to. [ns since 1970]"""
        at = max(int(np.searchsorted(self.firsts, index, side="right")) - 1, 0)
        return int(self.starts_ns[at]) + round((index - int(self.firsts[at])) * NS / self.rate_hz)

    def times_ns(self) -> Times:
        """Return the time of every sample, shape ``(n,)``. [ns since 1970]"""
        lengths = np.diff(self.firsts, append=self.n_samples)
        since = np.arange(self.n_samples) - np.repeat(self.firsts, lengths)
        since_ns = np.rint(since * (NS / self.rate_hz)).astype(np.int64)
        return np.asarray(np.repeat(self.starts_ns, lengths) + since_ns, np.int64)

    def index_at(self, time_ns: int) -> int:
        """Return the index of the first sample at or after a time (``n_samples`` if none)."""
        at = max(int(np.searchsorted(self.starts_ns, time_ns, side="right")) - 1, 0)
        first, start_ns = int(self.firsts[at]), int(self.starts_ns[at])
        end = int(self.firsts[at + 1]) if at + 1 < self.firsts.size else self.n_samples
        index = first + max(int((time_ns - start_ns) * self.rate_hz / NS) - 1, 0)
        while index < end and self.time_ns(index) < time_ns:
            index += 1
        return min(index, end)

    def part(self, first: int, end: int) -> "SampleRun":
        """Return samples ``[first, end)`` with their exact times."""
        a = int(np.searchsorted(self.firsts, first, side="right")) - 1
        b = max(int(np.searchsorted(self.firsts, end, side="left")), a + 1)
        firsts = self.firsts[a:b] - first
        starts_ns = self.starts_ns[a:b].copy()
        starts_ns[0] = self.time_ns(first)
        firsts[0] = 0
        return SampleRun(
            nslc=self.nslc,
            rate_hz=self.rate_hz,
            counts=self.counts[first:end],
            firsts=firsts,
            starts_ns=starts_ns,
            qualities=self.qualities[a:b],
            errors_ns=self.errors_ns[a:b],
        )

    def trimmed(self, start_ns: int, end_ns: int) -> "SampleRun | None":
        """Return the samples with ``start_ns <= time < end_ns``, or None if there are none."""
        first, end = self.index_at(start_ns), self.index_at(end_ns)
        return self.part(first, end) if first < end else None


def anchored(
    nslc: str, rate_hz: float, counts: Counts, start_ns: int, quality: int, error_ns: int
) -> SampleRun:
    """Return a run of one piece."""
    return SampleRun(
        nslc=nslc,
        rate_hz=rate_hz,
        counts=counts,
        firsts=np.zeros(1, np.int64),
        starts_ns=np.array([start_ns], np.int64),
        qualities=np.array([quality], np.int64),
        errors_ns=np.array([error_ns], np.int64),
    )


def chained(pieces: Sequence[SampleRun]) -> list[SampleRun]:
    """Join pieces of one channel that follow each other within half a sample; drop nothing."""
    return [_glued(chain) for chain in _chains(sorted(pieces, key=lambda piece: piece.start_ns))]


def merged(pieces: Sequence[SampleRun]) -> tuple[list[SampleRun], int]:
    """Join pieces so that no instant is there twice: what began first wins.

    Returns
    -------
    runs, hidden
        Runs in the order of time, and how many samples lay under earlier ones.
    """
    visible: list[SampleRun] = []
    hidden = 0
    until_ns: int | None = None
    for piece in sorted(pieces, key=lambda piece: piece.start_ns):
        rest: SampleRun | None = piece
        if until_ns is not None and piece.start_ns < until_ns - piece.half_sample_ns:
            rest = piece.trimmed(until_ns - piece.half_sample_ns, FOREVER_NS)
            hidden += piece.n_samples - (rest.n_samples if rest else 0)
        if rest is not None:
            visible.append(rest)
            until_ns = rest.end_ns
    return chained(visible), hidden


def _chains(pieces: Sequence[SampleRun]) -> Iterator[list[SampleRun]]:
    chain: list[SampleRun] = []
    for piece in pieces:
        if chain and (
            abs(piece.start_ns - chain[-1].end_ns) > piece.half_sample_ns
            or piece.rate_hz != chain[-1].rate_hz
        ):
            yield chain
            chain = []
        chain.append(piece)
    if chain:
        yield chain


def _glued(chain: list[SampleRun]) -> SampleRun:
    if len(chain) == 1:
        return chain[0]
    sizes = np.array([piece.n_samples for piece in chain], np.int64)
    begins = np.cumsum(sizes) - sizes
    return SampleRun(
        nslc=chain[0].nslc,
        rate_hz=chain[0].rate_hz,
        counts=np.concatenate([piece.counts for piece in chain]),
        firsts=np.concatenate([piece.firsts + at for piece, at in zip(chain, begins, strict=True)]),
        starts_ns=np.concatenate([piece.starts_ns for piece in chain]),
        qualities=np.concatenate([piece.qualities for piece in chain]),
        errors_ns=np.concatenate([piece.errors_ns for piece in chain]),
    )
