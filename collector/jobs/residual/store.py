"""Comparisons before and after: SQLite, one row an episode, instrument and horizon.

A row is requested with the revision of the event store that was read, and revised until it is
final, each in one transaction: a restart goes on where it was, and nothing is compared twice.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from plumbline.collector.storage.database import Durability, Schema, open_database, transaction

_TABLES = """
CREATE TABLE IF NOT EXISTS look (
    event TEXT NOT NULL, stream TEXT NOT NULL, horizon TEXT NOT NULL,
    onset_ns INTEGER NOT NULL, closed_ns INTEGER NOT NULL, due_ns INTEGER,
    revision INTEGER NOT NULL, looked_ns INTEGER, body TEXT,
    PRIMARY KEY (event, stream, horizon)
) STRICT;
CREATE INDEX IF NOT EXISTS look_due ON look (due_ns) WHERE due_ns IS NOT NULL;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO counter VALUES ('read', 0);
"""
SCHEMA = Schema(
    content="what each shaking moved",
    steps=(_TABLES,),
    durability=Durability.LATEST_LOST,  # lost to a power cut, it is compared again
)


class DueComparison(NamedTuple):
    """A comparison to be made; ``closed_ns`` as it was when it was requested. [ns since 1970]"""

    event: str
    stream: str
    horizon: str
    onset_ns: int
    closed_ns: int
    due_ns: int


class Comparison(NamedTuple):
    """A row as it stands; ``body`` is None until it was compared. [ns since 1970]

    ``due_ns`` is when it is compared next, None once it is final.
    """

    stream: str
    horizon: str
    due_ns: int | None
    revision: int
    compared_ns: int | None
    body: dict[str, Any] | None


class ResidualStore:
    """Comparisons of all episodes; any thread may read while one writes."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = open_database(path, SCHEMA)

    def read_to(self) -> int:
        """Return the revision of the event store up to which changes were taken in."""
        with self._lock:
            row = self._db.execute("SELECT value FROM counter WHERE name = 'read'").fetchone()
        return int(row[0])

    def request(self, comparisons: Iterable[DueComparison], revision: int) -> None:
        """Insert comparisons and the revision they were read with: all or none.

        A row that is there stays, unless the episode's times changed: then it is due again.
        """
        with self._lock, transaction(self._db):
            self._db.executemany(
                "INSERT INTO look VALUES (?, ?, ?, ?, ?, ?, 0, NULL, NULL) ON CONFLICT DO UPDATE "
                "SET onset_ns = excluded.onset_ns, closed_ns = excluded.closed_ns, "
                "due_ns = excluded.due_ns "
                "WHERE (onset_ns, closed_ns) <> (excluded.onset_ns, excluded.closed_ns)",
                [tuple(one) for one in comparisons],
            )
            self._db.execute("UPDATE counter SET value = ? WHERE name = 'read'", (revision,))

    def next_due(self, now_ns: int) -> DueComparison | None:
        """Return the comparison that is due the longest."""
        with self._lock:
            row = self._db.execute(
                "SELECT event, stream, horizon, onset_ns, closed_ns, due_ns FROM look "
                "WHERE due_ns <= ? ORDER BY due_ns, event, stream, horizon LIMIT 1",
                (now_ns,),
            ).fetchone()
        return None if row is None else DueComparison(*row)

    def save(
        self, due: DueComparison, body: Mapping[str, Any], *, next_ns: int | None, now_ns: int
    ) -> None:
        """Save a result; it is a new revision only if it is another one.

        Parameters
        ----------
        next_ns
            When to compare again; None if it is final. [ns since 1970]
        """
        text = json.dumps(body)
        with self._lock, transaction(self._db):
            self._db.execute(
                "UPDATE look SET revision = revision + (body IS NOT ?1), due_ns = ?2, "
                "looked_ns = ?3, body = ?1 "
                "WHERE (event, stream, horizon, onset_ns, closed_ns) = (?4, ?5, ?6, ?7, ?8)",
                (text, next_ns, now_ns, *due[:5]),
            )

    def drop(self, event: str) -> None:
        """Delete an episode that the event store does not know."""
        with self._lock, transaction(self._db):
            self._db.execute("DELETE FROM look WHERE event = ?", (event,))

    def provisional(self) -> list[DueComparison]:
        """Return the comparisons that were made and are not final."""
        with self._lock:
            rows = self._db.execute(
                "SELECT event, stream, horizon, onset_ns, closed_ns, due_ns FROM look "
                "WHERE due_ns IS NOT NULL AND body IS NOT NULL"
            ).fetchall()
        return [DueComparison(*row) for row in rows]

    def bring_forward(self, comparisons: Iterable[DueComparison], due_ns: int) -> None:
        """Compare some again at a time, if that is sooner than they would be."""
        with self._lock, transaction(self._db):
            self._db.executemany(
                "UPDATE look SET due_ns = min(due_ns, ?) "
                "WHERE event = ? AND stream = ? AND horizon = ? AND due_ns IS NOT NULL",
                [(due_ns, one.event, one.stream, one.horizon) for one in comparisons],
            )

    def comparisons(self, event: str) -> list[Comparison]:
        """Return every row of an episode, by stream and in the order they were requested."""
        with self._lock:
            rows = self._db.execute(
                "SELECT stream, horizon, due_ns, revision, looked_ns, body FROM look "
                "WHERE event = ? ORDER BY stream, rowid",
                (event,),
            ).fetchall()
        return [
            Comparison(
                stream, horizon, due_ns, revision, compared_ns, json.loads(body) if body else None
            )
            for stream, horizon, due_ns, revision, compared_ns, body in rows
        ]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
