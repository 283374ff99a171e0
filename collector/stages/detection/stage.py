"""Detection stage: shaking, sway and thresholds from live samples; opens no event twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.collector.events.store import EventStore
from plumbline.collector.journal.entry import Entry
from plumbline.collector.stages.checkpointer import Checkpointer
from plumbline.collector.stages.detection.pipeline import (
    DetectionPipeline,
    acceleration_places,
    accepts,
)
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.event_updates import closed_orphans
from plumbline.collector.stages.shard import EVERYTHING, Shard
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

NAME = "detect"
SNAPSHOT = "detect.live"


class DetectionStage:
    """Follows every acceleration stream, forward only; what comes late is for the late stage.

    Parameters
    ----------
    start
        Journal offset from which to begin without a snapshot.
    shard
        Structures this instance is responsible for; it begins from the snapshot of the only
        instance while it has none of its own.
    """

    def __init__(
        self,
        *,
        settings: DetectionSettings,
        places: Mapping[str, Place],
        events: EventStore,
        start: int,
        shard: Shard = EVERYTHING,
    ) -> None:
        self.name = shard.key(NAME)
        self._settings = settings
        self._places = acceleration_places(shard.places(places))
        self._pipeline = DetectionPipeline(self._places, settings)
        self._checkpointer = Checkpointer(
            events,
            shard.key(SNAPSHOT),
            start=start,
            snapshot_s=settings.snapshot_s,
            inherited=SNAPSHOT,
        )
        checkpoint = self._checkpointer.load()
        if checkpoint is not None:
            followed = self._pipeline.restore(checkpoint.state)
            if orphans := closed_orphans(events, shard, followed, late=False):
                events.save(*orphans)

    def cursor(self) -> int:
        """Journal offset of the last snapshot."""
        return self._checkpointer.cursor

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Detect in entries in order and save what changed."""
        self._checkpointer.begin()
        accepted = [entry for entry in entries if accepts(self._places, entry)]
        pieces = []
        for number, entry in enumerate(accepted):
            if (piece := self._pipeline.piece(number, entry.block())) is not None:
                pieces.append(piece)
        frames = self._pipeline.banks.feed(pieces)
        for number, entry in enumerate(accepted):
            if own_frames := frames.get(number):
                events = self._pipeline.update(entry.block().stream.key, own_frames)
                self._checkpointer.add(events, entry.next_offset)
        self._checkpointer.advance(entries[-1].next_offset)
        self._checkpointer.save(now_ns, self._state)

    def idle(self, now_ns: int) -> None:
        """Close events of which no sample comes any more; not while the journal still has some."""
        if self._checkpointer.poll_idle():
            before_ns = now_ns - round(self._settings.stale_s * NS)
            self._checkpointer.add(
                self._pipeline.close_stale("no more samples", before_ns=before_ns)
            )
            self._checkpointer.save_if_behind(now_ns, self._state)

    def close(self) -> None:
        """Save everything as it stands, unless an error left it half done."""
        self._checkpointer.close(self._state)

    def _state(self) -> tuple[dict[str, Any], bytes]:
        return {}, self._pipeline.snapshot()
