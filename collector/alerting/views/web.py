"""Alerting on the live page: incidents with their notifications and answers, and answering."""

from pathlib import Path
from typing import Any

from plumbline.collector.alerting.engine.acknowledgement import (
    Acknowledgement,
    ReplyOutcome,
    acknowledge,
)
from plumbline.collector.alerting.engine.answer_limit import note_wrong, refuse_guessing
from plumbline.collector.alerting.errors import UnknownCode
from plumbline.collector.alerting.store import incidents
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.store.facts import Facts
from plumbline.collector.alerting.store.incident import Incident, IncidentStatus
from plumbline.collector.alerting.store.worsenings import standing_codes
from plumbline.collector.alerting.text.quantity import quantity
from plumbline.collector.alerting.views import queries

_SHOWN = 50
REPORT_NOTIFICATIONS = "told"
"""Key of an incident's notifications in its report."""


def incident_reports(path: Path, now_ns: int, within_s: float = 86_400.0) -> list[dict[str, Any]]:
    """Return the open incidents and those of the last day, newest first.

    Nanoseconds are texts: a browser's numbers are too short for them.
    """
    oldest_ns = now_ns - round(within_s * 1e9)
    return [
        {
            "code": one.incident.code,
            "structure": one.incident.structure,
            "title": title(one.incident, one.facts),
            "severity": one.incident.level.value,
            "status": one.incident.status.value,
            "opened_ns": str(one.incident.opened_ns),
            "test": one.incident.test,
            "waits_for_answer": one.waits_for_answer,
            "answered_by": one.incident.answered_by,
            "silent_because": one.silence.reason if one.silence else None,
            "nodes": list(one.nodes),
            **_answerable(one.facts),
            REPORT_NOTIFICATIONS: [
                {
                    "person": sent.person,
                    "purpose": sent.purpose.value,
                    "state": sent.state.value,
                    "when_ns": str(sent.handed_ns or sent.created_ns),
                    "text": sent.text,
                    "segments": sent.segments,
                }
                for sent in one.notifications
            ],
        }
        for one in queries.recent_incidents(path, now_ns, _SHOWN)
        if one.incident.status is not IncidentStatus.CLOSED or one.incident.opened_ns >= oldest_ns
    ]


def _answerable(facts: Facts | None) -> dict[str, Any]:
    """Return which limit it is about, who answers for that, and what they want done."""
    limit = facts.limit if facts else None
    if limit is None:
        return {"limit": None, "owner": None, "action": None}
    return {
        "limit": limit.name or None,
        "owner": limit.owner or None,
        "action": limit.action or None,
    }


def answered_events(store: AlertStore) -> frozenset[str]:
    """Return the ids of events whose incident somebody answered and that is over."""
    with store.transaction() as tx:
        return frozenset(
            one.event_id
            for incident in incidents.newest(tx, _SHOWN)
            if incident.status is IncidentStatus.CLOSED and incident.answered_by
            for one in incidents.members(tx, incident.id)
        )


def acknowledge_incident(
    store: AlertStore, code: str, by: str, via: str, now_ns: int, source: str | None = None
) -> str:
    """Acknowledge an incident and return in one line what that did.

    Parameters
    ----------
    source
        Where the answer came from; None counts no wrong codes, as on the collector itself.

    Raises
    ------
    AnswerRefused
        A ValueError with what to do: not a code, no such alarm, no name, too many wrong codes.
    """
    try:
        with store.transaction() as tx:
            if source is not None:
                refuse_guessing(tx, source, now_ns)
            taken = acknowledge(tx, code, by=by, via=via, now_ns=now_ns)
            stays = taken.incident.code in standing_codes(tx)
    except UnknownCode:
        if source is not None:
            with store.transaction() as tx:
                note_wrong(tx, source, code, now_ns)
        raise
    if stays:
        return f"{_outcome(taken)}; STOP stays until it is inspected"
    return _outcome(taken)


def _outcome(taken: Acknowledgement) -> str:
    one = taken.incident
    if taken.outcome is ReplyOutcome.ACKNOWLEDGED:
        return f"{one.code} acknowledged by {one.answered_by}; nobody is called about it any more"
    if taken.outcome is ReplyOutcome.ALREADY:
        return f"{one.code} was already acknowledged by {one.answered_by}"
    return f"{one.code} is closed; nobody is called about it"


def title(incident: Incident, facts: Facts | None) -> str:
    """Return an incident in a few words, as ``TWR01 shaking 12.3 gal``."""
    if facts is None:
        return f"{incident.structure} test of the alarm path"
    kind = facts.kind.replace("_", " ")
    return f"{incident.structure} {kind} {quantity(facts.value, facts.unit)}"
