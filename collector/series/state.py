"""How far the series stage has come: journal offset and event revision, in SQLite."""

import sqlite3
from pathlib import Path


class SeriesState:
    """Two integers that survive a restart.

    A crash between a write to InfluxDB and `save` writes the same points again: they are the
    same points to InfluxDB (same series, same time), so nothing is counted twice.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, at INTEGER)")

    def load(self, name: str) -> int:
        """Return a mark; 0 when it was never saved."""
        row = self._db.execute("SELECT at FROM mark WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def save(self, name: str, at: int) -> None:
        """Keep a mark."""
        self._db.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (name, at))

    def close(self) -> None:
        """Close the file."""
        self._db.close()
