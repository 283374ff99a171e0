"""Due times as they are stored, moved together when the clock steps."""

import sqlite3

from plumbline.collector.alerting.store.incident import IncidentStatus
from plumbline.collector.alerting.store.notification import NotificationState

_ALIVE = (NotificationState.QUEUED, NotificationState.LEASED, NotificationState.SUBMITTED)


def move_timers(tx: sqlite3.Connection, step_ns: int, *, handed_since_ns: int) -> None:
    """Move everything that waits for a time by a step of the clock. [ns]

    Parameters
    ----------
    handed_since_ns
        Messages handed over since then still count for a cap, and move too. [ns since 1970]
    """
    tx.execute(
        "UPDATE incident SET next_ns = next_ns + ?1, lower_since_ns = lower_since_ns + ?1,"
        " well_since_ns = well_since_ns + ?1 WHERE status <> ?2",
        (step_ns, IncidentStatus.CLOSED),
    )
    tx.execute(
        "UPDATE notification SET due_ns = due_ns + ?1, expires_ns = expires_ns + ?1,"
        " created_ns = created_ns + ?1, lease_ns = lease_ns + ?1 WHERE state IN (?2, ?3, ?4)",
        (step_ns, *_ALIVE),
    )
    tx.execute(
        "UPDATE notification SET handed_ns = handed_ns + ?1 WHERE handed_ns >= ?2",
        (step_ns, handed_since_ns),
    )
    tx.execute("UPDATE silence SET until_ns = until_ns + ? WHERE ended_ns IS NULL", (step_ns,))
