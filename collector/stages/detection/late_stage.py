"""The late stage: hears what came after its time, at its own pace, and marks what it finds."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.collector.events.model import Nodes
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal.entry import Entry
from plumbline.collector.stages.checkpointer import Checkpointer
from plumbline.collector.stages.detection.late_arrivals import LateArrivals
from plumbline.collector.stages.detection.pipeline import DetectionPipeline
from plumbline.collector.stages.detection.pipeline_streams import listened, listens
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.stream_sequence import Continuity, StreamSequence
from plumbline.collector.stages.detection.trigger_banks import BankPiece
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

SNAPSHOT = "detect.late"
ENDS_NS = 30 * NS
"""The late pass is over when nothing late has come for so long. [ns]"""
FOR_EVER = 2**62


class LateStage:
    """Listens to the blocks that the detect stage passes by.

    Parameters
    ----------
    start
        Journal offset from which to begin without a snapshot.

    Notes
    -----
    A backlog costs it more than the live samples cost the detect stage: it has a thread and a
    cursor of its own, so that no decision waits for it. Which block is late it tells by lanes
    of its own, which move as those of the detect stage do.
    """

    name = "late"

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
        self._lanes = {key: StreamSequence() for key in self._places}
        self._pass: DetectionPipeline | None = None
        self._late_ns = 0
        self._latecomers = LateArrivals(events)
        self._keeper = Checkpointer(events, SNAPSHOT, start=start, snapshot_s=settings.snapshot_s)
        self._restore()

    def cursor(self) -> int:
        """Journal offset of the last snapshot."""
        return self._keeper.cursor

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Hear the late ones among the entries and keep what they change."""
        self._keeper.begin()
        heard = [entry for entry in entries if listens(self._places, entry)]
        pieces = [
            piece
            for number, entry in enumerate(heard)
            if (piece := self._piece(number, entry)) is not None
        ]
        ticks = self._pass.banks.feed(pieces) if self._pass is not None else {}
        felt: dict[str, Nodes] = {}
        for number, entry in enumerate(heard):
            if self._pass is None or not (said := ticks.get(number)):
                continue
            key = entry.block().stream.key
            place = self._places[key]
            added = self._latecomers.felt(place.structure.code, place.node.code, said)
            for event_id, nodes in added.items():
                felt[event_id] = {**felt.get(event_id, {}), **nodes}
            found = self._latecomers.unknown(self._pass.hear(key, said))
            self._keeper.tell(found, entry.next_offset)
        self._keeper.passed(entries[-1].next_offset)
        self._keeper.keep(now_ns, self._state, felt)

    def idle(self, now_ns: int) -> None:
        """End the late pass when nothing late has come for a while."""
        if not self._keeper.rests():
            return
        if self._pass is not None and now_ns - self._late_ns > ENDS_NS:
            found = self._pass.settled()
            found += self._pass.end("end of the late data", before_ns=FOR_EVER)
            self._keeper.tell(self._latecomers.unknown(found))
            self._pass = None
        self._keeper.keep_if_behind(now_ns, self._state)

    def close(self) -> None:
        """Keep everything as it stands, unless an error left it half heard."""
        self._keeper.close(self._state)

    def _piece(self, number: int, entry: Entry) -> BankPiece | None:
        """Return a late block as the next piece of its stream; None if it is in time or twice."""
        block = entry.block()
        lane = self._lanes[block.stream.key]
        if lane.fit(block)[0] is not Continuity.OLDER:
            lane.move(block, [])
            return None
        if self._pass is None:
            self._pass = DetectionPipeline(self._places, self._settings, late=True)
        self._late_ns = entry.received_ns
        return self._pass.piece(number, block)

    def _state(self) -> tuple[dict[str, Any], bytes]:
        said = {
            "late_ns": self._late_ns,
            "layout": self._layout(),
            "lanes": {key: lane.state() for key, lane in self._lanes.items()},
        }
        return said, b"" if self._pass is None else self._pass.snapshot()

    def _restore(self) -> None:
        """Take back the last snapshot; one of another installation leaves only its cursor."""
        kept = self._keeper.restored()
        if kept is None or kept.said["layout"] != self._layout():
            return
        self._late_ns = kept.said["late_ns"]
        self._lanes = {
            key: StreamSequence.restored(state) for key, state in kept.said["lanes"].items()
        }
        if kept.state:
            self._pass = DetectionPipeline(self._places, self._settings, late=True)
            self._pass.restore(kept.state)

    def _layout(self) -> list[list[Any]]:
        instruments = {key: place.instrument for key, place in self._places.items()}
        return [[key, len(i.axes), i.rate_hz] for key, i in instruments.items()]
