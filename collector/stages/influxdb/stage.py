"""InfluxDB stage: blocks and events become lines in InfluxDB, at least once, idempotent.

What is new goes first. What InfluxDB misses of the past, because the journal let it go before
InfluxDB took it, is filled from the archive a little at a time.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from time import monotonic

from plumbline.collector.archive.blocks import SLICE_NS, Window
from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.events.windows import SETTLED_NS, window_ns
from plumbline.collector.journal.entry import FUTURE_NS, Entry
from plumbline.collector.stages.influxdb.backfill import archived_lines
from plumbline.collector.stages.influxdb.batch_writer import BatchWriter
from plumbline.collector.stages.influxdb.line_protocol import (
    event_line,
    has_waveform,
    waveform_lines,
)
from plumbline.collector.stages.influxdb.settings import InfluxSettings
from plumbline.collector.stages.influxdb.sink import Sink
from plumbline.collector.stages.influxdb.state import InfluxState, SeriesGap
from plumbline.collector.stages.influxdb.stream_lines import health_line
from plumbline.collector.stages.influxdb.stream_state import StreamState
from plumbline.collector.stages.influxdb.waveform_windows import WaveformWindows
from plumbline.wire.inventory.lookup import Place

log = logging.getLogger(__name__)

BACKFILL_S = 0.25  # of every half second, so that new data are not late for old ones
BATCH = 500


class InfluxStage:
    """Writes journal and events to InfluxDB from its own marks.

    Parameters
    ----------
    places
        Every stream of the inventory.
    sink
        Sink of the lines.
    state
        Marks that survive a restart.
    events
        Events, written as annotations.
    window
        Reads archived blocks.
    """

    name = "series"
    backfills = True

    def __init__(
        self,
        *,
        settings: InfluxSettings,
        places: Mapping[str, Place],
        sink: Sink,
        state: InfluxState,
        events: EventStore,
        window: Window,
    ) -> None:
        self._places = places
        self._sink = sink
        self._out = BatchWriter(sink, settings.batch_lines)
        self._state = state
        self._events = events
        self._window = window
        self._waveforms = settings.mode(places)
        saved = state.streams()
        self._streams = {k: StreamState(place, saved.get(k)) for k, place in places.items()}
        self._episodes = WaveformWindows()
        if self._waveforms == "episodes":
            self._load_windows(state.mark("episodes") or 0)

    def cursor(self) -> int:
        """Journal offset from which to go on."""
        return self._state.mark("journal") or 0

    def journal_id(self) -> str | None:
        """Return the identity of the journal that the cursor belongs to."""
        return self._state.journal_id()

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Write the lines of some blocks, then save the cursor and what came of them together.

        Raises
        ------
        SeriesUnavailable
            If InfluxDB does not answer; the same entries come again.
        """
        gaps = list(self._gaps_left(entries[0].received_ns))
        touched: set[str] = set()
        self._out.write(line for entry in entries for line in self._lines(entry, touched))
        self._state.save(
            {"journal": entries[-1].next_offset, "received": entries[-1].received_ns, "fell": 0},
            {key: self._streams[key].body() for key in sorted(touched)},
            gaps,
        )

    def idle(self, now_ns: int) -> None:
        """Write what changed among the events, the windows of episodes, and some of the past."""
        self._annotate()
        if self._waveforms == "episodes":
            self._write_episodes(now_ns)
        until_s = monotonic() + BACKFILL_S
        while monotonic() < until_s and (gap := self._state.gap()) is not None:
            self._fill_gap(gap)

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        """Go on from the oldest entry there is; what was missed becomes gaps to fill.

        A stage that never took anything has missed nothing: the past before InfluxDB was set up is
        written on request.
        """
        if self._state.mark("journal") is None:
            log.info("series begin now; plumbline rebuild-series writes the past")
            self._state.follow({"journal": first_offset})
        else:
            self._state.follow({"journal": first_offset, "fell": 1})

    def close(self) -> None:
        """Let go of InfluxDB and of the marks."""
        self._sink.close()
        self._state.close()

    def _lines(self, entry: Entry, touched: set[str]) -> Iterator[str]:
        block = entry.block()
        key = block.stream.key
        if key not in self._places or entry.held_out:
            return
        place, stream = self._places[key], self._streams[key]
        if self._waveforms == "always":
            yield from waveform_lines(place, block)
        for start_ns, end_ns in self._episodes.within(place, block):
            yield from waveform_lines(place, block, start_ns, end_ns)
        yield from stream.stream_lines.lines(block)
        yield health_line(place, block, entry.received_ns)
        stream.mark_written(block)
        touched.add(key)

    def _gaps_left(self, received_ns: int) -> Iterator[SeriesGap]:
        """Yield, at the first entry after the journal was lost, the gaps this may have left.

        All that was missed was received before that entry, whatever time its samples have.
        """
        if self._state.mark("fell"):
            since_ns = self._state.mark("received") or received_ns
            for key, stream in self._streams.items():
                begin_ns = stream.begins_ns(otherwise=since_ns)
                for start_ns, end_ns in stream.missing(begin_ns, received_ns + FUTURE_NS):
                    yield SeriesGap(key, start_ns, end_ns)

    def _fill_gap(self, gap: SeriesGap) -> None:
        """Write ten minutes of the past, but what was written meanwhile."""
        until_ns = min((gap.start_ns // SLICE_NS + 1) * SLICE_NS, gap.end_ns)
        if gap.key in self._places:
            place, stream = self._places[gap.key], self._streams[gap.key]
            for start_ns, end_ns in stream.missing(gap.start_ns, until_ns):
                whole = [(start_ns, end_ns)] if self._waveforms == "always" else []
                self._out.write(archived_lines(self._window, place, start_ns, end_ns, whole))
        self._state.mark_filled(gap, until_ns)

    def _annotate(self) -> None:
        while changes := self._changes("events"):
            self._out.write(event_line(event) for _, event in changes)
            self._state.save({"events": changes[-1][0]})

    def _write_episodes(self, now_ns: int) -> None:
        """Write the windows of episodes that closed long enough ago."""
        self._episodes.forget(now_ns)
        for revision, event in self._changes("episodes"):
            if (span := window_ns(event)) is not None:
                if now_ns < span[1] + SETTLED_NS:
                    return
                self._out.write(chain.from_iterable(self._waveform_of(event.structure, span)))
                self._episodes.add(event)
            self._state.save({"episodes": revision})

    def _waveform_of(self, structure: str, span: tuple[int, int]) -> Iterator[Iterator[str]]:
        for key, place in self._places.items():
            if place.structure.code == structure and has_waveform(place):
                for block in self._window(key, *span):
                    yield waveform_lines(place, block, *span)

    def _changes(self, mark: str) -> list[tuple[int, Event]]:
        """Return what changed since a mark; a store that began anew is followed from its start."""
        at = self._state.mark(mark) or 0
        return self._events.changes(at if at <= self._events.revision else 0, BATCH)

    def _load_windows(self, revision: int) -> None:
        """Know again the windows that were written before."""
        at = 0
        while changes := self._events.changes(at, BATCH):
            for at, event in changes:
                if at <= revision:
                    self._episodes.add(event)
