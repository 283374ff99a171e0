"""The ledger: which blocks of which boot are held or refused.

Derived state. The truth is the journal; a snapshot with its offset shortens the reading after a
start, and is written every half minute, never once a group.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from plumbline.collector.ingest.checksums import ChecksumPages
from plumbline.collector.ingest.ledger_store import BootRow, LedgerStore
from plumbline.wire.ranges import RangeSet
from plumbline.wire.record_header import Key

UNKNOWN_CRC = 0


class Disposition(Enum):
    """Disposition of a message beside what is held."""

    NEW = auto()
    DUPLICATE = auto()
    CONFLICT = auto()


@dataclass(slots=True)
class Boot:
    """Blocks held and refused of one boot of one stream."""

    crcs: ChecksumPages
    held: RangeSet = field(default_factory=RangeSet)
    refused: dict[str, RangeSet] = field(default_factory=dict)
    conflicts: set[tuple[int, int]] = field(default_factory=set)
    touched_ns: int = 0
    dirty: bool = False


class Ledger:
    """Sequence numbers held and refused, by stream and boot."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store
        self._streams: dict[str, dict[int, Boot]] = {}
        self.offset = store.offset
        for row in store.boots():
            self._streams.setdefault(row.stream, {})[row.boot] = self._from_row(row)

    def disposition_of(self, key: Key, crc: int) -> Disposition:
        """Return what a message with this key and CRC is beside what is held."""
        boot = self._streams.get(key.stream, {}).get(key.boot)
        if boot is None or key.seq not in boot.held:
            return Disposition.NEW
        known = boot.crcs.get(key.seq)
        if known in (UNKNOWN_CRC, crc) or (key.seq, crc) in boot.conflicts:
            return Disposition.DUPLICATE
        return Disposition.CONFLICT

    def hold(self, key: Key, crc: int, now_ns: int) -> None:
        """Note a block that is durable in the journal."""
        boot = self._boot(key, now_ns)
        if key.seq in boot.held:
            if boot.crcs.get(key.seq) != crc:
                boot.conflicts.add((key.seq, crc))
            return
        boot.held.add(key.seq)
        with contextlib.suppress(sqlite3.Error):  # a page that cannot be read: the CRC is unknown
            boot.crcs.put(key.seq, crc)

    def refuse(self, key: Key, reason: str, now_ns: int) -> None:
        """Note a block that will not be taken, and why."""
        boot = self._boot(key, now_ns)
        if key.seq not in boot.held:
            boot.refused.setdefault(reason, RangeSet()).add(key.seq)

    def touch(self, key: Key, now_ns: int) -> None:
        """Note that the edge still sends blocks of a boot, so that its watermark goes out again."""
        self._boot(key, now_ns)

    def boots(self, stream: str) -> dict[int, Boot]:
        """Return what is known of a stream, by boot; not to be changed."""
        return self._streams.get(stream, {})

    def save(self, offset: int) -> None:
        """Write what changed since the last snapshot; the journal has the rest from ``offset``."""
        rows: list[BootRow] = []
        for stream, boots in self._streams.items():
            for number, boot in boots.items():
                if boot.dirty:
                    rows.append(self._to_row(stream, number, boot))
                    boot.dirty = False
        try:
            self._store.save(offset, rows)
        except (sqlite3.Error, OSError):
            for row in rows:  # nothing of it is on disk: it is written with the next snapshot
                boot = self._streams[row.stream][row.boot]
                boot.dirty = True
                boot.crcs.put_back(row.pages)
            raise
        self.offset = offset

    def close(self) -> None:
        """Close the snapshot's file; nothing is written."""
        with contextlib.closing(self._store):
            self._streams.clear()

    def _boot(self, key: Key, now_ns: int) -> Boot:
        boots = self._streams.setdefault(key.stream, {})
        boot = boots.get(key.boot)
        if boot is None:
            boot = boots[key.boot] = Boot(self._crcs(key.stream, key.boot))
        boot.touched_ns = now_ns
        boot.dirty = True
        return boot

    def _crcs(self, stream: str, boot: int) -> ChecksumPages:
        return ChecksumPages(lambda number: self._store.page(stream, boot, number))

    def _from_row(self, row: BootRow) -> Boot:
        return Boot(
            crcs=self._crcs(row.stream, row.boot),
            held=RangeSet(row.held),
            refused={why: RangeSet(ranges) for why, ranges in row.refused.items()},
            conflicts=row.conflicts,
            touched_ns=row.touched_ns,
        )

    @staticmethod
    def _to_row(stream: str, number: int, boot: Boot) -> BootRow:
        return BootRow(
            stream=stream,
            boot=number,
            held=list(boot.held),
            refused={why: list(ranges) for why, ranges in boot.refused.items()},
            conflicts=set(boot.conflicts),
            touched_ns=boot.touched_ns,
            pages=boot.crcs.taken(),
        )


def refused_ranges(boot: Boot) -> Iterator[tuple[int, int, str]]:
    """Yield what is refused of a boot, without what was taken after all."""
    for reason, ranges in boot.refused.items():
        for first, last in ranges:
            due = first
            for start, end in boot.held:
                if start > last:
                    break
                if end < due:
                    continue
                if start > due:
                    yield due, start - 1, reason
                due = end + 1
            if due <= last:
                yield due, last, reason
