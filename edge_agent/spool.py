"""The spool: every block on disk before it is sent, and a second copy until the bound is reached.

A row is unheld, held (the collector's watermark said so) or refused. Rows leave only when the bound
is reached: held ones first, oldest first, then refused ones; unheld ones never. Every commit is
durable (WAL, synchronous=FULL): a row that was announced survives a kill and a power cut.
"""

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from plumbline.edge_agent.errors import SpoolTrouble
from plumbline.wire.messages import Watermark

MB = 1_000_000
VERSION = 1
"""Of the tables, as SQLite's ``user_version``; Plumbline 0.2.0 stamped none (0)."""
NOTHING: Mapping[str, str] = {}
SCHEMA = """
CREATE TABLE IF NOT EXISTS boots (boot TEXT PRIMARY KEY, started_ns INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    id INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, boot TEXT NOT NULL,
    seq INTEGER NOT NULL, standing INTEGER NOT NULL, bytes INTEGER NOT NULL,
    message BLOB NOT NULL, reason TEXT, UNIQUE (stream, boot, seq));
CREATE INDEX IF NOT EXISTS by_standing ON rows (standing, stream, boot, seq);
CREATE INDEX IF NOT EXISTS leaving ON rows (standing, id, bytes);
"""


class RowStanding(IntEnum):
    """What is known of a row."""

    UNHELD = 0
    HELD = 1
    REFUSED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A block's message on its way into the spool."""

    stream: str
    boot: str
    seq: int
    message: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A block's message in the spool."""

    id: int
    stream: str
    boot: str
    seq: int
    message: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How full the spool is."""

    rows: int
    unheld: int
    bytes: int


class Spool:
    """SQLite rows of blocks; safe to use from several threads.

    Raises
    ------
    SpoolTrouble
        If the file cannot be opened, is no spool, or was written by a newer agent.

    Notes
    -----
    Opened here and not by the collector's ``storage``: the agent imports nothing of the collector,
    and its spool has one process and one file, which a lock of its own guards.
    """

    def __init__(self, path: Path, *, bound_mb: float) -> None:
        self._path = path
        self._bound_bytes = round(bound_mb * MB)
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            version = self._schema_version()
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            if version < VERSION:
                self._db.executescript(f"{SCHEMA} PRAGMA user_version = {VERSION};")
            self._rows: int
            self._bytes: int
            self._rows, self._bytes = self._db.execute(
                "SELECT count(*), coalesce(sum(bytes), 0) FROM rows INDEXED BY leaving"
            ).fetchone()
        except sqlite3.Error as error:
            raise SpoolTrouble(
                f"spool {path} cannot be opened ({error}); check the folder, its rights and the "
                "disk; a damaged spool may be moved aside and a new one is made"
            ) from error

    def begin_boot(self, boot: str, started_ns: int) -> None:
        """Make the number of this start durable, before anything is published under it."""
        with self._lock, self._transaction():
            self._db.execute("INSERT INTO boots VALUES (?, ?)", (boot, started_ns))

    def add(self, rows: Sequence[NewRow], facts: Mapping[str, str] = NOTHING) -> list[int]:
        """Commit rows, and facts to remember, as one group; return the ids of the rows.

        Room is made by the rules above.
        """
        incoming = sum(len(row.message) for row in rows)
        with self._lock:
            with self._transaction():
                gone, freed = self._make_room(incoming)
                ids = [self._insert(row) for row in rows]
                self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())
            self._rows += len(rows) - gone
            self._bytes += incoming - freed
            return ids

    def rows(self, ids: Sequence[int]) -> list[Row]:
        """Return the rows of these ids that are still there."""
        return self._select(f"id IN ({','.join('?' * len(ids))}) ORDER BY id", *ids)

    def unheld_after(self, row_id: int, limit: int) -> list[Row]:
        """Return the oldest unheld rows behind an id."""
        return self._select("standing = 0 AND id > ? ORDER BY id LIMIT ?", row_id, limit)

    def ids_between(self, stream: str, boot: str, first: int, last: int) -> list[int]:
        """Return the ids of a span of sequence numbers, held or not."""
        with self._lock:
            found = self._db.execute(
                "SELECT id FROM rows WHERE stream = ? AND boot = ? AND seq BETWEEN ? AND ?"
                " ORDER BY seq",
                (stream, boot, first, last),
            ).fetchall()
        return [row_id for (row_id,) in found]

    def mark(self, watermark: Watermark) -> tuple[list[int], list[tuple[int, str]]]:
        """Take over what the collector holds and refuses.

        Returns
        -------
        held
            Ids of rows that were not known to be held.
        refused
            Ids and reasons of rows that were not known to be refused.
        """
        held: list[int] = []
        refused: list[tuple[int, str]] = []
        # by the index on standing, so that held rows of a long boot are not gone through again
        where = "AND stream = ? AND boot = ? AND seq BETWEEN ? AND ? RETURNING id"
        with self._lock, self._transaction():
            for mark in watermark.boots:
                for first, last in mark.held:
                    span = (watermark.stream, mark.boot, first, last)
                    held += self._update(f"standing = 1 WHERE standing IN (0, 2) {where}", *span)
                for first, last, reason in mark.refused:
                    span = (watermark.stream, mark.boot, first, last)
                    ids = self._update(
                        f"standing = 2, reason = ? WHERE standing = 0 {where}", reason, *span
                    )
                    refused += [(row_id, reason) for row_id in ids]
        return held, refused

    def forget_standing(self) -> int:
        """Make every row unheld again, for a collector that begins anew; return how many were."""
        with self._lock, self._transaction():
            return len(
                self._update("standing = 0, reason = NULL WHERE standing IN (1, 2) RETURNING id")
            )

    def fact(self, name: str) -> str | None:
        """Return a remembered fact, as the collector's store id."""
        with self._lock:
            found = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def remember(self, name: str, value: str) -> None:
        """Remember a fact durably."""
        with self._lock, self._transaction():
            self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def fill(self) -> Fill:
        """Return how full the spool is."""
        with self._lock:
            (unheld,) = self._db.execute("SELECT count(*) FROM rows WHERE standing = 0").fetchone()
            return Fill(rows=self._rows, unheld=unheld, bytes=self._bytes)

    @property
    def excess_bytes(self) -> int:
        """How far data that nobody else holds has outgrown the bound. [bytes]"""
        return max(0, self._bytes - self._bound_bytes)

    def close(self) -> None:
        """Close the file; nothing is lost by not calling this."""
        with self._lock:
            self._db.close()

    def _schema_version(self) -> int:
        version: int
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            self._db.close()
            raise SpoolTrouble(
                f"spool {self._path} was written by a newer agent (schema version {version}, this "
                f"one knows up to {VERSION}); run that agent or a newer one: the spool may hold "
                "blocks that nobody else has"
            )
        return version

    def _insert(self, row: NewRow) -> int:
        done = self._db.execute(
            "INSERT INTO rows (stream, boot, seq, standing, bytes, message)"
            " VALUES (?, ?, ?, 0, ?, ?)",
            (row.stream, row.boot, row.seq, len(row.message), row.message),
        )
        return done.lastrowid or 0

    def _make_room(self, incoming: int) -> tuple[int, int]:
        """Let held, then refused rows go until the bound is met; return rows and bytes gone."""
        excess = self._bytes + incoming - self._bound_bytes
        gone = freed = 0
        for standing in (RowStanding.HELD, RowStanding.REFUSED):
            while freed < excess:
                oldest = self._db.execute(
                    "SELECT id, bytes FROM rows INDEXED BY leaving WHERE standing = ?"
                    " ORDER BY id LIMIT 1",
                    (standing,),
                ).fetchone()
                if oldest is None:
                    break
                self._db.execute("DELETE FROM rows WHERE id = ?", (oldest[0],))
                gone += 1
                freed += oldest[1]
        return gone, freed

    def _select(self, where: str, *values: object) -> list[Row]:
        with self._lock:
            found: Iterable[tuple[int, str, str, int, bytes]] = self._db.execute(
                f"SELECT id, stream, boot, seq, message FROM rows WHERE {where}",  # noqa: S608
                values,
            ).fetchall()
        return [
            Row(id=row_id, stream=stream, boot=boot, seq=seq, message=message)
            for row_id, stream, boot, seq, message in found
        ]

    def _update(self, what: str, *values: object) -> list[int]:
        return [row[0] for row in self._db.execute(f"UPDATE rows SET {what}", values)]  # noqa: S608

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db, self._path)


class _Transaction:
    """One durable, all-or-nothing change; SQLite's complaints in the operator's words."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path

    def __enter__(self) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as trouble:
            raise SpoolTrouble(f"spool {self._path} cannot be written ({trouble})") from trouble

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        try:
            self._db.execute("ROLLBACK" if kind else "COMMIT")
        except sqlite3.Error as trouble:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise SpoolTrouble(f"spool {self._path} cannot be written ({trouble})") from trouble
        if kind and issubclass(kind, sqlite3.Error):
            raise SpoolTrouble(
                f"spool {self._path} cannot be written ({error}); check space and rights"
            )
