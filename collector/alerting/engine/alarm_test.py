"""Testing the alarm path: an incident in which nothing happened."""

import sqlite3

from plumbline.collector.alerting.store import audit, incidents
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.incident import Incident, IncidentStatus
from plumbline.collector.events.model import AlarmLevel, EventKind


def start_test(
    tx: sqlite3.Connection, *, structure: str, by: str, only: str | None, now_ns: int
) -> Incident:
    """Open a test: it is called about like an alarm, and marked as a test in every message.

    Parameters
    ----------
    only
        One person, or None for one round of the whole policy.
    """
    opened = incidents.add(
        tx,
        cause=f"test/{now_ns}",
        structure=structure,
        kind=EventKind.HEALTH,
        status=IncidentStatus.OVER,  # nothing goes on; what is wanted is an answer
        level=AlarmLevel.AMBER,
        test=True,
        only=only,
        opened_ns=now_ns,
        next_ns=now_ns,
    )
    audit.write(
        tx,
        now_ns,
        AuditEntry.TEST_STARTED,
        incident_id=opened.id,
        person=only,
        by=by,
        code=opened.code,
    )
    return opened
