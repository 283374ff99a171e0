"""Acknowledging an incident: the same for the command line, the web page and an SMS."""

import re
import sqlite3
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from plumbline.collector.alerting.engine.reply_parser import plain
from plumbline.collector.alerting.errors import AnswerRefused, UnknownCode
from plumbline.collector.alerting.store import audit, incidents, outbox
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.incident import (
    TRANSITIONS,
    UNSEEN,
    Incident,
    IncidentEvent,
)
from plumbline.collector.alerting.store.notification import CALLS
from plumbline.collector.alerting.store.transitions import next_status


class ReplyOutcome(StrEnum):
    """Outcome of an answer."""

    ACKNOWLEDGED = "acknowledged"
    ALREADY = "already acknowledged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """An answer that was taken: what it did, about which incident, and who was first."""

    outcome: ReplyOutcome
    incident: Incident


def acknowledge(
    tx: sqlite3.Connection, code: str, *, by: str, via: str, now_ns: int, reply_text: str = ""
) -> Acknowledgement:
    """Answer the incident with a code; nobody is called about it any more.

    Parameters
    ----------
    code
        Four digits, in whatever script.
    by
        Name of the person who answers.
    via
        Way of the answer: ``command line``, ``web``, ``sms``.
    reply_text
        Raw text of the answer, for the log.

    Raises
    ------
    UnknownCode
        If the code is not one, or no incident has it, or nobody's name is given.
    """
    incident, by = incident_of(tx, code), by.strip()
    if not by:
        raise AnswerRefused("an answer needs a name; say who has seen the alarm")
    return acknowledge_reply(tx, incident, by=by, via=via, now_ns=now_ns, reply_text=reply_text)


def incident_of(tx: sqlite3.Connection, code: str) -> Incident:
    """Return the latest incident that had a code.

    Raises
    ------
    AnswerRefused
        If the code is not one, or no incident has it. The right codes are not named: whoever
        guesses must not be helped.
    """
    digits = plain(code).strip()
    if not re.fullmatch(r"\d{4}", digits):
        raise UnknownCode(f"code {code.strip()!r}: expected the 4 digits of the alarm, as 4711")
    incident = incidents.by_code(tx, digits)
    if incident is None:
        raise UnknownCode(f"no alarm has the code {digits}; it stands in the alarm's message")
    return incident


def acknowledge_reply(
    tx: sqlite3.Connection,
    incident: Incident,
    *,
    by: str,
    via: str,
    now_ns: int,
    reply_text: str = "",
) -> Acknowledgement:
    """Answer an incident."""
    if incident.status not in UNSEEN:
        outcome = ReplyOutcome.ALREADY if incident.answered_by else ReplyOutcome.CLOSED
        _log(tx, incident, AuditEntry.ACKNOWLEDGED_AGAIN, by, via, reply_text, now_ns)
        return Acknowledgement(outcome=outcome, incident=incident)
    answered = replace(
        incident,
        status=next_status(TRANSITIONS, incident.status, IncidentEvent.ACK),
        answered_by=by,
        answered_ns=now_ns,
        next_ns=None,
    )
    incidents.save(tx, answered)
    _log(tx, answered, AuditEntry.ACKNOWLEDGED, by, via, reply_text, now_ns)
    outbox.withdraw(tx, incident.id, CALLS, now_ns)
    return Acknowledgement(outcome=ReplyOutcome.ACKNOWLEDGED, incident=answered)


def _log(
    tx: sqlite3.Connection,
    incident: Incident,
    entry: AuditEntry,
    by: str,
    via: str,
    reply_text: str,
    now_ns: int,
) -> None:
    detail: dict[str, Any] = {"via": via, audit.REPLY_TEXT: reply_text}
    audit.write(tx, now_ns, entry, incident_id=incident.id, person=by, **detail)
