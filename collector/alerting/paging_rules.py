"""Paging rules: which events call people, from which level on, and which are one cause."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from pydantic import model_validator

from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Standing
from plumbline.wire.settings import Settings

LowestLevel = Literal["amber", "red", "black", "never"]


class PagingRule(Settings):
    """When an event of one kind calls people."""

    page_from: LowestLevel
    """Lowest level that calls."""
    late: LowestLevel
    """The same for events found in data that came after its time."""
    must_be_seen: bool
    """Keep calling after the cause has ended, until somebody answers."""
    all_clear: bool
    """Notify those who were called when the cause has ended."""


def _rule(page_from: LowestLevel, *, must_be_seen: bool) -> PagingRule:
    late: LowestLevel = "red" if must_be_seen else "never"
    return PagingRule(page_from=page_from, late=late, must_be_seen=must_be_seen, all_clear=True)


class PagingRules(Settings):
    """One rule a kind of event; a key that is not given has the value printed here."""

    shaking: PagingRule = _rule("amber", must_be_seen=True)
    sway: PagingRule = _rule("never", must_be_seen=False)
    threshold: PagingRule = _rule("amber", must_be_seen=True)
    tilt: PagingRule = _rule("amber", must_be_seen=True)
    settlement: PagingRule = _rule("amber", must_be_seen=True)
    differential_settlement: PagingRule = _rule("amber", must_be_seen=True)
    modal_shift: PagingRule = _rule("amber", must_be_seen=True)
    construction_stage: PagingRule = _rule("never", must_be_seen=False)
    silence: PagingRule = _rule("amber", must_be_seen=False)
    health: PagingRule = _rule("red", must_be_seen=False)

    @model_validator(mode="before")
    @classmethod
    def _over_the_defaults(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {kind: cls._filled(kind, given) for kind, given in raw.items()}

    @classmethod
    def _filled(cls, kind: str, given: Any) -> Any:
        field = cls.model_fields.get(kind)
        if field is None or not isinstance(given, dict):
            return given
        return {**field.default.model_dump(), **given}

    def of(self, kind: EventKind) -> PagingRule:
        """Return the rule of a kind of event."""
        rule = getattr(self, kind)
        assert isinstance(rule, PagingRule)  # noqa: S101 - the fields above are all rules
        return rule


class NotPagedReason(StrEnum):
    """Why an event calls nobody."""

    CANDIDATE = "its limit is only a candidate"
    LATE = "found late"
    BELOW = "below the level of its rule"
    STALE = "ended too long ago"


def paging_decision(event: Event, rules: PagingRules) -> AlarmLevel | NotPagedReason:
    """Return the level at which an event calls people, or why it does not.

    A candidate limit never calls, whatever the rules say: nobody has answered for it yet.
    """
    if event.limit is not None and event.limit.standing is Standing.CANDIDATE:
        return NotPagedReason.CANDIDATE
    rule = rules.of(event.kind)
    lowest = rule.late if event.late else rule.page_from
    if lowest == "never" or event.level.rank < AlarmLevel(lowest).rank:
        return NotPagedReason.LATE if event.late else NotPagedReason.BELOW
    return event.level


@dataclass(frozen=True, slots=True)
class _Cause:
    name: str
    each_place: bool = False
    latches: bool = False


# Accelerations over a threshold during a quake have the quake as their cause. Tilt and settlement
# stay apart: another measure, another limit, another thing to inspect. What falls silent or breaks
# is one cause a place, named by the detector (evidence "key"): two faults need two repairs. Motion
# latches: what a structure went through does not become less when it calms down; a tilt may go
# back.
_LATE = "/late"
_CAUSES: dict[EventKind, _Cause] = {
    EventKind.SHAKING: _Cause("motion", latches=True),
    EventKind.THRESHOLD: _Cause("motion", latches=True),
    EventKind.SWAY: _Cause("sway"),
    EventKind.TILT: _Cause("tilt"),
    EventKind.SETTLEMENT: _Cause("settlement"),
    EventKind.DIFFERENTIAL_SETTLEMENT: _Cause("settlement"),
    EventKind.MODAL_SHIFT: _Cause("modes"),
    EventKind.CONSTRUCTION_STAGE: _Cause("stage"),
    EventKind.SILENCE: _Cause("silence", each_place=True),
    EventKind.HEALTH: _Cause("health", each_place=True),
}


def cause_of(event: Event) -> str:
    """Return what makes events one incident, as ``TWR01/motion`` or ``TWR01/silence/3A``.

    What was found late in the data of one outage is one incident, whatever its kind.
    """
    return f"{event.structure}{_LATE}" if event.late else live_cause_of(event)


def is_late(cause: str) -> bool:
    """Return whether a cause is that of late findings."""
    return cause.endswith(_LATE)


def live_cause_of(event: Event) -> str:
    """Return the cause an event has, or would have if it had been found in time.

    A fault of ours is one cause, however many structures it leaves unwatched.
    """
    cause = _CAUSES[event.kind]
    if event.kind is EventKind.HEALTH and event.evidence.get("key"):
        return f"{cause.name}/{event.evidence['key']}"
    place = str(event.evidence.get("key") or "+".join(sorted(event.nodes)) or event.detector)
    return f"{event.structure}/{cause.name}" + (f"/{place}" if cause.each_place else "")


def latches(kind: EventKind) -> bool:
    """Return whether an incident latches at the gravest level it ever had."""
    return _CAUSES[kind].latches
