"""Late buffer: blocks that came late, in any order, put back into the order of their samples.

After a power cut an agent sends the newest part of its backlog first. A filter can only go forward:
whoever takes the newest first can take nothing older. A block therefore waits until the gap before
it is filled, or until nothing late has come of its stream for a while.
"""

import base64
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from plumbline.collector.journal.entry import Entry
from plumbline.wire.block import NS, Block
from plumbline.wire.record import encode

HOLD_NS = 15 * NS
"""A gap that nothing late has come to fill for so long is not waited for. [ns]"""
MOST_HELD = 50_000
"""Blocks held at most of all streams: with 60 of them a quarter of an hour of each."""
MOST_GAPS = 500
"""Gaps known at most of one stream; the oldest are forgotten."""


@dataclass(slots=True)
class _Stream:
    gaps: list[tuple[int, int]] = field(default_factory=list)
    held: list[tuple[int, int, Entry]] = field(default_factory=list)
    came_ns: int = 0


class LateBuffer:
    """Holds late blocks of all streams until their turn comes."""

    def __init__(self) -> None:
        self._streams: dict[str, _Stream] = {}
        self.n_held = 0

    def note_gap(self, key: str, start_ns: int, end_ns: int) -> None:
        """Note that samples between two times are missing and may still come."""
        gaps = self._streams.setdefault(key, _Stream()).gaps
        insort(gaps, (start_ns, end_ns))
        del gaps[:-MOST_GAPS]

    def add(self, entry: Entry) -> None:
        """Hold a late block."""
        block = entry.block()
        stream = self._streams.setdefault(block.stream.key, _Stream())
        insort(stream.held, (block.start_ns, entry.offset, entry))
        stream.came_ns = entry.received_ns
        self.n_held += 1

    def due(self, key: str, now_ns: int) -> Iterator[Entry]:
        """Yield the blocks of a stream whose turn it is, in the order of their samples."""
        stream = self._streams.get(key)
        while stream is not None and stream.held:
            block = stream.held[0][2].block()
            if _misses_before(stream, block):
                overdue = not 0 <= now_ns - stream.came_ns < HOLD_NS
                if not overdue and self.n_held <= MOST_HELD:
                    return
                stream.gaps = [gap for gap in stream.gaps if gap[0] >= block.start_ns]
            _, _, entry = stream.held.pop(0)
            self.n_held -= 1
            stream.gaps = list(_without(stream.gaps, block.start_ns, block.end_ns))
            yield entry

    def due_of_all(self, now_ns: int) -> Iterator[Entry]:
        """Yield the blocks of every stream whose turn it is."""
        for key in list(self._streams):
            yield from self.due(key, now_ns)

    def state(self) -> dict[str, Any]:
        """Return what :meth:`restore` takes, as JSON."""
        return {
            key: [stream.gaps, stream.came_ns, [saved_entry(entry) for _, _, entry in stream.held]]
            for key, stream in self._streams.items()
        }

    def restore(self, state: dict[str, Any], keys: frozenset[str]) -> None:
        """Take back :meth:`state` of some streams."""
        for key in keys & state.keys():
            gaps, came_ns, held = state[key]
            for row in held:
                self.add(restored_entry(row))
            stream = self._streams.setdefault(key, _Stream())
            stream.gaps, stream.came_ns = [(start, end) for start, end in gaps], came_ns


def _misses_before(stream: _Stream, block: Block) -> bool:
    half_ns = round(0.5 * NS / block.rate_hz)
    return bool(stream.gaps) and stream.gaps[0][0] < block.start_ns - half_ns


def _without(gaps: list[tuple[int, int]], start_ns: int, end_ns: int) -> Iterator[tuple[int, int]]:
    """Yield what is left of gaps, but for rests shorter than a sample of any instrument."""
    for gap_start_ns, gap_end_ns in gaps:
        for rest in (
            (gap_start_ns, min(gap_end_ns, start_ns)),
            (max(gap_start_ns, end_ns), gap_end_ns),
        ):
            if rest[1] - rest[0] > NS // 100:
                yield rest


def saved_entry(entry: Entry) -> list[Any]:
    """Return an entry as JSON."""
    body = base64.b64encode(encode(entry.block())).decode("ascii")
    return [entry.offset, entry.next_offset, entry.received_ns, body]


def restored_entry(row: list[Any]) -> Entry:
    """Return the entry that :func:`saved_entry` described."""
    offset, next_offset, received_ns, body = row
    return Entry(offset, next_offset, received_ns, base64.b64decode(body))
