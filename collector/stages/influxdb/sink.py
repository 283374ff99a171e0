"""Handing line protocol to InfluxDB 1.x, 2.x or 3.x, synchronously, in our own batches."""

from collections.abc import Sequence
from typing import Protocol

from plumbline.collector.stages.influxdb.schema import Measurement
from plumbline.collector.stages.influxdb.settings import InfluxSettings
from plumbline.collector.stages.influxdb.v1 import V1Sink
from plumbline.collector.stages.influxdb.v2 import V2Sink
from plumbline.wire.identity import StreamId


class Sink(Protocol):
    """Where lines go."""

    def write(self, lines: Sequence[str]) -> None:
        """Hand over lines; returns when InfluxDB has them."""

    def delete(
        self, stream: StreamId, measurement: Measurement, start_ns: int, end_ns: int
    ) -> None:
        """Delete what a measurement has of a stream in ``[start_ns, end_ns)``."""

    def close(self) -> None:
        """Let go of connections."""


SINKS: dict[str, type[V1Sink] | type[V2Sink]] = {"v1": V1Sink, "v2": V2Sink}


def sink_for(settings: InfluxSettings) -> Sink:
    """Return the way in that the settings name."""
    return SINKS[settings.api](settings)
