"""Which events call people, from which level on, and which of them are one cause."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from pydantic import model_validator

from plumbline.collector.events.model import Event, Kind, Level, Standing
from plumbline.wire.settings import Settings

RISING = (Level.GREEN, Level.AMBER, Level.RED, Level.BLACK)
From = Literal["amber", "red", "black", "never"]


def rank(level: Level) -> int:
    """Return how grave a level is, from 0."""
    return RISING.index(level)


class Rule(Settings):
    """When an event of one kind calls people."""

    page_from: From
    """Lowest level that calls."""
    late: From
    """The same for events found in data that came after its time."""
    must_be_seen: bool
    """Keep calling after the cause has ended, until somebody answers."""
    all_clear: bool
    """Tell those who were told when the cause has ended."""


def _rule(page_from: From, *, must_be_seen: bool) -> Rule:
    return Rule(page_from=page_from, late="never", must_be_seen=must_be_seen, all_clear=True)


class Rules(Settings):
    """One rule a kind of event; a key that is not given keeps the value printed here."""

    shaking: Rule = _rule("amber", must_be_seen=True)
    sway: Rule = _rule("never", must_be_seen=False)
    threshold: Rule = _rule("amber", must_be_seen=True)
    tilt: Rule = _rule("amber", must_be_seen=True)
    settlement: Rule = _rule("amber", must_be_seen=True)
    differential_settlement: Rule = _rule("amber", must_be_seen=True)
    modal_shift: Rule = _rule("amber", must_be_seen=True)
    construction_stage: Rule = _rule("never", must_be_seen=False)
    silence: Rule = _rule("amber", must_be_seen=False)
    health: Rule = _rule("red", must_be_seen=False)

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

    def of(self, kind: Kind) -> Rule:
        """Return the rule of a kind of event."""
        rule = getattr(self, kind)
        assert isinstance(rule, Rule)  # noqa: S101 - the fields above are all rules
        return rule


class Reason(StrEnum):
    """Why an event calls nobody."""

    CANDIDATE = "its limit is only a candidate"
    LATE = "found late"
    BELOW = "below the level of its rule"
    STALE = "ended too long ago"


def verdict(event: Event, rules: Rules) -> Level | Reason:
    """Return the level at which an event calls people, or why it does not.

    A candidate limit never calls, whatever the rules say: nobody has answered for it yet.
    """
    if event.limit is not None and event.limit.standing is Standing.CANDIDATE:
        return Reason.CANDIDATE
    rule = rules.of(event.kind)
    lowest = rule.late if event.late else rule.page_from
    if lowest == "never" or rank(event.level) < rank(Level(lowest)):
        return Reason.LATE if event.late else Reason.BELOW
    return event.level


@dataclass(frozen=True, slots=True)
class _Cause:
    name: str
    each_place: bool = False
    latches: bool = False


# Accelerations over a threshold during a quake have the quake as their cause. Tilt and settlement
# stay apart: another measure, another limit, another thing to look at. What falls silent or breaks
# is one cause a place, named by the detector (evidence "key"): two faults need two repairs. Motion
# latches: what a structure went through does not become less when it calms down; a tilt may go
# back.
_CAUSES: dict[Kind, _Cause] = {
    Kind.SHAKING: _Cause("motion", latches=True),
    Kind.THRESHOLD: _Cause("motion", latches=True),
    Kind.SWAY: _Cause("sway"),
    Kind.TILT: _Cause("tilt"),
    Kind.SETTLEMENT: _Cause("settlement"),
    Kind.DIFFERENTIAL_SETTLEMENT: _Cause("settlement"),
    Kind.MODAL_SHIFT: _Cause("modes"),
    Kind.CONSTRUCTION_STAGE: _Cause("stage"),
    Kind.SILENCE: _Cause("silence", each_place=True),
    Kind.HEALTH: _Cause("health", each_place=True),
}


def cause_of(event: Event) -> str:
    """Return what makes events one incident, as ``TWR01/motion`` or ``TWR01/silence/3A``."""
    cause = _CAUSES[event.kind]
    place = str(event.evidence.get("key") or "+".join(sorted(event.nodes)) or event.detector)
    return f"{event.structure}/{cause.name}" + (f"/{place}" if cause.each_place else "")


def latches(kind: Kind) -> bool:
    """Tell whether an incident keeps the gravest level it ever had."""
    return _CAUSES[kind].latches
