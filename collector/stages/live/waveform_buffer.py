"""Waveform buffer: the last minutes of every stream as envelopes and tilt points, for the page."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

RETENTION_S = {Unit.ACCELERATION: 120, Unit.TILT: 3600}
POINTS_A_SECOND = 10  # an envelope of ten pairs a second fills a chart 600 pixels wide in a minute
DIGITS = 4
SETTLING_S = 30.0  # the resting level is followed this slowly, after a mean of all so far
TOGETHER = 8  # blocks are thinned so many at a time, or when points are requested


class _Points(NamedTuple):
    """Points of some blocks: times, and the lowest and highest of each axis and point."""

    times_ns: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(slots=True)
class _Trace:
    place: Place
    retention_ns: int
    rest: np.ndarray | None = None
    seen_s: float = 0.0
    fresh: list[Block] = field(default_factory=list)
    last_ns: int | None = None
    pieces: deque[_Points] = field(default_factory=deque)


class WaveformBuffer:
    """Envelopes of acceleration about rest [gal] and tilt from zero [urad]; thread-safe."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._lock = threading.Lock()
        self._traces = {
            key: _Trace(
                place=place,
                retention_ns=RETENTION_S[place.instrument.unit] * NS,
            )
            for key, place in places.items()
            if place.instrument.unit in RETENTION_S
        }

    def feed(self, block: Block) -> None:
        """Take one block in."""
        trace = self._traces.get(block.stream.key)
        if trace is None:
            return
        with self._lock:
            if trace.last_ns is not None and block.start_ns <= trace.last_ns:
                return  # late data belong to the archive, not to a moving chart
            trace.last_ns = block.time_ns((block.n_samples - 1) // _step(block) * _step(block))
            trace.fresh.append(block)
            if len(trace.fresh) >= TOGETHER:
                _thin(trace)

    def since(self, after_ns: int, unit: Unit) -> dict[str, dict[str, object]]:
        """Return, for each stream of a unit, the points later than a time.

        ``{"XX.TWR01.0A.HN": {"axes": "ZNE", "t": [s...], "low": [[...]...], "high": [[...]...]}}``
        """
        with self._lock:
            requested = {k: t for k, t in self._traces.items() if t.place.instrument.unit is unit}
            for trace in requested.values():
                _thin(trace)
            chosen = {
                key: (trace, [piece for piece in trace.pieces if piece.times_ns[-1] > after_ns])
                for key, trace in requested.items()
            }
        return {
            key: {
                "axes": trace.place.stream.axes,
                "name": trace.place.node.name,
                **_points_since(pieces, after_ns),
            }
            for key, (trace, pieces) in chosen.items()
        }


def _thin(trace: _Trace) -> None:
    """Make points of what came since the last time, and forget what is too old to be shown."""
    fresh, trace.fresh = trace.fresh, []
    if not fresh:
        return
    shaken = trace.place.instrument.unit is Unit.ACCELERATION
    trace.pieces.append(_acceleration(trace, fresh) if shaken else _tilt(trace, fresh))
    while trace.pieces[0].times_ns[-1] < fresh[-1].end_ns - trace.retention_ns:
        trace.pieces.popleft()


def _acceleration(trace: _Trace, blocks: list[Block]) -> _Points:
    gal_a_count = 100.0 * trace.place.unit_a_count()[:, np.newaxis]
    counts = np.concatenate([block.counts for block in blocks], axis=1)
    sizes = [block.n_samples for block in blocks]
    firsts = np.cumsum([0, *sizes[:-1]])
    means = np.add.reduceat(counts, firsts, axis=1, dtype=np.int64) / np.array(sizes) * gal_a_count
    within = [np.arange(0, n, _step(block)) for block, n in zip(blocks, sizes, strict=True)]
    starts = np.concatenate([own + first for own, first in zip(within, firsts, strict=True)])
    rests = np.stack([_rest(trace, mean, b) for mean, b in zip(means.T, blocks, strict=True)], 1)
    rest = np.repeat(rests, [len(own) for own in within], axis=1)
    # the extremes in counts, of a tenth as many values as samples, then in gal
    least = np.minimum.reduceat(counts, starts, axis=1) * gal_a_count
    most = np.maximum.reduceat(counts, starts, axis=1) * gal_a_count
    times_ns = [
        b.start_ns + np.rint(own * (NS / b.rate_hz)).astype(np.int64)
        for own, b in zip(within, blocks, strict=True)
    ]
    return _Points(
        times_ns=np.concatenate(times_ns),
        low=np.minimum(least, most) - rest,  # an axis mounted reversed turns them round
        high=np.maximum(least, most) - rest,
    )


def _step(block: Block) -> int:
    """Return how many samples a point is made of."""
    return max(1, round(block.rate_hz / POINTS_A_SECOND))


def _rest(trace: _Trace, mean: np.ndarray, block: Block) -> np.ndarray:
    """Let the resting level follow the mean of the next block; return it."""
    seconds = block.n_samples / block.rate_hz
    trace.seen_s += seconds
    if trace.rest is None:
        trace.rest = mean
    share = seconds / max(seconds, min(trace.seen_s, SETTLING_S))
    trace.rest = trace.rest + share * (mean - trace.rest)
    return trace.rest


def _tilt(trace: _Trace, blocks: list[Block]) -> _Points:
    tilts = [
        np.median(trace.place.physical(block), axis=1)
        - np.nan_to_num(trace.place.zeros(block.start_ns))
        for block in blocks
    ]
    times_ns = np.array([block.start_ns for block in blocks])
    return _Points(times_ns=times_ns, low=np.stack(tilts, axis=1), high=np.stack(tilts, axis=1))


def _points_since(pieces: list[_Points], after_ns: int) -> dict[str, list[object]]:
    """Return the points later than a time as lists, an axis after the other."""
    if not pieces:
        return {"t": [], "low": [], "high": []}
    times_ns = np.concatenate([piece.times_ns for piece in pieces])
    later = times_ns > after_ns
    low, high = (
        np.concatenate([getattr(piece, name) for piece in pieces], axis=1)[:, later]
        for name in ("low", "high")
    )
    return {
        "t": [round(time_ns / NS, 3) for time_ns in times_ns[later].tolist()],
        "low": low.round(DIGITS).tolist(),
        "high": high.round(DIGITS).tolist(),
    }
