"""Stored matches: events found in samples that are read again, held against those that are stored.

After the journal was lost, cut or put back, a stage reads again what it may have read before. An
event that is stored already is neither stored twice nor called twice; one that is open goes on
under its own name; one that turns out longer or graver than what is stored is an event.
"""

from collections.abc import Iterable
from dataclasses import replace

from plumbline.collector.events.model import DETECTION_KINDS, Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.shard import Shard
from plumbline.wire.block import FOREVER_NS, NS

SLACK_NS = 30 * NS
"""Two events of a kind and structure this close in time are one. [ns]"""
REACH_NS = 7 * 24 * 3600 * NS
"""How far back stored events are compared. [ns]"""
UNCLAIMED_NS = 120 * NS
"""An open event of which nothing came for so long after the journal was lost is closed. [ns]"""


class StoredMatches:
    """Compares the events of one stage with the stored ones, up to the time of the loss.

    Parameters
    ----------
    lost_ns
        When the stage began anew; later events are new ones. [ns since 1970]
    late
        Whether the stage finds late events.
    """

    def __init__(self, events: EventStore, shard: Shard, *, lost_ns: int, late: bool) -> None:
        self._lost_ns = lost_ns
        self._waits_since_ns: int | None = None
        self._claimed: set[str] = set()
        self._adopted: dict[str, Event] = {}
        self._stored = {
            event.id: event
            for event in events.between(lost_ns - REACH_NS, FOREVER_NS)
            if event.kind in DETECTION_KINDS
            and event.late is late
            and event.structure in shard
            and event.onset_ns <= lost_ns
        }

    def news(self, found: Iterable[Event], front_ns: int) -> list[Event]:
        """Return what is not stored already; an event that was open goes on under its own name.

        Parameters
        ----------
        front_ns
            Time of the newest sample that was read. [ns since 1970]
        """
        return [news for event in found if (news := self._news(event, front_ns)) is not None]

    def unclaimed(self, followed: Iterable[str], now_ns: int) -> list[Event]:
        """Return as closed the open events that nobody follows since the loss, once."""
        if self._waits_since_ns is None:
            self._waits_since_ns = now_ns
        if not 0 <= now_ns - self._waits_since_ns < UNCLAIMED_NS:
            known = {*followed, *self._claimed}
            left = [e for e in self._stored.values() if e.closed_ns is None and e.id not in known]
            self._claimed.update(event.id for event in left)
            return [
                replace(
                    event,
                    closed_ns=max(self._lost_ns, event.onset_ns),
                    evidence={**event.evidence, "ended": "the journal was lost"},
                )
                for event in left
            ]
        return []

    def _news(self, event: Event, front_ns: int) -> Event | None:
        known = self._adopted.get(event.id) or self._stored.get(event.id) or self._match(event)
        if known is None:
            return event
        if known.closed_ns is None:
            self._claimed.add(known.id)
            self._adopted[event.id] = known
            return replace(event, id=known.id, onset_ns=known.onset_ns)
        last_ns = front_ns if event.closed_ns is None else event.closed_ns
        longer = last_ns > known.closed_ns + SLACK_NS
        return event if longer or event.level.rank > known.level.rank else None

    def _match(self, event: Event) -> Event | None:
        """Return the stored event of the same kind, structure and time."""
        if event.onset_ns > self._lost_ns:
            return None
        last_ns = event.onset_ns if event.closed_ns is None else event.closed_ns
        for known in self._stored.values():
            known_last_ns = FOREVER_NS if known.closed_ns is None else known.closed_ns
            if (
                (known.kind, known.structure) == (event.kind, event.structure)
                and known.onset_ns - SLACK_NS <= last_ns
                and event.onset_ns <= known_last_ns + SLACK_NS
            ):
                return known
        return None
