"""The newest durable entries in memory, so that every stage shares one decoding."""

from bisect import bisect_left
from collections.abc import Sequence

from plumbline.collector.journal.entry import Entry


class Tail:
    """Entries in the order of their offsets, the oldest forgotten beyond a bound. [bytes]"""

    def __init__(self, bound_bytes: int) -> None:
        self._bound = bound_bytes
        self._entries: list[Entry] = []
        self._offsets: list[int] = []
        self._bytes = 0

    def extend(self, entries: Sequence[Entry]) -> None:
        """Add entries that have just become durable."""
        self._entries.extend(entries)
        self._offsets.extend(entry.offset for entry in entries)
        self._bytes += sum(entry.next_offset - entry.offset for entry in entries)
        if self._bytes > self._bound:
            self._forget()

    def read(self, offset: int, limit_bytes: int) -> list[Entry]:
        """Return entries from exactly ``offset`` on, or nothing if it is not held."""
        at = bisect_left(self._offsets, offset)
        if at == len(self._offsets) or self._offsets[at] != offset:
            return []
        until = max(bisect_left(self._offsets, offset + limit_bytes, at), at + 1)
        return self._entries[at:until]

    def _forget(self) -> None:
        """Drop the oldest down to three quarters, so that dropping is rare and in bulk."""
        drop = 0
        while drop < len(self._entries) and self._bytes > self._bound * 3 // 4:
            self._bytes -= self._entries[drop].next_offset - self._entries[drop].offset
            drop += 1
        del self._entries[:drop]
        del self._offsets[:drop]
