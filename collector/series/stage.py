"""The series stage: blocks and events become lines in InfluxDB, at least once, idempotent."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

from plumbline.collector.events.model import Event, Kind
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal.entry import Entry
from plumbline.collector.series.influx import SeriesRefused, Sink
from plumbline.collector.series.lines import event_line, measure_lines, waveform_lines
from plumbline.collector.series.settings import SeriesSettings
from plumbline.collector.series.state import SeriesState
from plumbline.wire.block import Block
from plumbline.wire.inventory.lookup import Place

log = logging.getLogger(__name__)

ALWAYS_UP_TO_NODES = 50  # beyond, full-rate waveforms only of episodes (design: one Influx line
# an instant of 1 000 nodes at 100 Hz would be 100 000 lines a second)
Window = Callable[[str, int, int], Iterator[Block]]


class SeriesStage:
    """Follows the journal and the events from its own marks.

    Parameters
    ----------
    places
        Every stream of the inventory.
    sink
        Where lines go.
    state
        Marks that survive a restart.
    events
        Events, written as annotations.
    window
        Reads archived blocks of a stream between two times, for the waveforms of episodes.
    """

    name = "series"

    def __init__(
        self,
        *,
        settings: SeriesSettings,
        places: Mapping[str, Place],
        sink: Sink,
        state: SeriesState,
        events: EventStore,
        window: Window,
    ) -> None:
        self._settings = settings
        self._places = places
        self._sink = sink
        self._state = state
        self._events = events
        self._window = window
        nodes = {(place.stream.structure, place.stream.node) for place in places.values()}
        default = "always" if len(nodes) <= ALWAYS_UP_TO_NODES else "episodes"
        self._waveforms = settings.waveforms or default

    def cursor(self) -> int:
        """Journal offset from which to go on."""
        return self._state.load("journal")

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Write the lines of some blocks, then keep the cursor.

        Raises
        ------
        SeriesUnavailable
            If InfluxDB does not answer; the same entries come again.
        """
        self._write(line for entry in entries for line in self._lines(entry))
        newest_ns = max(
            (entry.block().start_ns for entry in entries if not entry.held_out), default=0
        )
        self._state.save("journal", entries[-1].next_offset)
        if newest_ns > self._state.load("sample_ns"):
            self._state.save("sample_ns", newest_ns)

    def idle(self, now_ns: int) -> None:
        """Write what changed among the events."""
        changes = self._events.changes(self._state.load("events"))
        for revision, event in changes:
            self._write(self._event_lines(event))
            self._state.save("events", revision)

    def fell_off(self, first_offset: int, now_ns: int) -> None:
        """Fill what left the journal unread from the archive, then go on from its first entry."""
        since = self._state.load("sample_ns")
        for key, place in self._places.items():
            for block in self._window(key, since, now_ns):
                self._write(
                    waveform_lines(place, block) if self._waveforms == "always" else iter(())
                )
                self._write(measure_lines(place, block, block.end_ns))
        self._state.save("journal", first_offset)

    def close(self) -> None:
        """Let go of InfluxDB and of the marks."""
        self._sink.close()
        self._state.close()

    def _lines(self, entry: Entry) -> Iterator[str]:
        block = entry.block()
        place = self._places.get(block.stream.key)
        if place is None or entry.held_out:
            return
        if self._waveforms == "always":
            yield from waveform_lines(place, block)
        yield from measure_lines(place, block, entry.received_ns)

    def _event_lines(self, event: Event) -> Iterator[str]:
        yield event_line(event)
        if self._waveforms != "episodes" or event.kind is not Kind.SHAKING:
            return
        if event.closed_ns is None:
            return
        for key, place in self._places.items():
            if place.structure.code == event.structure:
                for block in self._window(key, event.onset_ns, event.closed_ns):
                    yield from waveform_lines(place, block)

    def _write(self, lines: Iterator[str]) -> None:
        batch: list[str] = []
        for line in lines:
            batch.append(line)
            if len(batch) >= self._settings.batch_lines:
                self._hand_over(batch)
                batch = []
        if batch:
            self._hand_over(batch)

    def _hand_over(self, batch: list[str]) -> None:
        try:
            self._sink.write(batch)
        except SeriesRefused as error:
            log.error("InfluxDB refused %d lines, first %r: %s", len(batch), batch[0], error)
