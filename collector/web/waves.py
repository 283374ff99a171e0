"""The last minutes of every stream, thinned for the eye: envelopes and tilt points."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

KEPT_S = {Unit.ACCELERATION: 120, Unit.TILT: 3600}
POINTS_A_SECOND = 10  # an envelope of ten pairs a second fills a chart 600 pixels wide in a minute
SHOWN_DIGITS = 4
SETTLING_S = 30.0  # the resting level is followed this slowly, after a mean of all so far


class _Points(NamedTuple):
    """What one block comes to: times, and the lowest and highest of each axis and point."""

    times_ns: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(slots=True)
class _Trace:
    place: Place
    kept_ns: int
    unit_a_count: np.ndarray
    rest: np.ndarray | None = None
    seen_s: float = 0.0
    pieces: deque[_Points] = field(default_factory=deque)


class Waves:
    """Envelopes of acceleration about rest [gal] and tilt from zero [urad]; thread-safe."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._lock = threading.Lock()
        self._traces = {
            key: _Trace(
                place=place,
                kept_ns=KEPT_S[place.instrument.unit] * NS,
                unit_a_count=place.unit_a_count(),
            )
            for key, place in places.items()
            if place.instrument.unit in KEPT_S
        }

    def see(self, block: Block) -> None:
        """Take one block in."""
        trace = self._traces.get(block.stream.key)
        if trace is None:
            return
        with self._lock:
            if trace.pieces and block.start_ns <= trace.pieces[-1].times_ns[-1]:
                return  # late data belong to the archive, not to a moving chart
            if trace.place.instrument.unit is Unit.ACCELERATION:
                trace.pieces.append(_acceleration(trace, block))
            else:
                trace.pieces.append(_tilt(trace, block))
            while trace.pieces[0].times_ns[-1] < block.end_ns - trace.kept_ns:
                trace.pieces.popleft()

    def since(self, after_ns: int, unit: Unit) -> dict[str, dict[str, object]]:
        """Return, for each stream of a unit, the points later than a time.

        ``{"XX.TWR01.0A.HN": {"axes": "ZNE", "t": [s...], "low": [[...]...], "high": [[...]...]}}``
        """
        with self._lock:
            chosen = {
                key: (trace, [piece for piece in trace.pieces if piece.times_ns[-1] > after_ns])
                for key, trace in self._traces.items()
                if trace.place.instrument.unit is unit
            }
        return {
            key: {
                "axes": trace.place.stream.axes,
                "name": trace.place.node.name,
                **_shown(pieces, after_ns),
            }
            for key, (trace, pieces) in chosen.items()
        }


def _acceleration(trace: _Trace, block: Block) -> _Points:
    gal_a_count = 100.0 * trace.unit_a_count
    mean = np.add.reduce(block.counts, axis=1) / block.n_samples * gal_a_count
    seconds = block.n_samples / block.rate_hz
    trace.seen_s += seconds
    if trace.rest is None:
        trace.rest = mean
    share = seconds / max(seconds, min(trace.seen_s, SETTLING_S))
    trace.rest = trace.rest + share * (mean - trace.rest)
    step = max(1, round(block.rate_hz / POINTS_A_SECOND))
    starts = np.arange(0, block.n_samples, step)
    # the extremes in counts, of a tenth as many values as samples, then in gal
    least = np.minimum.reduceat(block.counts, starts, axis=1) * gal_a_count[:, np.newaxis]
    most = np.maximum.reduceat(block.counts, starts, axis=1) * gal_a_count[:, np.newaxis]
    rest = trace.rest[:, np.newaxis]
    return _Points(
        times_ns=block.start_ns + np.rint(starts * (NS / block.rate_hz)).astype(np.int64),
        low=np.minimum(least, most) - rest,  # an axis mounted reversed turns them round
        high=np.maximum(least, most) - rest,
    )


def _tilt(trace: _Trace, block: Block) -> _Points:
    urad = block.counts * trace.unit_a_count[:, np.newaxis]
    zeros = np.nan_to_num(trace.place.zeros(block.start_ns))
    tilt = (np.median(urad, axis=1) - zeros)[:, np.newaxis]
    return _Points(times_ns=np.array([block.start_ns]), low=tilt, high=tilt)


def _shown(pieces: list[_Points], after_ns: int) -> dict[str, list[object]]:
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
        "low": low.round(SHOWN_DIGITS).tolist(),
        "high": high.round(SHOWN_DIGITS).tolist(),
    }
