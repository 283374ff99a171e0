"""Events that may stand as STOP or LOOK, however old: followed by revision, held in memory."""

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
        self._revision = 0
        self._events: dict[str, Event] = {}

    def poll(self) -> list[Event]:
        """Take what was revised, and return all events there are, oldest onset first."""
        while changed := self._store.changes(self._revision, BATCH):
            for revision, event in changed:
                self._revision = revision
                if event.kind in INSPECTED_KINDS and event.level is not AlarmLevel.GREEN:
                    self._events[event.id] = event
        return sorted(self._events.values(), key=lambda event: event.onset_ns)
