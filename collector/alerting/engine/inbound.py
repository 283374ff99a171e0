"""Inbound SMS: who sent a reply, which incident it acknowledges, and the confirmation."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from plumbline.collector.alerting.engine.acknowledgement import (
    Acknowledgement,
    ReplyOutcome,
    acknowledge,
    acknowledge_reply,
)
from plumbline.collector.alerting.engine.answer_limit import note_wrong, refuse_guessing
from plumbline.collector.alerting.engine.inspecting import InspectionReport, record_inspection
from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.engine.phone_number import person_with, spellings
from plumbline.collector.alerting.engine.reply_parser import Reply, parse_reply
from plumbline.collector.alerting.errors import AnswerRefused, UnknownCode
from plumbline.collector.alerting.senders.inbox import Inbox, Received
from plumbline.collector.alerting.settings import Person
from plumbline.collector.alerting.store import audit, incidents, outbox
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.store.incident import IncidentStatus
from plumbline.collector.alerting.store.notification import Purpose
from plumbline.collector.alerting.store.worsenings import standing_codes
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
        settings = self.writer.settings
        person = person_with(received.phone, settings.person, settings.country_code)
        phone = person.phone if person else spellings(received.phone, settings.country_code)[0]
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
        """Take one answer and queue the reply; return what came of it, for the log."""
        reply = parse_reply(received.text)
        try:
            refuse_guessing(tx, person.name, now_ns)
        except AnswerRefused as refused:
            return str(refused)
        done = self._inspected(tx, person, received, reply, now_ns)
        if done is None:
            taken = self._acknowledged(tx, person, received, reply, now_ns)
            done = (taken.outcome.value, self._confirmation(tx, person, taken)) if taken else None
        if done is not None:
            outcome, text = done
            key = f"reply/{received.key}"
            self.writer.write_to(tx, person, Purpose.REPLY, text, key, now_ns)
            return outcome
        self._help(tx, person, received, reply, now_ns)
        return "not understood"

    def _inspected(
        self,
        tx: sqlite3.Connection,
        person: Person,
        received: Received,
        reply: Reply,
        now_ns: int,
    ) -> tuple[str, str] | None:
        """Record an inspection; return what it was and the reply, or None where it is none."""
        if reply.finding is None:
            return None
        code = reply.codes[0]
        wording = self.writer.wording(person, _structure_of(tx, code))
        report = InspectionReport(
            finding=reply.finding, by=person.name, via="sms", text=plain_text(received.text)
        )
        try:
            if person.may_inspect:
                inspection = record_inspection(tx, self.writer.settings, code, report, now_ns)
                return f"inspected: {reply.finding}", wording.inspected(inspection)
            acknowledge(
                tx, code, by=person.name, via="sms", now_ns=now_ns, reply_text=received.text
            )
        except UnknownCode:
            note_wrong(tx, person.name, code, now_ns)
            return None
        except AnswerRefused:
            return None
        return "may not inspect", wording.may_not_inspect(code)

    def _acknowledged(
        self,
        tx: sqlite3.Connection,
        person: Person,
        received: Received,
        reply: Reply,
        now_ns: int,
    ) -> Acknowledgement | None:
        by, text = person.name, received.text
        if reply.finding is not None or (reply.negated and reply.codes):
            return None
        if reply.seen_word:
            waiting = [one for one in incidents.unseen(tx) if by in outbox.called(tx, one.id)]
            if len(waiting) != 1:
                return None
            return acknowledge_reply(
                tx, waiting[0], by=by, via="sms", now_ns=now_ns, reply_text=text
            )
        alive = [code for code in reply.codes if _is_alive(tx, code)]
        wanted = alive or reply.codes
        if len(wanted) != 1:
            return None
        try:
            return acknowledge(tx, wanted[0], by=by, via="sms", now_ns=now_ns, reply_text=text)
        except UnknownCode:
            note_wrong(tx, by, wanted[0], now_ns)
            return None

    def _help(
        self,
        tx: sqlite3.Connection,
        person: Person,
        received: Received,
        reply: Reply,
        now_ns: int,
    ) -> None:
        """Ask again; the open codes are listed for a word without one only, never for a wrong one.

        A text that holds an open code, as a negation, is always asked again: somebody is there.
        """
        before_ns = outbox.last_created_ns(tx, person.name, Purpose.HELP)
        recent = before_ns is not None and 0 <= now_ns - before_ns < HELP_EVERY_S * NS
        if recent and not any(_is_alive(tx, code) for code in reply.codes):
            return
        codes = [one.code for one in incidents.unseen(tx)] if reply.seen_word else []
        text = self.writer.wording(person, None).not_understood(codes)
        self.writer.write_to(tx, person, Purpose.HELP, text, f"reply/{received.key}", now_ns)

    def _confirmation(self, tx: sqlite3.Connection, person: Person, taken: Acknowledgement) -> str:
        one = taken.incident
        wording = self.writer.wording(person, one.structure)
        by, stays = one.answered_by or "", one.code in standing_codes(tx)
        if taken.outcome is ReplyOutcome.ACKNOWLEDGED:
            text = wording.acknowledged(one.code, by, one.structure, one.kind)
        elif taken.outcome is ReplyOutcome.ALREADY:
            text = wording.already(one.code, by, one.answered_ns or 0)
        else:
            text = wording.closed(one.code)
        return wording.with_stop(text) if stays else text


def plain_text(text: str) -> str:
    """Return what somebody wrote, without what a gateway pads with."""
    return text.partition("\0")[0].strip()


def _is_alive(tx: sqlite3.Connection, code: str) -> bool:
    found = incidents.by_code(tx, code)
    return found is not None and found.status is not IncidentStatus.CLOSED


def _structure_of(tx: sqlite3.Connection, code: str) -> str | None:
    found = incidents.by_code(tx, code)
    return found.structure if found else None
