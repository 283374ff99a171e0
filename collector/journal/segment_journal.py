"""The journal: checked messages in segment files, one fsync for a group, read by offset.

One thread appends and syncs; any number read. Nothing is visible before its fsync. This class is
the only place that knows how the journal is stored.
"""

import os
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from zlib import crc32

from plumbline.collector.journal.entry import Entry, Mark
from plumbline.collector.journal.errors import (
    JournalBroken,
    JournalError,
    OffsetOutOfRange,
)
from plumbline.collector.journal.segment import framed
from plumbline.collector.journal.segment_folder import locked, mended, translated
from plumbline.collector.journal.segment_reader import DurableEnd, read_segment, segment_path
from plumbline.collector.journal.settings import JournalSettings
from plumbline.collector.journal.store_id import store_id
from plumbline.collector.journal.tail import Tail
from plumbline.collector.storage.files import sync_folder, write_all
from plumbline.wire.block import Block


class Journal:
    """Append-only entries on disk.

    Raises
    ------
    JournalLocked
        If another process has it open.
    """

    def __init__(
        self,
        folder: Path,
        settings: JournalSettings | None = None,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._settings = settings or JournalSettings()
        self._folder = folder
        self._now_ns = now_ns
        folder.mkdir(parents=True, exist_ok=True)
        self._lock_fd = locked(folder)
        self.store_id = store_id(folder)
        self._news = threading.Condition()
        self._tail = Tail(int(self._settings.tail_mb * 1e6))
        self._pending: list[Entry] = []
        self._broken = False
        self._pinned: int | None = None
        self._firsts = sorted(int(path.stem) for path in folder.glob("*.seg")) or [0]
        self._fd = self._opened(self._firsts[-1])
        self._end = self._durable = self._firsts[-1] + mended(self._fd)
        self._shared_end = DurableEnd(folder)
        self._shared_end.set(self._durable)

    @property
    def first_offset(self) -> int:
        """Offset of the oldest entry that is still there."""
        return self._firsts[0]

    @property
    def end_offset(self) -> int:
        """Offset below which everything is durable."""
        return self._durable

    @property
    def size_bytes(self) -> int:
        """Bytes on disk."""
        return self._end - self._firsts[0]

    def append(
        self,
        payloads: Sequence[tuple[int, bytes]],
        blocks: Sequence[Block] = (),
        marks: Sequence[Mark] = (),
    ) -> list[int]:
        """Add messages, each ``(received_ns, message)``, and return their offsets.

        They are not durable before `sync`. ``blocks`` are the messages as decoded already, so that
        no stage decodes them again.

        Raises
        ------
        JournalFull
            If the disk has no space; nothing was added.
        JournalError
            If it cannot be written, or what an earlier failure left cannot be cut off; the same
            group may be given again.
        """
        self._sound()
        if self._broken:
            self._reopen()
        made: list[Entry] = []
        frames: list[bytes] = []
        try:
            if self._end - self._firsts[-1] >= self._settings.segment_mb * 1e6:
                self._roll()
        except OSError as error:
            raise translated(self._folder, error) from error
        at = self._end
        for n, (received_ns, payload) in enumerate(payloads):
            mark = marks[n] if marks else Mark.NONE
            frame = framed(received_ns, payload, mark, crc32(payload))
            decoded = [blocks[n]] if blocks else []
            made.append(Entry(at, at + len(frame), received_ns, payload, mark, decoded))
            frames.append(frame)
            at += len(frame)
        try:
            write_all(self._fd, b"".join(frames))
        except OSError as error:
            self._undo()
            raise translated(self._folder, error) from error
        self._end = at
        self._pending += made
        return [entry.offset for entry in made]

    def sync(self) -> int:
        """Make all that was appended durable and visible; return the durable end offset.

        Raises
        ------
        JournalBroken
            If fsync fails: what was appended since the last one is forgotten and must be given
            again, because nobody knows what of it is on the disk.
        """
        self._sound()
        if self._broken:
            raise JournalBroken(f"{self._folder}: a write failed; give the group again")
        if self._pending:
            try:
                os.fdatasync(self._fd)
            except OSError as error:
                self._broken = True
                raise JournalBroken(f"{self._folder}: fsync failed, {error.strerror}") from error
            with self._news:
                self._tail.extend(self._pending)
                self._pending = []
                self._durable = self._end
                self._shared_end.set(self._durable)
                self._news.notify_all()
        return self._durable

    def wait(self, offset: int, timeout_s: float) -> bool:
        """Wait until something durable lies at or after an offset; return whether it does."""
        with self._news:
            return self._news.wait_for(lambda: self._durable > offset, timeout_s)

    def wake(self) -> None:
        """Wake whoever waits, so that they can see that it is time to stop."""
        with self._news:
            self._news.notify_all()

    def read(self, offset: int, limit_bytes: int = 4 << 20) -> list[Entry]:
        """Return durable entries from an offset on, about ``limit_bytes`` of them.

        Raises
        ------
        FellOff
            If the entries there were released.
        """
        with self._news:
            if near := self._tail.read(offset, limit_bytes):
                return near
            durable, firsts = self._durable, list(self._firsts)
        while offset < durable:
            if offset < firsts[0]:
                raise OffsetOutOfRange(offset, firsts[0])
            at = bisect_right(firsts, offset) - 1
            segment_end = firsts[at + 1] if at + 1 < len(firsts) else durable
            try:
                found = read_segment(self._folder, firsts[at], offset, segment_end, limit_bytes)
            except FileNotFoundError:
                raise OffsetOutOfRange(offset, self._firsts[0]) from None
            if found:
                return found
            offset = segment_end  # the rest of that segment is damaged beyond reading
        return []

    def pin(self, offset: int) -> None:
        """Retain everything from an offset on, whoever releases more; set by the ledger."""
        self._pinned = offset

    def release(self, below: int) -> None:
        """Delete segments that lie wholly below an offset, where the bounds allow it.

        ``below`` is the smallest cursor of all stages that must have passed.
        """
        below = below if self._pinned is None else min(below, self._pinned)
        oldest_s = self._now_ns() / 1e9 - self._settings.keep_hours * 3600
        while len(self._firsts) > 1 and self._firsts[1] <= below:
            path = self._path(self._firsts[0])
            too_much = self.size_bytes > self._settings.bound_mb * 1e6
            if not too_much and path.stat().st_mtime >= oldest_s:
                break
            with self._news:
                del self._firsts[0]
            path.unlink()

    def close(self) -> None:
        """Close the files; what was appended and not synced may be lost."""
        if self._fd >= 0:
            os.close(self._fd)
            os.close(self._lock_fd)
            self._shared_end.close()
            self._fd = -1
        self.wake()

    def _roll(self) -> None:
        """Begin a new segment; the old one is durable before the new name exists."""
        self.sync()
        fd = self._opened(self._end)
        os.close(self._fd)
        self._fd = fd
        with self._news:
            self._firsts.append(self._end)

    def _opened(self, first: int) -> int:
        fd = os.open(self._path(first), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            sync_folder(self._folder)
        except OSError:
            os.close(fd)
            raise
        return fd

    def _reopen(self) -> None:
        """Open the last segment again and cut all that is not known to be durable.

        After a failed fsync the system may count pages as clean that never reached the disk, so
        what was not acknowledged is written anew and never synced again.
        """
        try:
            fd = self._opened(self._firsts[-1])
            try:
                os.ftruncate(fd, self._durable - self._firsts[-1])
                os.fsync(fd)
            except OSError:
                os.close(fd)
                raise
        except OSError as error:
            raise translated(self._folder, error) from error
        os.close(self._fd)
        self._fd, self._end, self._pending, self._broken = fd, self._durable, [], False

    def _undo(self) -> None:
        """Take back a group that was written in part; what cannot be is cut by `_reopen`."""
        try:
            os.ftruncate(self._fd, self._end - self._firsts[-1])
        except OSError:
            self._broken = True

    def _sound(self) -> None:
        if self._fd < 0:
            raise JournalError(f"{self._folder}: the journal is closed")

    def _path(self, first: int) -> Path:
        return segment_path(self._folder, first)
