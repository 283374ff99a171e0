"""The store of looks: SQLite, one row an episode, instrument and horizon, revised until final.

A row is noted with the revision of the event store that was read, and answered in one transaction:
a restart goes on where it was, and nothing is asked twice.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

_SCHEMA = """
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


class DueComparison(NamedTuple):
    """A look to be done; ``closed_ns`` as it was when it was noted. [ns since 1970]"""

    event: str
    stream: str
    horizon: str
    onset_ns: int
    closed_ns: int
    due_ns: int


class Comparison(NamedTuple):
    """A row as it stands; ``body`` is None until it was looked at. [ns since 1970]

    ``due_ns`` is when it is looked at next, None once it is final.
    """

    stream: str
    horizon: str
    due_ns: int | None
    revision: int
    looked_ns: int | None
    body: dict[str, Any] | None


class ResidualStore:
    """Looks of all episodes; any thread may read while one writes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")  # lost to a power cut, it is looked at again
        self._db.executescript(_SCHEMA)

    def read_to(self) -> int:
        """Return the revision of the event store up to which changes were taken in."""
        with self._lock:
            row = self._db.execute("SELECT value FROM counter WHERE name = 'read'").fetchone()
        return int(row[0])

    def ask(self, asked: Iterable[DueComparison], revision: int) -> None:
        """Note looks and the revision they were read with: all or none.

        A look that is there is kept, unless the episode's times changed: then it is due again.
        """
        with self._lock, self._db:
            self._db.executemany(
                "INSERT INTO look VALUES (?, ?, ?, ?, ?, ?, 0, NULL, NULL) ON CONFLICT DO UPDATE "
                "SET onset_ns = excluded.onset_ns, closed_ns = excluded.closed_ns, "
                "due_ns = excluded.due_ns "
                "WHERE (onset_ns, closed_ns) <> (excluded.onset_ns, excluded.closed_ns)",
                [tuple(one) for one in asked],
            )
            self._db.execute("UPDATE counter SET value = ? WHERE name = 'read'", (revision,))

    def next_due(self, now_ns: int) -> DueComparison | None:
        """Return the look that is due the longest."""
        with self._lock:
            row = self._db.execute(
                "SELECT event, stream, horizon, onset_ns, closed_ns, due_ns FROM look "
                "WHERE due_ns <= ? ORDER BY due_ns, event, stream, horizon LIMIT 1",
                (now_ns,),
            ).fetchone()
        return None if row is None else DueComparison(*row)

    def answer(
        self, asked: DueComparison, body: Mapping[str, Any], *, next_ns: int | None, now_ns: int
    ) -> None:
        """Keep an answer; it is a new revision only if it says something else.

        Parameters
        ----------
        next_ns
            When to look again; None if it is final. [ns since 1970]
        """
        text = json.dumps(body)
        with self._lock, self._db:
            self._db.execute(
                "UPDATE look SET revision = revision + (body IS NOT ?1), due_ns = ?2, "
                "looked_ns = ?3, body = ?1 "
                "WHERE (event, stream, horizon, onset_ns, closed_ns) = (?4, ?5, ?6, ?7, ?8)",
                (text, next_ns, now_ns, *asked[:5]),
            )

    def drop(self, event: str) -> None:
        """Forget an episode that the event store does not know."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM look WHERE event = ?", (event,))

    def provisional(self) -> list[DueComparison]:
        """Return the looks that were answered and are not final."""
        with self._lock:
            rows = self._db.execute(
                "SELECT event, stream, horizon, onset_ns, closed_ns, due_ns FROM look "
                "WHERE due_ns IS NOT NULL AND body IS NOT NULL"
            ).fetchall()
        return [DueComparison(*row) for row in rows]

    def again(self, looks: Iterable[DueComparison], due_ns: int) -> None:
        """Look at some again, if that is sooner than they would be."""
        with self._lock, self._db:
            self._db.executemany(
                "UPDATE look SET due_ns = min(due_ns, ?) "
                "WHERE event = ? AND stream = ? AND horizon = ? AND due_ns IS NOT NULL",
                [(due_ns, one.event, one.stream, one.horizon) for one in looks],
            )

    def answers(self, event: str) -> list[Comparison]:
        """Return every row of an episode, by stream and in the order they were asked."""
        with self._lock:
            rows = self._db.execute(
                "SELECT stream, horizon, due_ns, revision, looked_ns, body FROM look "
                "WHERE event = ? ORDER BY stream, rowid",
                (event,),
            ).fetchall()
        return [
            Comparison(
                stream, horizon, due_ns, revision, looked_ns, json.loads(body) if body else None
            )
            for stream, horizon, due_ns, revision, looked_ns, body in rows
        ]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()
