"""What a listening stage keeps: its cursor, how far it has told, and its state."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One snapshot.

    Attributes
    ----------
    cursor
        Journal offset up to which entries are in the state.
    told_to
        Journal offset up to which events have been saved.
    said
        What else the stage keeps, as JSON.
    state
        State of its pass; empty where there is none.
    """

    cursor: int
    told_to: int
    said: dict[str, Any] = field(default_factory=dict)
    state: bytes = b""

    def to_bytes(self) -> bytes:
        """Return a line of JSON and the state."""
        head = {"cursor": self.cursor, "told_to": self.told_to, "said": self.said}
        return json.dumps(head).encode() + b"\n" + self.state

    @classmethod
    def from_bytes(cls, body: bytes) -> "Checkpoint":
        """Return what :meth:`to_bytes` wrote."""
        line, _, state = body.partition(b"\n")
        return cls(**json.loads(line), state=state)


def encode_offset(told_to: int) -> bytes:
    """Return the mark saved with events between snapshots."""
    return json.dumps(told_to).encode()


def decode_offset(body: bytes | None) -> int:
    """Return the offset of a mark, 0 where there is none."""
    return 0 if body is None else int(json.loads(body))
