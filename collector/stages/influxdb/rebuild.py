"""Rebuild of a span of InfluxDB from the archive, an hour of every stream at a time.

What is there of the hour is deleted: after an hour is packed for the archive, the time of an
instant may be up to half a millisecond from where it was, and would be there twice. Nothing is
deleted where the archive has nothing.

InfluxDB 1.x loses sight of a series, and at times of others, until its next restart when a delete
leaves it without a point (influxdb issue 9431, seen with 1.6.7). So the first point of each series
is written before, and the delete goes around it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from plumbline.collector.archive.blocks import ArchivedSpan, Window
from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.events.windows import LEAD_NS, window_ns
from plumbline.collector.stages.influxdb import schema
from plumbline.collector.stages.influxdb.batch_writer import BatchWriter
from plumbline.collector.stages.influxdb.line_protocol import (
    event_line,
    has_waveform,
    waveform_lines,
)
from plumbline.collector.stages.influxdb.settings import InfluxSettings, Waveforms
from plumbline.collector.stages.influxdb.sink import Sink
from plumbline.collector.stages.influxdb.stream_lines import StreamLines
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

HOUR_NS = 3600 * NS
LONGEST_EPISODE_NS = 24 * HOUR_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildProgress:
    """How far a rebuild has come.

    Attributes
    ----------
    until_ns
        Everything before it is written, of every stream. [ns since 1970]
    share
        Share of the whole span and all streams that is done.
    lines
        Lines written since the last step.
    refused
        Lines since the beginning in batches that InfluxDB refused.
    """

    until_ns: int
    share: float
    lines: int
    refused: int


class Rebuild:
    """Writes spans of the series again.

    Parameters
    ----------
    places
        The streams to write.
    window
        Reads archived blocks.
    events
        Events, for their annotations and the windows of episodes; None where there are none.
    deletes
        Whether what is there is deleted.
    """

    def __init__(
        self,
        *,
        settings: InfluxSettings,
        mode: Waveforms,
        places: Mapping[str, Place],
        sink: Sink,
        window: Window,
        events: EventStore | None,
        deletes: bool,
    ) -> None:
        self._mode = mode
        self._places = places
        self._sink = sink
        self._out = BatchWriter(sink, settings.batch_lines)
        self._window = window
        self._events = events
        self._deletes = deletes

    def steps(self, start_ns: int, end_ns: int) -> Iterator[RebuildProgress]:
        """Write ``[start_ns, end_ns)``, whole seconds of it; yield after every stream.

        Broken off, it is begun again from the last time yielded: a second writing changes nothing.

        Raises
        ------
        SeriesUnavailable, CannotDelete
        """
        start_ns, end_ns = start_ns // NS * NS, -(-end_ns // NS) * NS
        begin_ns = start_ns
        while begin_ns < end_ns:
            stop_ns = min((begin_ns // HOUR_NS + 1) * HOUR_NS, end_ns)
            lines = self._out.write(event_line(e) for e in self._between(begin_ns, stop_ns - 1))
            for number, place in enumerate(self._places.values(), start=1):
                lines += self._stream(place, begin_ns, stop_ns)
                within = number / len(self._places)
                yield RebuildProgress(
                    until_ns=stop_ns if number == len(self._places) else begin_ns,
                    share=(begin_ns - start_ns + within * (stop_ns - begin_ns))
                    / (end_ns - start_ns),
                    lines=lines,
                    refused=self._out.refused,
                )
                lines = 0
            begin_ns = stop_ns

    def _stream(self, place: Place, start_ns: int, end_ns: int) -> int:
        stream_lines = StreamLines(place)
        blocks = self._window(place.stream.key, start_ns, end_ns)
        lines = self._replace(place, start_ns, end_ns, ([*stream_lines.lines(b)] for b in blocks))
        for since_ns, until_ns in self._waveforms(place, start_ns, end_ns):
            blocks = self._window(place.stream.key, since_ns, until_ns)
            parts = ([*waveform_lines(place, b, since_ns, until_ns)] for b in blocks)
            lines += self._replace(place, since_ns, until_ns, parts)
        return lines

    def _replace(self, place: Place, start_ns: int, end_ns: int, parts: Iterator[list[str]]) -> int:
        """Put lines, in parts of which the first has every series, in the place of what is there.

        Where there are no lines nothing is deleted: what InfluxDB has may be all there is.
        """
        first = next(filter(None, parts), [])
        if first and self._deletes:
            self._out.write(first)
            for name, one_ns in _first_points(first).items():
                measurement = schema.MEASUREMENTS[name]
                self._sink.delete(place.stream, measurement, start_ns, one_ns)
                self._sink.delete(place.stream, measurement, one_ns + 1, end_ns)
        return self._out.write(chain(first, chain.from_iterable(parts)))

    def _waveforms(self, place: Place, start_ns: int, end_ns: int) -> Sequence[ArchivedSpan]:
        if self._mode == "always":
            return [(start_ns, end_ns)]
        if self._mode == "never" or not has_waveform(place):
            return []
        near = self._between(start_ns - LONGEST_EPISODE_NS, end_ns + LEAD_NS)
        spans = [window_ns(event) for event in near if event.structure == place.structure.code]
        return [(max(a, start_ns), min(b, end_ns)) for a, b in filter(None, spans)]

    def _between(self, start_ns: int, end_ns: int) -> list[Event]:
        structures = {place.structure.code for place in self._places.values()}
        found = self._events.between(start_ns, end_ns) if self._events else []
        return [event for event in found if event.structure in structures]


def _first_points(lines: Sequence[str]) -> dict[str, int]:
    """Return the time of the first point of each measurement among some lines. [ns since 1970]"""
    found: dict[str, int] = {}
    for text in lines:
        name, time_ns = text.partition(",")[0], int(text.rpartition(" ")[2])
        found[name] = min(time_ns, found.get(name, time_ns))
    return found
