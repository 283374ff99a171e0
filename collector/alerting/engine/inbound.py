"""Inbound SMS: who sent a reply, which incident it acknowledges, and the confirmation."""

import re
import sqlite3
from dataclasses import dataclass
from typing import Any

from plumbline.collector.alerting.engine.acknowledgement import (
    Acknowledgement,
    ReplyOutcome,
    acknowledge,
    acknowledge_reply,
)
from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.engine.reply_parser import Acknowledge, Code, parse_reply
from plumbline.collector.alerting.errors import AnswerRefused
from plumbline.collector.alerting.senders.inbox import Inbox, Received
from plumbline.collector.alerting.settings import Person
from plumbline.collector.alerting.store import audit, incidents, outbox
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.store.notification import Purpose
from plumbline.wire.block import NS

HELP_EVERY_S = 600.0
"""Two machines that answer each other with help would otherwise never stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Takes the replies that came in, each once."""

    store: AlertStore
    writer: NotificationWriter
    inbox: Inbox | None

    def take(self, now_ns: int) -> None:
        """Take what came in; a message is put away only after what it did is stored."""
        for received in self.inbox.messages() if self.inbox else ():
            with self.store.transaction() as tx:
                self._take_one(tx, received, now_ns)
            if self.inbox:
                self.inbox.put_away(received)

    def _take_one(self, tx: sqlite3.Connection, received: Received, now_ns: int) -> None:
        known = tx.execute("SELECT 1 FROM inbound WHERE key = ?", (received.key,)).fetchone()
        if known:
            return
        phone = international(received.phone, self.writer.settings.country_code)
        person = next((one for one in self.writer.settings.person if one.phone == phone), None)
        outcome = (
            self._answer(tx, person, received, now_ns) if person else AuditEntry.STRANGER.value
        )
        tx.execute(
            "INSERT INTO inbound VALUES (?, ?, ?, ?, ?)",
            (received.key, phone, received.text, now_ns, outcome),
        )
        detail: dict[str, Any] = {
            "phone": phone,
            audit.REPLY_TEXT: received.text,
            "outcome": outcome,
        }
        audit.write(
            tx,
            now_ns,
            AuditEntry.RECEIVED if person else AuditEntry.STRANGER,
            person=person.name if person else None,
            **detail,
        )

    def _answer(
        self, tx: sqlite3.Connection, person: Person, received: Received, now_ns: int
    ) -> str:
        taken = self._acknowledged(tx, person, received, now_ns)
        key = f"reply/{received.key}"
        if taken is not None:
            text = self._confirmation(person, taken)
            self.writer.write_to(tx, person, Purpose.REPLY, text, key, now_ns)
            return taken.outcome
        before_ns = outbox.last_created_ns(tx, person.name, Purpose.HELP)
        if before_ns is None or now_ns - before_ns >= HELP_EVERY_S * NS:
            codes = [one.code for one in incidents.unseen(tx)]
            text = self.writer.wording(person, None).not_understood(codes)
            self.writer.write_to(tx, person, Purpose.HELP, text, key, now_ns)
        return "not understood"

    def _acknowledged(
        self, tx: sqlite3.Connection, person: Person, received: Received, now_ns: int
    ) -> Acknowledgement | None:
        by, text = person.name, received.text
        match parse_reply(text):
            case Code(code):
                try:
                    return acknowledge(tx, code, by=by, via="sms", now_ns=now_ns, reply_text=text)
                except AnswerRefused:
                    return None
            case Acknowledge():
                waiting = [one for one in incidents.unseen(tx) if by in outbox.called(tx, one.id)]
                if len(waiting) == 1:
                    return acknowledge_reply(
                        tx, waiting[0], by=by, via="sms", now_ns=now_ns, reply_text=text
                    )
        return None

    def _confirmation(self, person: Person, taken: Acknowledgement) -> str:
        one = taken.incident
        wording = self.writer.wording(person, one.structure)
        if taken.outcome is ReplyOutcome.ACKNOWLEDGED:
            return wording.acknowledged(one.code, one.answered_by or "", one.structure, one.kind)
        if taken.outcome is ReplyOutcome.ALREADY:
            return wording.already(one.code, one.answered_by or "", one.answered_ns or 0)
        return wording.closed(one.code)


def international(phone: str, country_code: str) -> str:
    """Return a number as E.164, whichever way the gateway wrote it."""
    digits = re.sub(r"[\s()./-]", "", phone)
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("0"):
        return f"+{country_code}{digits[1:]}"
    return digits
