"""The keeper of a listening stage: its cursor and its snapshots, and what it has told."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plumbline.collector.events.model import Event, Nodes
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.detection.pipeline_state import (
    Checkpoint,
    decode_offset,
    encode_offset,
)
from plumbline.collector.stages.event_updates import EventUpdates
from plumbline.wire.block import NS

State = Callable[[], tuple[dict[str, Any], bytes]]
"""Returns what a stage keeps: small things as JSON, its pass as bytes."""
PAUSES = 300
"""A snapshot is at least so many times apart as the last one took: a thousand nodes are 15 MB."""


class Checkpointer:
    """Saves events and state, so that nothing is told twice.

    Parameters
    ----------
    name
        Of the snapshots in the event store.
    start
        Journal offset from which to begin without a snapshot.
    snapshot_s
        How often all state is kept; less often where that is much work. [s]

    Notes
    -----
    A snapshot is kept with the cursor; after a restart what came since is read again from the
    journal and heard the same way. Events are saved at once, with the offset they came from:
    what is heard again up to there is not told again.
    """

    def __init__(self, events: EventStore, name: str, *, start: int, snapshot_s: float) -> None:
        self._events = events
        self._name, self._mark = name, f"{name}.mark"
        self._snapshot_ns = self._pause_ns = round(snapshot_s * NS)
        self._position = self._cursor = self._told_to = start
        self._kept_ns: int | None = None
        self._telling = EventUpdates()
        self._whole, self._busy = True, True

    @property
    def cursor(self) -> int:
        """Journal offset of the last snapshot."""
        return self._cursor

    def restored(self) -> Checkpoint | None:
        """Stand where the last snapshot stood, and return it."""
        body = self._events.snapshot(self._name)
        if body is None:
            return None
        kept = Checkpoint.from_bytes(body)
        self._position = self._cursor = kept.cursor
        self._told_to = max(kept.told_to, decode_offset(self._events.snapshot(self._mark)))
        return kept

    def begin(self) -> None:
        """Note that entries are being heard: until they are passed the state is not whole."""
        self._whole, self._busy = False, True

    def tell(self, events: Sequence[Event], offset: int | None = None) -> None:
        """Take events that changed; those of an offset told before the restart are left out."""
        if offset is None or offset > self._told_to:
            self._telling.note(events)

    def passed(self, offset: int) -> None:
        """Stand behind the entries that were heard."""
        self._position, self._whole = offset, True

    def rests(self) -> bool:
        """Tell whether nothing was heard since this was last asked."""
        busy, self._busy = self._busy, False
        return not busy

    def keep(
        self, now_ns: int, state: State, late_nodes: Mapping[str, Nodes] | None = None
    ) -> None:
        """Save the events that are due, and all state when it is time."""
        due = self._telling.due(now_ns)
        if self._kept_ns is None or now_ns - self._kept_ns >= self._pause_ns:
            self._kept_ns = now_ns
            self._keep_state(due, state, late_nodes)
        elif due or late_nodes:
            self._told_to = max(self._told_to, self._position)
            snapshot = (self._mark, encode_offset(self._told_to))
            self._events.save(*due, snapshot=snapshot, late_nodes=late_nodes)

    def keep_if_behind(self, now_ns: int, state: State) -> None:
        """Save what is left while nothing comes."""
        if self._position > self._cursor or self._telling.waiting:
            self.keep(now_ns, state)

    def close(self, state: State) -> None:
        """Keep everything as it stands, unless an error left it half heard."""
        if self._whole and self._kept_ns is not None:
            self._keep_state(self._telling.all(), state, None)

    def _keep_state(
        self, due: Sequence[Event], state: State, late_nodes: Mapping[str, Nodes] | None
    ) -> None:
        began_ns = time.thread_time_ns()
        self._told_to = max(self._told_to, self._position)
        said, body = state()
        kept = Checkpoint(cursor=self._position, told_to=self._told_to, said=said, state=body)
        snapshot = (self._name, kept.to_bytes())
        self._events.save(*due, snapshot=snapshot, late_nodes=late_nodes)
        self._cursor = self._position
        took_ns = time.thread_time_ns() - began_ns
        self._pause_ns = max(self._snapshot_ns, PAUSES * took_ns)
