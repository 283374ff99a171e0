"""Detector run: the collector's detection stage over journal entries, with every trigger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal.entry import Entry
from plumbline.collector.stages.detection.node_state import DETECTORS, NodeState, TriggerInterval
from plumbline.collector.stages.detection.pipeline import acceleration_places
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.stage import DetectionStage
from plumbline.collector.stages.detection.trigger_banks import Banks
from plumbline.collector.storage.database import IN_MEMORY
from plumbline.wire.block import FOREVER_NS, NS
from plumbline.wire.inventory.lookup import Place

AT_ONCE = 64
"""Entries a stage is given at once, as the runner would after a short wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One time a trigger of one node was on.

    Attributes
    ----------
    onset_ns, known_ns, until_ns
        When the motion began, when it was proven, until when it was on. [ns since 1970]
    ratio
        Largest ratio of the short to the long average. [1]
    """

    structure: str
    node: str
    detector: str
    onset_ns: int
    known_ns: int
    until_ns: int
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorResult:
    """Result of a detector run: events and triggers.

    Attributes
    ----------
    events
        By onset.
    triggers
        By the time they were proven, those that opened nothing among them.
    """

    events: tuple[Event, ...]
    triggers: tuple[Trigger, ...]


class DetectorRun:
    """The detect stage with a store in memory, and the same triggers beside it.

    Parameters
    ----------
    settings
        Settings of the stage.
    known
        Streams by key.

    Notes
    -----
    The stage stores no list of triggers, so a second bank of the same kind gets the same blocks.
    """

    def __init__(self, settings: DetectionSettings, known: Mapping[str, Place]) -> None:
        self._settings = settings
        self._store = EventStore(IN_MEMORY)
        self._stage = DetectionStage(settings=settings, places=known, events=self._store, start=0)
        self._places = acceleration_places(known)
        self._banks = Banks(self._places, settings.shaking())
        self._nodes = {key: NodeState(ground=False, capacity=1) for key in self._places}
        self._newest_ns = 0

    def feed(self, entries: Sequence[Entry]) -> None:
        """Take entries in the order of the journal."""
        for first in range(0, len(entries), AT_ONCE):
            some = entries[first : first + AT_ONCE]
            self._newest_ns = max(self._newest_ns, some[-1].received_ns)
            self._stage.take(some, self._newest_ns)
            self._feed_banks(some)

    def end(self) -> DetectorResult:
        """Let the silence after the last sample close what goes on; return all."""
        late_ns = self._newest_ns + round(10 * self._settings.stale_s * NS)
        for _ in range(2):  # the first time the stage only notes that nothing is new
            self._stage.idle(late_ns)
        events = tuple(self._store.between(0, FOREVER_NS))
        self._store.close()
        return DetectorResult(events=events, triggers=tuple(self._triggers()))

    def _feed_banks(self, entries: Sequence[Entry]) -> None:
        pieces = []
        for number, entry in enumerate(entries):
            block = entry.block()
            if block.stream.key in self._places:
                piece = self._banks.piece(number, block)
                pieces += [piece] if piece is not None else []
        for number, frames in sorted(self._banks.feed(pieces).items()):
            self._nodes[entries[number].block().stream.key].update(frames)

    def _triggers(self) -> Iterable[Trigger]:
        found = [
            _trigger(self._places[key], detector, span)
            for key, node in self._nodes.items()
            for detector in DETECTORS
            for span in node.intervals[detector]
        ]
        return sorted(found, key=lambda one: (one.known_ns, one.structure, one.node))


def run_detectors(
    entries: Sequence[Entry], known: Mapping[str, Place], settings: DetectionSettings
) -> DetectorResult:
    """Return what the detectors make of a journal."""
    run = DetectorRun(settings, known)
    run.feed(entries)
    return run.end()


def _trigger(place: Place, detector: str, span: TriggerInterval) -> Trigger:
    return Trigger(
        structure=place.structure.code,
        node=place.node.code,
        detector=detector,
        onset_ns=span.onset_ns,
        known_ns=span.known_ns,
        until_ns=span.last_ns,
        ratio=span.ratio,
    )
