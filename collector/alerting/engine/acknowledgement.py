"""Taking an answer: the same for the command line, the web page and an SMS."""

import re
import sqlite3
from dataclasses import dataclass, replace
from enum import StrEnum

from plumbline.collector.alerting.engine.reply_parser import plain
from plumbline.collector.alerting.errors import AnswerRefused
from plumbline.collector.alerting.store import audit, incidents, outbox
from plumbline.collector.alerting.store.audit import Entry
from plumbline.collector.alerting.store.incident import UNSEEN, Happening, Incident, after
from plumbline.collector.alerting.store.notification import CALLS


class Outcome(StrEnum):
    """What an answer did."""

    ACKNOWLEDGED = "acknowledged"
    ALREADY = "already acknowledged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """An answer that was taken: what it did, about which incident, and who was first."""

    outcome: Outcome
    incident: Incident


def acknowledge(
    tx: sqlite3.Connection, code: str, *, by: str, via: str, now_ns: int, said: str = ""
) -> Acknowledgement:
    """Answer the incident with a code; nobody is called about it any more.

    Parameters
    ----------
    code
        Four digits, in whatever script.
    by
        Who answers.
    via
        How: ``command line``, ``web``, ``sms``.
    said
        The raw text of the answer, for the log.

    Raises
    ------
    AnswerRefused
        If the code is not one, or no incident has it, or nobody's name is given.
    """
    digits, by = plain(code).strip(), by.strip()
    if not re.fullmatch(r"\d{4}", digits):
        raise AnswerRefused(f"code {code.strip()!r}: expected the 4 digits of the alarm, as 4711")
    if not by:
        raise AnswerRefused("an answer needs a name; say who has seen the alarm")
    incident = incidents.by_code(tx, digits)
    if incident is None:
        open_codes = [one.code for one in incidents.unseen(tx)]
        waiting = f"open alarms: {', '.join(open_codes)}" if open_codes else "no alarm is open"
        raise AnswerRefused(f"no alarm has the code {digits}; {waiting}")
    return take(tx, incident, by=by, via=via, now_ns=now_ns, said=said)


def take(
    tx: sqlite3.Connection, incident: Incident, *, by: str, via: str, now_ns: int, said: str = ""
) -> Acknowledgement:
    """Answer an incident."""
    if incident.status not in UNSEEN:
        outcome = Outcome.ALREADY if incident.answered_by else Outcome.CLOSED
        _log(tx, incident, Entry.ACKNOWLEDGED_AGAIN, by, via, said, now_ns)
        return Acknowledgement(outcome=outcome, incident=incident)
    answered = replace(
        incident,
        status=after(incident.status, Happening.ACK),
        answered_by=by,
        answered_ns=now_ns,
        next_ns=None,
    )
    incidents.save(tx, answered)
    _log(tx, answered, Entry.ACKNOWLEDGED, by, via, said, now_ns)
    outbox.withdraw(tx, incident.id, CALLS, now_ns)
    return Acknowledgement(outcome=Outcome.ACKNOWLEDGED, incident=answered)


def _log(
    tx: sqlite3.Connection,
    incident: Incident,
    entry: Entry,
    by: str,
    via: str,
    said: str,
    now_ns: int,
) -> None:
    audit.write(tx, now_ns, entry, incident_id=incident.id, person=by, via=via, said=said)
