"""The episodes stage: measures what detection opens, again and again until it is final.

It works in `idle`, from the archive, and never takes much of a core: after each step it rests for
a multiple of the processor time the step took.
"""

import time
from collections.abc import Callable, Mapping, Sequence

from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.strong_motion.measurement import (
    LONGEST_NS,
    EpisodeMeasurement,
    measured_streams,
)
from plumbline.collector.jobs.strong_motion.regional_association import RegionalAssociation
from plumbline.collector.jobs.strong_motion.settings import StrongMotionSettings
from plumbline.collector.jobs.strong_motion.store import EpisodeStore
from plumbline.collector.journal.entry import Entry
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

MEASURED = (EventKind.SHAKING, EventKind.SWAY)
ARCHIVED_NS = 2 * NS
"""The archive has what is older than this. [ns]"""

AGAIN_NS = NS
"""An open episode is revised no more often. [ns]"""

STRAGGLERS_NS = 60 * NS
"""A gap in a closed episode is waited for so long before the measures are final. [ns]"""

REST_OPEN, REST_CLOSED = 20.0, 5.0
"""Rest after a step, in processor times of that step: 5 % of a core while it shakes, 17 % after."""

SLICE_S = 0.3
"""Work at one go, so that the stage can be stopped. [s]"""


class StrongMotionJob:
    """Follows the event store, and reads windows from the archive.

    Parameters
    ----------
    start
        Journal offset it stands at: it needs nothing of the journal.
    cpu_s
        Processor time of this thread. [s]
    """

    name = "episodes"

    def __init__(
        self,
        *,
        settings: StrongMotionSettings,
        places: Mapping[str, Place],
        events: EventStore,
        store: EpisodeStore,
        archive: ArchiveReader,
        start: int,
        cpu_s: Callable[[], float] = time.thread_time,
    ) -> None:
        self._settings = settings
        self._events = events
        self._store = store
        self._archive = archive
        self._position = start
        self._cpu_s = cpu_s
        self._streams = measured_streams(places)
        structures = {place.structure.code: place.structure for place in places.values()}
        self._ties = RegionalAssociation(structures, events, store)
        self._round: tuple[EpisodeMeasurement, int] | None = None
        self._began_ns: dict[str, int] = {}
        self._rest_until_ns = 0
        self._idle_ns = 0

    def cursor(self) -> int:
        """Journal offset it stands at."""
        return self._position

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Pass by: the archive has the samples, the event store what they mean."""
        self._position = entries[-1].next_offset

    def idle(self, now_ns: int) -> None:
        """Note what changed, then measure for as long as is due."""
        if now_ns < self._idle_ns:
            self._rest_until_ns = now_ns  # the clock was set back
        self._idle_ns = now_ns
        self._note(now_ns)
        stop = time.monotonic() + SLICE_S
        while now_ns >= self._rest_until_ns and time.monotonic() < stop:
            if self._round is None and not self._begin(now_ns):
                return
            self._step(now_ns)

    def close(self) -> None:
        """Let go of the archive; what is not final is taken up again."""
        self._archive.close()

    def _note(self, now_ns: int) -> None:
        """Take in what the event store has new."""
        if self._events.revision < self._store.read_to():
            self._store.wait_for((), 0, now_ns)  # another event store: all of it is new
        while changes := self._events.changes(self._store.read_to()):
            episodes = [event for _, event in changes if event.kind in MEASURED]
            for event in episodes:
                self._ties.see(event)
            self._store.wait_for([event.id for event in episodes], changes[-1][0], now_ns)

    def _begin(self, now_ns: int) -> bool:
        """Begin the round that is due the longest; tell whether one is."""
        due: list[tuple[int, Event, int]] = []
        for event_id, changed_ns in self._store.waiting().items():
            event = self._events.get(event_id)
            if event is None or event.structure not in self._streams:
                self._over(event_id, changed_ns)
            elif (when_ns := self._due_ns(event, changed_ns)) <= now_ns:
                due.append((when_ns, event, changed_ns))
        if not due:
            return False
        _, event, changed_ns = min(due, key=lambda each: (each[0], each[1].id))
        self._began_ns[event.id] = now_ns
        until_ns = now_ns - ARCHIVED_NS if event.closed_ns is None else event.closed_ns
        patient = now_ns < _over_ns(event, changed_ns) + STRAGGLERS_NS
        streams = self._streams[event.structure]
        made = EpisodeMeasurement(
            event,
            streams,
            self._settings,
            from_ns=self._quiet_ns(event),
            until_ns=until_ns,
            patient=patient,
        )
        self._round = made, changed_ns
        return True

    def _quiet_ns(self, event: Event) -> int:
        """Return when the shaking before an episode was over: an aftershock's quiet is shorter."""
        begin_ns = event.onset_ns - LONGEST_NS
        before = self._events.between(begin_ns, event.onset_ns - 1, event.structure)
        ended = [
            b.closed_ns for b in before if b.kind is EventKind.SHAKING and b.closed_ns is not None
        ]
        return min(max(ended, default=begin_ns), event.onset_ns)

    def _due_ns(self, event: Event, changed_ns: int) -> int:
        """Return when an episode is to be measured next; one that came late once it is over."""
        began_ns = self._began_ns.get(event.id, 0)
        if event.closed_ns is None:
            return changed_ns + STRAGGLERS_NS if event.late else began_ns + AGAIN_NS
        settled_ns = _over_ns(event, changed_ns) + ARCHIVED_NS
        return settled_ns if began_ns < settled_ns else settled_ns - ARCHIVED_NS + STRAGGLERS_NS

    def _step(self, now_ns: int) -> None:
        if self._round is None:
            return
        going, changed_ns = self._round
        before_s = self._cpu_s()
        over = going.step(self._archive, self._store, now_ns)
        rest = REST_OPEN if going.event.closed_ns is None else REST_CLOSED
        self._rest_until_ns = now_ns + round(rest * (self._cpu_s() - before_s) * NS)
        if over:
            self._round = None
            if going.final:
                self._over(going.event.id, changed_ns)

    def _over(self, event_id: str, changed_ns: int) -> None:
        self._store.done(event_id, changed_ns)
        self._began_ns.pop(event_id, None)


def _over_ns(event: Event, changed_ns: int) -> int:
    """Return when an episode was over, or told so if that came later. [ns since 1970]"""
    return max(event.closed_ns or 0, changed_ns)
