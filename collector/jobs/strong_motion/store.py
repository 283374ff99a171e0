"""Measures of episodes: SQLite, per event and node, revised until final; regional events too.

Which events wait to be measured is stored here with the revision of the event store that was read:
a restart goes on where it was.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from plumbline.collector.storage.database import Durability, Schema, open_database, transaction

STRUCTURE = ""
"""Stands for the whole structure where a node's code would."""

_TABLES = """
CREATE TABLE IF NOT EXISTS measure (
    event TEXT NOT NULL, node TEXT NOT NULL, revision INTEGER NOT NULL, final INTEGER NOT NULL,
    measured_ns INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (event, node)
) STRICT;
CREATE TABLE IF NOT EXISTS waiting (event TEXT PRIMARY KEY, changed_ns INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS region (
    id TEXT PRIMARY KEY, revision INTEGER NOT NULL, first_ns INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS region_by_time ON region (first_ns);
CREATE TABLE IF NOT EXISTS member (event TEXT PRIMARY KEY, region TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO counter VALUES ('read', 0);
"""
SCHEMA = Schema(
    content="the measures of every shaking",
    steps=(_TABLES,),
    durability=Durability.LATEST_LOST,  # lost to a power cut, it is measured again
)


class MeasuredEpisode(NamedTuple):
    """One row: what was found of a node, or of the structure. [ns since 1970]"""

    revision: int
    final: bool
    measured_ns: int
    body: dict[str, Any]


class EpisodeStore:
    """Measures of episodes; any thread may read while one writes."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = open_database(path, SCHEMA)

    def read_to(self) -> int:
        """Return the revision of the event store up to which changes were taken in."""
        row = self._one("SELECT value FROM counter WHERE name = 'read'", ())
        return int(row[0]) if row else 0

    def wait_for(self, events: Iterable[str], revision: int, now_ns: int) -> None:
        """Note events to be measured, and the revision they were read with: both or none."""
        with self._lock, transaction(self._db):
            self._db.executemany(
                "INSERT OR REPLACE INTO waiting VALUES (?, ?)", [(one, now_ns) for one in events]
            )
            self._db.execute("UPDATE counter SET value = ? WHERE name = 'read'", (revision,))

    def waiting(self) -> dict[str, int]:
        """Return events that are not final, with when they last changed. [ns since 1970]"""
        with self._lock:
            rows = self._db.execute("SELECT event, changed_ns FROM waiting ORDER BY changed_ns")
            return {str(event): int(changed_ns) for event, changed_ns in rows}

    def save(
        self, event: str, node: str, body: Mapping[str, Any], *, final: bool, now_ns: int
    ) -> None:
        """Insert or revise what was found of one node."""
        with self._lock, transaction(self._db):
            self._db.execute(
                "INSERT INTO measure VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "revision = revision + 1, final = excluded.final, "
                "measured_ns = excluded.measured_ns, body = excluded.body",
                (event, node, int(final), now_ns, json.dumps(body)),
            )

    def done(self, event: str, changed_ns: int) -> None:
        """Wait for an event no more, unless it changed meanwhile."""
        with self._lock, transaction(self._db):
            self._db.execute(
                "DELETE FROM waiting WHERE event = ? AND changed_ns = ?", (event, changed_ns)
            )

    def measures(self, event: str) -> dict[str, MeasuredEpisode]:
        """Return all that was found of an event, by node; `STRUCTURE` is the whole."""
        with self._lock:
            rows = self._db.execute(
                "SELECT node, revision, final, measured_ns, body FROM measure WHERE event = ?",
                (event,),
            ).fetchall()
        return {
            str(node): MeasuredEpisode(revision, bool(final), measured_ns, json.loads(body))
            for node, revision, final, measured_ns, body in rows
        }

    def region_of(self, event: str) -> str | None:
        """Return the regional event an episode belongs to."""
        row = self._one("SELECT region FROM member WHERE event = ?", (event,))
        return str(row[0]) if row else None

    def members(self, region: str) -> list[str]:
        """Return the episodes of a regional event."""
        with self._lock:
            rows = self._db.execute("SELECT event FROM member WHERE region = ?", (region,))
            return sorted(str(event) for (event,) in rows)

    def save_region(
        self, region: str, members: Iterable[str], first_ns: int, body: Mapping[str, Any]
    ) -> None:
        """Insert or revise a regional event with its members: all or nothing."""
        with self._lock, transaction(self._db):
            self._db.executemany(
                "INSERT OR REPLACE INTO member VALUES (?, ?)", [(one, region) for one in members]
            )
            self._db.execute(
                "INSERT INTO region VALUES (?, 1, ?, ?) ON CONFLICT DO UPDATE SET "
                "revision = revision + 1, first_ns = excluded.first_ns, body = excluded.body",
                (region, first_ns, json.dumps(body)),
            )

    def regions(self, start_ns: int, end_ns: int) -> list[dict[str, Any]]:
        """Return regional events that began in a span, the newest first. [ns since 1970]"""
        with self._lock:
            rows = self._db.execute(
                "SELECT id, revision, body FROM region WHERE first_ns BETWEEN ? AND ? "
                "ORDER BY first_ns DESC",
                (start_ns, end_ns),
            ).fetchall()
        return [{"id": key, "revision": number, **json.loads(body)} for key, number, body in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _one(self, query: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
        return row
