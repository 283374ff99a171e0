"""State of one stream in the InfluxDB stage: its open seconds, and which spans are written."""

import json
from collections.abc import Iterator

from plumbline.collector.stages.influxdb.stream_lines import StreamLines
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.ranges import RangeSet

MOST_SPANS = 64  # a gap older than this many others counts as one that nothing will fill


class StreamState:
    """Open seconds and written spans of one stream."""

    def __init__(self, place: Place, body: str | None = None) -> None:
        self.stream_lines = StreamLines(place)
        self._sample_ns = round(NS / place.instrument.rate_hz)
        self._written = RangeSet()
        if body is not None:
            saved = json.loads(body)
            self.stream_lines.restore(saved["seconds"])
            self._written = RangeSet(saved["written"])

    def body(self) -> str:
        """Return what the constructor takes."""
        return json.dumps(
            {"seconds": self.stream_lines.state(), "written": self._spans()},
            separators=(",", ":"),
        )

    def mark_written(self, block: Block) -> None:
        """Note that a block is in InfluxDB.

        A span reaches a sample further than its block, because the next one begins a little
        earlier or later than due.
        """
        self._written.add(block.start_ns, block.end_ns + self._sample_ns)
        spans = self._spans()
        if len(spans) > MOST_SPANS:
            (first_ns, _), (_, last_ns), *rest = spans
            self._written = RangeSet([(first_ns, last_ns), *rest])

    def begins_ns(self, *, otherwise: int) -> int:
        """Return where the first written span begins, or what is given if nothing is written."""
        spans = self._spans()
        return spans[0][0] if spans else otherwise

    def missing(self, start_ns: int, end_ns: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of ``[start_ns, end_ns)`` that are not written."""
        due_ns = start_ns
        for first_ns, last_ns in self._spans():
            if first_ns >= end_ns:
                break
            if first_ns > due_ns:
                yield due_ns, first_ns
            due_ns = max(due_ns, last_ns - self._sample_ns)
        if due_ns < end_ns:
            yield due_ns, end_ns

    def _spans(self) -> list[tuple[int, int]]:
        """Return the spans; the set's own length is in nanoseconds, which no list may have."""
        return list(iter(self._written))
