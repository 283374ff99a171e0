"""Dispatch of notifications: leased first, then handed to their sender, then noted.

The lease is committed before the hand-over and the hand-over noted after it. A crash in between
leaves a lease that ends by itself; the sender then finds the same message by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from plumbline.collector.alerting.engine import rate_limits
from plumbline.collector.alerting.engine.failover import Failover
from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.engine.retry import is_temporary, pause_ns
from plumbline.collector.alerting.senders.message import Handed, Message, Receipt, Sender
from plumbline.collector.alerting.settings import SenderName
from plumbline.collector.alerting.store import outbox
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.store.notification import (
    Notification,
    NotificationState,
    NotificationStep,
    Purpose,
)
from plumbline.collector.events.model import AlarmLevel
from plumbline.wire.block import NS

LEASE_NS = 30 * NS
_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Hands over the notifications that are due."""

    store: AlertStore
    writer: NotificationWriter
    senders: Mapping[SenderName, Sender]
    failover: Failover

    def hand_over(self, now_ns: int) -> None:
        """Hand over every message that is due, gravest first."""
        while leased := self._leased(now_ns):
            for one in leased:
                self._hand_over(one, now_ns)

    def _leased(self, now_ns: int) -> list[Notification]:
        with self.store.transaction() as tx:
            for one in outbox.in_state(tx, NotificationState.LEASED):
                if (one.lease_ns or 0) <= now_ns:
                    outbox.move(tx, one, NotificationStep.LEASE_ENDED, now_ns)
            rate_limits.bundle_held(tx, self.writer, now_ns)
            due = [
                one for one in outbox.in_state(tx, NotificationState.QUEUED) if one.due_ns <= now_ns
            ]
            due.sort(key=lambda one: (-one.level.rank, one.id))
            leased: list[Notification] = []
            caps = self.writer.settings.caps
            since_ns = now_ns - rate_limits.longest_ns(caps)
            for one in due:
                if len(leased) == _AT_ONCE:
                    break
                handed = outbox.handed_since(tx, one.person, since_ns)
                handed += [now_ns for other in leased if other.person == one.person]
                free_ns = rate_limits.free_at_ns(handed, caps, now_ns)
                if free_ns > now_ns and not rate_limits.is_exempt(one):
                    outbox.hold(tx, one, free_ns)
                    continue
                outbox.move(tx, one, NotificationStep.LEASE, now_ns, lease_ns=now_ns + LEASE_NS)
                leased.append(outbox.get(tx, one.id))
        return leased

    def _hand_over(self, one: Notification, now_ns: int) -> None:
        try:
            handed = self._sender(one).submit(_message(one), now_ns)
        except Exception as fault:  # whatever a sender does, the others must still be handed over
            self._not_taken(one, fault, now_ns)
        else:
            self._taken(one, handed, now_ns)

    def _sender(self, one: Notification) -> Sender:
        return self.senders[SenderName(one.sender)]

    def _taken(self, one: Notification, handed: Handed, now_ns: int) -> None:
        confirmed = handed.receipt is Receipt.CONFIRMED
        step = NotificationStep.CONFIRMED if confirmed else NotificationStep.HANDED_OVER
        with self.store.transaction() as tx:
            outbox.move(tx, one, step, now_ns, ref=handed.ref, handed_ns=now_ns, error=None)

    def _not_taken(self, one: Notification, fault: Exception, now_ns: int) -> None:
        attempts = one.attempts + 1
        error = f"{type(fault).__name__}: {fault}"
        again = is_temporary(fault) and attempts < self.writer.settings.max_attempts
        with self.store.transaction() as tx:
            if again:
                due_ns = now_ns + pause_ns(attempts, one.key)
                outbox.move(
                    tx,
                    one,
                    NotificationStep.TRY_AGAIN,
                    now_ns,
                    attempts=attempts,
                    due_ns=due_ns,
                    error=error,
                )
            else:
                outbox.move(
                    tx, one, NotificationStep.REFUSED, now_ns, attempts=attempts, error=error
                )
                self.failover.try_next_sender(tx, one, now_ns)


def _message(one: Notification) -> Message:
    return Message(
        id=one.id,
        attempt=one.returned + 1,
        person=one.person,
        phone=one.phone,
        text=one.text,
        segments=one.segments,
        level=AlarmLevel.AMBER if one.purpose is Purpose.BUNDLE else one.level,
        created_ns=one.created_ns,
    )
