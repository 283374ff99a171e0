"""Notifications about a structure in a span, and who answered: read-only, from any process."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from plumbline.collector.alerting.store.database import SCHEMA
from plumbline.collector.storage.database import open_to_read

_QUERY = """
SELECT notification.created_ns, notification.person, notification.purpose, notification.level,
       notification.state, notification.handed_ns, incident.kind, incident.code, incident.test,
       incident.answered_by, incident.answered_ns
FROM notification LEFT JOIN incident ON incident.id = notification.incident_id
WHERE notification.created_ns >= ? AND notification.created_ns < ? AND incident.structure = ?
ORDER BY notification.created_ns, notification.id
"""


def notification_log(
    path: Path, structure: str, begin_ns: int, end_ns: int
) -> list[dict[str, Any]]:
    """Return every message about a structure that was queued in a span, the oldest first.

    Parameters
    ----------
    path
        The alerting database; without it there were no notifications.
    """
    found = open_to_read(path, SCHEMA)
    if found is None:
        return []
    with closing(found) as db:
        db.row_factory = sqlite3.Row
        rows = db.execute(_QUERY, (begin_ns, end_ns, structure)).fetchall()
    return [dict(row) | {"test": bool(row["test"])} for row in rows]
