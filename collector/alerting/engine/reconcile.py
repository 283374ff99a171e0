"""Bringing an incident into line with its events: worse, over, going on again."""

import sqlite3
from dataclasses import replace

from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.paging_rules import is_late
from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.store import audit, incidents, outbox, silences
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.incident import (
    GOING_ON,
    TRANSITIONS,
    Incident,
    IncidentEvent,
    IncidentStatus,
)
from plumbline.collector.alerting.store.notification import CALLS, Purpose
from plumbline.collector.alerting.store.transitions import next_status
from plumbline.collector.events.model import AlarmLevel, EventKind


def reconcile(
    tx: sqlite3.Connection,
    incident: Incident,
    writer: NotificationWriter,
    revision: int,
    now_ns: int,
) -> None:
    """Bring an incident into line with its events, and notify those who need to know."""
    joined = incidents.members(tx, incident.id)
    late = is_late(incident.cause)
    # What was found late is over, whatever its detector has still to say of its end.
    goes_on = not late and any(one.closed_ns is None for one in joined)
    count = incidents.counting_members(joined, incident.kind)
    level = max((one.level for one in count), key=lambda level: level.rank)
    if goes_on and incident.status not in GOING_ON:
        incident = _resumed(tx, incident, now_ns)
    if level.rank > incident.level.rank:
        incident = _raised(tx, incident, level, revision, now_ns)
    lower = goes_on and level.rank < incident.level.rank
    since_ns = incident.lower_since_ns if incident.lower_since_ns is not None else now_ns
    incident = replace(incident, lower_since_ns=since_ns if lower else None)
    if not goes_on and incident.status in GOING_ON:
        ended_ns = max(one.closed_ns or one.facts.onset_ns for one in joined)
        incident = replace(incident, ended_ns=ended_ns)
        if incident.kind is EventKind.HEALTH:  # it may come and go; only what lasts is reported
            if incident.well_since_ns is None:
                incident = replace(incident, well_since_ns=now_ns)
        else:
            incident = end_incident(tx, incident, writer, now_ns)
    elif goes_on:
        incident = replace(incident, well_since_ns=None)
    incidents.save(tx, incident)


def expire(tx: sqlite3.Connection, incident: Incident, now_ns: int) -> None:
    """Close an incident that nobody answered and nobody is called about any more."""
    status = next_status(TRANSITIONS, incident.status, IncidentEvent.LAPSED)
    incidents.save(tx, replace(incident, status=status, next_ns=None))
    audit.write(tx, now_ns, AuditEntry.LAPSED, incident_id=incident.id)


def must_be_seen(tx: sqlite3.Connection, incident: Incident, settings: AlertingSettings) -> bool:
    """Return whether somebody has to answer, though the cause may have ended."""
    kinds = {incident.kind, *(one.facts.kind for one in incidents.members(tx, incident.id))}
    return not incident.test and any(settings.rule.of(kind).must_be_seen for kind in kinds)


def begun_anew(incident: Incident, now_ns: int) -> Incident:
    """Return the incident with its calls due from the first one again."""
    repeat = incident.repeat + (incident.position > 0)
    return replace(incident, repeat=repeat, position=0, next_ns=now_ns)


def end_incident(
    tx: sqlite3.Connection, incident: Incident, writer: NotificationWriter, now_ns: int
) -> Incident:
    """Return an incident whose cause is over, and notify those who were called."""
    rule = writer.settings.rule.of(incident.kind)
    called = outbox.called(tx, incident.id)
    nodes = incidents.nodes_of(tx, incident)
    # What was silenced from its beginning to its end has been explained already.
    silence = silences.covering(tx, incident, nodes, now_ns)
    explained = (
        not is_late(incident.cause)
        and silence is not None
        and silence.from_ns <= incident.opened_ns
        and not called
    )
    recovered = explained or not must_be_seen(tx, incident, writer.settings)
    event = IncidentEvent.RECOVERED if recovered else IncidentEvent.ENDED
    status = next_status(TRANSITIONS, incident.status, event)
    due_ns = None if status is IncidentStatus.CLOSED else incident.next_ns
    incident = replace(incident, status=status, next_ns=due_ns, well_since_ns=None)
    audit.write(tx, now_ns, AuditEntry(event.value), incident_id=incident.id)
    if recovered:
        outbox.withdraw(tx, incident.id, CALLS, now_ns)
    people = [person for person in map(writer.settings.named, called) if person]
    if rule.all_clear and people and not is_late(incident.cause):
        call = f"{incident.repeat}.end{incident.ended_ns}"
        writer.notify(tx, incident, Purpose.CLEAR, people, call, now_ns)
    return incident


def _raised(
    tx: sqlite3.Connection, incident: Incident, level: AlarmLevel, revision: int, now_ns: int
) -> Incident:
    audit.write(
        tx,
        now_ns,
        AuditEntry.RAISED,
        incident_id=incident.id,
        revision=revision,
        before=incident.level,
        level=level,
    )
    status = next_status(TRANSITIONS, incident.status, IncidentEvent.WORSE)
    raised = replace(incident, status=status, level=level, answered_ns=None, answered_by=None)
    return begun_anew(raised, now_ns)


def _resumed(tx: sqlite3.Connection, incident: Incident, now_ns: int) -> Incident:
    audit.write(tx, now_ns, AuditEntry.RESUMED, incident_id=incident.id)
    status = next_status(TRANSITIONS, incident.status, IncidentEvent.RESUMED)
    resumed = replace(incident, status=status, ended_ns=None, answered_ns=None, answered_by=None)
    nobody_called = incident.status is IncidentStatus.CLOSED or incident.next_ns is None
    return begun_anew(resumed, now_ns) if nobody_called else resumed
