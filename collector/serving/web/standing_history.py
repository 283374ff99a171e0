"""Events that may stand as STOP or LOOK, however old: followed by revision, held in memory."""

import threading
from collections.abc import Sequence
from typing import Protocol

from plumbline.collector.alerting.store.worsenings import INSPECTED_KINDS
from plumbline.collector.events.model import AlarmLevel, Event

BATCH = 500


class RevisedEvents(Protocol):
    """The part of the event store that hands out changes."""

    def changes(self, after_revision: int, limit: int = 500) -> Sequence[tuple[int, Event]]:
        """Return events revised since a revision, oldest revision first."""


class StandingHistory:
    """Every event of amber or more of a kind that a person inspects, as last revised.

    Notes
    -----
    The first poll reads the store once from its beginning; a few thousand events are some
    megabytes. Which of them still stand, the alerting database says.
    """

    def __init__(self, store: RevisedEvents) -> None:
        self._store = store
        self._lock = threading.Lock()  # several requests are answered at once
        self._revision = 0
        self._events: dict[str, Event] = {}

    def of_structure(self, structure: str) -> list[Event]:
        """Take what was revised, and return the events of one structure, oldest onset first."""
        with self._lock:
            self._poll()
            mine = [event for event in self._events.values() if event.structure == structure]
        return sorted(mine, key=lambda event: event.onset_ns)

    def _poll(self) -> None:
        while changed := self._store.changes(self._revision, BATCH):
            for revision, event in changed:
                self._revision = revision
                if event.kind in INSPECTED_KINDS and event.level is not AlarmLevel.GREEN:
                    self._events[event.id] = event
