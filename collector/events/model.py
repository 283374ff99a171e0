"""Events: what a detector found in a structure, its level, limit, nodes and evidence."""

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum

from plumbline.analysis.limit_standing import Standing

__all__ = [
    "DETECTION_KINDS",
    "MOTION_KINDS",
    "AlarmLevel",
    "Event",
    "EventKind",
    "Limit",
    "Nodes",
    "Standing",
    "finding_id",
    "with_late_nodes",
]

Nodes = dict[str, dict[str, float | int | str]]
"""Measures of each node, by its code."""


class EventKind(StrEnum):
    """What an event is about."""

    SHAKING = "shaking"
    SWAY = "sway"
    THRESHOLD = "threshold"
    TILT = "tilt"
    SETTLEMENT = "settlement"
    DIFFERENTIAL_SETTLEMENT = "differential_settlement"
    MODAL_SHIFT = "modal_shift"
    CONSTRUCTION_STAGE = "construction_stage"
    SILENCE = "silence"
    HEALTH = "health"


MOTION_KINDS = (EventKind.SHAKING, EventKind.SWAY)
"""Kinds of an episode of motion."""

DETECTION_KINDS = (*MOTION_KINDS, EventKind.THRESHOLD)
"""Kinds that detection opens from the motion of a structure."""


class AlarmLevel(StrEnum):
    """Level of a channel or an event, and so the severity of the incident it opens."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    BLACK = "black"

    @property
    def rank(self) -> int:
        """How grave the level is, from 0 for green."""
        return list(AlarmLevel).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The limit that was crossed, with where it comes from and who answers for it.

    Attributes
    ----------
    owner
        Who is responsible for it; nobody named: empty.
    action
        What its owner wants done at this level; empty: the words of the kind of event.
    name
        What it is called in ``plumbline limits``.
    """

    value: float
    unit: str
    source: str
    standing: Standing
    edition: str = ""
    owner: str = ""
    action: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one structure; revised while it goes on.

    Attributes
    ----------
    id
        Hash of (detector, structure, onset sample): the same after any restart.
    onset_ns, closed_ns
        Sample times; ``closed_ns`` is None while it goes on. [ns since 1970]
    value, unit
        The largest value so far, as ``peak_gal`` of shaking. [unit]
    nodes
        Measures of each node: ``{"0A": {"peak_gal": 12.3, "onset_ns": ...}}``.
    detector
        The detector that opened it.
    late
        Found in data that came after its time; pages only under its own rule.
    evidence
        Which evidence decided, and the state of the other detectors at the same samples.
    """

    id: str
    kind: EventKind
    structure: str
    onset_ns: int
    detector: str
    level: AlarmLevel
    value: float
    unit: str
    closed_ns: int | None = None
    late: bool = False
    limit: Limit | None = None
    nodes: Nodes = field(default_factory=dict)
    evidence: dict[str, object] = field(default_factory=dict)


def with_late_nodes(event: Event, nodes: Nodes) -> Event:
    """Return an event with the measures of late nodes, where they are larger than its own."""
    more = {
        name: measures
        for name, measures in nodes.items()
        if measures.get("late") and _peak_gal(measures) > _peak_gal(event.nodes.get(name, {}))
    }
    return replace(event, nodes=dict(sorted({**event.nodes, **more}.items()))) if more else event


def _peak_gal(measures: dict[str, float | int | str]) -> float:
    return float(measures.get("peak_gal", 0.0))


def finding_id(detector: str, place: str, onset_ns: int) -> str:
    """Return the identity of a finding: same detector, place and onset sample, same id."""
    return hashlib.sha256(f"{detector}|{place}|{onset_ns}".encode()).hexdigest()[:16]
