"""Testing the alarm path: an incident in which nothing happened."""

import sqlite3

from plumbline.collector.alerting.store import audit, incidents
from plumbline.collector.alerting.store.audit import Entry
from plumbline.collector.alerting.store.incident import Incident, Status
from plumbline.collector.events.model import Kind, Level


def start_test(
    tx: sqlite3.Connection, *, structure: str, by: str, only: str | None, now_ns: int
) -> Incident:
    """Open a test: it is called about like an alarm, and marked as a test in every message.

    Parameters
    ----------
    only
        One person, or None to walk the whole policy once.
    """
    opened = incidents.add(
        tx,
        cause=f"test/{now_ns}",
        structure=structure,
        kind=Kind.HEALTH,
        status=Status.OVER,  # nothing goes on; what is asked for is an answer
        level=Level.AMBER,
        test=True,
        only=only,
        opened_ns=now_ns,
        next_ns=now_ns,
    )
    audit.write(
        tx, now_ns, Entry.TEST_STARTED, incident_id=opened.id, person=only, by=by, code=opened.code
    )
    return opened
