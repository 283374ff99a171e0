"""Reading the journal from another process: segments on disk up to the durable end, never a lock.

The one writer states its durable end in a file of eight bytes, mapped by every reader; nothing at
or beyond it is ever returned. Readers poll it, because no lock or pipe may tie a reader's fate to
the writer's: a reader outlives the writer, and the writer never waits for a reader.
"""

import mmap
import os
import struct
import threading
import time
from bisect import bisect_right
from pathlib import Path

from plumbline.collector.journal.entry import Entry, Mark
from plumbline.collector.journal.errors import OffsetOutOfRange
from plumbline.collector.journal.segment import entries_in
from plumbline.collector.journal.store_id import known_store_id

DURABLE = "durable"
POLL_S = 0.02
"""How long a reader sleeps between two reads of the durable end. [s]"""
_END = struct.Struct("<Q")


class DurableEnd:
    """The durable end of a journal, shared through a mapped file of eight bytes.

    Parameters
    ----------
    folder
        The journal's folder; the file is made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        fd = os.open(folder / DURABLE, os.O_RDWR | os.O_CREAT, 0o640)
        try:
            if os.fstat(fd).st_size < _END.size:
                os.ftruncate(fd, _END.size)
            self._map = mmap.mmap(fd, _END.size)
            self._inode = os.fstat(fd).st_ino
        finally:
            os.close(fd)

    def get(self) -> int:
        """Return the offset below which everything is durable."""
        return int(_END.unpack_from(self._map)[0])

    def is_of(self, folder: Path) -> bool:
        """Return whether the folder still has this file, and not one of a newer journal."""
        try:
            return (folder / DURABLE).stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def set(self, offset: int) -> None:
        """State the offset below which everything is durable; one aligned store."""
        _END.pack_into(self._map, 0, offset)

    def close(self) -> None:
        """Unmap the file."""
        self._map.close()


class SegmentReader:
    """The reading side of a journal that another process writes.

    Parameters
    ----------
    folder
        The journal's folder.
    poll_s
        How long to sleep between two reads of the durable end. [s]
    """

    def __init__(self, folder: Path, poll_s: float = POLL_S) -> None:
        self._folder = folder
        self._poll_s = poll_s
        self._durable = DurableEnd(folder)
        self._woken = threading.Event()
        self._firsts: list[int] = []
        self._listed_at = -1

    @property
    def store_id(self) -> str:
        """Identity of the journal as its writer states it; empty before it has."""
        return known_store_id(self._folder) or ""

    @property
    def first_offset(self) -> int:
        """Offset of the oldest entry that is still there."""
        return min(self._segments(), default=0)

    @property
    def end_offset(self) -> int:
        """Offset below which everything is durable."""
        if not self._durable.is_of(self._folder) and self._folder.is_dir():
            self._durable = DurableEnd(self._folder)  # the journal was deleted and begun anew
        return self._durable.get()

    def wait(self, offset: int, timeout_s: float) -> bool:
        """Wait until something durable lies at or after an offset; return whether it does."""
        until = time.monotonic() + timeout_s
        while self._durable.get() <= offset:
            left_s = until - time.monotonic()
            if left_s <= 0 or self._woken.wait(min(self._poll_s, left_s)):
                self._woken.clear()
                return self._durable.get() > offset
        return True

    def wake(self) -> None:
        """Wake whoever waits, so that they can see that it is time to stop."""
        self._woken.set()

    def read(self, offset: int, limit_bytes: int = 4 << 20) -> list[Entry]:
        """Return durable entries from an offset on, about ``limit_bytes`` of them.

        Raises
        ------
        OffsetOutOfRange
            If the entries there were released.
        """
        durable = self._durable.get()
        while offset < durable:
            firsts = self._segments(offset)
            if not firsts or offset < firsts[0]:
                raise OffsetOutOfRange(offset, firsts[0] if firsts else durable)
            at = bisect_right(firsts, offset) - 1
            segment_end = min(firsts[at + 1] if at + 1 < len(firsts) else durable, durable)
            try:
                found = read_segment(self._folder, firsts[at], offset, segment_end, limit_bytes)
            except FileNotFoundError:
                self._listed_at = -1
                raise OffsetOutOfRange(offset, self.first_offset) from None
            if found:
                return found
            offset = segment_end  # the rest of that segment is damaged beyond reading
        return []

    def close(self) -> None:
        """Unmap the file."""
        self._durable.close()

    def _segments(self, offset: int | None = None) -> list[int]:
        """Return the first offsets of the segments; listed anew when the newest may be missing."""
        durable = self._durable.get()
        stale = self._listed_at != durable
        if offset is None or stale or not self._firsts:
            self._firsts = sorted(int(path.stem) for path in self._folder.glob("*.seg"))
            self._listed_at = durable
        return self._firsts


def read_segment(folder: Path, first: int, offset: int, end: int, limit_bytes: int) -> list[Entry]:
    """Return whole entries of one segment file between two offsets.

    Parameters
    ----------
    first
        Offset at which the segment begins.
    """
    want = min(limit_bytes, end - offset)
    fd = os.open(segment_path(folder, first), os.O_RDONLY)
    try:
        while True:
            content = os.pread(fd, want, offset - first)
            found = [
                Entry(
                    offset + e.start,
                    offset + e.end,
                    e.received_ns,
                    content[e.payload_start : e.end],
                    Mark(e.mark),
                )
                for e in entries_in(content)
            ]
            if found or want >= end - offset:
                return found
            want = min(2 * want, end - offset)
    finally:
        os.close(fd)


def segment_path(folder: Path, first: int) -> Path:
    """Return where the segment that begins at an offset lies."""
    return folder / f"{first:020d}.seg"
