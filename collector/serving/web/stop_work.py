"""Stop-work advice: the one word a site engineer reads first, and why.

The rule is this table, read from the top; the first row that holds decides.

====== =====================================================================
stop   an event of level red or black is open, or closed but not inspected
look   an event of level amber is open, or one of any level against a candidate limit
blind  a stream is older than it may be: the page cannot show that all is well
go     none of these
====== =====================================================================

A candidate limit stops nobody: it calls nobody, so nobody could answer it either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from plumbline.analysis.limit_standing import may_page
from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.wire.block import NS

URGENT = (AlarmLevel.RED, AlarmLevel.BLACK)
INSPECTION_NS = 24 * 3600 * NS  # a closed red event keeps the site stopped until it is answered
ABOUT_STRUCTURE = (
    EventKind.SHAKING,
    EventKind.SWAY,
    EventKind.THRESHOLD,
    EventKind.TILT,
    EventKind.SETTLEMENT,
    EventKind.DIFFERENTIAL_SETTLEMENT,
    EventKind.MODAL_SHIFT,
)


class Advice(StrEnum):
    """The advice, in the words of the page."""

    STOP = "stop"
    LOOK = "look"
    BLIND = "blind"
    GO = "go"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWorkAdvice:
    """Advice for one structure and the reasons, most urgent first."""

    structure: str
    advice: Advice
    reasons: tuple[str, ...]


def stop_work_advice(
    structure: str,
    events: Sequence[Event],
    *,
    answered: frozenset[str],
    stale: Sequence[str],
    now_ns: int,
) -> StopWorkAdvice:
    """Return the advice for one structure.

    Parameters
    ----------
    events
        Events of the structure, open or of the last day.
    answered
        Ids of events whose incident a person has answered and closed.
    stale
        Streams of the structure that are older than they may be.
    """
    mine = [event for event in events if event.structure == structure]
    urgent = [
        event
        for event in mine
        if event.level in URGENT and not _is_shown_only(event) and _counts(event, answered, now_ns)
    ]
    if urgent:
        return StopWorkAdvice(structure=structure, advice=Advice.STOP, reasons=_reasons(urgent))
    amber = [
        event
        for event in mine
        if event.closed_ns is None
        and (event.level is AlarmLevel.AMBER or (_is_shown_only(event) and event.level in URGENT))
    ]
    if amber:
        return StopWorkAdvice(structure=structure, advice=Advice.LOOK, reasons=_reasons(amber))
    if stale:
        reasons = tuple(f"no fresh data: {key}" for key in stale)
        return StopWorkAdvice(structure=structure, advice=Advice.BLIND, reasons=reasons)
    return StopWorkAdvice(structure=structure, advice=Advice.GO, reasons=("no limit is crossed",))


def _is_shown_only(event: Event) -> bool:
    return event.limit is not None and not may_page(event.limit.standing)


def _counts(event: Event, answered: frozenset[str], now_ns: int) -> bool:
    if event.kind not in ABOUT_STRUCTURE or event.id in answered:
        return False
    return event.closed_ns is None or now_ns - event.closed_ns < INSPECTION_NS


def _reasons(events: Sequence[Event]) -> tuple[str, ...]:
    newest = sorted(events, key=lambda event: -event.onset_ns)
    return tuple(
        f"{event.kind}: {event.value:.3g} {event.unit}"
        + (f", limit {event.limit.value:g} {event.limit.unit}" if event.limit else "")
        + (" (candidate)" if _is_shown_only(event) else "")
        + (" (over)" if event.closed_ns else "")
        for event in newest
    )
