"""Outbox: notifications as they are stored, and the one way their state changes."""

import sqlite3
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from plumbline.collector.alerting.store import audit
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.notification import (
    CALLS,
    GONE_OUT,
    TRANSITIONS,
    Notification,
    NotificationState,
    NotificationStep,
    Purpose,
)
from plumbline.collector.alerting.store.transitions import next_status
from plumbline.collector.events.model import AlarmLevel

_COLUMNS = [field.name for field in fields(Notification) if field.name != "id"]
_ENTRIES: dict[NotificationState, AuditEntry] = {
    NotificationState.QUEUED: AuditEntry.TRIED,
    NotificationState.SUBMITTED: AuditEntry.SUBMITTED,
    NotificationState.SENT: AuditEntry.SENT,
    NotificationState.FAILED: AuditEntry.FAILED,
    NotificationState.EXPIRED: AuditEntry.EXPIRED,
    NotificationState.WITHDRAWN: AuditEntry.WITHDRAWN,
    NotificationState.BUNDLED: AuditEntry.BUNDLED,
}
_LAST = frozenset(
    {
        NotificationState.SENT,
        NotificationState.FAILED,
        NotificationState.EXPIRED,
        NotificationState.WITHDRAWN,
        NotificationState.BUNDLED,
    }
)


def queue(tx: sqlite3.Connection, **columns: Any) -> bool:
    """Store a message to be sent; False when one of its key was stored before."""
    given = {
        "state": NotificationState.QUEUED,
        "attempts": 0,
        "returned": 0,
        "lease_ns": None,
        "handed_ns": None,
        "done_ns": None,
        "ref": None,
        "error": None,
        "due_ns": columns["created_ns"],
        **columns,
    }
    names = ", ".join(_COLUMNS)
    values = ", ".join(f":{name}" for name in _COLUMNS)
    added = tx.execute(
        f"INSERT OR IGNORE INTO notification ({names}) VALUES ({values})",  # noqa: S608
        given,
    )
    if added.rowcount == 0:
        return False
    audit.write(
        tx,
        given["created_ns"],
        AuditEntry.QUEUED,
        incident_id=given["incident_id"],
        notification_id=added.lastrowid,
        person=given["person"],
        purpose=given["purpose"],
        sender=given["sender"],
        text=given["text"],
        segments=given["segments"],
    )
    return True


def move(
    tx: sqlite3.Connection, one: Notification, step: NotificationStep, now_ns: int, **columns: Any
) -> None:
    """Change the state of a notification as its table allows, and log it."""
    state = next_status(TRANSITIONS, one.state, step)
    given = {"state": state, **columns}
    if state in _LAST:
        given["done_ns"] = now_ns
    if state is not NotificationState.LEASED:
        given["lease_ns"] = None
    changes = ", ".join(f"{name} = :{name}" for name in given)
    tx.execute(
        f"UPDATE notification SET {changes} WHERE id = :id",  # noqa: S608
        {**given, "id": one.id},
    )
    if entry := _ENTRIES.get(state):
        audit.write(
            tx,
            now_ns,
            entry,
            incident_id=one.incident_id,
            notification_id=one.id,
            person=one.person,
            step=step,
            sender=one.sender,
            **{key: columns[key] for key in ("ref", "error") if key in columns},
        )


def in_state(tx: sqlite3.Connection, *states: NotificationState) -> list[Notification]:
    """Return the notifications that are in one of some states, gravest and oldest first."""
    marks = ", ".join("?" * len(states))
    rows = tx.execute(
        f"SELECT * FROM notification WHERE state IN ({marks}) ORDER BY id",  # noqa: S608
        states,
    )
    return [_notification(row) for row in rows.fetchall()]


def get(tx: sqlite3.Connection, notification_id: int) -> Notification:
    """Return a notification that is known to be there."""
    row = tx.execute("SELECT * FROM notification WHERE id = ?", (notification_id,)).fetchone()
    return _notification(row)


def of_incident(tx: sqlite3.Connection, incident_id: int) -> list[Notification]:
    """Return the notifications of an incident, oldest first."""
    rows = tx.execute(
        "SELECT * FROM notification WHERE incident_id = ? ORDER BY id", (incident_id,)
    )
    return [_notification(row) for row in rows.fetchall()]


def latest(tx: sqlite3.Connection, limit: int) -> list[Notification]:
    """Return the latest notifications, newest first."""
    rows = tx.execute("SELECT * FROM notification ORDER BY id DESC LIMIT ?", (limit,))
    return [_notification(row) for row in rows.fetchall()]


def called(tx: sqlite3.Connection, incident_id: int) -> list[str]:
    """Return who has been called about an incident, in the order they were."""
    gone = [*GONE_OUT, NotificationState.LEASED]
    names = (
        one.person
        for one in of_incident(tx, incident_id)
        if one.state in gone and one.purpose in CALLS
    )
    return list(dict.fromkeys(names))


def handed_since(tx: sqlite3.Connection, person: str, since_ns: int) -> list[int]:
    """Return when messages to a person were handed over, since a time, in order. [ns]"""
    rows = tx.execute(
        "SELECT handed_ns FROM notification WHERE person = ? AND handed_ns > ? ORDER BY handed_ns",
        (person, since_ns),
    )
    return [int(row[0]) for row in rows.fetchall()]


def last_created_ns(tx: sqlite3.Connection, person: str, purpose: Purpose) -> int | None:
    """Return when a person was last written to for a purpose. [ns since 1970]"""
    row = tx.execute(
        "SELECT max(created_ns) FROM notification WHERE person = ? AND purpose = ?",
        (person, purpose),
    ).fetchone()
    return None if row[0] is None else int(row[0])


def hold(tx: sqlite3.Connection, one: Notification, until_ns: int) -> None:
    """Put off a message that waits; its state does not change."""
    tx.execute("UPDATE notification SET due_ns = ? WHERE id = ?", (until_ns, one.id))


def withdraw(
    tx: sqlite3.Connection,
    incident_id: int,
    purposes: Iterable[Purpose],
    now_ns: int,
    person: str | None = None,
) -> None:
    """Withdraw what has not left yet, of an incident and perhaps one person only."""
    wanted = frozenset(purposes)
    for one in of_incident(tx, incident_id):
        if (
            one.state is NotificationState.QUEUED
            and one.purpose in wanted
            and person in (None, one.person)
        ):
            move(tx, one, NotificationStep.WITHDRAW, now_ns)


def _notification(row: sqlite3.Row) -> Notification:
    columns = dict(row)
    return Notification(
        **{
            **columns,
            "purpose": Purpose(columns["purpose"]),
            "level": AlarmLevel(columns["level"]),
            "state": NotificationState(columns["state"]),
        }
    )
