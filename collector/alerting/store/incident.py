"""Everything that may change the status of an incident is in this table.

An incident is one cause that people must know of. Two questions make its status: does the cause go
on, and has somebody answered?

==================  =================  ================
status              the cause goes on  somebody answered
==================  =================  ================
open                yes                not yet
acknowledged        yes                yes
over                no                 not yet
closed              no                 yes, or nobody needs to
==================  =================  ================

People are called while an incident is open or over: shaking that has ended must still be seen.
"""

from dataclasses import dataclass
from enum import StrEnum

from plumbline.collector.events.model import AlarmLevel, EventKind


class IncidentStatus(StrEnum):
    """Status of an incident."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    OVER = "over"
    CLOSED = "closed"


class IncidentEvent(StrEnum):
    """Event in the life of an incident."""

    WORSE = "worse"
    """Its level rose: what was answered before must be answered again."""
    ACK = "ack"
    """Somebody answered."""
    ENDED = "ended"
    """The cause is over, and must still be seen."""
    RECOVERED = "recovered"
    """The cause is over, and nobody needs to see it any more."""
    RESUMED = "resumed"
    """The cause goes on again."""
    LAPSED = "lapsed"
    """It was over for so long, or a new one took its place, that nobody need answer any more."""


TRANSITIONS: dict[tuple[IncidentStatus, IncidentEvent], IncidentStatus] = {
    (IncidentStatus.OPEN, IncidentEvent.WORSE): IncidentStatus.OPEN,
    (IncidentStatus.OPEN, IncidentEvent.ACK): IncidentStatus.ACKNOWLEDGED,
    (IncidentStatus.OPEN, IncidentEvent.ENDED): IncidentStatus.OVER,
    (IncidentStatus.OPEN, IncidentEvent.RECOVERED): IncidentStatus.CLOSED,
    (IncidentStatus.ACKNOWLEDGED, IncidentEvent.WORSE): IncidentStatus.OPEN,
    (IncidentStatus.ACKNOWLEDGED, IncidentEvent.ACK): IncidentStatus.ACKNOWLEDGED,
    (IncidentStatus.ACKNOWLEDGED, IncidentEvent.ENDED): IncidentStatus.CLOSED,
    (IncidentStatus.ACKNOWLEDGED, IncidentEvent.RECOVERED): IncidentStatus.CLOSED,
    (IncidentStatus.OVER, IncidentEvent.WORSE): IncidentStatus.OVER,
    (IncidentStatus.OVER, IncidentEvent.ACK): IncidentStatus.CLOSED,
    (IncidentStatus.OVER, IncidentEvent.RECOVERED): IncidentStatus.CLOSED,
    (IncidentStatus.OVER, IncidentEvent.RESUMED): IncidentStatus.OPEN,
    (IncidentStatus.OVER, IncidentEvent.LAPSED): IncidentStatus.CLOSED,
    (IncidentStatus.CLOSED, IncidentEvent.WORSE): IncidentStatus.OVER,
    (IncidentStatus.CLOSED, IncidentEvent.ACK): IncidentStatus.CLOSED,
    (IncidentStatus.CLOSED, IncidentEvent.RESUMED): IncidentStatus.OPEN,
}

GOING_ON = frozenset({IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED})
UNSEEN = frozenset({IncidentStatus.OPEN, IncidentStatus.OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One cause that people must know of.

    Attributes
    ----------
    cause
        Common cause of its events, as ``TWR01/motion``.
    code
        Four digits by which people answer.
    level
        The level of the calls: the last one people got or are getting.
    test
        A test of the alarm path: nothing happened.
    only
        The one person a test is for, or None for the whole policy.
    lower_since_ns
        Time since which the level is lower than ``level``; people learn of it when it lasts, or
        None. [ns since 1970]
    repeat
        Number of times the policy was begun anew.
    position
        The call of the policy that is made next.
    next_ns
        Time at which that is due; None when nobody is to be called any more. [ns since 1970]
    silenced_by
        The silence that holds the calls back, or None.
    quiet
        Everybody is told once and nobody is called: it was found long after its time.
    well_since_ns
        Time since which the cause of a fault of ours is gone; people learn of it when that lasts,
        or None. [ns since 1970]
    """

    id: int
    cause: str
    structure: str
    kind: EventKind
    code: str
    status: IncidentStatus
    level: AlarmLevel
    test: bool
    only: str | None
    opened_ns: int
    ended_ns: int | None
    answered_ns: int | None
    answered_by: str | None
    lower_since_ns: int | None
    repeat: int
    position: int
    next_ns: int | None
    silenced_by: int | None
    quiet: bool
    well_since_ns: int | None
