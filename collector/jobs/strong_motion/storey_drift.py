"""Storey drift: how far each instrumented level moved against the base and the next one below."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.drift import (
    Drift,
    Sensor,
    Storey,
    StoreyKind,
    chosen_corner_hz,
    displacement_m,
    drifts,
)
from plumbline.collector.archive.blocks import archived_blocks
from plumbline.collector.archive.common_grid import (
    AlignedStream,
    SampleSpan,
    aligned_stream,
    on_grid,
    shared,
)
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.jobs.strong_motion.node_measures import is_level
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Role, Structure

GRID_HZ = 50.0
"""Drift is the structure's chain, which ends at 20 Hz: 0.4 of this. [Hz]"""

SHORTEST_S = 10.0
"""A shorter common stretch has no drift worth reporting. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Stretch:
    """One level in the stretch that two share."""

    level: Storey
    stream: AlignedStream
    values: Floats


def levels_of(streams: Sequence[Place]) -> dict[int, list[Place]]:
    """Return the streams of the structure itself by level, lowest first; no free field."""
    inside = [place for place in streams if place.node.role is not Role.FREE_FIELD]
    levels = sorted({place.node.level for place in inside})
    return {level: [p for p in inside if p.node.level == level] for level in levels}


def base_level(streams: Sequence[Place]) -> int | None:
    """Return the level drift is measured from: the lowest with a ground node, or underground.

    None where nothing stands at the base: half a drift is worse than none.
    """
    grounds = [p.node.level for p in streams if p.node.role is Role.GROUND]
    lowest = min(levels_of(streams), default=None)
    if grounds:
        return min(grounds)
    return lowest if lowest is not None and lowest <= 0 else None


class StoreyDrift:
    """Measures pair after pair of levels; only two levels are in memory at a time.

    Parameters
    ----------
    streams
        The accelerometers of one structure.
    window_ns
        The window. [ns since 1970]
    known_hz
        First frequency of the structure, if it is known. [Hz]
    """

    def __init__(
        self, streams: Sequence[Place], window_ns: SampleSpan, *, known_hz: float | None
    ) -> None:
        self._levels = levels_of(streams)
        self._window_ns = window_ns
        self._known_hz = known_hz
        self.base = base_level(streams)
        self.corner_hz: float | None = None
        self.corner_reason = ""
        self.found: list[dict[str, Any]] = []
        self._pairs = deque(self._wanted())

    def _wanted(self) -> list[tuple[int, int]]:
        """Return upper and lower level of each pair, the highest against the base first."""
        if self.base is None:
            return []
        above = [level for level in self._levels if level > self.base]
        order = [self.base, *above]
        pairs = [(level, self.base) for level in reversed(above)]
        pairs += [(above[k], order[k]) for k in range(1, len(above))]
        return pairs

    def step(self, archive: ArchiveReader) -> bool:
        """Measure the next pair; return whether all are."""
        if not self._pairs:
            return True
        upper, lower = self._pairs.popleft()
        self._measure(archive, upper, lower)
        return not self._pairs

    def _measure(self, archive: ArchiveReader, upper: int, lower: int) -> None:
        streams = {
            level: [s for place in self._levels[level] if (s := self._aligned(archive, place))]
            for level in (upper, lower)
        }
        both = [*streams[upper], *streams[lower]]
        if not streams[upper] or not streams[lower]:
            return
        span_ns = max(shared(both), key=lambda span: span[1] - span[0], default=(0, 0))
        if span_ns[1] - span_ns[0] < SHORTEST_S * NS:
            return
        rate_hz = min(GRID_HZ, *(one.rate_hz for one in both))
        rows = dict(zip(map(id, both), on_grid(both, span_ns, rate_hz), strict=True))
        ranks = {
            level: Storey(rank=float(level), name=f"level {level}", kind=kind)
            for level, kind in ((upper, StoreyKind.FLOOR), (lower, StoreyKind.BASE))
        }
        parts = [
            _Stretch(level=ranks[level], stream=one, values=rows[id(one)])
            for level in (upper, lower)
            for one in streams[level]
        ]
        sensors = {sensor.name: (sensor, part.stream) for part in parts for sensor in _of(part)}
        alone = [sensor for sensor, _ in sensors.values()]
        if self.corner_hz is None:
            self.corner_hz, self.corner_reason = chosen_corner_hz(
                alone, ranks[lower], rate_hz, self._known_hz
            )
        heights = _heights(self._levels[upper], self._levels[lower], self._whole(upper, lower))
        named = {ranks[lower].name: 0.0} | ({} if heights is None else {ranks[upper].name: heights})
        share = (span_ns[1] - span_ns[0]) / (self._window_ns[1] - self._window_ns[0])
        for drift in drifts(alone, rate_hz, self.corner_hz, named, ranks[lower]):
            sensor, one = sensors[drift.sensor]
            errors_ns = [s.clock_error_ns for s in streams[lower]] + [one.clock_error_ns]
            clock_m = _peak_velocity_ms(sensor, rate_hz, self.corner_hz) * hypot(
                max(errors_ns[:-1]) / NS, errors_ns[-1] / NS
            )
            report = _drift_report(drift, upper, lower, clock_m)
            report |= {
                "time_ns": span_ns[0] + round(drift.time_s * NS),
                "completeness": min(share, 1.0),
            }
            self.found.append(report)

    def _aligned(self, archive: ArchiveReader, place: Place) -> AlignedStream | None:
        return aligned_stream(place, archived_blocks(archive, place, *self._window_ns), GRID_HZ)

    def _whole(self, upper: int, lower: int) -> Structure | None:
        """Return the structure if these two levels are its top and its base."""
        top = max(self._levels)
        roofs = [p for p in self._levels[top] if p.node.role is Role.ROOF]
        if upper == top and lower == self.base and roofs:
            return roofs[0].structure
        return None


def _of(part: _Stretch) -> list[Sensor]:
    place = part.stream.place
    return [
        Sensor(
            name=f"{place.node.code}.{axis.code}",
            place=place.node.name,
            level=part.level,
            azimuth_deg=axis.azimuth_deg,
            accel_ms2=row,
        )
        for axis, row in zip(place.instrument.axes, part.values, strict=True)
        if is_level(axis) and np.ptp(row) > 0  # a dead axis is not a still floor
    ]


def _heights(
    upper: Sequence[Place], lower: Sequence[Place], whole: Structure | None
) -> float | None:
    """Return the height between two levels: of their nodes, or of the structure. [m]"""
    apart_m = upper[0].node.z_m - lower[0].node.z_m
    if apart_m > 0:
        return apart_m
    return None if whole is None else whole.height_m


def _peak_velocity_ms(sensor: Sensor, rate_hz: float, corner_hz: float) -> float:
    moved_m = displacement_m(sensor.accel_ms2, rate_hz, corner_hz)
    return float(np.abs(np.gradient(moved_m)).max() * rate_hz)


def _drift_report(drift: Drift, upper: int, lower: int, clock_m: float) -> dict[str, Any]:
    """Return a drift; what the clocks may be apart is added to what the filter leaves open."""
    uncertainty_m = hypot(drift.uncertainty_m, clock_m)
    height_m = drift.height_m
    return {
        "upper_level": upper,
        "lower_level": lower,
        "channel": drift.sensor,
        "reference": drift.reference,
        "direction": drift.direction,
        "displacement_m": drift.displacement_m,
        "uncertainty_m": uncertainty_m,
        "clock_m": clock_m,
        "height_m": height_m,
        "ratio": drift.ratio,
        "ratio_uncertainty": None if height_m is None else uncertainty_m / height_m,
        "inter_storey": upper - lower == 1,
    }
