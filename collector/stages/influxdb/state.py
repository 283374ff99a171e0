"""State of the InfluxDB stage, in SQLite: marks, states of streams, gaps to fill.

A crash between a write to InfluxDB and `save` writes the same points again: they are the same
points to InfluxDB (same series, same time), so nothing is there twice.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from plumbline.collector.storage.database import Durability, Schema, open_database, transaction

_TABLES = """
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS stream (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS hole (key TEXT, start_ns INTEGER, end_ns INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS store (id TEXT NOT NULL) STRICT;
"""
SCHEMA = Schema(
    content="how far InfluxDB was written",
    steps=(_TABLES,),
    durability=Durability.LATEST_LOST,  # lost to a power cut, the same points are written again
)


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
        The journal that is followed now; the mark ``journal`` is of the one noted before it.
    """

    def __init__(self, path: Path, store_id: str) -> None:
        self._db = open_database(path, SCHEMA)
        self._store_id = store_id
        if self.journal_id() is None:
            self._db.execute("INSERT INTO store VALUES (?)", (store_id,))

    def journal_id(self) -> str | None:
        """Return the identity of the journal that the mark ``journal`` belongs to."""
        row = self._db.execute("SELECT id FROM store").fetchone()
        return None if row is None else str(row[0])

    def follow(self, marks: Mapping[str, int]) -> None:
        """Note marks that belong to the journal that is followed now."""
        with transaction(self._db):
            self._db.execute("UPDATE store SET id = ?", (self._store_id,))
            self._db.executemany("INSERT OR REPLACE INTO mark VALUES (?, ?)", marks.items())

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
        with transaction(self._db) as tx:
            tx.executemany("INSERT OR REPLACE INTO mark VALUES (?, ?)", marks.items())
            tx.executemany("INSERT OR REPLACE INTO stream VALUES (?, ?)", (streams or {}).items())
            tx.executemany("INSERT INTO hole VALUES (?, ?, ?)", gaps)

    def mark_filled(self, gap: SeriesGap, until_ns: int) -> None:
        """Note that a gap is filled up to a time; a gap filled to its end is gone."""
        with transaction(self._db) as tx:
            tx.execute("DELETE FROM hole WHERE (key, start_ns, end_ns) = (?, ?, ?)", gap)
            if until_ns < gap.end_ns:
                rest = gap._replace(start_ns=until_ns)
                tx.execute("INSERT INTO hole VALUES (?, ?, ?)", rest)

    def close(self) -> None:
        """Close the file."""
        self._db.close()
