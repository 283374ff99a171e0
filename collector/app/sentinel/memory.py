"""The sentinel's memory: the fault that people were called about, and every message with its fate.

One SQLite file, written before anything is sent, so that a restart neither forgets nor repeats.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from plumbline.collector.app.sentinel.judgement import Fault
from plumbline.collector.storage.database import Schema, open_database, transaction

FIRST_MESSAGE = 900_000_001
"""Far above the numbers of a collector's messages, in case both use one gateway's spool."""
_TABLES = """
CREATE TABLE IF NOT EXISTS incident (
    id INTEGER PRIMARY KEY, fault TEXT NOT NULL, began_ns INTEGER NOT NULL, ended_ns INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY, incident INTEGER, person TEXT NOT NULL, text TEXT NOT NULL,
    created_ns INTEGER NOT NULL, attempt INTEGER NOT NULL, sender INTEGER NOT NULL,
    state TEXT NOT NULL, due_ns INTEGER NOT NULL, ref TEXT, handed_ns INTEGER
) STRICT;
"""
SCHEMA = Schema(content="the sentinel's calls", steps=(_TABLES,))


class MessageState(StrEnum):
    """Where a message is."""

    QUEUED = "queued"
    HANDED = "handed"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledFault:
    """A fault that people were called about and that goes on. [ns since 1970]"""

    id: int
    fault: Fault
    began_ns: int


@dataclass(slots=True, kw_only=True)
class CallMessage:
    """One message to one person.

    Attributes
    ----------
    attempt
        From 1; another number after a sender gave it back.
    sender
        Which of the person's senders has it or is next, counted without end.
    due_ns
        When it is tried next. [ns since 1970]
    """

    id: int
    incident: int | None
    person: str
    text: str
    created_ns: int
    attempt: int = 1
    sender: int = 0
    state: MessageState = MessageState.QUEUED
    due_ns: int = 0
    ref: str | None = None
    handed_ns: int | None = None


class SentinelMemory:
    """The file; used by one thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        self._db = open_database(path, SCHEMA)
        path.chmod(0o600)

    def called(self) -> CalledFault | None:
        """Return the fault that goes on, None while all is well."""
        row = self._db.execute(
            "SELECT id, fault, began_ns FROM incident WHERE ended_ns IS NULL ORDER BY id DESC"
        ).fetchone()
        return CalledFault(id=row[0], fault=Fault(row[1]), began_ns=row[2]) if row else None

    def begin(self, fault: Fault, began_ns: int, texts: dict[str, str], now_ns: int) -> None:
        """Note a fault and queue a message to each person, in one transaction."""
        with transaction(self._db):
            made = self._db.execute(
                "INSERT INTO incident (fault, began_ns) VALUES (?, ?)", (fault, began_ns)
            )
            self._queue(made.lastrowid, texts, now_ns)

    def end(self, called: CalledFault, texts: dict[str, str], now_ns: int) -> None:
        """Note that it is over; who was not reached before need not be told of either."""
        with transaction(self._db):
            self._db.execute("UPDATE incident SET ended_ns = ? WHERE id = ?", (now_ns, called.id))
            waiting = self._db.execute(
                "SELECT person FROM message WHERE incident = ? AND state = ?",
                (called.id, MessageState.QUEUED),
            ).fetchall()
            self._db.execute(
                "UPDATE message SET state = ? WHERE incident = ? AND state = ?",
                (MessageState.DROPPED, called.id, MessageState.QUEUED),
            )
            unreached = {row[0] for row in waiting}
            told = {name: text for name, text in texts.items() if name not in unreached}
            self._queue(called.id, told, now_ns)

    def queue(self, texts: dict[str, str], now_ns: int) -> None:
        """Queue messages that belong to no fault."""
        with transaction(self._db):
            self._queue(None, texts, now_ns)

    def under_way(self) -> list[CallMessage]:
        """Return the messages that are not done, oldest first."""
        rows = self._db.execute(
            "SELECT id, incident, person, text, created_ns, attempt, sender, state, due_ns, ref,"
            " handed_ns FROM message WHERE state IN (?, ?) ORDER BY id",
            (MessageState.QUEUED, MessageState.HANDED),
        ).fetchall()
        names = ("id", "incident", "person", "text", "created_ns", "attempt", "sender", "state",
                 "due_ns", "ref", "handed_ns")  # fmt: skip
        return [
            CallMessage(**{**dict(zip(names, row, strict=True)), "state": MessageState(row[7])})
            for row in rows
        ]

    def save(self, message: CallMessage) -> None:
        """Write where a message is."""
        self._db.execute(
            "UPDATE message SET attempt = ?, sender = ?, state = ?, due_ns = ?, ref = ?,"
            " handed_ns = ? WHERE id = ?",
            (message.attempt, message.sender, message.state, message.due_ns, message.ref,
             message.handed_ns, message.id),
        )  # fmt: skip

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _queue(self, incident: int | None, texts: dict[str, str], now_ns: int) -> None:
        (newest,) = self._db.execute("SELECT max(id) FROM message").fetchone()
        for number, (person, text) in enumerate(texts.items(), (newest or FIRST_MESSAGE - 1) + 1):
            self._db.execute(
                "INSERT INTO message VALUES (?, ?, ?, ?, ?, 1, 0, ?, 0, NULL, NULL)",
                (number, incident, person, text, now_ns, MessageState.QUEUED),
            )
