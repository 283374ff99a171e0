"""The quarantine: messages that could not be taken, stored as they came with the reason.

Bounded: beyond the bound nothing more is stored and nothing more is refused, so that the edge goes
on holding its copy.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from plumbline.collector.storage.database import Schema, open_database, transaction
from plumbline.wire.record_header import Key

_TABLES = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, received_ns INTEGER, topic TEXT, cause TEXT, reason TEXT,
    stream TEXT, boot TEXT, seq INTEGER, payload BLOB);
CREATE TABLE IF NOT EXISTS retry (id INTEGER PRIMARY KEY);
"""
SCHEMA = Schema(content="messages that could not be taken", steps=(_TABLES,))


class QuarantineCause(StrEnum):
    """Why a message is in quarantine."""

    NOT_A_RECORD = "not_a_record"
    CORRUPT = "corrupt"
    UNKNOWN_STREAM = "unknown_stream"
    WRONG_PLACE = "wrong_place"


UNREADABLE = (QuarantineCause.NOT_A_RECORD, QuarantineCause.CORRUPT)
"""What can never be taken; the others wait until inventory or edge.toml is mended."""
ROOM = 0.9
"""To so much of the bound the oldest unreadable messages go when there is no room. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One message that could not be taken."""

    received_ns: int
    topic: str
    cause: QuarantineCause
    reason: str
    key: Key | None
    payload: bytes


class Quarantine:
    """Messages stored with the reason, one commit a group."""

    def __init__(self, folder: Path, bound_mb: float = 256.0) -> None:
        self._bound = int(bound_mb * 1e6)
        self._db = open_database(folder / "quarantine.db", SCHEMA)
        self._bytes, self._version = 0, -1
        self._count_anew()

    @property
    def full(self) -> bool:
        """True: nothing more is stored."""
        self._count_anew()
        return self._bytes >= self._bound

    def store(self, messages: Sequence[Quarantined]) -> list[Quarantined]:
        """Store messages durably; return those that were stored."""
        stored: list[Quarantined] = []
        if self.full:
            self._make_room()
        total = self._bytes
        with transaction(self._db):
            for message in messages:
                if total >= self._bound:
                    break
                key = message.key
                self._db.execute(
                    "INSERT INTO messages (received_ns, topic, cause, reason, stream, boot, seq,"
                    " payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        message.received_ns,
                        message.topic,
                        message.cause,
                        message.reason,
                        key.stream if key else None,
                        f"{key.boot:016x}" if key else None,
                        key.seq if key else None,
                        message.payload,
                    ),
                )
                total += len(message.payload)
                stored.append(message)
        self._bytes = total
        return stored

    def waiting(self, stream: str, limit: int = 1000) -> list[tuple[int, int, str, bytes]]:
        """Return ``(id, received_ns, topic, payload)`` of a stream that was unknown."""
        rows = self._db.execute(
            "SELECT id, received_ns, topic, payload FROM messages WHERE stream = ?"
            " AND cause IN (?, ?) ORDER BY id LIMIT ?",
            (stream, QuarantineCause.UNKNOWN_STREAM, QuarantineCause.WRONG_PLACE, limit),
        )
        return [(int(n), int(received_ns), topic, blob) for n, received_ns, topic, blob in rows]

    def drop(self, ids: Sequence[int]) -> None:
        """Forget messages that were taken after all."""
        with transaction(self._db):
            for number in ids:
                row = self._db.execute(
                    "SELECT length(payload) FROM messages WHERE id = ?", (number,)
                ).fetchone()
                self._db.execute("DELETE FROM messages WHERE id = ?", (number,))
                self._db.execute("DELETE FROM retry WHERE id = ?", (number,))
                self._bytes -= int(row[0]) if row else 0

    def mark_for_retry(self, ids: Iterable[int]) -> None:
        """Note messages that whoever ingests is to try again."""
        with transaction(self._db):
            self._db.executemany("INSERT OR IGNORE INTO retry VALUES (?)", [(n,) for n in ids])

    def marked(self, limit: int = 500) -> list[tuple[int, str, bytes]]:
        """Return ``(id, topic, payload)`` of messages to be tried again, oldest first."""
        rows = self._db.execute(
            "SELECT id, topic, payload FROM messages JOIN retry USING (id) ORDER BY id LIMIT ?",
            (limit,),
        )
        return [(int(number), topic, blob) for number, topic, blob in rows]

    def refused_again(self, number: int, cause: QuarantineCause, reason: str) -> None:
        """Note why a message that was tried again is still not taken."""
        with transaction(self._db):
            self._db.execute("DELETE FROM retry WHERE id = ?", (number,))
            self._db.execute(
                "UPDATE messages SET cause = ?, reason = ? WHERE id = ?", (cause, reason, number)
            )

    def drop_older(self, before_ns: int, causes: Sequence[QuarantineCause]) -> int:
        """Drop messages of some causes that were received before a time; return how many."""
        marks = ", ".join("?" for _ in causes)
        ids = self._db.execute(
            f"SELECT id FROM messages WHERE received_ns < ? AND cause IN ({marks})",  # noqa: S608
            (before_ns, *causes),
        ).fetchall()
        self.drop([number for (number,) in ids])
        return len(ids)

    def counts(self) -> dict[str, int]:
        """Return how many messages are stored, by cause."""
        rows = self._db.execute("SELECT cause, count(*) FROM messages GROUP BY cause")
        return {cause: int(n) for cause, n in rows}

    def __iter__(self) -> Iterator[Quarantined]:
        for received_ns, topic, cause, reason, stream, boot, seq, payload in self._db.execute(
            "SELECT received_ns, topic, cause, reason, stream, boot, seq, payload FROM messages"
            " ORDER BY id"
        ):
            yield Quarantined(
                received_ns=received_ns,
                topic=topic,
                cause=QuarantineCause(cause),
                reason=reason,
                key=Key(stream, int(boot, 16), seq) if stream is not None else None,
                payload=payload,
            )

    def _count_anew(self) -> None:
        """Sum up what is stored where another process has written: `plumbline quarantine drop`."""
        version = int(self._db.execute("PRAGMA data_version").fetchone()[0])
        if version != self._version:
            self._version = version
            total = self._db.execute("SELECT sum(length(payload)) FROM messages").fetchone()[0]
            self._bytes = int(total or 0)

    def _make_room(self) -> None:
        """Drop the oldest messages that nobody can read; blocks that wait are never dropped."""
        too_many = self._bytes - int(ROOM * self._bound)
        ids: list[int] = []
        for number, size in self._db.execute(
            "SELECT id, length(payload) FROM messages WHERE cause IN (?, ?) ORDER BY id", UNREADABLE
        ):
            if too_many <= 0:
                break
            ids.append(int(number))
            too_many -= int(size)
        self.drop(ids)

    def close(self) -> None:
        """Close the file."""
        self._db.close()
