"""The last minutes of every stream, thinned for the eye: envelopes and tilt points."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

KEPT_S = {Unit.ACCELERATION: 120, Unit.TILT: 3600}
POINTS_A_SECOND = 10  # an envelope of ten pairs a second fills a chart 600 pixels wide in a minute
SETTLING_S = 30.0  # the resting level is followed this slowly, after a mean of all so far


@dataclass(slots=True)
class _Trace:
    place: Place
    kept_ns: int
    rest: np.ndarray | None = None
    seen_s: float = 0.0
    points: deque[tuple[int, list[float], list[float]]] = field(default_factory=deque)


class Waves:
    """Envelopes of acceleration about rest [gal] and tilt from zero [urad]; thread-safe."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._lock = threading.Lock()
        self._traces = {
            key: _Trace(place=place, kept_ns=KEPT_S[place.instrument.unit] * NS)
            for key, place in places.items()
            if place.instrument.unit in KEPT_S
        }

    def see(self, block: Block) -> None:
        """Take one block in."""
        trace = self._traces.get(block.stream.key)
        if trace is None:
            return
        values = trace.place.physical(block)
        with self._lock:
            if trace.points and block.start_ns <= trace.points[-1][0]:
                return  # late data belong to the archive, not to a moving chart
            if trace.place.instrument.unit is Unit.ACCELERATION:
                self._see_acceleration(trace, block, values * 100.0)
            else:
                self._see_tilt(trace, block, values)
            while trace.points[0][0] < block.end_ns - trace.kept_ns:
                trace.points.popleft()

    def _see_acceleration(self, trace: _Trace, block: Block, gal: np.ndarray) -> None:
        mean = gal.mean(axis=1)
        seconds = block.n_samples / block.rate_hz
        trace.seen_s += seconds
        if trace.rest is None:
            trace.rest = mean
        share = seconds / max(seconds, min(trace.seen_s, SETTLING_S))
        trace.rest = trace.rest + share * (mean - trace.rest)
        moved = gal - trace.rest[:, np.newaxis]
        step = max(1, round(block.rate_hz / POINTS_A_SECOND))
        starts = np.arange(0, block.n_samples, step)
        low = np.minimum.reduceat(moved, starts, axis=1).T.round(4).tolist()
        high = np.maximum.reduceat(moved, starts, axis=1).T.round(4).tolist()
        times_ns = [block.time_ns(begin) for begin in starts.tolist()]
        trace.points.extend(zip(times_ns, low, high, strict=True))

    def _see_tilt(self, trace: _Trace, block: Block, urad: np.ndarray) -> None:
        zeros = [axis.zero.value if axis.zero else 0.0 for axis in trace.place.instrument.axes]
        tilt = np.median(urad, axis=1) - zeros
        trace.points.append((block.start_ns, tilt.round(3).tolist(), tilt.round(3).tolist()))

    def since(self, after_ns: int, unit: Unit) -> dict[str, dict[str, object]]:
        """Return, for each stream of a unit, the points later than a time.

        ``{"XX.TWR01.0A.HN": {"axes": "ZNE", "t": [s...], "low": [[...]...], "high": [[...]...]}}``
        """
        with self._lock:
            chosen = {
                key: (trace, [point for point in trace.points if point[0] > after_ns])
                for key, trace in self._traces.items()
                if trace.place.instrument.unit is unit
            }
        return {
            key: {
                "axes": trace.place.stream.axes,
                "name": trace.place.node.name,
                "t": [round(time_ns / NS, 3) for time_ns, _, _ in points],
                "low": [list(row) for row in zip(*(low for _, low, _ in points), strict=True)],
                "high": [list(row) for row in zip(*(high for _, _, high in points), strict=True)],
            }
            for key, (trace, points) in chosen.items()
        }
