"""Event store: one SQLite file, every change a new revision, for several processes at once.

A detector's snapshot may be saved in the same transaction as the events that came of it: after a
crash neither is without the other. The revision is read and raised inside the transaction that
writes, so revisions of all processes are unique and become visible in their order: who has read up
to one has missed nothing below it.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from plumbline.collector.events.codec import from_text, to_text
from plumbline.collector.events.model import Event, Nodes, with_late_nodes
from plumbline.collector.storage.database import Schema, open_database, transaction

_TABLES = """
CREATE TABLE IF NOT EXISTS event (
    id TEXT PRIMARY KEY, revision INTEGER NOT NULL UNIQUE, structure TEXT NOT NULL,
    kind TEXT NOT NULL, onset_ns INTEGER NOT NULL, closed_ns INTEGER, body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS event_by_onset ON event (onset_ns);
CREATE INDEX IF NOT EXISTS event_going_on ON event (id) WHERE closed_ns IS NULL;
CREATE TABLE IF NOT EXISTS snapshot (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO counter VALUES ('revision', 0);
"""
SCHEMA = Schema(content="every event, and the state of the detectors", steps=(_TABLES,))
_REVISION = "SELECT value FROM counter WHERE name = 'revision'"
POLL_S = 0.05
"""How often a waiter polls for saves of other processes: one read of shared memory. [s]"""


class EventStore:
    """Events of all structures; any thread of any process may save, read and wait.

    Parameters
    ----------
    path
        The database file; made with its folder when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._saved = threading.Condition(threading.RLock())
        self._db = open_database(path, SCHEMA)

    @property
    def revision(self) -> int:
        """The newest revision of any process."""
        with self._saved:
            return int(self._db.execute(_REVISION).fetchone()[0])

    def save(
        self,
        *events: Event,
        snapshot: tuple[str, bytes] | None = None,
        late_nodes: Mapping[str, Nodes] | None = None,
        rows: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        """Insert or revise events, and a snapshot with them: all or nothing, durable.

        Parameters
        ----------
        late_nodes
            Measures of nodes whose samples came late, by the event they are added to; later
            revisions of the event do not lose it.
        rows
            More snapshots, of a state that is saved in parts.
        """
        with self._saved:
            with transaction(self._db):
                before = revision = self.revision
                for event in (*events, *self._amended(late_nodes or {})):
                    revision += 1
                    self._put(event, revision)
                if revision > before:
                    self._db.execute(
                        "UPDATE counter SET value = ? WHERE name = 'revision'", (revision,)
                    )
                snapshots = [*([snapshot] if snapshot is not None else []), *rows]
                self._db.executemany("INSERT OR REPLACE INTO snapshot VALUES (?, ?)", snapshots)
            if revision > before:
                self._saved.notify_all()

    def _amended(self, late_nodes: Mapping[str, Nodes]) -> Iterator[Event]:
        """Yield the events that late nodes change, when they are due."""
        for event_id, nodes in late_nodes.items():
            known = self.get(event_id)
            if known is not None and (event := with_late_nodes(known, nodes)) != known:
                yield event

    def _put(self, event: Event, revision: int) -> None:
        if (known := self.get(event.id)) is not None:
            event = with_late_nodes(event, known.nodes)
        self._db.execute(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "revision = excluded.revision, structure = excluded.structure, "
            "kind = excluded.kind, onset_ns = excluded.onset_ns, "
            "closed_ns = excluded.closed_ns, body = excluded.body",
            (
                event.id,
                revision,
                event.structure,
                str(event.kind),
                event.onset_ns,
                event.closed_ns,
                to_text(event),
            ),
        )

    def snapshot(self, name: str) -> bytes | None:
        """Return the snapshot of a name."""
        with self._saved:
            row = self._db.execute("SELECT body FROM snapshot WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else None

    def snapshots(self, prefix: str) -> dict[str, bytes]:
        """Return the snapshots whose name begins so, by name."""
        with self._saved:
            rows = self._db.execute(
                "SELECT name, body FROM snapshot WHERE substr(name, 1, ?) = ? ORDER BY name",
                (len(prefix), prefix),
            ).fetchall()
        return {name: bytes(body) for name, body in rows}

    def forget(self, *names: str) -> None:
        """Drop snapshots whose owner is gone."""
        with self._saved:
            self._db.executemany("DELETE FROM snapshot WHERE name = ?", [(n,) for n in names])

    def changes(self, after_revision: int, limit: int = 500) -> list[tuple[int, Event]]:
        """Return what was saved after a revision, oldest change first, each event once."""
        with self._saved:
            rows = self._db.execute(
                "SELECT revision, body FROM event WHERE revision > ? ORDER BY revision LIMIT ?",
                (after_revision, limit),
            ).fetchall()
        return [(int(revision), from_text(body)) for revision, body in rows]

    def get(self, event_id: str) -> Event | None:
        """Return an event by its id."""
        return next(iter(self._read("WHERE id = ?", (event_id,))), None)

    def between(self, start_ns: int, end_ns: int, structure: str | None = None) -> list[Event]:
        """Return events whose onset lies in ``[start_ns, end_ns]``, by onset."""
        if structure is None:
            return self._read(
                "WHERE onset_ns BETWEEN ? AND ? ORDER BY onset_ns", (start_ns, end_ns)
            )
        return self._read(
            "WHERE onset_ns BETWEEN ? AND ? AND structure = ? ORDER BY onset_ns",
            (start_ns, end_ns, structure),
        )

    def open(self) -> list[Event]:
        """Return the events that go on, by onset."""
        return self._read("WHERE closed_ns IS NULL ORDER BY onset_ns", ())

    def wait(self, after_revision: int, timeout_s: float) -> bool:
        """Wait for a revision newer than this one; return whether there is one.

        Notes
        -----
        A save of this process wakes the waiter at once, one of another process within `POLL_S`.
        """
        deadline = time.monotonic() + timeout_s
        with self._saved:
            while self.revision <= after_revision:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    return False
                self._saved.wait(min(left_s, POLL_S))
            return True

    def close(self) -> None:
        """Close the file."""
        with self._saved:
            self._db.close()

    def _read(self, where: str, values: Iterable[object]) -> list[Event]:
        with self._saved:
            rows = self._db.execute(f"SELECT body FROM event {where}", tuple(values)).fetchall()  # noqa: S608
        return [from_text(body) for (body,) in rows]
