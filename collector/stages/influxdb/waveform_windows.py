"""Waveform windows: what is written at full rate where waveforms are of episodes only."""

from collections import defaultdict
from collections.abc import Iterator

from plumbline.collector.archive.blocks import ArchivedSpan
from plumbline.collector.events.model import Event
from plumbline.collector.events.windows import window_ns
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

REACH_NS = 30 * 86_400 * NS  # later than this nothing comes from an agent's spool


class WaveformWindows:
    """Windows that are in InfluxDB already: what comes late for them is written as it comes."""

    def __init__(self) -> None:
        self._spans: defaultdict[str, dict[str, ArchivedSpan]] = defaultdict(dict)

    def add(self, event: Event) -> None:
        """Take in an event; its newest window counts."""
        if (span := window_ns(event)) is not None:
            self._spans[event.structure][event.id] = span

    def within(self, place: Place, block: Block) -> Iterator[ArchivedSpan]:
        """Yield the parts of a block that lie in windows of its structure."""
        for start_ns, end_ns in self._spans.get(place.structure.code, {}).values():
            if start_ns < block.end_ns and block.start_ns < end_ns:
                yield start_ns, end_ns

    def forget(self, now_ns: int) -> None:
        """Drop windows for which nothing can come any more."""
        for spans in self._spans.values():
            for event_id in [i for i, (_, end_ns) in spans.items() if end_ns < now_ns - REACH_NS]:
                del spans[event_id]
