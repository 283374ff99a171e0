"""What the slow stage keeps, row by row: only what changed is written, with events and cursor."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from plumbline.collector.events.store import EventStore

PREFIX = "slow/"
CURSOR = "slow/cursor"
STREAM, HOURS, LIMIT, MODEL, CHANNEL = (
    "slow/stream/",
    "slow/hours/",
    "slow/limit/",
    "slow/model/",
    "slow/channel/",
)


def row(name: str, state: Any) -> tuple[str, bytes]:
    """Return a state as a snapshot of its own."""
    return name, json.dumps(state, separators=(",", ":")).encode()


class SavedRows:
    """Everything that was kept, read once."""

    def __init__(self, events: EventStore) -> None:
        self._rows = events.snapshots(PREFIX)

    def cursor(self) -> int | None:
        """Return the journal offset up to which everything is in the state."""
        found = self.get(CURSOR)
        return None if found is None else int(found["offset"])

    def get(self, name: str) -> dict[str, Any] | None:
        """Return a state by its name."""
        body = self._rows.get(name)
        return None if body is None else json.loads(body)

    def under(self, prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the states whose name begins so, by the rest of it."""
        for name, body in self._rows.items():
            if name.startswith(prefix):
                yield name.removeprefix(prefix), json.loads(body)
