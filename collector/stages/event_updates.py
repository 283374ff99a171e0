"""Event updates: which event is saved when, and what becomes of those nobody follows."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from plumbline.collector.events.model import DETECTION_KINDS, AlarmLevel, Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.shard import Shard
from plumbline.wire.block import NS

REVISION_NS = NS
"""An open event is revised this often. [ns]"""


class EventUpdates:
    """Events that changed: new, graver and closed ones are due at once, others once a second."""

    def __init__(self) -> None:
        self._pending: dict[str, Event] = {}
        self._saved: dict[str, tuple[int, AlarmLevel]] = {}

    @property
    def waiting(self) -> bool:
        """Whether anything is still to be saved."""
        return bool(self._pending)

    def add(self, events: Iterable[Event]) -> None:
        """Take events as they are now."""
        for event in events:
            self._pending[event.id] = event

    def due(self, now_ns: int) -> list[Event]:
        """Return what is to be saved now, and count it as saved."""
        due = [event for event in self._pending.values() if self._is_due(event, now_ns)]
        for event in due:
            del self._pending[event.id]
            self._saved[event.id] = (now_ns, event.level)
            if event.closed_ns is not None:
                del self._saved[event.id]
        return due

    def drain(self) -> list[Event]:
        """Return everything that waits."""
        waiting = list(self._pending.values())
        self._pending.clear()
        return waiting

    def _is_due(self, event: Event, now_ns: int) -> bool:
        if event.id not in self._saved or event.closed_ns is not None:
            return True
        saved_ns, level = self._saved[event.id]
        return event.level is not level or now_ns - saved_ns >= REVISION_NS


def closed_orphans(
    store: EventStore, shard: Shard, followed: Collection[str], *, late: bool
) -> list[Event]:
    """Return open events of a shard as closed that nobody follows: their structure changed.

    Parameters
    ----------
    followed
        Structures whose state came back as it was: their events go on.
    late
        Whether the events of late data are meant, or those of live data.
    """
    return [
        replace(
            event,
            closed_ns=max(_last_ns(event), event.onset_ns),
            evidence={**event.evidence, "ended": "the inventory changed"},
        )
        for event in store.open()
        if event.kind in DETECTION_KINDS
        and event.late is late
        and event.structure in shard
        and event.structure not in followed
    ]


def _last_ns(event: Event) -> int:
    onsets = [int(measures.get("onset_ns", 0)) for measures in event.nodes.values()]
    return max(onsets, default=0)
