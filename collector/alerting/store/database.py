"""Alerting database: one SQLite file with all that the next state is computed from."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plumbline.collector.storage.database import Schema, open_database, transaction

_TABLES = """
CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE incident (
    id INTEGER PRIMARY KEY, cause TEXT NOT NULL, structure TEXT NOT NULL, kind TEXT NOT NULL,
    code TEXT NOT NULL, status TEXT NOT NULL, level TEXT NOT NULL, test INTEGER NOT NULL,
    only TEXT, opened_ns INTEGER NOT NULL, ended_ns INTEGER, answered_ns INTEGER,
    answered_by TEXT, lower_since_ns INTEGER, walk INTEGER NOT NULL, position INTEGER NOT NULL,
    next_ns INTEGER, muted_by INTEGER
) STRICT;
CREATE UNIQUE INDEX one_incident_a_cause ON incident (cause) WHERE status <> 'closed';
CREATE INDEX incident_by_code ON incident (code);
CREATE TABLE incident_event (
    event_id TEXT PRIMARY KEY, incident_id INTEGER NOT NULL REFERENCES incident (id),
    level TEXT NOT NULL, closed_ns INTEGER, facts TEXT NOT NULL
) STRICT;
CREATE INDEX event_of_incident ON incident_event (incident_id);
CREATE TABLE passed_over (
    event_id TEXT PRIMARY KEY, reason TEXT NOT NULL, at_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE notification (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    incident_id INTEGER REFERENCES incident (id), person TEXT NOT NULL, phone TEXT NOT NULL,
    sender TEXT NOT NULL, purpose TEXT NOT NULL, level TEXT NOT NULL, text TEXT NOT NULL,
    segments INTEGER NOT NULL, call TEXT NOT NULL, state TEXT NOT NULL,
    created_ns INTEGER NOT NULL, due_ns INTEGER NOT NULL, expires_ns INTEGER NOT NULL,
    attempts INTEGER NOT NULL, returned INTEGER NOT NULL, lease_ns INTEGER, handed_ns INTEGER,
    done_ns INTEGER, ref TEXT, error TEXT
) STRICT;
CREATE INDEX notification_alive ON notification (state)
    WHERE state IN ('queued', 'leased', 'submitted');
CREATE INDEX notification_of_incident ON notification (incident_id);
CREATE INDEX notification_of_person ON notification (person, handed_ns);
CREATE TABLE inbound (
    key TEXT PRIMARY KEY, phone TEXT NOT NULL, text TEXT NOT NULL, at_ns INTEGER NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE TABLE silence (
    id INTEGER PRIMARY KEY, structure TEXT, kind TEXT, node TEXT, up_to TEXT NOT NULL,
    reason TEXT NOT NULL, author TEXT NOT NULL, from_ns INTEGER NOT NULL,
    until_ns INTEGER NOT NULL, ended_ns INTEGER
) STRICT;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY, at_ns INTEGER NOT NULL, entry TEXT NOT NULL, incident_id INTEGER,
    notification_id INTEGER, person TEXT, detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_incident ON audit (incident_id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
"""
_INSPECTIONS = """
ALTER TABLE incident ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident ADD COLUMN well_since_ns INTEGER;
CREATE TABLE inspection (
    id INTEGER PRIMARY KEY, place INTEGER NOT NULL UNIQUE,
    incident_id INTEGER REFERENCES incident (id), code TEXT, structure TEXT NOT NULL,
    finding TEXT NOT NULL, person TEXT NOT NULL, text TEXT NOT NULL, via TEXT NOT NULL,
    at_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX inspection_of_structure ON inspection (structure, place);
CREATE TABLE worsening (
    event_id TEXT PRIMARY KEY, structure TEXT NOT NULL, place INTEGER NOT NULL,
    level TEXT NOT NULL, gravest TEXT NOT NULL, value REAL NOT NULL
) STRICT;
CREATE INDEX worsening_of_structure ON worsening (structure);
INSERT INTO mark VALUES ('last place', 0);
CREATE INDEX audit_of_wrong_codes ON audit (person, at_ns) WHERE entry = 'wrong_code';
"""
# Every commit waits for the disk: what it promised to send must survive a power cut.
SCHEMA = Schema(
    content="alarms, messages, answers, silences and their log", steps=(_TABLES, _INSPECTIONS)
)


class AlertStore:
    """The alerting database, for any thread of this process and beside other processes.

    Parameters
    ----------
    path
        The file; made with its folder when it is not there.

    Raises
    ------
    StorageError
        If the file cannot be used, as one that a newer version of this program wrote.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db = open_database(path, SCHEMA)
        self._db.row_factory = sqlite3.Row

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the database for reading and writing; all of it is committed, or nothing."""
        with self._lock, transaction(self._db) as tx:
            yield tx

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()


@contextmanager
def savepoint(tx: sqlite3.Connection) -> Iterator[None]:
    """Commit or undo a part of a transaction on its own."""
    tx.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if tx.in_transaction:
            tx.execute("ROLLBACK TO part")
            tx.execute("RELEASE part")
        raise
    tx.execute("RELEASE part")


def mark(tx: sqlite3.Connection, name: str) -> int:
    """Return the number stored under a name, or 0."""
    row = tx.execute("SELECT value FROM mark WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def set_mark(tx: sqlite3.Connection, name: str, value: int) -> None:
    """Store a number under a name."""
    tx.execute(
        "INSERT INTO mark VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
