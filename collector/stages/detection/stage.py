"""The detect stage: follows the journal, keeps its state with its cursor, opens nothing twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.collector.events.store import EventStore
from plumbline.collector.journal.entry import Entry
from plumbline.collector.stages.checkpointer import Checkpointer
from plumbline.collector.stages.detection.pipeline import DetectionPipeline
from plumbline.collector.stages.detection.pipeline_streams import listened, listens
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.event_updates import closed_orphans
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

SNAPSHOT = "detect.live"


class DetectionStage:
    """Listens to every acceleration stream, forward only; the late stage hears what it passes by.

    Parameters
    ----------
    start
        Journal offset from which to begin without a snapshot.
    """

    name = "detect"

    def __init__(
        self,
        *,
        settings: DetectionSettings,
        places: Mapping[str, Place],
        events: EventStore,
        start: int,
    ) -> None:
        self._settings = settings
        self._places = listened(places)
        self._live = DetectionPipeline(self._places, settings)
        self._keeper = Checkpointer(events, SNAPSHOT, start=start, snapshot_s=settings.snapshot_s)
        kept = self._keeper.restored()
        if kept is not None and not self._live.restore(kept.state):  # of another installation
            self._live = DetectionPipeline(self._places, settings)
            events.save(*closed_orphans(events))

    def cursor(self) -> int:
        """Journal offset of the last snapshot."""
        return self._keeper.cursor

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Hear entries in order and keep what changed."""
        self._keeper.begin()
        heard = [entry for entry in entries if listens(self._places, entry)]
        pieces = []
        for number, entry in enumerate(heard):
            if (piece := self._live.piece(number, entry.block())) is not None:
                pieces.append(piece)
        ticks = self._live.banks.feed(pieces)
        for number, entry in enumerate(heard):
            if said := ticks.get(number):
                events = self._live.hear(entry.block().stream.key, said)
                self._keeper.tell(events, entry.next_offset)
        self._keeper.passed(entries[-1].next_offset)
        self._keeper.keep(now_ns, self._state)

    def idle(self, now_ns: int) -> None:
        """Close what no sample comes for any more; not while the journal still has some."""
        if self._keeper.rests():
            before_ns = now_ns - round(self._settings.stale_s * NS)
            self._keeper.tell(self._live.end("no more samples", before_ns=before_ns))
            self._keeper.keep_if_behind(now_ns, self._state)

    def close(self) -> None:
        """Keep everything as it stands, unless an error left it half heard."""
        self._keeper.close(self._state)

    def _state(self) -> tuple[dict[str, Any], bytes]:
        return {}, self._live.snapshot()
