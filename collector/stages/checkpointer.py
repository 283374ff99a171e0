"""Checkpoints of a stage: journal offset and state, saved in one transaction with its events.

A stage whose state is one body (detection) has a `Checkpointer`; one that writes only the rows
that changed (deformation) reads them back with `StateRows`.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plumbline.collector.events.model import Event, Nodes
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.event_updates import EventUpdates
from plumbline.wire.block import NS

StateSource = Callable[[], tuple[dict[str, Any], bytes]]
"""Returns the state of a stage: small things as JSON, its pipeline as bytes."""
SNAPSHOT_COST_RATIO = 300
"""A snapshot is at least so many times apart as the last one took: a thousand nodes are 15 MB."""
OFFSET_SUFFIX = ".mark"
"""Ends the name of the offset that is saved with events between two snapshots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One snapshot of a stage.

    Attributes
    ----------
    cursor
        Journal offset up to which entries are in the state.
    saved_to
        Journal offset up to which events have been saved.
    extra
        Small things of the stage, as JSON.
    journal
        Identity of the journal that the offsets belong to; None where nothing states it.
    state
        State of its pipeline; empty where there is none.
    """

    cursor: int
    saved_to: int
    extra: dict[str, Any] = field(default_factory=dict)
    journal: str | None = None
    state: bytes = b""

    def to_bytes(self) -> bytes:
        """Return a line of JSON and the state."""
        head = {"cursor": self.cursor, "told_to": self.saved_to, "said": self.extra}
        head["journal"] = self.journal
        return json.dumps(head).encode() + b"\n" + self.state

    @classmethod
    def from_bytes(cls, body: bytes) -> "Checkpoint":
        """Return what :meth:`to_bytes` wrote."""
        line, _, state = body.partition(b"\n")
        head = json.loads(line)
        return cls(
            cursor=head["cursor"],
            saved_to=head["told_to"],
            extra=head["said"],
            journal=head.get("journal"),
            state=state,
        )


class Checkpointer:
    """Saves events and state of a stage, so that no event is saved twice.

    Parameters
    ----------
    name
        Name of the snapshots in the event store.
    start
        Journal offset from which to begin without a snapshot.
    snapshot_s
        Interval between snapshots of all state; longer where that is much work. [s]
    journal_id
        Identity of the journal that is followed, saved with the offsets.
    inherited
        Name of the snapshot to begin from while there is none under its own.

    Notes
    -----
    A snapshot is saved with the cursor; after a restart what came since is read again from the
    journal and processed the same way. Events are saved at once, with the offset they came from:
    what is processed again up to there is not saved again.
    """

    def __init__(
        self,
        events: EventStore,
        name: str,
        *,
        start: int,
        snapshot_s: float,
        journal_id: str = "",
        inherited: str | None = None,
    ) -> None:
        self._events = events
        self._inherited = inherited
        self._journal_id = journal_id or None
        self._saved_journal: str | None = None
        self._name, self._offset_name = name, f"{name}{OFFSET_SUFFIX}"
        self._snapshot_ns = self._pause_ns = round(snapshot_s * NS)
        self._position = self._cursor = self._saved_to = start
        self._snapshot_taken_ns: int | None = None
        self._updates = EventUpdates()
        self._is_whole, self._is_busy = True, True

    @property
    def cursor(self) -> int:
        """Journal offset of the last snapshot."""
        return self._cursor

    @property
    def journal_id(self) -> str | None:
        """Identity of the journal that the cursor belongs to; None where nothing states it."""
        return self._saved_journal

    def rewind(self, offset: int) -> None:
        """Go on from an offset of the journal that is followed now; all state stays as it is."""
        self._position = self._cursor = self._saved_to = offset
        self._saved_journal = self._journal_id
        self._snapshot_taken_ns = None
        self._events.save(snapshot=(self._offset_name, encode_offset(offset)))

    def load(self) -> Checkpoint | None:
        """Stand where the last snapshot stood, and return it."""
        name, body = self._name, self._events.snapshot(self._name)
        if body is None and self._inherited is not None:
            name, body = self._inherited, self._events.snapshot(self._inherited)
        if body is None:
            return None
        checkpoint = Checkpoint.from_bytes(body)
        self._position = self._cursor = checkpoint.cursor
        self._saved_journal = checkpoint.journal
        saved_to = decode_offset(self._events.snapshot(f"{name}{OFFSET_SUFFIX}"))
        self._saved_to = max(checkpoint.saved_to, saved_to)
        return checkpoint

    def begin(self) -> None:
        """Note that entries are being taken: until `advance` the state is not whole."""
        self._is_whole, self._is_busy = False, True

    def add(self, events: Sequence[Event], offset: int | None = None) -> None:
        """Take events that changed; those of an offset saved before the restart are left out."""
        if offset is None or offset > self._saved_to:
            self._updates.add(events)

    def advance(self, offset: int) -> None:
        """Stand behind the entries that were taken."""
        self._position, self._is_whole = offset, True

    def poll_idle(self) -> bool:
        """Return whether no entry was taken since the last poll."""
        busy, self._is_busy = self._is_busy, False
        return not busy

    def save(
        self, now_ns: int, state: StateSource, late_nodes: Mapping[str, Nodes] | None = None
    ) -> None:
        """Save the events that are due, and all state when it is time."""
        due = self._updates.due(now_ns)
        taken_ns = self._snapshot_taken_ns
        if taken_ns is None or now_ns - taken_ns >= self._pause_ns:
            self._snapshot_taken_ns = now_ns
            self._save_state(due, state, late_nodes)
        elif due or late_nodes:
            self._saved_to = max(self._saved_to, self._position)
            snapshot = (self._offset_name, encode_offset(self._saved_to))
            self._events.save(*due, snapshot=snapshot, late_nodes=late_nodes)

    def save_if_behind(self, now_ns: int, state: StateSource) -> None:
        """Save what is left while nothing comes."""
        if self._position > self._cursor or self._updates.waiting:
            self.save(now_ns, state)

    def close(self, state: StateSource) -> None:
        """Save everything as it stands, unless an error left it half done."""
        if self._is_whole and self._snapshot_taken_ns is not None:
            self._save_state(self._updates.drain(), state, None)

    def _save_state(
        self, due: Sequence[Event], state: StateSource, late_nodes: Mapping[str, Nodes] | None
    ) -> None:
        began_ns = time.thread_time_ns()
        self._saved_to = max(self._saved_to, self._position)
        extra, body = state()
        checkpoint = Checkpoint(
            cursor=self._position,
            saved_to=self._saved_to,
            extra=extra,
            journal=self._journal_id,
            state=body,
        )
        snapshot = (self._name, checkpoint.to_bytes())
        self._events.save(*due, snapshot=snapshot, late_nodes=late_nodes)
        self._cursor, self._saved_journal = self._position, self._journal_id
        took_ns = time.thread_time_ns() - began_ns
        self._pause_ns = max(self._snapshot_ns, SNAPSHOT_COST_RATIO * took_ns)


class StateRows:
    """State of a stage saved row by row, read once when it starts.

    Parameters
    ----------
    prefix
        Beginning of the names of its rows.
    """

    def __init__(self, events: EventStore, prefix: str) -> None:
        self._rows = events.snapshots(prefix)

    def get(self, name: str) -> dict[str, Any] | None:
        """Return a state by its name."""
        body = self._rows.get(name)
        return None if body is None else json.loads(body)

    def under(self, prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the states whose name begins so, by the rest of it."""
        for name, body in self._rows.items():
            if name.startswith(prefix):
                yield name.removeprefix(prefix), json.loads(body)


def state_row(name: str, state: Any) -> tuple[str, bytes]:
    """Return a state as a row of its own, as the event store saves it."""
    return name, json.dumps(state, separators=(",", ":")).encode()


def encode_offset(offset: int) -> bytes:
    """Return a journal offset as the body of a snapshot."""
    return json.dumps(offset).encode()


def decode_offset(body: bytes | None) -> int:
    """Return the journal offset of such a body, 0 where there is none."""
    return 0 if body is None else int(json.loads(body))
