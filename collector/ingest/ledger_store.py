"""The ledger's snapshot in SQLite: one row a boot, one a page of CRCs, and the journal offset."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from plumbline.collector.ingest.checksums import Page
from plumbline.collector.storage.database import Schema, open_database, transaction
from plumbline.wire.block import NS

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (
    one INTEGER PRIMARY KEY CHECK (one = 1), store TEXT, offset INTEGER);
CREATE TABLE IF NOT EXISTS boots (
    stream TEXT, boot TEXT, held TEXT, refused TEXT, conflicts TEXT, touched_ns INTEGER,
    PRIMARY KEY (stream, boot)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pages (
    stream TEXT, boot TEXT, number INTEGER, crcs BLOB, saved_ns INTEGER,
    PRIMARY KEY (stream, boot, number));
CREATE INDEX IF NOT EXISTS pages_by_age ON pages (saved_ns);
"""
SCHEMA = Schema(content="which blocks are held or refused", steps=(_TABLES,))
PAGE_RETENTION_NS = 3 * 24 * 3600 * NS  # an edge repeats what went unheld within hours


@dataclass(slots=True, kw_only=True)
class BootRow:
    """One boot of one stream as the snapshot stores it."""

    stream: str
    boot: int
    held: list[tuple[int, int]]
    refused: dict[str, list[tuple[int, int]]]
    conflicts: set[tuple[int, int]]
    touched_ns: int
    pages: dict[int, Page] = field(default_factory=dict)


class LedgerStore:
    """The snapshot's file.

    A snapshot of another journal (``store``) does not hold for this one and is emptied.
    """

    def __init__(self, path: Path, store: str) -> None:
        self._db = open_database(path, SCHEMA)
        saved = self._db.execute("SELECT store, offset FROM meta").fetchone()
        if saved is None or saved[0] != store:
            with transaction(self._db):
                for table in ("boots", "pages", "meta"):
                    self._db.execute(f"DELETE FROM {table}")  # noqa: S608  (three fixed names)
                self._db.execute("INSERT INTO meta VALUES (1, ?, 0)", (store,))
            saved = (store, 0)
        self.offset = int(saved[1])

    def boots(self) -> Iterator[BootRow]:
        """Yield every boot of the snapshot."""
        yield from boot_rows(self._db)

    def page(self, stream: str, boot: int, number: int) -> Page | None:
        """Return a page of CRCs, or None if it was never saved or is forgotten."""
        row = self._db.execute(
            "SELECT crcs FROM pages WHERE stream = ? AND boot = ? AND number = ?",
            (stream, f"{boot:016x}", number),
        ).fetchone()
        return None if row is None else np.frombuffer(row[0], np.uint32).copy()

    def save(self, offset: int, rows: Sequence[BootRow]) -> None:
        """Replace the rows given and the offset, in one transaction."""
        newest_ns = max((row.touched_ns for row in rows), default=0)
        with transaction(self._db):
            for row in rows:
                boot = f"{row.boot:016x}"
                self._db.execute(
                    "INSERT OR REPLACE INTO boots VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        row.stream,
                        boot,
                        json.dumps(row.held),
                        json.dumps(row.refused),
                        json.dumps(sorted(row.conflicts)),
                        row.touched_ns,
                    ),
                )
                self._db.executemany(
                    "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)",
                    [
                        (row.stream, boot, number, page.tobytes(), row.touched_ns)
                        for number, page in row.pages.items()
                    ],
                )
            self._db.execute(
                "DELETE FROM pages WHERE saved_ns < ?", (newest_ns - PAGE_RETENTION_NS,)
            )
            self._db.execute("UPDATE meta SET offset = ?", (offset,))
        self.offset = offset

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def boot_rows(db: sqlite3.Connection) -> Iterator[BootRow]:
    """Yield every boot of a snapshot that is open, for reading it beside a collector."""
    for stream, boot, held, refused, conflicts, touched_ns in db.execute(
        "SELECT stream, boot, held, refused, conflicts, touched_ns FROM boots"
    ):
        yield BootRow(
            stream=stream,
            boot=int(boot, 16),
            held=[(first, last) for first, last in json.loads(held)],
            refused={
                why: [(first, last) for first, last in ranges]
                for why, ranges in json.loads(refused).items()
            },
            conflicts={(seq, crc) for seq, crc in json.loads(conflicts)},
            touched_ns=touched_ns,
        )
