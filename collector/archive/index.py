"""The archive's index: how long each file is, where each hour lies in it, the journal cursor.

One transaction has all of it, so that after a crash files are cut to their length and the journal
is replayed from the cursor: nothing is archived twice and nothing is left out.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from plumbline.collector.storage.database import Schema, open_database, open_to_read, transaction
from plumbline.wire.block import NS

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (
    one INTEGER PRIMARY KEY CHECK (one = 1), store TEXT, cursor INTEGER);
CREATE TABLE IF NOT EXISTS open_files (name TEXT PRIMARY KEY, length INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS day_files (name TEXT PRIMARY KEY, length INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS channels (nslc TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks (
    nslc TEXT, start_ns INTEGER, end_ns INTEGER, name TEXT, first_byte INTEGER, length INTEGER,
    samples INTEGER, quality INTEGER, error_ns INTEGER);
CREATE INDEX IF NOT EXISTS chunks_by_time ON chunks (nslc, end_ns);
"""
_CHECKSUMS = "ALTER TABLE chunks ADD COLUMN crc INTEGER;"
SCHEMA = Schema(
    content="the index of the archive: where each hour lies, and its checksums",
    steps=(_TABLES, _CHECKSUMS),
)

LONGEST_CHUNK_NS = 2 * 3600 * NS  # an hour and its last block, with room


class IndexedChunk(NamedTuple):
    """Records of one channel appended together: one hour, or what came late for it.

    ``quality`` and ``error_ns`` are the worst in it; ``crc`` is the CRC-32 of its bytes, None in
    what version 0.2 wrote.
    """

    nslc: str
    start_ns: int
    end_ns: int
    name: str
    first_byte: int
    length: int
    samples: int
    quality: int
    error_ns: int
    crc: int | None = None


class ArchiveIndex:
    """Index of the archive, ``archive.db``: written by the archive stage alone, read by anyone."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    @classmethod
    def to_write(cls, path: Path, store: str) -> Self:
        """Open for writing; ``store`` is the journal that the first cursor belongs to."""
        db = open_database(path, SCHEMA)
        db.execute("INSERT OR IGNORE INTO meta VALUES (1, ?, 0)", (store,))
        return cls(db)

    @classmethod
    def to_read(cls, path: Path) -> Self | None:
        """Open for reading, or return None while the archive stage has not made it yet."""
        db = open_to_read(path, SCHEMA)
        if db is not None and not db.execute("SELECT 1 FROM meta").fetchone():  # written last
            db.close()
            return None
        return None if db is None else cls(db)

    def cursor(self) -> int:
        """Return the journal offset up to which everything is in the files."""
        return int(self._db.execute("SELECT cursor FROM meta").fetchone()[0])

    def follow(self, store: str, cursor: int) -> None:
        """Note that the cursor is one of this journal from now on."""
        self._db.execute("UPDATE meta SET store = ?, cursor = ?", (store, cursor))

    def open_files(self) -> dict[str, int]:
        """Return the open files and how long each is."""
        return {name: int(n) for name, n in self._db.execute("SELECT name, length FROM open_files")}

    def day_length(self, name: str) -> int:
        """Return how long a day file is (0 if it does not exist)."""
        row = self._db.execute("SELECT length FROM day_files WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def commit(self, cursor: int, lengths: Mapping[str, int]) -> None:
        """Note that open files are this long and the journal is in them up to the cursor."""
        with transaction(self._db):
            self._db.executemany("INSERT OR REPLACE INTO open_files VALUES (?, ?)", lengths.items())
            self._db.execute("UPDATE meta SET cursor = ?", (cursor,))

    def close_hours(self, open_names: Iterable[str], chunks: Iterable[IndexedChunk]) -> None:
        """Note that hours are closed: their records are appended, their open files may go."""
        with transaction(self._db):
            for chunk in chunks:
                self._db.execute(
                    "INSERT OR REPLACE INTO day_files VALUES (?, ?)",
                    (chunk.name, chunk.first_byte + chunk.length),
                )
                self._db.execute("INSERT OR IGNORE INTO channels VALUES (?)", (chunk.nslc,))
                self._db.execute("INSERT INTO chunks VALUES (?,?,?,?,?,?,?,?,?,?)", chunk)
            self._db.executemany(
                "DELETE FROM open_files WHERE name = ?", [(name,) for name in open_names]
            )

    def chunks(self, nslc: str, start_ns: int, end_ns: int) -> list[IndexedChunk]:
        """Return the chunks of a channel that touch a span, in the order they were appended."""
        rows = self._db.execute(
            "SELECT * FROM chunks WHERE nslc = ? AND end_ns > ? AND end_ns < ? AND start_ns < ?"
            " ORDER BY rowid",
            (nslc, start_ns, end_ns + LONGEST_CHUNK_NS, end_ns),
        )
        return [IndexedChunk(*row) for row in rows]

    def newest_chunk(self) -> int:
        """Return the number of the chunk that was appended last; 0 where there is none."""
        (number,) = self._db.execute("SELECT max(rowid) FROM chunks").fetchone()
        return int(number or 0)

    def chunks_after(self, number: int) -> tuple[int, list[IndexedChunk]]:
        """Return the chunks appended after one, and the number of the last of them."""
        rows = self._db.execute(
            "SELECT rowid, * FROM chunks WHERE rowid > ? ORDER BY rowid", (number,)
        ).fetchall()
        return rows[-1][0] if rows else number, [IndexedChunk(*row[1:]) for row in rows]

    def every_chunk(self) -> Iterator[IndexedChunk]:
        """Yield all chunks of all channels, in the order they were appended."""
        for row in self._db.execute("SELECT * FROM chunks ORDER BY rowid"):
            yield IndexedChunk(*row)

    def day_files(self) -> dict[str, int]:
        """Return the day files and how long each is."""
        return {name: int(n) for name, n in self._db.execute("SELECT name, length FROM day_files")}

    def store(self) -> str:
        """Return the identity of the journal that the cursor belongs to."""
        return str(self._db.execute("SELECT store FROM meta").fetchone()[0])

    def channels(self) -> Iterator[str]:
        """Yield the channels that have records."""
        for (nslc,) in self._db.execute("SELECT nslc FROM channels ORDER BY nslc"):
            yield nslc

    def span(self, nslc: str) -> tuple[int, int] | None:
        """Return first and last time of a channel's records, or None if it has none."""
        row = self._db.execute(
            "SELECT min(start_ns), max(end_ns) FROM chunks WHERE nslc = ?", (nslc,)
        ).fetchone()
        return (int(row[0]), int(row[1])) if row[0] is not None else None

    def close(self) -> None:
        """Close the file."""
        self._db.close()
