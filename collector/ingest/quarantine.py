"""The quarantine: messages that could not be taken, stored as they came with the reason.

Bounded: beyond the bound nothing more is stored and nothing more is refused, so that the edge goes
on holding its copy.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from plumbline.wire.record_header import Key

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, received_ns INTEGER, topic TEXT, cause TEXT, reason TEXT,
    stream TEXT, boot TEXT, seq INTEGER, payload BLOB);
"""


class QuarantineCause(StrEnum):
    """Why a message is in quarantine."""

    NOT_A_RECORD = "not_a_record"
    CORRUPT = "corrupt"
    UNKNOWN_STREAM = "unknown_stream"
    WRONG_PLACE = "wrong_place"


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
        folder.mkdir(parents=True, exist_ok=True)
        self._bound = int(bound_mb * 1e6)
        self._db = sqlite3.connect(
            folder / "quarantine.db", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)
        total = self._db.execute("SELECT sum(length(payload)) FROM messages").fetchone()[0]
        self._bytes = int(total or 0)

    @property
    def full(self) -> bool:
        """True: nothing more is stored."""
        return self._bytes >= self._bound

    def store(self, messages: Sequence[Quarantined]) -> list[Quarantined]:
        """Store messages durably; return those that were stored."""
        stored: list[Quarantined] = []
        with self._db:
            self._db.execute("BEGIN")
            for message in messages:
                if self.full:
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
                self._bytes += len(message.payload)
                stored.append(message)
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
        with self._db:
            self._db.execute("BEGIN")
            for number in ids:
                row = self._db.execute(
                    "SELECT length(payload) FROM messages WHERE id = ?", (number,)
                ).fetchone()
                self._db.execute("DELETE FROM messages WHERE id = ?", (number,))
                self._bytes -= int(row[0]) if row else 0

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

    def close(self) -> None:
        """Close the file."""
        self._db.close()
