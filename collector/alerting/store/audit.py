"""The audit log, who did what and when: entries of a closed kind, added and never changed."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class AuditEntry(StrEnum):
    """Kind of a line of the log."""

    OPENED = "opened"
    JOINED = "joined"
    RAISED = "raised"
    LOWERED = "lowered"
    ENDED = "ended"
    RECOVERED = "recovered"
    RESUMED = "resumed"
    LAPSED = "lapsed"
    NOT_PAGED = "not_paged"
    NOT_TAKEN = "not_taken"
    EVENTS_REPLACED = "events_replaced"
    CALLED = "called"
    SILENCED = "muted"
    NOBODY_ANSWERED = "nobody_answered"
    NOBODY_REACHABLE = "nobody_reachable"
    ACKNOWLEDGED = "acknowledged"
    ACKNOWLEDGED_AGAIN = "acknowledged_again"
    QUEUED = "queued"
    SUBMITTED = "submitted"
    SENT = "sent"
    TRIED = "tried"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    FAILED_OVER = "failed_over"
    BUNDLED = "bundled"
    RECEIVED = "received"
    STRANGER = "stranger"
    SILENCE_SET = "silence_set"
    SILENCE_ENDED = "silence_ended"
    TEST_STARTED = "test_started"
    INSPECTED = "inspected"
    NOTED = "noted"
    WRONG_CODE = "wrong_code"
    CLOCK_STEPPED = "clock_stepped"


REPLY_TEXT = "said"
"""Key of a detail: the raw text of a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line of the log.

    Attributes
    ----------
    at_ns
        Time at which it happened. [ns since 1970]
    detail
        The evidence: event and revision, limit, message text, gateway's name of it, raw answer.
    """

    id: int
    at_ns: int
    entry: AuditEntry
    incident_id: int | None
    notification_id: int | None
    person: str | None
    detail: dict[str, object]


def write(
    tx: sqlite3.Connection,
    now_ns: int,
    entry: AuditEntry,
    *,
    incident_id: int | None = None,
    notification_id: int | None = None,
    person: str | None = None,
    **detail: object,
) -> None:
    """Add a line to the log, in the transaction of what it records."""
    tx.execute(
        "INSERT INTO audit (at_ns, entry, incident_id, notification_id, person, detail)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (now_ns, entry, incident_id, notification_id, person, json.dumps(detail, default=str)),
    )


def lines(tx: sqlite3.Connection, incident_id: int | None = None) -> Iterator[AuditLine]:
    """Yield the log in order, of one incident or of all."""
    rows = tx.execute(
        "SELECT * FROM audit WHERE ?1 IS NULL OR incident_id = ?1 ORDER BY id", (incident_id,)
    )
    for row in rows:
        columns = dict(row)
        columns["entry"] = AuditEntry(columns["entry"])
        columns["detail"] = json.loads(columns["detail"])
        yield AuditLine(**columns)
