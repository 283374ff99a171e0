"""The afterwards stage: asks of each closed shaking whether it moved anything, when it is due.

It works in `idle`, from the archive; after each look it rests for a multiple of the processor time
the look took. Of the journal it only notes what comes late into a look that is not final.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.residual.comparison import compare, reach_ns
from plumbline.collector.jobs.residual.horizons import BY_NAME, HORIZONS
from plumbline.collector.jobs.residual.readings import partners_of
from plumbline.collector.jobs.residual.store import DueComparison, ResidualStore
from plumbline.collector.journal.entry import Entry
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit
from plumbline.wire.record_header import record_key

POINTS = (Unit.TILT, Unit.SETTLEMENT)

ARRIVED_NS = 20 * NS
"""A slow instrument's block is ten seconds long; by then it has come and is archived. [ns]"""

PATIENCE_NS = 600 * NS
"""A look that misses readings is repeated after so long, then each time twice as late. [ns]"""

GIVEN_UP_NS = 7 * 86_400 * NS
"""What is missing is waited for so long; then the look is final as it is. [ns]"""

REST = 5.0
"""Rest after a look, in processor times of that look: 17 % of a core while many are due."""

SLICE_S = 0.3
"""Work at one go, so that the stage can be stopped. [s]"""


class ResidualJob:
    """Follows the event store, and reads windows from the archive.

    Parameters
    ----------
    start
        Journal offset it stands at. What is not final is looked at again on start, so nothing
        before it is needed.
    cpu_s
        Processor time of this thread. [s]
    """

    name = "afterwards"

    def __init__(
        self,
        *,
        places: Mapping[str, Place],
        events: EventStore,
        store: ResidualStore,
        archive: ArchiveReader,
        start: int,
        cpu_s: Callable[[], float] = time.thread_time,
    ) -> None:
        self._events = events
        self._store = store
        self._archive = archive
        self._position = start
        self._cpu_s = cpu_s
        self._places = places
        self._partners = partners_of(places)
        self._points: dict[str, list[Place]] = defaultdict(list)
        for _, place in sorted(places.items()):
            if place.instrument.unit in POINTS:
                self._points[place.structure.code].append(place)
        self._late: dict[str, list[DueComparison]] = {}
        self._know_provisional()
        self._store.again(self._store.provisional(), 0)
        self._rest_until_ns = 0
        self._idle_ns = 0

    def cursor(self) -> int:
        """Journal offset it stands at."""
        return self._position

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Note what came late for a look that is not final; the archive has it in a moment."""
        for entry in entries:
            if not self._late or (key := record_key(entry.payload)) is None:
                continue
            waiting = self._late.get(key.stream)
            if not waiting:
                continue
            block = entry.block()
            touched = [
                one
                for one in waiting
                if block.start_ns < _until_ns(one) and block.end_ns > _from_ns(one)
            ]
            self._store.again(touched, now_ns + ARRIVED_NS)
        self._position = entries[-1].next_offset

    def fell_off(self, first_offset: int, now_ns: int) -> None:
        """Go on from the oldest entry there is, and look again at what is not final."""
        self._store.again(self._store.provisional(), now_ns + ARRIVED_NS)
        self._position = first_offset

    def idle(self, now_ns: int) -> None:
        """Note what closed, then look at what is due, for as long as is due."""
        if now_ns < self._idle_ns:
            self._rest_until_ns = now_ns  # the clock was set back
        self._idle_ns = now_ns
        self._note()
        stop = time.monotonic() + SLICE_S
        while now_ns >= self._rest_until_ns and time.monotonic() < stop:
            if not self._look(now_ns):
                return

    def close(self) -> None:
        """Let go of the archive; what is not answered is taken up again."""
        self._archive.close()

    def _note(self) -> None:
        """Take in what the event store has new."""
        if self._events.revision < self._store.read_to():
            self._store.ask((), 0)  # another event store: all of it is new
        while changes := self._events.changes(self._store.read_to()):
            asked = [one for _, event in changes for one in self._asked(event)]
            self._store.ask(asked, changes[-1][0])

    def _asked(self, event: Event) -> list[DueComparison]:
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

    def _look(self, now_ns: int) -> bool:
        """Do the look that is due the longest; tell whether one was."""
        asked = self._store.next_due(now_ns)
        if asked is None:
            return False
        event = self._events.get(asked.event)
        place = self._places.get(asked.stream)
        if event is None or event.closed_ns is None or place is None:
            self._unanswerable(asked, event, now_ns)
            return True
        before_s = self._cpu_s()
        horizon = BY_NAME[asked.horizon]
        around = self._events.between(*reach_ns(horizon, event), event.structure)
        body = compare(self._archive, place, horizon, event, around, self._partners)
        next_ns = None if body["whole"] else _again_ns(asked, now_ns)
        self._store.answer(asked, body, next_ns=next_ns, now_ns=now_ns)
        self._know_provisional()
        self._rest_until_ns = now_ns + round(REST * (self._cpu_s() - before_s) * NS)
        return True

    def _unanswerable(self, asked: DueComparison, event: Event | None, now_ns: int) -> None:
        """Put off a look whose episode goes on again; drop one that nobody can answer."""
        if event is None:
            self._store.drop(asked.event)
        elif event.closed_ns is None:
            self._store.ask([asked._replace(closed_ns=-1, due_ns=2**62)], self._store.read_to())
        else:
            body = {"verdict": "cannot be said", "why": "no longer in the inventory", "axes": []}
            self._store.answer(asked, body, next_ns=None, now_ns=now_ns)

    def _know_provisional(self) -> None:
        self._late = {}
        for one in self._store.provisional():
            self._late.setdefault(one.stream, []).append(one)


def _again_ns(asked: DueComparison, now_ns: int) -> int | None:
    """Return when to look again at what misses readings; None when it is given up."""
    passed_ns = now_ns - _until_ns(asked)
    if passed_ns >= GIVEN_UP_NS:
        return None
    return now_ns + min(max(passed_ns, PATIENCE_NS), GIVEN_UP_NS - passed_ns)


def _from_ns(asked: DueComparison) -> int:
    horizon = BY_NAME[asked.horizon]
    return asked.onset_ns - (horizon.until_s - horizon.since_s + 10) * NS


def _until_ns(asked: DueComparison) -> int:
    return asked.closed_ns + BY_NAME[asked.horizon].until_s * NS
