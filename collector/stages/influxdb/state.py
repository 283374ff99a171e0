"""State of the InfluxDB stage, in SQLite: marks, states of streams, gaps to fill.

A crash between a write to InfluxDB and `save` writes the same points again: they are the same
points to InfluxDB (same series, same time), so nothing is there twice.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS stream (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS hole (key TEXT, start_ns INTEGER, end_ns INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS store (id TEXT NOT NULL) STRICT;
"""


class SeriesGap(NamedTuple):
    """A span of a stream that the archive may hold and InfluxDB does not. [ns since 1970]"""

    key: str
    start_ns: int
    end_ns: int


class InfluxState:
    """State of the InfluxDB stage that survives a restart.

    Parameters
    ----------
    store_id
        The journal that the mark ``journal`` belongs to; another journal begins anew.
    """

    def __init__(self, path: Path, store_id: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        known = self._db.execute("SELECT id FROM store").fetchone()
        if known is None or known[0] != store_id:
            self._db.execute("BEGIN")
            self._db.execute("DELETE FROM mark WHERE name = 'journal'")
            self._db.execute("DELETE FROM store")
            self._db.execute("INSERT INTO store VALUES (?)", (store_id,))
            self._db.execute("COMMIT")

    def mark(self, name: str) -> int | None:
        """Return a mark; None when it was never saved."""
        row = self._db.execute("SELECT at FROM mark WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else None

    def streams(self) -> dict[str, str]:
        """Return the state of each stream, by its key."""
        return dict(self._db.execute("SELECT key, body FROM stream").fetchall())

    def gap(self) -> SeriesGap | None:
        """Return a gap to fill, if there is one."""
        row = self._db.execute("SELECT key, start_ns, end_ns FROM hole ORDER BY rowid").fetchone()
        return SeriesGap(*row) if row else None

    def save(
        self,
        marks: Mapping[str, int],
        streams: Mapping[str, str] | None = None,
        gaps: Iterable[SeriesGap] = (),
    ) -> None:
        """Save marks, states of streams, and further gaps: all or nothing."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO mark VALUES (?, ?)", marks.items())
        self._db.executemany("INSERT OR REPLACE INTO stream VALUES (?, ?)", (streams or {}).items())
        self._db.executemany("INSERT INTO hole VALUES (?, ?, ?)", gaps)
        self._db.execute("COMMIT")

    def mark_filled(self, gap: SeriesGap, until_ns: int) -> None:
        """Note that a gap is filled up to a time; a gap filled to its end is gone."""
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM hole WHERE (key, start_ns, end_ns) = (?, ?, ?)", gap)
        if until_ns < gap.end_ns:
            rest = gap._replace(start_ns=until_ns)
            self._db.execute("INSERT INTO hole VALUES (?, ?, ?)", rest)
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
