"""Detection stage: shaking, sway and thresholds from live samples; opens no event twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.collector.events.model import Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal.entry import Entry
from plumbline.collector.stages.checkpointer import Checkpointer
from plumbline.collector.stages.detection.admission import Admission
from plumbline.collector.stages.detection.pipeline import (
    DetectionPipeline,
    acceleration_places,
    accepts,
)
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.event_updates import closed_orphans
from plumbline.collector.stages.shard import EVERYTHING, Shard
from plumbline.collector.stages.stored_matches import StoredMatches
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

NAME = "detect"
SNAPSHOT = "detect.live"
LOST = "journal_lost_ns"
"""Key of the time at which the stage had to begin anew in its journal."""
CLAIMS = "claims"
"""Key of the claims that are heard, by stream."""
LAG = "lag_ns"
"""Key of the time by which the newest samples lie behind the collector's clock."""


class DetectionStage:
    """Follows every acceleration stream, forward only; what comes late is for the late stage.

    Parameters
    ----------
    start
        Journal offset from which to begin without a snapshot.
    journal_id
        Identity of the journal that is followed, saved with the cursor.
    shard
        Structures this instance is responsible for; it begins from the snapshot of the only
        instance while it has none of its own.
    """

    backfills = False

    def __init__(
        self,
        *,
        settings: DetectionSettings,
        places: Mapping[str, Place],
        events: EventStore,
        start: int,
        journal_id: str = "",
        shard: Shard = EVERYTHING,
    ) -> None:
        self.name = shard.key(NAME)
        self._settings = settings
        self._events, self._shard = events, shard
        self._matches: StoredMatches | None = None
        self._lost_ns: int | None = None
        self._admission = Admission()
        self._lag_ns = 0
        self._places = acceleration_places(shard.places(places))
        self._pipeline = DetectionPipeline(self._places, settings)
        self._checkpointer = Checkpointer(
            events,
            shard.key(SNAPSHOT),
            start=start,
            snapshot_s=settings.snapshot_s,
            journal_id=journal_id,
            inherited=SNAPSHOT,
        )
        checkpoint = self._checkpointer.load()
        if checkpoint is not None:
            followed = self._pipeline.restore(checkpoint.state)
            self._compare_since(checkpoint.extra.get(LOST))
            self._admission.restore(checkpoint.extra.get(CLAIMS, {}))
            self._lag_ns = checkpoint.extra.get(LAG, 0)
            if orphans := closed_orphans(events, shard, followed, late=False):
                events.save(*orphans)

    def cursor(self) -> int:
        """Journal offset of the last snapshot."""
        return self._checkpointer.cursor

    def journal_id(self) -> str | None:
        """Return the identity of the journal that the cursor belongs to."""
        return self._checkpointer.journal_id

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        """Go on from the oldest entry there is; what is stored already is not found again."""
        self._checkpointer.rewind(first_offset)
        self._compare_since(now_ns)

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Detect in entries in order and save what changed."""
        self._checkpointer.begin()
        accepted = [entry for entry in entries if accepts(self._places, entry)]
        pieces = []
        for number, entry in enumerate(accepted):
            block = self._admission.admit(entry)
            if block is not None and (piece := self._pipeline.piece(number, block)) is not None:
                pieces.append(piece)
        lags_ns = [entry.received_ns - entry.block().end_ns for entry in accepted]
        if lags_ns:  # a collector that is ahead must not end what goes on by the samples' time
            self._lag_ns = max(min(lags_ns), 0)
        frames = self._pipeline.banks.feed(pieces)
        for number, entry in enumerate(accepted):
            if own_frames := frames.get(number):
                events = self._pipeline.update(entry.block().stream.key, own_frames)
                news = self._news(events, entry.block().end_ns)
                self._checkpointer.add(news, entry.next_offset)
        self._checkpointer.advance(entries[-1].next_offset)
        self._checkpointer.save(now_ns, self._state)

    def idle(self, now_ns: int) -> None:
        """Close events of which no sample comes any more; not while the journal still has some."""
        if self._matches is not None and (
            left := self._matches.unclaimed(self._pipeline.open_ids(), now_ns)
        ):
            self._events.save(*left)
        if self._checkpointer.poll_idle():
            before_ns = now_ns - self._lag_ns - round(self._settings.stale_s * NS)
            closed = self._pipeline.close_stale("no more samples", before_ns=before_ns)
            self._checkpointer.add(self._news(closed, before_ns))
            self._checkpointer.save_if_behind(now_ns, self._state)

    def close(self) -> None:
        """Save everything as it stands, unless an error left it half done."""
        self._checkpointer.close(self._state)

    def _state(self) -> tuple[dict[str, Any], bytes]:
        extra = {LOST: self._lost_ns, CLAIMS: self._admission.state(), LAG: self._lag_ns}
        return extra, self._pipeline.snapshot()

    def _news(self, found: list[Event], front_ns: int) -> list[Event]:
        return found if self._matches is None else self._matches.news(found, front_ns)

    def _compare_since(self, lost_ns: int | None) -> None:
        """Compare what is found with the stored events of before the journal was lost."""
        self._lost_ns = lost_ns
        if lost_ns is not None:
            self._matches = StoredMatches(self._events, self._shard, lost_ns=lost_ns, late=False)
