"""Streams of one structure on one clock: every node's own sample times brought to one grid.

Nodes sample by their own oscillators: after ten minutes at 50 ppm two of them are three samples
apart, which is the phase of a mode and the size of a drift. Each sample's recorded time is used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import signal
from scipy.interpolate import CubicSpline

from plumbline.analysis.arrays import Floats
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

SampleSpan = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """Gap-free samples of one stream with the time of each, as seconds after ``origin_ns``."""

    origin_ns: int
    times_s: Floats
    values: Floats

    @property
    def span_ns(self) -> SampleSpan:
        """Times of the first and the last sample. [ns since 1970]"""
        first_s, last_s = float(self.times_s[0]), float(self.times_s[-1])
        return self.origin_ns + round(first_s * NS), self.origin_ns + round(last_s * NS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AlignedStream:
    """One stream in a window: its gap-free pieces in the order of time.

    Attributes
    ----------
    rate_hz
        About this rate, at most twice the rate requested. [Hz]
    clock_error_ns
        The largest clock error of its blocks. [ns]
    """

    place: Place
    rate_hz: float
    pieces: tuple[Segment, ...]
    clock_error_ns: int

    @property
    def spans(self) -> list[SampleSpan]:
        """Where it has samples. [ns since 1970]"""
        return [piece.span_ns for piece in self.pieces]


def aligned_stream(place: Place, blocks: Iterable[Block], rate_hz: float) -> AlignedStream | None:
    """Return a stream's samples, decimated towards a rate but never below; None without any.

    Parameters
    ----------
    blocks
        Archived blocks of the place, in the order of time.
    rate_hz
        Rate of the grid it will be put on. [Hz]
    """
    runs: list[list[Block]] = []
    worst_ns = 0
    for block in blocks:
        worst_ns = max(worst_ns, block.clock_error_ns)
        half_ns = round(NS / block.rate_hz / 2)
        last = runs[-1][-1] if runs else None
        if last and last.rate_hz == block.rate_hz and abs(block.start_ns - last.end_ns) <= half_ns:
            runs[-1].append(block)
        else:
            runs.append([block])
    pieces = [piece for run in runs if (piece := _piece(place, run, rate_hz)) is not None]
    if not pieces:
        return None
    rates_hz = {block.rate_hz / _step(block.rate_hz, rate_hz) for run in runs for block in run}
    return AlignedStream(
        place=place, rate_hz=min(rates_hz), pieces=tuple(pieces), clock_error_ns=worst_ns
    )


def _piece(place: Place, run: Sequence[Block], rate_hz: float) -> Segment | None:
    origin_ns = run[0].start_ns
    times_s = np.concatenate(
        [(b.start_ns - origin_ns) / NS + np.arange(b.n_samples) / b.rate_hz for b in run]
    )
    values = np.concatenate([place.physical(block) for block in run], axis=-1)
    step = _step(run[0].rate_hz, rate_hz)
    if times_s.size < 60 * step:  # shorter than the filter below, and than anything requested
        return None
    if step > 1:
        offset = values.mean(axis=-1, keepdims=True)
        values = offset + signal.decimate(values - offset, step, ftype="fir", axis=-1)
        times_s = times_s[::step]
    rising = np.r_[True, np.diff(times_s) > 0]  # a clock set back by less than half a sample
    return Segment(origin_ns=origin_ns, times_s=times_s[rising], values=values[:, rising])


def _step(from_hz: float, to_hz: float) -> int:
    return max(1, int(from_hz / to_hz + 1e-6))


def shared(streams: Sequence[AlignedStream]) -> list[SampleSpan]:
    """Return the spans in which every stream has samples. [ns since 1970]"""
    if not streams:
        return []
    lead, *others = [one.spans for one in streams]
    for other in others:
        pairs = [(max(a, c), min(b, d)) for a, b in lead for c, d in other]
        lead = [pair for pair in pairs if pair[0] < pair[1]]
    return lead


def on_grid(streams: Sequence[AlignedStream], span_ns: SampleSpan, rate_hz: float) -> list[Floats]:
    """Return each stream's samples at the times of one grid, ``(n_axes, n)`` each.

    Parameters
    ----------
    span_ns
        One of `shared`, or a part of one. [ns since 1970]

    Raises
    ------
    ValueError
        If a stream has no piece over the whole span.

    Notes
    -----
    Cubic splines through the samples: at a fifth of the rate, where the decimation filters end,
    the gain is 1 within 1 %.
    """
    start_ns, end_ns = span_ns
    n = int((end_ns - start_ns) / NS * rate_hz + 1e-6)
    found = []
    for one in streams:
        piece = next((p for p in one.pieces if _holds(p.span_ns, span_ns)), None)
        if piece is None:
            raise ValueError(f"{one.place.stream.key} has no samples over the whole span")
        grid_s = (start_ns - piece.origin_ns) / NS + np.arange(n) / rate_hz
        offset = piece.values.mean(axis=-1, keepdims=True)
        spline = CubicSpline(piece.times_s, piece.values - offset, axis=-1)
        found.append(np.asarray(spline(grid_s) + offset, dtype=np.float64))
    return found


def _holds(outer: SampleSpan, inner: SampleSpan) -> bool:
    slack_ns = 1000  # of rounding seconds to nanoseconds
    return outer[0] <= inner[0] + slack_ns and inner[1] <= outer[1] + slack_ns
