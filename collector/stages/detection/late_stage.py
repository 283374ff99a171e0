"""Late stage: detection in blocks that came after their time; its events are marked late."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.collector.events.model import Event, Nodes
from plumbline.collector.events.store import EventStore
from plumbline.collector.health.conditions import Conditions
from plumbline.collector.journal.entry import Entry
from plumbline.collector.stages.checkpointer import Checkpoint, Checkpointer
from plumbline.collector.stages.detection.admission import Admission
from plumbline.collector.stages.detection.late_arrivals import LateArrivals
from plumbline.collector.stages.detection.late_buffer import (
    MOST_HELD,
    LateBuffer,
    restored_entry,
    saved_entry,
)
from plumbline.collector.stages.detection.pipeline import (
    DetectionPipeline,
    acceleration_places,
    accepts,
    streams_by_structure,
)
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.stream_sequence import Continuity, StreamSequence
from plumbline.collector.stages.event_updates import closed_orphans
from plumbline.collector.stages.shard import EVERYTHING, Shard
from plumbline.collector.stages.stored_matches import StoredMatches
from plumbline.wire.block import FOREVER_NS, NS
from plumbline.wire.inventory.lookup import Place

NAME = "late"
SNAPSHOT = "detect.late"
LOST = "journal_lost_ns"
"""Key of the time at which the stage had to begin anew in its journal."""
GAP_NS = NS // 100
"""Less than a sample of any instrument is no gap. [ns]"""
ENDS_NS = 30 * NS
"""Late data have ended when nothing late has come for so long. [ns]"""


class LateStage:
    """Takes the blocks that the detection stage passes by.

    Parameters
    ----------
    start
        Journal offset from which to begin without a snapshot.
    journal_id
        Identity of the journal that is followed, saved with the cursor.
    shard
        Structures this instance is responsible for; it begins from the snapshot of the only
        instance while it has none of its own.

    Notes
    -----
    A backlog costs it more than the live samples cost the detection stage: it has a thread and a
    cursor of its own, so that no decision waits for it. Which block is late it knows by stream
    sequences of its own, which move as those of the detection stage do.
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
        conditions: Conditions | None = None,
        shard: Shard = EVERYTHING,
    ) -> None:
        self.name = shard.key(NAME)
        self._settings = settings
        self._events, self._shard = events, shard
        self._matches: StoredMatches | None = None
        self._lost_ns: int | None = None
        self._admission = Admission()
        self._places = acceleration_places(shard.places(places))
        self._sequences = {key: StreamSequence() for key in self._places}
        self._pipeline: DetectionPipeline | None = None
        self._late_ns = 0
        self._held = LateBuffer()
        self._passed: list[Entry] = []
        self._conditions = conditions
        self.unheard = 0
        self._late_arrivals = LateArrivals(events)
        self._checkpointer = Checkpointer(
            events,
            shard.key(SNAPSHOT),
            start=start,
            snapshot_s=settings.snapshot_s,
            journal_id=journal_id,
            inherited=SNAPSHOT,
        )
        if (checkpoint := self._checkpointer.load()) is not None:
            followed = self._restore(checkpoint)
            self._compare_since(checkpoint.extra.get(LOST))
            if orphans := closed_orphans(events, shard, followed, late=True):
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
        self._sequences = {key: StreamSequence() for key in self._places}
        self._compare_since(now_ns)

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Detect in the late ones among the entries and save what they change."""
        self._checkpointer.begin()
        motion: dict[str, Nodes] = {}
        due: list[tuple[Entry, int]] = []
        for entry in entries:
            if accepts(self._places, entry):
                self._sort(entry)
                key = entry.block().stream.key
                due += [(own, entry.next_offset) for own in self._held.due(key, entry.received_ns)]
        self._feed(due, motion)
        self._checkpointer.advance(entries[-1].next_offset)
        self._checkpointer.save(now_ns, self._state, motion)

    def idle(self, now_ns: int) -> None:
        """End the late pipeline when nothing late has come for a while."""
        motion: dict[str, Nodes] = {}
        self._feed([(entry, None) for entry in self._held.due_of_all(now_ns)], motion)
        idle = self._checkpointer.poll_idle()
        if self._pipeline is not None and idle and now_ns - self._late_ns > ENDS_NS:
            self._end_pipeline()
            passed, self._passed = self._passed, []
            self._feed([(entry, None) for entry in _in_order(passed)], motion)
        if motion:
            self._events.save(late_nodes=motion)
        if idle:
            self._checkpointer.save_if_behind(now_ns, self._state)

    def close(self) -> None:
        """Save everything as it stands, unless an error left it half done."""
        self._checkpointer.close(self._state)

    def _sort(self, entry: Entry) -> None:
        """Hold a late block until its turn; let any other move its stream, and note a gap."""
        key = entry.block().stream.key
        sequence = self._sequences[key]
        block = self._admission.admit(entry)
        if block is None or sequence.continuity(block)[0] is Continuity.LATE:
            self._held.add(entry)
            self._late_ns = entry.received_ns
            return
        if sequence.due_ns is not None and block.start_ns - sequence.due_ns > GAP_NS:
            self._held.note_gap(key, sequence.due_ns, block.start_ns)
        sequence.advance(block, [])

    def _feed(self, due: Sequence[tuple[Entry, int | None]], motion: dict[str, Nodes]) -> None:
        """Detect in late blocks in the order of their samples; gather what they add elsewhere."""
        if not due:
            return
        if self._pipeline is None:
            self._pipeline = DetectionPipeline(self._places, self._settings, late=True)
        pieces = []
        for number, (entry, _) in enumerate(due):
            piece = self._pipeline.piece(number, entry.block())
            if piece is not None:
                pieces.append(piece)
            else:
                self._pass_by(entry)
        frames = self._pipeline.banks.feed(pieces)
        for number, (entry, offset) in enumerate(due):
            if not (own_frames := frames.get(number)):
                continue
            key = entry.block().stream.key
            place = self._places[key]
            added = self._late_arrivals.added_motion(
                place.structure.code, place.node.code, own_frames
            )
            for event_id, nodes in added.items():
                motion[event_id] = {**motion.get(event_id, {}), **nodes}
            found = self._late_arrivals.without_live(self._pipeline.update(key, own_frames))
            self._checkpointer.add(self._news(found, own_frames[-1].end_ns), offset)

    def _pass_by(self, entry: Entry) -> None:
        """Leave a block that is older than what was heard to the next pass, while it can wait."""
        if len(self._passed) < MOST_HELD:
            self._passed.append(entry)
            return
        block = entry.block()
        self.unheard += block.n_samples
        if self._conditions is not None:
            self._conditions.set(
                f"late-unheard:{block.stream.key}",
                f"{self.unheard} late samples of {block.stream.key} and others could not be "
                "searched for shaking, because too much came late at once; they are archived. "
                "Look at the waveforms of that time.",
                entry.received_ns,
            )

    def _end_pipeline(self) -> None:
        """Close what the late data have opened."""
        assert self._pipeline is not None  # noqa: S101 - called only while there is one
        found = self._pipeline.late_sway()
        found += self._pipeline.close_stale("end of the late data", before_ns=FOREVER_NS)
        self._checkpointer.add(self._news(self._late_arrivals.without_live(found), 0))
        self._pipeline = None

    def _news(self, found: list[Event], front_ns: int) -> list[Event]:
        return found if self._matches is None else self._matches.news(found, front_ns)

    def _compare_since(self, lost_ns: int | None) -> None:
        """Compare what is found with the stored events of before the journal was lost."""
        self._lost_ns = lost_ns
        if lost_ns is not None:
            self._matches = StoredMatches(self._events, self._shard, lost_ns=lost_ns, late=True)

    def _state(self) -> tuple[dict[str, Any], bytes]:
        extra = {
            "late_ns": self._late_ns,
            LOST: self._lost_ns,
            "claims": self._admission.state(),
            "held": self._held.state(),
            "passed": [saved_entry(entry) for entry in self._passed],
            "layout": self._layout(),
            "lanes": {key: sequence.state() for key, sequence in self._sequences.items()},
        }
        return extra, b"" if self._pipeline is None else self._pipeline.snapshot()

    def _restore(self, checkpoint: Checkpoint) -> frozenset[str]:
        """Take back a snapshot; return the structures that are in it as they are installed now."""
        extra = checkpoint.extra
        then, now = streams_by_structure(extra["layout"]), streams_by_structure(self._layout())
        fitting = frozenset(code for code, streams in now.items() if then.get(code) == streams)
        if not fitting:
            return fitting
        self._late_ns = extra["late_ns"]
        for key, place in self._places.items():
            if place.structure.code in fitting:
                self._sequences[key] = StreamSequence.from_state(extra["lanes"][key])
        keys = frozenset(k for k, place in self._places.items() if place.structure.code in fitting)
        self._admission.restore(extra.get("claims", {}))
        self._held.restore(extra.get("held", {}), keys)
        passed = [restored_entry(row) for row in extra.get("passed", ())]
        self._passed = [entry for entry in passed if entry.block().stream.key in keys]
        if checkpoint.state:
            self._pipeline = DetectionPipeline(self._places, self._settings, late=True)
            fitting &= self._pipeline.restore(checkpoint.state)
        return fitting

    def _layout(self) -> list[list[Any]]:
        instruments = {key: place.instrument for key, place in self._places.items()}
        return [[key, len(i.axes), i.rate_hz] for key, i in instruments.items()]


def _in_order(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.block().start_ns, entry.offset))
