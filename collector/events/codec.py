"""Events as JSON text and back."""

import json
from dataclasses import asdict
from typing import Any

from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing


def to_text(event: Event) -> str:
    """Return an event as one line of JSON."""
    return json.dumps(asdict(event), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Event:
    """Read an event back."""
    body: dict[str, Any] = json.loads(text)
    limit = body.pop("limit")
    return Event(
        **{
            **body,
            "kind": EventKind(body["kind"]),
            "level": AlarmLevel(body["level"]),
            "limit": Limit(**{**limit, "standing": Standing(limit["standing"])}) if limit else None,
        }
    )
