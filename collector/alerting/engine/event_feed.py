"""Event feed: what is new in the event store since the last revision seen becomes incidents."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.engine.policy import calls
from plumbline.collector.alerting.engine.reconcile import begun_anew, must_be_seen, reconcile
from plumbline.collector.alerting.paging_rules import (
    NotPagedReason,
    cause_of,
    latches,
    live_cause_of,
    paging_decision,
)
from plumbline.collector.alerting.store import audit, incidents
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.database import AlertStore, mark, savepoint, set_mark
from plumbline.collector.alerting.store.facts import Facts
from plumbline.collector.alerting.store.incident import UNSEEN, Incident, IncidentStatus
from plumbline.collector.alerting.store.incidents import Member
from plumbline.collector.alerting.store.worsenings import note_worsening
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Standing
from plumbline.wire.block import NS

REVISION = "event revision"
BATCH = 500
_WORSENINGS_NOTED = "worsenings noted"


class EventRevisions(Protocol):
    """The event store, as far as alerting needs it."""

    def changes(self, after_revision: int, limit: int = 500) -> Sequence[tuple[int, Event]]:
        """Return events revised since a revision, oldest revision first."""
        ...

    def wait(self, after_revision: int, timeout_s: float) -> bool:
        """Wait until there is a later revision."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFeed:
    """Follows the event store from the last revision it took."""

    store: AlertStore
    events: EventRevisions
    writer: NotificationWriter

    def take(self, now_ns: int) -> None:
        """Take every event that is new."""
        while self._take_some(now_ns) == BATCH:
            pass

    def revision(self) -> int:
        """Return the last revision that was taken."""
        with self.store.transaction() as tx:
            return mark(tx, REVISION)

    def check_store(self, now_ns: int) -> None:
        """Begin anew when the event store is another one.

        In one store the revision once seen as the highest is never above all others again; if
        nothing lies at or above it, waiting for a higher one would miss every alarm until then.
        """
        seen = self.revision()
        if seen and not self.events.changes(seen - 1, 1):
            with self.store.transaction() as tx:
                set_mark(tx, REVISION, 0)
                audit.write(tx, now_ns, AuditEntry.EVENTS_REPLACED, seen=seen)
        self._note_old_worsenings(seen)

    def _note_old_worsenings(self, seen: int) -> None:
        """Record the events a version took that knew of no inspections: they may be released."""
        with self.store.transaction() as tx:
            if mark(tx, _WORSENINGS_NOTED):
                return
            after = 0
            while seen and (changed := self.events.changes(after, BATCH)):
                for after, event in changed:
                    if after <= seen:
                        note_worsening(tx, event)
            set_mark(tx, _WORSENINGS_NOTED, 1)

    def _take_some(self, now_ns: int) -> int:
        changed = self.events.changes(self.revision(), BATCH)
        faults: list[Exception] = []
        if changed:
            with self.store.transaction() as tx:
                for revision, event in changed:
                    try:
                        with savepoint(tx):
                            self._take_one(tx, event, revision, now_ns)
                    except Exception as fault:  # one bad event must not hold back all later ones
                        audit.write(
                            tx, now_ns, AuditEntry.NOT_TAKEN, event=event.id, error=repr(fault)
                        )
                        faults.append(fault)
                set_mark(tx, REVISION, changed[-1][0])
        if faults:
            raise ExceptionGroup("events that could not be taken", faults)
        return len(changed)

    def _take_one(self, tx: sqlite3.Connection, event: Event, revision: int, now_ns: int) -> None:
        note_worsening(tx, event)
        known = incidents.member(tx, event.id)
        if known is not None:
            incident = self._incident_for_known(tx, known)
            level = _level_of_known(event, known)
        else:
            paged = self._decision(event, now_ns)
            if isinstance(paged, NotPagedReason):
                _pass_over(tx, event, paged, revision, now_ns)
                return
            incident = self._incident_for_new(tx, event, paged, revision, now_ns)
            level = paged
        facts = Facts.of(event, level)
        if known is not None and (
            _is_candidate(event) or self._waits_as_graver(tx, incident, known, level)
        ):
            facts = replace(known.facts, closed_ns=event.closed_ns)
        incidents.save_member(
            tx,
            Member(
                event_id=event.id,
                incident_id=incident.id,
                level=level,
                closed_ns=event.closed_ns,
                facts=facts,
            ),
        )
        reconcile(tx, incident, self.writer, revision, now_ns)

    def _waits_as_graver(
        self, tx: sqlite3.Connection, incident: Incident, known: Member, level: AlarmLevel
    ) -> bool:
        """Return whether an event has become milder while its gravest level waits for an answer."""
        return (
            level.rank < known.facts.level.rank
            and incident.status in UNSEEN
            and must_be_seen(tx, incident, self.writer.settings)
        )

    def _decision(self, event: Event, now_ns: int) -> AlarmLevel | NotPagedReason:
        stale_ns = round(self.writer.settings.stale_s * NS)
        if not event.late and event.closed_ns is not None and now_ns - event.closed_ns > stale_ns:
            return NotPagedReason.STALE
        return paging_decision(event, self.writer.settings.rule)

    def _incident_for_known(self, tx: sqlite3.Connection, known: Member) -> Incident:
        """Return the incident of a known event: its own, or the one that has taken its place."""
        own = incidents.get(tx, known.incident_id)
        if own.status is IncidentStatus.CLOSED:
            return incidents.alive(tx, own.cause) or own
        return own

    def _incident_for_new(
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
        settle_ns = round(self.writer.settings.health_settle_s * NS)
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
        join_ns = round(self.writer.settings.join_s * NS)
        live = incidents.alive(tx, live_cause_of(event))
        if live is not None and any(
            abs(one.facts.onset_ns - event.onset_ns) < join_ns
            for one in incidents.members(tx, live.id)
        ):
            return live
        found = incidents.latest(tx, cause_of(event))
        if found is None or found.status is not IncidentStatus.CLOSED:
            return found
        since_ns = now_ns - incidents.last_joined_ns(tx, found)
        return found if abs(since_ns) < join_ns else None

    def _is_old(self, event: Event, now_ns: int) -> bool:
        ended_ns = event.closed_ns if event.closed_ns is not None else event.onset_ns
        return now_ns - ended_ns > self.writer.settings.late_page_s * NS

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
        join_ns = round(self.writer.settings.join_s * NS)
        policy = calls(self.writer.settings, found, incidents.structures_of(tx, found))
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


def _level_of_known(event: Event, known: Member) -> AlarmLevel:
    """Return the level at which a known event calls now.

    A revision against a candidate limit changes nothing; motion latches at the gravest level.
    """
    latched = latches(event.kind) and event.level.rank < known.level.rank
    return known.level if latched or _is_candidate(event) else event.level


def _is_candidate(event: Event) -> bool:
    return event.limit is not None and event.limit.standing is Standing.CANDIDATE


def _pass_over(
    tx: sqlite3.Connection, event: Event, reason: NotPagedReason, revision: int, now_ns: int
) -> None:
    """Record why an event calls nobody; logged once, not at every revision."""
    added = tx.execute(
        "INSERT INTO passed_over VALUES (?, ?, ?) ON CONFLICT (event_id) DO UPDATE SET"
        " reason = excluded.reason, at_ns = excluded.at_ns WHERE reason <> excluded.reason",
        (event.id, reason, now_ns),
    )
    if added.rowcount:
        audit.write(
            tx, now_ns, AuditEntry.NOT_PAGED, event=event.id, reason=reason.name, revision=revision
        )
