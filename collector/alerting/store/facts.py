"""Facts of an event that messages and the page show, stored beside the incident."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts of an event: what, where, when, how much, beyond which limit.

    Attributes
    ----------
    level
        The level at which it calls people.
    onset_ns, closed_ns
        Sample times; ``closed_ns`` is None while it goes on. [ns since 1970]
    value, unit
        The largest value so far. [unit]
    limit
        The limit that was crossed; None where a detector, not a limit, decided.
    nodes
        Codes of the nodes that saw it, sorted.
    late
        Found in data that came after its time.
    key
        Which part of ours is at fault, as ``process:detection``; empty where none is named.
    """

    event_id: str
    kind: EventKind
    structure: str
    level: AlarmLevel
    onset_ns: int
    closed_ns: int | None
    value: float
    unit: str
    limit: Limit | None
    nodes: tuple[str, ...]
    late: bool = False
    key: str = ""

    @classmethod
    def of(cls, event: Event, level: AlarmLevel) -> Self:
        """Return the facts of an event that calls at a level."""
        return cls(
            event_id=event.id,
            kind=event.kind,
            structure=event.structure,
            level=level,
            onset_ns=event.onset_ns,
            closed_ns=event.closed_ns,
            value=event.value,
            unit=event.unit,
            limit=event.limit,
            nodes=tuple(sorted(event.nodes)),
            late=event.late,
            key=str(event.evidence.get("key", "")) if event.kind is EventKind.HEALTH else "",
        )

    def to_json(self) -> str:
        """Return the facts as they are stored."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return stored facts."""
        stored: dict[str, Any] = json.loads(text)
        limit = stored["limit"]
        if limit is not None:
            limit["standing"] = Standing(limit["standing"])
        return cls(
            **{
                **stored,
                "kind": EventKind(stored["kind"]),
                "level": AlarmLevel(stored["level"]),
                "limit": Limit(**limit) if limit is not None else None,
                "nodes": tuple(stored["nodes"]),
            }
        )

    def closed(self, closed_ns: int | None) -> Self:
        """Return the same facts with another end."""
        return replace(self, closed_ns=closed_ns)
