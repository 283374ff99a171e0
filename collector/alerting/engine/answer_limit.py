"""Limit of wrong answers: who guesses codes is no longer listened to for a while."""

import sqlite3

from plumbline.collector.alerting.errors import AnswerRefused
from plumbline.collector.alerting.store import audit
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.wire.block import NS

WRONG_CODES = 10
WITHIN_S = 600


def refuse_guessing(tx: sqlite3.Connection, source: str, now_ns: int) -> None:
    """Refuse an answer from where too many wrong codes came.

    Raises
    ------
    AnswerRefused
        If it is so; the right code is refused alike, else guessing would go on.
    """
    row = tx.execute(
        "SELECT count(*) FROM audit WHERE entry = ? AND person = ? AND at_ns > ? AND at_ns <= ?",
        (AuditEntry.WRONG_CODE, source, now_ns - WITHIN_S * NS, now_ns),
    ).fetchone()
    if row[0] >= WRONG_CODES:
        raise AnswerRefused(
            f"too many wrong codes; wait {WITHIN_S // 60} min, or answer by SMS or on the collector"
        )


def note_wrong(tx: sqlite3.Connection, source: str, code: str, now_ns: int) -> None:
    """Record a wrong code, and where it came from: a person, or an address of the page."""
    audit.write(tx, now_ns, AuditEntry.WRONG_CODE, person=source, code=code[:20])
