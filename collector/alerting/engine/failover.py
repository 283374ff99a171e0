"""Failover: another sender to the same person when a message is lost."""

import sqlite3
from dataclasses import dataclass

from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.store import audit, incidents
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.incident import UNSEEN
from plumbline.collector.alerting.store.notification import CALLS, Notification, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """Queues messages that failed or grew too old once more, by the next sender."""

    writer: NotificationWriter

    def try_next_sender(self, tx: sqlite3.Connection, lost: Notification, now_ns: int) -> None:
        """Queue it again by the person's next sender, while somebody still has to answer.

        Where there is none, the escalation sees that the call is lost and makes the next one.
        """
        if not self._is_wanted(tx, lost):
            return
        sender = self.writer.by_next_sender(tx, lost, now_ns)
        if sender is not None:
            audit.write(
                tx,
                now_ns,
                AuditEntry.FAILED_OVER,
                incident_id=lost.incident_id,
                notification_id=lost.id,
                person=lost.person,
                sender=sender,
            )

    def _is_wanted(self, tx: sqlite3.Connection, lost: Notification) -> bool:
        if lost.incident_id is None:
            return lost.purpose is Purpose.BUNDLE
        incident = incidents.get(tx, lost.incident_id)
        return lost.purpose in CALLS and incident.status in UNSEEN
