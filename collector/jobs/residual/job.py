"""The residual job: compares before and after each closed shaking, at every horizon when due.

What lacks readings is compared again: when the archive got some of them, and now and then.
"""

from collections import defaultdict
from collections.abc import Mapping

from plumbline.collector.archive.additions import AddedSpan, ArchiveAdditions
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.blanking import Blanking
from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.residual.comparison import compare, reach_ns
from plumbline.collector.jobs.residual.horizons import BY_NAME, HORIZONS, spans
from plumbline.collector.jobs.residual.readings import partners_of
from plumbline.collector.jobs.residual.store import DueComparison, ResidualStore
from plumbline.collector.jobs.runner import REST, Pause
from plumbline.wire.block import FOREVER_NS, NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

POINTS = (Unit.TILT, Unit.SETTLEMENT)

ARRIVED_NS = 20 * NS
"""A slow instrument's block is ten seconds long; by then it has come and is archived. [ns]"""

PATIENCE_NS = 600 * NS
"""A comparison that lacks readings is repeated after so long, then each time twice as late. [ns]"""

GIVEN_UP_NS = 7 * 86_400 * NS
"""What is missing is waited for so long; then the comparison is final as it is. [ns]"""

POLL_NS = 10 * NS
"""How often the archive is polled for what came late. [ns]"""


class ResidualJob:
    """Follows the event store, and compares windows of the archive.

    Parameters
    ----------
    additions
        What the archive got lately. What is not final is compared again on start, so nothing
        before matters.
    blanking
        Spans around shaking and sway whose readings are left out, as for the limits.
    """

    name = "afterwards"

    def __init__(
        self,
        *,
        places: Mapping[str, Place],
        events: EventStore,
        store: ResidualStore,
        archive: ArchiveReader,
        additions: ArchiveAdditions,
        blanking: Blanking,
    ) -> None:
        self._events = events
        self._store = store
        self._archive = archive
        self._additions = additions
        self._blanking = blanking
        self._poll = Pause()
        self._places = places
        self._partners = partners_of(places)
        self._points: dict[str, list[Place]] = defaultdict(list)
        for _, place in sorted(places.items()):
            if place.instrument.unit in POINTS:
                self._points[place.structure.code].append(place)
        self._store.bring_forward(self._store.provisional(), 0)

    def refresh(self, now_ns: int) -> None:
        """Take in what the event store has new, and what the archive got late."""
        if self._events.revision < self._store.read_to():
            self._store.request((), 0)  # another event store: all of it is new
        while changes := self._events.changes(self._store.read_to()):
            due = [one for _, event in changes for one in self._due(event)]
            self._store.request(due, changes[-1][0])
        if self._poll.over(now_ns):
            self._poll.begin(now_ns, POLL_NS)
            self._compare_again(now_ns)

    def step(self, now_ns: int) -> float | None:
        """Do the comparison that is due the longest."""
        due = self._store.next_due(now_ns)
        if due is None:
            return None
        event = self._events.get(due.event)
        place = self._places.get(due.stream)
        if event is None or event.closed_ns is None or place is None:
            self._put_off_or_drop(due, event, now_ns)
            return REST
        horizon = BY_NAME[due.horizon]
        around = self._events.between(*reach_ns(horizon, event), event.structure)
        body = compare(self._archive, place, horizon, event, around, self._blanking, self._partners)
        next_ns = None if body["whole"] else _again_ns(due, now_ns)
        self._store.save(due, body, next_ns=next_ns, now_ns=now_ns)
        return REST

    def close(self) -> None:
        """Close the archive; what was not compared is taken up again."""
        self._archive.close()
        self._additions.close()

    def _due(self, event: Event) -> list[DueComparison]:
        if event.kind is not EventKind.SHAKING or event.closed_ns is None:
            return []
        return [
            DueComparison(
                event=event.id,
                stream=place.stream.key,
                horizon=horizon.name,
                onset_ns=event.onset_ns,
                closed_ns=event.closed_ns,
                due_ns=event.closed_ns + horizon.until_s * NS + ARRIVED_NS,
            )
            for place in self._points[event.structure]
            for horizon in HORIZONS
        ]

    def _compare_again(self, now_ns: int) -> None:
        """Bring forward what is not final and got readings; the rest of them has a moment."""
        provisional = self._store.provisional()
        added = self._additions.poll({each.stream for each in provisional})
        touched = [one for one in provisional if any(_touches(one, span) for span in added)]
        self._store.bring_forward(touched, now_ns + ARRIVED_NS)

    def _put_off_or_drop(self, due: DueComparison, event: Event | None, now_ns: int) -> None:
        """Put off a comparison whose episode goes on again; drop one that nobody can make."""
        if event is None:
            self._store.drop(due.event)
        elif event.closed_ns is None:
            put_off = due._replace(closed_ns=-1, due_ns=FOREVER_NS)
            self._store.request([put_off], self._store.read_to())
        else:
            body = {"verdict": "cannot be said", "why": "no longer in the inventory", "axes": []}
            self._store.save(due, body, next_ns=None, now_ns=now_ns)


def _touches(due: DueComparison, added: AddedSpan) -> bool:
    """Return whether readings came into one of the two windows that are compared."""
    return due.stream == added.stream and any(
        added.start_ns < end_ns and added.end_ns > start_ns
        for start_ns, end_ns in spans(BY_NAME[due.horizon], due.onset_ns, due.closed_ns)
    )


def _again_ns(due: DueComparison, now_ns: int) -> int | None:
    """Return when to compare again what lacks readings; None when they are given up."""
    passed_ns = now_ns - _until_ns(due)
    if passed_ns >= GIVEN_UP_NS:
        return None
    return now_ns + min(max(passed_ns, PATIENCE_NS), GIVEN_UP_NS - passed_ns)


def _until_ns(due: DueComparison) -> int:
    return due.closed_ns + BY_NAME[due.horizon].until_s * NS
