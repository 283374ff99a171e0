"""Lines of one stream beside its waveform: seconds, tilt, settlement, health."""

from collections.abc import Callable, Iterator
from typing import Any

from plumbline.analysis.tilt import differential_settlement_mm
from plumbline.collector.stages.influxdb import schema
from plumbline.collector.stages.influxdb.line_protocol import (
    SAMPLED_UP_TO_HZ,
    FieldValue,
    line,
    sample_times_ns,
)
from plumbline.collector.stages.influxdb.second_statistics import SecondStatistics
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.dating import zero_at
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Axis, Unit

MeasurementFields = tuple[schema.Measurement, dict[str, FieldValue]]


class StreamLines:
    """Lines of one stream, whatever is done with its waveform.

    Tilt, settlement and slow streams (1 Hz or less) are written sample for sample, faster ones by
    the second.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._seconds = SecondStatistics(place)

    def lines(self, block: Block) -> Iterator[str]:
        """Take a block in and yield its measures."""
        unit = self._place.instrument.unit
        if unit not in SAMPLED and block.rate_hz > SAMPLED_UP_TO_HZ:
            yield from self._seconds.lines(block)
            return
        stream = self._place.stream
        times_ns = sample_times_ns(block).tolist()
        axes = zip(
            self._place.instrument.axes,
            stream.channels,
            self._place.physical(block).tolist(),
            strict=True,
        )
        for axis, name, values in axes:
            tags = (stream.network, stream.structure, stream.node, name)
            for value, time_ns in zip(values, times_ns, strict=True):
                for measurement, fields in SAMPLED.get(unit, _sampled)(
                    self._place, axis, value, time_ns
                ):
                    yield line(measurement, tags, fields, time_ns)

    def state(self) -> list[Any]:
        """Return what `restore` takes, as JSON can hold it."""
        return self._seconds.state()

    def restore(self, state: list[Any]) -> None:
        """Go on from a state."""
        self._seconds.restore(state)


def health_line(place: Place, block: Block, received_ns: int) -> str:
    """Return how a block arrived, and how well its time is known."""
    stream = place.stream
    return line(
        schema.HEALTH,
        (stream.network, stream.structure, stream.node, stream.band_source),
        {
            "latency_s": (received_ns - block.end_ns) / NS,
            "clock_error_ms": block.clock_error_ns / 1e6,
            "time_quality": block.time_quality,
            "samples": block.n_samples,
        },
        block.start_ns,
    )


def _tilt(place: Place, axis: Axis, value: float, time_ns: int) -> Iterator[MeasurementFields]:
    fields: dict[str, FieldValue] = {"raw": value}
    if (zero := zero_at(axis, place.structure.timezone, time_ns)) is not None:
        since_zero = fields["value"] = value - zero.value
        if (baseline_m := place.instrument.baseline_m) is not None:
            yield schema.SETTLEMENT, {"value": differential_settlement_mm(since_zero, baseline_m)}
    yield schema.TILT, fields


def _settlement(
    place: Place, axis: Axis, value: float, time_ns: int
) -> Iterator[MeasurementFields]:
    fields: dict[str, FieldValue] = {"raw": value}
    if (zero := zero_at(axis, place.structure.timezone, time_ns)) is not None:
        fields["value"] = value - zero.value
    yield schema.SETTLEMENT, fields


def _sampled(_: Place, __: Axis, value: float, ___: int) -> Iterator[MeasurementFields]:
    yield schema.SECOND, {"peak": 0.0, "rms": 0.0, "mean": value, "samples": 1}


SAMPLED: dict[Unit, Callable[[Place, Axis, float, int], Iterator[MeasurementFields]]] = {
    Unit.TILT: _tilt,
    Unit.SETTLEMENT: _settlement,
}
"""How the streams are written that are written sample for sample at any rate."""
