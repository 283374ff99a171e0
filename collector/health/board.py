"""The health board: what each process of a collector reports of itself, where all others read it.

One row a process and key in ``state/health.db``. A row says how a process was at a time; whoever
reads it looks at its age too, because a process that died says nothing any more. Nothing here must
outlive a power cut, so rows are not synced.
"""

import contextlib
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any, NamedTuple

from plumbline.collector.storage.database import Durability, Schema, open_database
from plumbline.collector.storage.errors import CannotOpenDatabase
from plumbline.wire.block import NS

FRESH_NS = 10 * NS
"""A row older than this says nothing of now. [ns]"""
_TABLES = """CREATE TABLE IF NOT EXISTS report (
    process TEXT NOT NULL, key TEXT NOT NULL, at_ns INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (process, key)
) WITHOUT ROWID"""
SCHEMA = Schema(
    content="reports of the processes",
    steps=(_TABLES,),
    durability=Durability.UNSYNCED,
    busy_s=2.0,  # who reports each second must not be held up
)


class Report(NamedTuple):
    """What a process reported, and when. [ns since 1970]"""

    body: Any
    at_ns: int

    def fresh(self, now_ns: int) -> bool:
        """Return whether it still says something of now, whichever way the clock stepped."""
        return abs(now_ns - self.at_ns) <= FRESH_NS


class HealthBoard:
    """Reports of all processes of one collector; any thread may write and read.

    Parameters
    ----------
    path
        ``state/health.db`` of the collector's data folder; begun anew where it is damaged, since
        each process reports again within a second.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._db = open_database(path, SCHEMA)
        except CannotOpenDatabase as error:
            if isinstance(error.__cause__, sqlite3.OperationalError):
                raise
            for name in (path, path.with_name(path.name + "-wal"), path.with_name("health.db-shm")):
                name.unlink(missing_ok=True)
            self._db = open_database(path, SCHEMA)

    def publish(self, process: str, key: str, body: Any, now_ns: int) -> bool:
        """Write one report; return whether it could be (a full disk must stop nobody)."""
        row = (process, key, now_ns, json.dumps(body, separators=(",", ":")))
        with self._lock, contextlib.suppress(sqlite3.OperationalError):
            self._db.execute("INSERT OR REPLACE INTO report VALUES (?, ?, ?, ?)", row)
            return True
        return False

    def latest(self, key: str) -> dict[str, Report]:
        """Return the reports of a key, by process."""
        with self._lock:
            rows = self._db.execute(
                "SELECT process, body, at_ns FROM report WHERE key = ?", (key,)
            ).fetchall()
        return {process: Report(json.loads(body), at_ns) for process, body, at_ns in rows}

    def forget(self, processes: set[str]) -> None:
        """Remove the reports of processes that are no part of the collector any more."""
        with self._lock, contextlib.suppress(sqlite3.OperationalError):
            known = {row[0] for row in self._db.execute("SELECT DISTINCT process FROM report")}
            for process in known - processes:
                self._db.execute("DELETE FROM report WHERE process = ?", (process,))

    def close(self) -> None:
        """Close the database."""
        self._db.close()
