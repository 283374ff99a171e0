"""The archive stage: blocks into open hours, closed hours into day files, exact after any crash."""

import logging
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from plumbline.collector.archive.hour_closing import Closing, Repacker
from plumbline.collector.archive.index import ArchiveIndex
from plumbline.collector.archive.open_hour import (
    HOUR_NS,
    blocks_in,
    file_name,
    framed,
    hour_end_ns,
    stream_of,
)
from plumbline.collector.archive.record_packing import LENGTHS
from plumbline.collector.archive.sds import day_file
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.journal import Entry
from plumbline.collector.journal.reading import JournalReader
from plumbline.collector.storage.files import sync_folder, sync_many, write_all
from plumbline.wire.block import NS

log = logging.getLogger(__name__)

CLOSING_S = 0.25
"""How long one call may go on closing hours, so that a thousand streams do not close at once."""
BATCH = 8


class ArchiveLost(Exception):
    """Day files without their index: nothing can be appended without risking what is there."""


@dataclass(slots=True)
class _OpenFile:
    length: int
    ends_ns: int
    written_ns: int


class ArchiveStage:
    """Stage that follows the journal into open hours, and closes hours into day files.

    Raises
    ------
    ArchiveLost
        If there are day files, and ``archive.db`` is gone.
    """

    name = "archive"
    backfills = False

    def __init__(
        self, data: Path, journal: JournalReader, settings: ArchiveSettings, now_ns: int
    ) -> None:
        self._archive = data / "archive"
        self._open = data / "open"
        self._settings = settings
        index_path = data / "state" / "archive.db"
        if not index_path.exists() and any(self._archive.glob("*/*")):
            raise ArchiveLost(
                f"{index_path} is missing but {self._archive} holds day files; bring archive.db "
                "back from a backup, or move the archive folder away to begin a new one"
            )
        self._archive.mkdir(parents=True, exist_ok=True)
        self._open.mkdir(parents=True, exist_ok=True)
        self._index = ArchiveIndex.to_write(index_path, journal.store_id)
        self._store_id = journal.store_id
        lengths = [n for n in LENGTHS if n <= settings.record_bytes]
        self._repacker = Repacker(self._archive, self._open, self._index, lengths)
        self._position = self._cursor = self._index.cursor()
        self._torn = False
        self._files: dict[str, _OpenFile] = {}
        self._dirty: set[str] = set()
        self._committed_at = monotonic()
        self._mend(now_ns)

    def cursor(self) -> int:
        """Return the journal offset from which to go on after a restart."""
        return self._cursor

    def journal_id(self) -> str | None:
        """Return the identity of the journal that the cursor belongs to."""
        return self._index.store()

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        """Go on from the oldest entry there is; what is there already is left out at the close."""
        self.commit()
        self._index.follow(self._store_id, first_offset)
        self._position = self._cursor = first_offset

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Write blocks into their open hours."""
        self._torn = True
        frames: defaultdict[str, list[bytes]] = defaultdict(list)
        for entry in entries:
            block = entry.block()
            frames[file_name(block)].append(framed(block))
        for name, parts in frames.items():
            self._write(name, b"".join(parts), now_ns)
        self._position = entries[-1].next_offset
        self._torn = False
        if monotonic() - self._committed_at >= self._settings.commit_s:
            self.commit()

    def idle(self, now_ns: int) -> None:
        """Move the cursor, and close hours whose time has come."""
        if monotonic() - self._committed_at >= self._settings.commit_s:
            self.commit()
        grace_ns = int(self._settings.grace_s * NS)
        self._close_hours(
            [
                name
                for name, file in self._files.items()
                if now_ns >= max(file.ends_ns, file.written_ns) + grace_ns
            ],
            until=monotonic() + CLOSING_S,
        )

    def commit(self) -> None:
        """Make everything taken durable and move the cursor past it."""
        self._committed_at = monotonic()
        if self._position == self._cursor:
            return
        sync_many([self._open / name for name in self._dirty])
        for folder in {(self._open / name).parent for name in self._dirty}:
            sync_folder(folder)
        lengths = {name: self._files[name].length for name in self._dirty}
        self._index.commit(self._position, lengths)
        self._cursor = self._position
        self._dirty.clear()

    def close_all(self) -> None:
        """Close every open hour now."""
        self._close_hours(list(self._files), until=float("inf"))

    def close(self) -> None:
        """Close the files; what is not committed is replayed from the journal.

        After an error in the middle of its work nothing is committed: lengths and cursor may not
        belong together.
        """
        try:
            if not self._torn:
                self.commit()
                if self._settings.close_on_stop:
                    self.close_all()
        finally:
            self._index.close()

    def _write(self, name: str, content: bytes, now_ns: int) -> None:
        path = f"{self._open}/{name}"  # a `Path` costs as much as the write
        file = self._files.get(name)
        if file is None:
            folder = self._open / name.partition("/")[0]
            folder.mkdir(exist_ok=True)
            file = self._files[name] = _OpenFile(0, hour_end_ns(folder.name), now_ns)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            write_all(fd, content)
        finally:
            os.close(fd)
        file.length += len(content)
        file.written_ns = now_ns
        self._dirty.add(name)

    def _close_hours(self, names: list[str], until: float) -> None:
        for first in range(0, len(names), BATCH):
            if monotonic() >= until:
                return
            self.commit()  # an open file that is repacked is in the index, so that it is mended
            self._torn = True
            closing = Closing()
            for name in names[first : first + BATCH]:
                self._repacker.close(name, self._files[name].length, closing)
            self._index.close_hours(closing.open_names, closing.chunks)
            for name in closing.open_names:
                del self._files[name]
                self._forget(self._open / name)
            self._torn = False

    def _forget(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        if not any(path.parent.iterdir()):
            path.parent.rmdir()

    def _mend(self, now_ns: int) -> None:
        """Cut every file to the length in the index; what follows is in the journal."""
        known = self._index.open_files()
        for path in sorted(self._open.glob("*/*")):
            name = f"{path.parent.name}/{path.name}"
            if name not in known:
                self._forget(path)
        for name, promised in known.items():
            path = self._open / name
            length = _cut_to(path, promised)
            self._files[name] = _OpenFile(length, hour_end_ns(path.parent.name), now_ns)
            key, axes = stream_of(path.name)
            end_ns = hour_end_ns(path.parent.name)
            for nslc in (key + axis for axis in axes):
                for time_ns in (end_ns - 1, end_ns + HOUR_NS):
                    self._cut(day_file(nslc, time_ns))

    def _cut(self, day_name: str) -> None:
        path = self._archive / day_name
        length = self._index.day_length(day_name)
        if path.exists() and path.stat().st_size > length:
            os.truncate(path, length)


def _cut_to(path: Path, promised: int) -> int:
    """Cut an open file to its length in the index; return it, less where the disk lost some."""
    path.parent.mkdir(exist_ok=True)
    path.touch()
    length = promised
    if path.stat().st_size < promised:
        length = max((block.end for block in blocks_in(path.read_bytes())), default=0)
        log.error("%s lost %d bytes: they are missing from the archive", path, promised - length)
    os.truncate(path, length)
    return length
