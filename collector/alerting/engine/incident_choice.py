"""Choice of the incident an event belongs to: one that waits for it, or a new one."""

import sqlite3
from dataclasses import dataclass, replace

from plumbline.collector.alerting.engine.policy import calls
from plumbline.collector.alerting.engine.reconcile import begun_anew
from plumbline.collector.alerting.paging_rules import cause_of, live_cause_of
from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.store import audit, incidents
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.incident import Incident, IncidentStatus
from plumbline.collector.alerting.store.incidents import Member
from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.wire.block import NS


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentChoice:
    """Chooses the incident of each event.

    Whatever takes an incident out of the open list would lower the gravest level nobody has
    answered: so nothing does but an answer, and what comes in between joins it.
    """

    settings: AlertingSettings

    def for_known(self, tx: sqlite3.Connection, known: Member) -> Incident:
        """Return the incident of a known event: its own, or the one that has taken its place."""
        own = incidents.get(tx, known.incident_id)
        if own.status is IncidentStatus.CLOSED:
            return incidents.alive(tx, own.cause) or own
        return own

    def for_new(
        self, tx: sqlite3.Connection, event: Event, level: AlarmLevel, revision: int, now_ns: int
    ) -> Incident:
        """Return the incident a new event belongs to; opens one where none waits for it."""
        found = self._incident_waiting_for(tx, event, now_ns)
        quiet = event.late and self._is_old(event, now_ns)
        if found is not None:  # unanswered, or it goes on: whatever comes belongs to it
            audit.write(
                tx,
                now_ns,
                AuditEntry.JOINED,
                incident_id=found.id,
                event=event.id,
                revision=revision,
            )
            if found.quiet and not quiet:  # what is found now is young enough to call people
                return begun_anew(replace(found, quiet=False), now_ns)
            return self._called_again(tx, found, event, level, now_ns)
        opened = incidents.add(
            tx,
            cause=cause_of(event),
            structure=event.structure,
            kind=event.kind,
            level=level,
            opened_ns=now_ns,
            next_ns=self._first_call_ns(event, now_ns),
            quiet=quiet,
        )
        audit.write(
            tx,
            now_ns,
            AuditEntry.OPENED,
            incident_id=opened.id,
            event=event.id,
            revision=revision,
            level=level,
            code=opened.code,
            limit=event.limit,
            detector=event.detector,
        )
        return opened

    def _first_call_ns(self, event: Event, now_ns: int) -> int:
        """Return when the first call is due: a fault of ours must have lasted for a while."""
        if event.kind is not EventKind.HEALTH:
            return now_ns
        settle_ns = round(self.settings.health_settle_s * NS)
        return min(max(event.onset_ns + settle_ns, now_ns), now_ns + settle_ns)

    def _incident_waiting_for(
        self, tx: sqlite3.Connection, event: Event, now_ns: int
    ) -> Incident | None:
        """Return the incident an event joins: that of its cause, while it is not closed.

        A late finding joins what was called about in time, and else the one message of its outage,
        though that was answered in between.
        """
        if not event.late:
            return incidents.alive(tx, cause_of(event))
        join_ns = round(self.settings.join_s * NS)
        live = incidents.alive(tx, live_cause_of(event))
        if live is not None and any(
            abs(one.facts.onset_ns - event.onset_ns) < join_ns
            for one in incidents.members(tx, live.id)
        ):
            return live
        found = incidents.latest(tx, cause_of(event))
        if found is None or found.status is not IncidentStatus.CLOSED:
            return found
        if found.quiet and not self._is_old(event, now_ns):
            return None  # nobody was called about it, and this one is young enough
        since_ns = now_ns - incidents.last_joined_ns(tx, found)
        return found if abs(since_ns) < join_ns else None

    def _is_old(self, event: Event, now_ns: int) -> bool:
        ended_ns = event.closed_ns if event.closed_ns is not None else event.onset_ns
        return now_ns - ended_ns > self.settings.late_page_s * NS

    def _called_again(
        self,
        tx: sqlite3.Connection,
        found: Incident,
        event: Event,
        level: AlarmLevel,
        now_ns: int,
    ) -> Incident:
        """Return the incident with its next call due at once when what joins it is as grave.

        Only where nobody is being called just now: the policy is at its end, and everybody hears
        of it every ``again_s``. A weaker event changes no call.
        """
        join_ns = round(self.settings.join_s * NS)
        policy = calls(self.settings, found, incidents.structures_of(tx, found))
        if (
            found.status is IncidentStatus.OVER
            and found.next_ns is not None
            and found.position > len(policy)
            and level.rank >= found.level.rank
            and event.onset_ns - (found.ended_ns or 0) >= join_ns
        ):
            found = replace(found, next_ns=now_ns)
            incidents.save(tx, found)
        return found
