"""Readings of one window of a tilt or settlement stream, blanked spans left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arrays import Floats
from plumbline.analysis.thermal.temperature import Temperature
from plumbline.analysis.trend.movement import Side
from plumbline.collector.archive.blocks import archived_blocks
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.blanking import TimeSpan, unblanked
from plumbline.collector.jobs.residual.horizons import covered_ns
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

DAY_NS = 86_400 * NS
SLICE_NS = 6 * 3_600 * NS
"""Of a stream at 1 Hz so much is read at once. [ns]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualReadings:
    """Readings of one window.

    Attributes
    ----------
    time_ns
        Time of each reading, shape ``(n,)``. [ns since 1970]
    values
        In the instrument's unit, zero not taken off, shape ``(n_axes, n)``.
    temp_c
        Temperature at each reading, shape ``(n,)``; None without a partner or its readings. [degC]
    blanked_s
        Part of the window that was blanked. [s]
    missing_s
        Part that is not blanked and has no readings. [s]
    """

    time_ns: NDArray[np.int64]
    values: Floats
    temp_c: Floats | None
    blanked_s: float
    missing_s: float

    def side(self, axis: int) -> Side:
        """Return the readings of one axis as the comparison takes them."""
        return Side(self.time_ns / DAY_NS, self.values[axis], self.temp_c)


def readings(
    archive: ArchiveReader,
    place: Place,
    span: TimeSpan,
    blanked: Sequence[TimeSpan],
    partners: Mapping[str, Place],
) -> ResidualReadings:
    """Read a window.

    Parameters
    ----------
    blanked
        Spans whose samples are left out.
    partners
        The place of the temperature partner, by stream key, for those that have one.
    """
    time_ns, values = _samples(archive, place, span)
    free = unblanked(time_ns, blanked)
    length_s, blanked_s = (span[1] - span[0]) / NS, covered_ns(span, blanked) / NS
    read_s = float(np.count_nonzero(free)) / place.instrument.rate_hz
    missing_s = length_s - blanked_s - read_s
    partner = partners.get(place.stream.key)
    return ResidualReadings(
        time_ns=time_ns[free],
        values=values[:, free],
        temp_c=None if partner is None else _temperature(archive, partner, span, time_ns[free]),
        blanked_s=blanked_s,
        # The edges of window, blanking and sampling need not fall together.
        missing_s=missing_s if missing_s > 3 / place.instrument.rate_hz else 0.0,
    )


def partners_of(places: Mapping[str, Place]) -> dict[str, Place]:
    """Return the temperature partner of each stream that names one, by the stream's key."""
    found: dict[str, Place] = {}
    for key, place in places.items():
        wanted = place.instrument.temperature_partner
        for other in places.values():
            same = (other.structure.code, other.node.code) == (
                place.structure.code,
                place.node.code,
            )
            if wanted is not None and same and other.instrument.stream == wanted:
                found[key] = other
    return found


def _samples(
    archive: ArchiveReader, place: Place, span: TimeSpan
) -> tuple[NDArray[np.int64], Floats]:
    times, values = [], []
    for block in archived_blocks(archive, place, *span, slice_ns=SLICE_NS):
        steps = np.arange(block.n_samples) * (NS / block.rate_hz)
        times.append(block.start_ns + np.rint(steps).astype(np.int64))
        values.append(place.physical(block))
    if not times:
        return np.zeros(0, dtype=np.int64), np.zeros((len(place.instrument.axes), 0))
    return np.concatenate(times), np.concatenate(values, axis=-1)


def _temperature(
    archive: ArchiveReader, partner: Place, span: TimeSpan, at_ns: NDArray[np.int64]
) -> Floats | None:
    time_ns, values = _samples(archive, partner, span)
    if time_ns.size < 2:
        return None
    return np.asarray(Temperature(time_ns / DAY_NS, values[0]).at(at_ns / DAY_NS))
