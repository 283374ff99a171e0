"""Stop-work advice: the one word a site engineer reads first, and why.

The rule is this table, read from the top; the first row that holds decides.

============= ================================================================================
stop          an event of level red or black is not released by a named person's inspection
look          an amber event waits for a note; one goes on above after its inspection; a candidate
              limit is crossed
blind         nothing that should judge the structure does: dead, behind, no fresh data at all
blind_in_part some nodes are blind; the others are judged
not_judged    no limit that may page is being judged
go            none of these
============= ================================================================================

An answer to an alarm changes nothing here: it says that somebody has seen it. What is blind stands
beside *stop* and *look* too. A candidate limit stops nobody: it calls nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plumbline.analysis.limit_standing import may_page
from plumbline.collector.alerting.store.standing import StandingEvents
from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.wire.block import NS

URGENT = (AlarmLevel.RED, AlarmLevel.BLACK)
ANSWERED_WITHIN_NS = 24 * 3600 * NS
"""What needs no inspection stops the site until it is answered, or for so long. [ns]"""
OF_THE_STRUCTURE = (EventKind.SWAY, EventKind.MODAL_SHIFT)
"""Kinds that concern the structure and need no inspection."""


class Advice(StrEnum):
    """The advice, in the words of the page."""

    STOP = "stop"
    LOOK = "look"
    BLIND = "blind"
    BLIND_IN_PART = "blind_in_part"
    NOT_JUDGED = "not_judged"
    GO = "go"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWorkAdvice:
    """Advice for one structure and the reasons, most urgent first."""

    structure: str
    advice: Advice
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How far a structure is judged now.

    Attributes
    ----------
    faults
        What keeps everything from being judged, in words: a dead process, a full disk.
    stale
        Streams without fresh data, and for how long, in words.
    streams
        How many streams the structure has.
    limits
        How many limits that may page are being judged on live data.
    """

    faults: Sequence[str] = ()
    stale: Mapping[str, str]
    streams: int
    limits: int


def stop_work_advice(
    structure: str,
    events: Sequence[Event],
    *,
    standing: StandingEvents,
    answered: frozenset[str],
    judgement: Judgement,
    now_ns: int,
) -> StopWorkAdvice:
    """Return the advice for one structure.

    Parameters
    ----------
    events
        Events of the structure, open or of the last day.
    standing
        What waits for a named person's inspection or note, however old it is.
    answered
        Ids of events whose incident a person has answered and closed.
    """
    mine = [event for event in events if event.structure == structure]
    blind = _blind_reasons(judgement)
    urgent = [one.event for one in standing.stop] + [
        event for event in mine if _stops_until_answered(event, answered, now_ns)
    ]
    if urgent:
        reasons = (*_reasons(urgent), *blind)
        return StopWorkAdvice(structure=structure, advice=Advice.STOP, reasons=reasons)
    above = _reasons([one.event for one in standing.still_above])
    look = _reasons([one.event for one in standing.look] + [e for e in mine if _asks_a_look(e)])
    if above or look:
        reasons = (*(f"inspected, still above: {text}" for text in above), *look, *blind)
        return StopWorkAdvice(structure=structure, advice=Advice.LOOK, reasons=reasons)
    if judgement.faults or (judgement.stale and len(judgement.stale) >= judgement.streams):
        return StopWorkAdvice(structure=structure, advice=Advice.BLIND, reasons=blind)
    if judgement.stale:
        return StopWorkAdvice(structure=structure, advice=Advice.BLIND_IN_PART, reasons=blind)
    if judgement.limits == 0:
        why = ("no limit that may page is being judged",)
        return StopWorkAdvice(structure=structure, advice=Advice.NOT_JUDGED, reasons=why)
    return StopWorkAdvice(structure=structure, advice=Advice.GO, reasons=("no limit is crossed",))


def _blind_reasons(judgement: Judgement) -> tuple[str, ...]:
    return (*judgement.faults, *(f"no fresh data: {n} {s}" for n, s in judgement.stale.items()))


def _is_shown_only(event: Event) -> bool:
    return event.limit is not None and not may_page(event.limit.standing)


def _asks_a_look(event: Event) -> bool:
    """Return whether an open event of no standing kind, or of a candidate limit, wants a look."""
    if event.closed_ns is not None or event.level is AlarmLevel.GREEN:
        return False
    return _is_shown_only(event) or (event.kind not in _STANDING and event.level not in URGENT)


def _stops_until_answered(event: Event, answered: frozenset[str], now_ns: int) -> bool:
    if event.kind not in OF_THE_STRUCTURE or event.level not in URGENT:
        return False
    if _is_shown_only(event) or event.id in answered:
        return False
    return event.closed_ns is None or now_ns - event.closed_ns < ANSWERED_WITHIN_NS


_STANDING = frozenset(EventKind) - {
    *OF_THE_STRUCTURE,
    EventKind.SILENCE,
    EventKind.HEALTH,
    EventKind.CONSTRUCTION_STAGE,
}
"""Kinds whose amber waits for a note: `standing` says which do."""


def _reasons(events: Sequence[Event]) -> tuple[str, ...]:
    newest = sorted(events, key=lambda event: -event.onset_ns)
    return tuple(
        f"{event.kind}: {event.value:.3g} {event.unit}"
        + (f", limit {event.limit.value:g} {event.limit.unit}" if event.limit else "")
        + (" (candidate)" if _is_shown_only(event) else "")
        + (" (over)" if event.closed_ns else "")
        for event in newest
    )
