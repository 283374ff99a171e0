"""What the detect stage keeps: its cursor, how far it has told, and the state of its passes."""

import json
from dataclasses import dataclass

SNAPSHOT, MARK = "detect", "detect.mark"
"""Names of the snapshots in the event store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One snapshot.

    Attributes
    ----------
    cursor
        Journal offset up to which entries are in the state.
    told_to
        Journal offset up to which events have been saved.
    late_ns
        When something late came last. [ns since 1970]
    live, late
        State of the passes; empty where there is none.
    """

    cursor: int
    told_to: int
    late_ns: int
    live: bytes
    late: bytes

    def to_bytes(self) -> bytes:
        """Return a line of JSON and the two states."""
        head = {
            "cursor": self.cursor,
            "told_to": self.told_to,
            "late_ns": self.late_ns,
            "live_bytes": len(self.live),
        }
        return json.dumps(head).encode() + b"\n" + self.live + self.late

    @classmethod
    def from_bytes(cls, body: bytes) -> "Kept":
        """Return what :meth:`to_bytes` wrote."""
        line, _, states = body.partition(b"\n")
        head = json.loads(line)
        cut = head.pop("live_bytes")
        return cls(**head, live=states[:cut], late=states[cut:])


def mark(told_to: int) -> bytes:
    """Return the mark saved with events between snapshots."""
    return json.dumps(told_to).encode()


def marked(body: bytes | None) -> int:
    """Return the offset of a mark, 0 where there is none."""
    return 0 if body is None else int(json.loads(body))
