"""Event feed: what is new in the event store since the last revision seen becomes incidents."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from plumbline.collector.alerting.engine.incident_choice import IncidentChoice
from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.engine.reconcile import must_be_seen, reconcile
from plumbline.collector.alerting.paging_rules import (
    NotPagedReason,
    latches,
    paging_decision,
)
from plumbline.collector.alerting.store import audit, incidents
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.database import AlertStore, mark, savepoint, set_mark
from plumbline.collector.alerting.store.facts import Facts
from plumbline.collector.alerting.store.incident import UNSEEN, Incident
from plumbline.collector.alerting.store.incidents import Member
from plumbline.collector.alerting.store.worsenings import note_worsening
from plumbline.collector.events.model import AlarmLevel, Event, Standing
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

    @property
    def _choice(self) -> IncidentChoice:
        return IncidentChoice(settings=self.writer.settings)

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
            incident = self._choice.for_known(tx, known)
            level = _level_of_known(event, known)
        else:
            event = self._found_late(tx, event, now_ns)
            paged = self._decision(event, now_ns)
            if isinstance(paged, NotPagedReason):
                _pass_over(tx, event, paged, revision, now_ns)
                return
            incident = self._choice.for_new(tx, event, paged, revision, now_ns)
            level = paged
        if known is not None and known.facts.late:
            event = replace(event, late=True)
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

    def _found_late(self, tx: sqlite3.Connection, event: Event, now_ns: int) -> Event:
        """Return a grave event that alerting itself missed as one that was found late.

        Only in a store that was followed before: a new one is full of what is long over.
        """
        grave = event.level in (AlarmLevel.RED, AlarmLevel.BLACK)
        followed = mark(tx, REVISION) > 0
        missed = followed and grave and self._is_stale(event, now_ns)
        return replace(event, late=True) if missed else event

    def _is_stale(self, event: Event, now_ns: int) -> bool:
        stale_ns = round(self.writer.settings.stale_s * NS)
        return (
            not event.late and event.closed_ns is not None and now_ns - event.closed_ns > stale_ns
        )

    def _decision(self, event: Event, now_ns: int) -> AlarmLevel | NotPagedReason:
        if self._is_stale(event, now_ns):
            return NotPagedReason.STALE
        return paging_decision(event, self.writer.settings.rule)


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
