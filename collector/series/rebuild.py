"""A span of the series written again from the archive, an hour of every stream at a time.

What is there of the hour is deleted first: after an hour is packed for the archive, an instant may
be told up to half a millisecond from where it was, and would be there twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.series.episodes import LEAD_NS, window_ns
from plumbline.collector.series.handover import HandOver
from plumbline.collector.series.influx import Sink
from plumbline.collector.series.lines import event_line
from plumbline.collector.series.refill import Span, Window, archived_lines
from plumbline.collector.series.settings import SeriesSettings, Waveforms
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

HOUR_NS = 3600 * NS
LONGEST_EPISODE_NS = 24 * HOUR_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How far a rebuild has come.

    Attributes
    ----------
    until_ns
        Everything before it is written, of every stream. [ns since 1970]
    share
        Of the whole span and all streams.
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
        Whether what is there is deleted first.
    """

    def __init__(
        self,
        *,
        settings: SeriesSettings,
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
        self._out = HandOver(sink, settings.batch_lines)
        self._window = window
        self._events = events
        self._deletes = deletes

    def steps(self, start_ns: int, end_ns: int) -> Iterator[Done]:
        """Write ``[start_ns, end_ns)``, whole seconds of it; tell after every stream.

        Broken off, it is begun again from the last time told: a second writing changes nothing.

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
                yield Done(
                    until_ns=stop_ns if number == len(self._places) else begin_ns,
                    share=(begin_ns - start_ns + within * (stop_ns - begin_ns))
                    / (end_ns - start_ns),
                    lines=lines,
                    refused=self._out.refused,
                )
                lines = 0
            begin_ns = stop_ns

    def _stream(self, place: Place, start_ns: int, end_ns: int) -> int:
        waveforms = self._waveforms(place, start_ns, end_ns)
        lines = archived_lines(self._window, place, start_ns, end_ns, waveforms)
        first = next(lines, None)
        if first is None:
            return 0  # nothing archived: what InfluxDB has may be all there is
        if self._deletes:
            self._sink.delete(place.stream, start_ns, end_ns)
        return self._out.write(chain([first], lines))

    def _waveforms(self, place: Place, start_ns: int, end_ns: int) -> Sequence[Span]:
        if self._mode == "always":
            return [(start_ns, end_ns)]
        if self._mode == "never":
            return []
        near = self._between(start_ns - LONGEST_EPISODE_NS, end_ns + LEAD_NS)
        spans = [window_ns(event) for event in near if event.structure == place.structure.code]
        return [(max(a, start_ns), min(b, end_ns)) for a, b in filter(None, spans)]

    def _between(self, start_ns: int, end_ns: int) -> list[Event]:
        structures = {place.structure.code for place in self._places.values()}
        found = self._events.between(start_ns, end_ns) if self._events else []
        return [event for event in found if event.structure in structures]
