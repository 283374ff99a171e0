"""What stands on a structure until a named person has released it.

A red or black event of `INSPECTED_KINDS` stands as STOP until an inspection that was recorded
after its last worsening finds the structure fit, or the instrument or the alarm wrong. An amber
one stands as LOOK until somebody's note, or an inspection. *Not fit* keeps STOP. An answer to the
alarm releases nothing: it says that somebody has seen it.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.collector.alerting.store import incidents, inspections, worsenings
from plumbline.collector.alerting.store.inspections import RELEASING, Inspection, InspectionFinding
from plumbline.collector.alerting.store.worsenings import INSPECTED_KINDS, Worsening
from plumbline.collector.events.model import AlarmLevel, Event
from plumbline.collector.events.model import Standing as LimitStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingEvent:
    """An event that stands, or that still goes on though it was released.

    Attributes
    ----------
    code
        Code of its alarm, or None where it called nobody: it is released with the structure.
    inspection
        The latest finding about it, or None. A finding it has outgrown is not there.
    """

    event: Event
    code: str | None
    inspection: Inspection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingEvents:
    """What stands on one structure, as STOP, as LOOK, or only as *inspected, still above*."""

    stop: tuple[StandingEvent, ...] = ()
    look: tuple[StandingEvent, ...] = ()
    still_above: tuple[StandingEvent, ...] = ()


def standing_events(
    tx: sqlite3.Connection | None, structure: str, events: Sequence[Event]
) -> StandingEvents:
    """Return what stands of some events of a structure; other events are passed over.

    An event the alerting engine has not taken yet is one that nobody can have inspected; so is
    every one where there is no database (None).
    """
    worse = worsenings.of_structure(tx, structure) if tx else {}
    found = inspections.of_structure(tx, structure) if tx else []
    stop: list[StandingEvent] = []
    look: list[StandingEvent] = []
    still_above: list[StandingEvent] = []
    for event in events:
        if event.structure != structure or not _may_stand(event):
            continue
        last = worse.get(event.id)
        gravest = max(event.level, last.gravest if last else event.level, key=lambda x: x.rank)
        if gravest is AlarmLevel.GREEN:
            continue
        incident_id = last.incident_id if last else None
        about = [one for one in found if last and one.concerns(incident_id)]
        decides = _deciding(about, last, gravest)
        one = StandingEvent(
            event=event,
            code=incidents.get(tx, incident_id).code if tx and incident_id is not None else None,
            inspection=decides,
        )
        if decides is not None and decides.finding is not InspectionFinding.NOT_FIT:
            if event.closed_ns is None:
                still_above.append(one)
        elif gravest is AlarmLevel.AMBER and decides is None:
            look.append(one)
        else:
            stop.append(one)
    return StandingEvents(stop=tuple(stop), look=tuple(look), still_above=tuple(still_above))


def _may_stand(event: Event) -> bool:
    """Return whether an event may stand: a candidate limit stops nobody."""
    candidate = event.limit is not None and event.limit.standing is LimitStanding.CANDIDATE
    return event.kind in INSPECTED_KINDS and not candidate


def _deciding(
    about: Sequence[Inspection], last: Worsening | None, gravest: AlarmLevel
) -> Inspection | None:
    """Return the finding that decides: the latest that releases, or *not fit*, or None."""
    findings = [one for one in about if one.finding is not InspectionFinding.NOTE]
    if findings and findings[-1].finding is InspectionFinding.NOT_FIT:
        return findings[-1]
    place = last.place if last else 0
    after = [one for one in about if one.place > place]
    noted = {InspectionFinding.NOTE} if gravest is AlarmLevel.AMBER else set()
    releasing = [one for one in after if one.finding in RELEASING | noted]
    return releasing[-1] if releasing else None
