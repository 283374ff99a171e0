"""The strong-motion job: measures what detection opens, again and again until it is final."""

from collections.abc import Mapping

from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.model import MOTION_KINDS, Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.runner import REST, REST_WHILE_SHAKING
from plumbline.collector.jobs.strong_motion.measurement import (
    LONGEST_NS,
    EpisodeMeasurement,
    measured_streams,
)
from plumbline.collector.jobs.strong_motion.regional_association import RegionalAssociation
from plumbline.collector.jobs.strong_motion.settings import StrongMotionSettings
from plumbline.collector.jobs.strong_motion.store import EpisodeStore
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

ARCHIVED_NS = 2 * NS
"""The archive has what is older than this. [ns]"""

AGAIN_NS = NS
"""An open episode is revised no more often. [ns]"""

STRAGGLERS_NS = 60 * NS
"""A gap in a closed episode is waited for so long before the measures are final. [ns]"""


class StrongMotionJob:
    """Follows the event store, and measures windows of the archive."""

    name = "episodes"

    def __init__(
        self,
        *,
        settings: StrongMotionSettings,
        places: Mapping[str, Place],
        events: EventStore,
        store: EpisodeStore,
        archive: ArchiveReader,
    ) -> None:
        self._settings = settings
        self._events = events
        self._store = store
        self._archive = archive
        self._streams = measured_streams(places)
        structures = {place.structure.code: place.structure for place in places.values()}
        self._regional = RegionalAssociation(structures, events, store)
        self._measuring: tuple[EpisodeMeasurement, int] | None = None
        self._began_ns: dict[str, int] = {}

    def refresh(self, now_ns: int) -> None:
        """Take in what the event store has new."""
        if self._events.revision < self._store.read_to():
            self._store.wait_for((), 0, now_ns)  # another event store: all of it is new
        while changes := self._events.changes(self._store.read_to()):
            episodes = [event for _, event in changes if event.kind in MOTION_KINDS]
            for event in episodes:
                self._regional.update(event)
            self._store.wait_for([event.id for event in episodes], changes[-1][0], now_ns)

    def step(self, now_ns: int) -> float | None:
        """Go on with the measurement at hand, or begin the one that is due the longest."""
        if self._measuring is None:
            self._measuring = self._begin(now_ns)
        if self._measuring is None:
            return None
        measurement, changed_ns = self._measuring
        if measurement.step(self._archive, self._store, now_ns):
            self._measuring = None
            if measurement.final:
                self._finish(measurement.event.id, changed_ns)
        return REST_WHILE_SHAKING if measurement.event.closed_ns is None else REST

    def close(self) -> None:
        """Close the archive; what is not final is taken up again."""
        self._archive.close()

    def _begin(self, now_ns: int) -> tuple[EpisodeMeasurement, int] | None:
        """Return the measurement that is due the longest, with when its episode changed."""
        due: list[tuple[int, Event, int]] = []
        for event_id, changed_ns in self._store.waiting().items():
            event = self._events.get(event_id)
            if event is None or event.structure not in self._streams:
                self._finish(event_id, changed_ns)
            elif (when_ns := self._due_ns(event, changed_ns)) <= now_ns:
                due.append((when_ns, event, changed_ns))
        if not due:
            return None
        _, event, changed_ns = min(due, key=lambda each: (each[0], each[1].id))
        self._began_ns[event.id] = now_ns
        until_ns = now_ns - ARCHIVED_NS if event.closed_ns is None else event.closed_ns
        patient = now_ns < _over_ns(event, changed_ns) + STRAGGLERS_NS
        streams = self._streams[event.structure]
        measurement = EpisodeMeasurement(
            event,
            streams,
            self._settings,
            from_ns=self._quiet_ns(event),
            until_ns=until_ns,
            patient=patient,
        )
        return measurement, changed_ns

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

    def _finish(self, event_id: str, changed_ns: int) -> None:
        self._store.done(event_id, changed_ns)
        self._began_ns.pop(event_id, None)


def _over_ns(event: Event, changed_ns: int) -> int:
    """Return when an episode was over, or when that was found if later. [ns since 1970]"""
    return max(event.closed_ns or 0, changed_ns)
