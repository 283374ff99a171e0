"""Escalation: one call of the policy after the other, until somebody answers.

Nothing is remembered between two ticks: whom to call next, and when, stands in the incident.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.engine.policy import Call, calls, everybody
from plumbline.collector.alerting.engine.reconcile import (
    begun_anew,
    end_incident,
    expire,
    must_be_seen,
)
from plumbline.collector.alerting.settings import Person
from plumbline.collector.alerting.store import audit, incidents, outbox, silences
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.database import AlertStore, savepoint
from plumbline.collector.alerting.store.incident import UNSEEN, Incident, IncidentStatus
from plumbline.collector.alerting.store.notification import CALLS, GONE_OUT, LOST, Purpose
from plumbline.wire.block import NS

_TEST_LAPSE_S = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Evaluates every incident that is not closed, and makes the calls that are due."""

    store: AlertStore
    writer: NotificationWriter

    def advance(self, now_ns: int) -> None:
        """Make the calls that are due; each incident stands or falls on its own."""
        faults: list[Exception] = []
        with self.store.transaction() as tx:
            silences.end_due(tx, now_ns)
            for incident in incidents.all_alive(tx):
                try:
                    with savepoint(tx):
                        self._evaluate(tx, incident, now_ns)
                except Exception as fault:  # the others still have to be called about
                    faults.append(fault)
        if faults:
            raise ExceptionGroup("incidents nobody could be called about", faults)

    def _evaluate(self, tx: sqlite3.Connection, incident: Incident, now_ns: int) -> None:
        settings = self.writer.settings
        waits = incident.status in UNSEEN and must_be_seen(tx, incident, settings)
        if incident.status is IncidentStatus.OVER and not waits and self._is_old(incident, now_ns):
            outbox.withdraw(tx, incident.id, CALLS, now_ns)
            expire(tx, incident, now_ns)
            return
        if incident.well_since_ns is not None:
            self._well_again(tx, incident, incident.well_since_ns, now_ns)
            return
        since_ns = incident.lower_since_ns
        # The gravest level waits for its answer; only then may anybody hear of a lower one.
        if not waits and since_ns is not None and now_ns - since_ns >= settings.settle_s * NS:
            incident = self._lowered(tx, incident, now_ns)
        if incident.status in UNSEEN and incident.next_ns is not None:
            self._call_if_due(tx, incident, now_ns)

    def _well_again(
        self, tx: sqlite3.Connection, incident: Incident, since_ns: int, now_ns: int
    ) -> None:
        """End a fault of ours once it has been gone for a while; nobody is called meanwhile."""
        settings = self.writer.settings
        called = outbox.called(tx, incident.id)
        if now_ns - since_ns >= (settings.settle_s if called else settings.health_settle_s) * NS:
            incidents.save(tx, end_incident(tx, incident, self.writer, now_ns))

    def _call_if_due(self, tx: sqlite3.Connection, incident: Incident, now_ns: int) -> None:
        due_ns = incident.next_ns or 0
        policy = calls(self.writer.settings, incident, incidents.structures_of(tx, incident))
        walking = not incident.quiet and incident.position <= len(policy)
        if now_ns < due_ns and not (walking and _last_call_is_lost(tx, incident)):
            return
        silence = silences.covering(tx, incident, incidents.nodes_of(tx, incident), now_ns)
        if silence is not None:
            if incident.silenced_by != silence.id:
                audit.write(
                    tx, now_ns, AuditEntry.SILENCED, incident_id=incident.id, silence=silence.id
                )
                incidents.save(tx, replace(incident, silenced_by=silence.id))
            return
        if incident.quiet:
            self._tell_once(tx, incident, policy, now_ns)
        elif incident.position < len(policy):
            self._make(tx, incident, policy[incident.position], now_ns)
        elif incident.position > len(policy):
            again_s = self.writer.settings.again_s
            self._make(tx, incident, everybody(policy, again_s), now_ns)
        else:
            self._finish(tx, incident, policy, now_ns)

    def _tell_once(
        self, tx: sqlite3.Connection, incident: Incident, policy: Sequence[Call], now_ns: int
    ) -> None:
        """Write to everybody at once; again only while no message got out at all."""
        if incident.position > 0 and _got_out(tx, incident):
            incidents.save(tx, replace(incident, next_ns=None))
            return
        again_s = self.writer.settings.again_s
        self._make(tx, incident, everybody(policy, again_s), now_ns)

    def _make(self, tx: sqlite3.Connection, incident: Incident, call: Call, now_ns: int) -> None:
        raised = incident.repeat > 0 and incident.position == 0
        called = outbox.called(tx, incident.id)
        people = _each_once(
            [*call.people, *filter(None, map(self.writer.settings.named, called if raised else ()))]
        )
        purpose = Purpose.TEST if incident.test else Purpose.ALARM
        if raised and called and not incident.test:
            purpose = Purpose.RAISED
        tag = f"{incident.repeat}.{incident.position}"
        self.writer.notify(tx, incident, purpose, people, tag, now_ns)
        audit.write(
            tx,
            now_ns,
            AuditEntry.CALLED,
            incident_id=incident.id,
            call=tag,
            people=[person.name for person in people],
        )
        later_ns = now_ns + round(call.delay_s * NS)
        position = incident.position + 1
        incidents.save(tx, replace(incident, position=position, next_ns=later_ns, silenced_by=None))

    def _finish(
        self,
        tx: sqlite3.Connection,
        incident: Incident,
        policy: Sequence[Call],
        now_ns: int,
    ) -> None:
        """Record that the policy is at its end; begin anew when no message got out at all.

        What must be seen is never given up: everybody is called again every ``again_s``.
        """
        if _got_out(tx, incident):
            audit.write(tx, now_ns, AuditEntry.NOBODY_ANSWERED, incident_id=incident.id)
            again_ns = now_ns + round(self.writer.settings.again_s * NS)
            incident = replace(incident, position=len(policy) + 1, next_ns=again_ns)
            if not must_be_seen(tx, incident, self.writer.settings):
                incident = replace(incident, next_ns=None)
            incidents.save(tx, incident)
            return
        audit.write(
            tx, now_ns, AuditEntry.NOBODY_REACHABLE, incident_id=incident.id, calls=len(policy)
        )
        pause_ns = round(self.writer.settings.answer_s.of(incident.level) * NS)
        incidents.save(tx, begun_anew(incident, now_ns + pause_ns))

    def _lowered(self, tx: sqlite3.Connection, incident: Incident, now_ns: int) -> Incident:
        count = incidents.counting_members(incidents.members(tx, incident.id), incident.kind)
        level = max((one.level for one in count), key=lambda level: level.rank)
        before = incident.level
        incident = replace(incident, level=level, lower_since_ns=None)
        incidents.save(tx, incident)
        audit.write(
            tx, now_ns, AuditEntry.LOWERED, incident_id=incident.id, before=before, level=level
        )
        called = [*filter(None, map(self.writer.settings.named, outbox.called(tx, incident.id)))]
        self.writer.notify(
            tx, incident, Purpose.LOWERED, called, f"{incident.repeat}.low{now_ns}", now_ns
        )
        return incident

    def _is_old(self, incident: Incident, now_ns: int) -> bool:
        ended_ns = incident.ended_ns if incident.ended_ns is not None else incident.opened_ns
        # Counted from when it was opened, too: an event may reach us long after its end.
        since_ns = max(ended_ns, incident.opened_ns)
        lapse_s = _TEST_LAPSE_S if incident.test else self.writer.settings.lapse_s
        return now_ns - since_ns >= lapse_s * NS


def _last_call_is_lost(tx: sqlite3.Connection, incident: Incident) -> bool:
    """Return whether every message of the call that is waited for was lost: waiting is no use."""
    tag = f"{incident.repeat}.{incident.position - 1}"
    made = [one for one in outbox.of_incident(tx, incident.id) if one.call == tag]
    return bool(made) and all(one.state in LOST for one in made)


def _got_out(tx: sqlite3.Connection, incident: Incident) -> bool:
    """Return whether any message got out since the policy was last begun."""
    prefix = f"{incident.repeat}."
    return any(
        one.state in GONE_OUT
        for one in outbox.of_incident(tx, incident.id)
        if one.call.startswith(prefix)
    )


def _each_once(people: Sequence[Person]) -> list[Person]:
    return list({person.name: person for person in people}.values())
