"""Receipts: what became of the messages the gateways took, and which grew too old."""

from collections.abc import Mapping
from dataclasses import dataclass

from plumbline.collector.alerting.engine.failover import Failover
from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.engine.retry import pause_ns
from plumbline.collector.alerting.senders.message import Receipt, Sender
from plumbline.collector.alerting.settings import SenderName
from plumbline.collector.alerting.store import outbox
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.store.notification import (
    Notification,
    NotificationState,
    NotificationStep,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Polls the senders, and withdraws what is too old."""

    store: AlertStore
    writer: NotificationWriter
    senders: Mapping[SenderName, Sender]
    failover: Failover

    def collect(self, now_ns: int) -> None:
        """Poll the sender of every message a gateway holds; drop what waited too long."""
        with self.store.transaction() as tx:
            waiting = outbox.in_state(tx, NotificationState.QUEUED)
            for one in waiting:
                if now_ns >= one.expires_ns:
                    outbox.move(
                        tx, one, NotificationStep.TOO_OLD, now_ns, error=one.error or "too old"
                    )
                    self.failover.try_next_sender(tx, one, now_ns)
            submitted = outbox.in_state(tx, NotificationState.SUBMITTED)
        for one in submitted:
            self._poll(one, now_ns)

    def _poll(self, one: Notification, now_ns: int) -> None:
        sender = self.senders.get(SenderName(one.sender))
        if sender is None or one.ref is None:
            self._given_back(one, "its sender is no longer configured", now_ns, lasting=True)
            return
        receipt = sender.receipt(one.ref)
        if receipt is Receipt.CONFIRMED:
            with self.store.transaction() as tx:
                outbox.move(tx, one, NotificationStep.CONFIRMED, now_ns)
        elif receipt is Receipt.GIVEN_BACK:
            self._given_back(one, "given back by the gateway", now_ns, lasting=False)
        elif now_ns >= one.expires_ns and sender.withdraw(one.ref):
            with self.store.transaction() as tx:
                outbox.move(
                    tx,
                    one,
                    NotificationStep.TOO_OLD,
                    now_ns,
                    error="not sent by the gateway in time",
                )
                self.failover.try_next_sender(tx, one, now_ns)

    def _given_back(self, one: Notification, error: str, now_ns: int, *, lasting: bool) -> None:
        attempts = one.attempts + 1
        tried = {"attempts": attempts, "returned": one.returned + 1, "error": error}
        again = not lasting and attempts < self.writer.settings.max_attempts
        with self.store.transaction() as tx:
            if again:
                due_ns = now_ns + pause_ns(attempts, one.key)
                outbox.move(tx, one, NotificationStep.TRY_AGAIN, now_ns, due_ns=due_ns, **tried)
            else:
                outbox.move(tx, one, NotificationStep.REFUSED, now_ns, **tried)
                self.failover.try_next_sender(tx, one, now_ns)
