"""Stage runner: each stage follows the journal in its own thread and at its own speed.

A stage that raises is closed, built again and goes on from its own cursor. It never takes ingest,
or another stage, with it.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.supervisor import RunnerHealth, Supervisor
from plumbline.collector.journal import Entry, OffsetOutOfRange
from plumbline.collector.journal.reading import JournalReader
from plumbline.wire.block import NS

IDLE_S = 0.5
BEYOND_S = 2.0
"""How long a cursor may lie beyond the journal's end: its writer may not have stated it yet. [s]"""
STATED_NS = 3600 * NS
"""How long it is stated at least that a stage began anew in its journal. [ns]"""
MOST_DELAYS = 20_000
CURSOR = "cursor"
"""Key of the condition of a stage that had to begin anew, before the colon."""


class Stage(Protocol):
    """One follower of the journal."""

    name: str
    backfills: bool
    """Whether it fetches elsewhere what the journal released before it was taken."""

    def cursor(self) -> int:
        """Offset from which to go on after a restart; persisted by the stage with its state."""

    def journal_id(self) -> str | None:
        """Identity of the journal that the cursor belongs to; None where nothing states it."""

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        """Go on from the oldest entry there is: the entries at the cursor are there no more."""

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Handle entries in order."""

    def idle(self, now_ns: int) -> None:
        """Do what is due by time; called at least once a second."""

    def close(self) -> None:
        """Let go of files; what is not persisted is done again."""


class StageRunner:
    """Runs one stage in a thread of its own, and builds it again when it fails.

    Parameters
    ----------
    batch_interval_s
        Time for which entries are gathered since the last were taken: a stage that takes many
        streams in one call costs less the fewer calls it gets. [s]
    """

    def __init__(
        self,
        name: str,
        build: Callable[[], Stage],
        journal: JournalReader,
        conditions: Conditions,
        now_ns: Callable[[], int],
        batch_interval_s: float = 0.0,
    ) -> None:
        self.name = name
        self._build = build
        self._journal = journal
        self._now_ns = now_ns
        self._batch_interval_s = batch_interval_s
        self._next_take = 0.0
        self._drained_by = 0.0
        self._supervisor = Supervisor(name, "stage", self._follow, conditions, now_ns)
        self._cursor = 0
        self._position = 0
        self._conditions = conditions
        self._resumed: tuple[int, int] | None = None
        self._beyond_since: float | None = None
        self._delays: deque[float] = deque(maxlen=MOST_DELAYS)

    def start(self) -> None:
        """Begin to follow."""
        self._supervisor.start()

    def stop(self, timeout_s: float = 30.0) -> None:
        """Take what is durable by now, but not for long; close the stage and end."""
        self._drained_by = time.monotonic() + timeout_s / 3
        self._supervisor.stop()
        self._journal.wake()
        self._supervisor.join(timeout_s)

    @property
    def cursor(self) -> int:
        """Offset up to which the stage has persisted; the journal retains what follows. [bytes]"""
        return self._cursor

    def health(self) -> RunnerHealth:
        """Return how the stage is doing."""
        return RunnerHealth(
            name=self.name,
            cursor=self._cursor,
            behind_bytes=max(self._journal.end_offset - self._position, 0),
            restarts=self._supervisor.restarts,
            error=self._supervisor.error,
            delay_p50_s=_quantile(self._delays, 0.50),
            delay_p99_s=_quantile(self._delays, 0.99),
        )

    def _follow(self) -> None:
        """Build the stage and feed it until it is time to stop."""
        with contextlib.closing(self._build()) as stage:
            self._position = self._cursor = stage.cursor()
            self._beyond_since = None
            idle_due = 0.0
            self._check_cursor(stage, self._now_ns())
            while True:
                stopping = self._supervisor.stopping
                entries = self._next(stage, 0.0 if stopping else IDLE_S)
                now_ns = self._now_ns()
                if entries:
                    stage.take(entries, now_ns)
                    self._position = entries[-1].next_offset
                    taken_ns = self._now_ns()
                    self._delays.extend((taken_ns - each.received_ns) / NS for each in entries)
                if time.monotonic() >= idle_due:
                    self._check_cursor(stage, now_ns)
                    stage.idle(now_ns)
                    idle_due = time.monotonic() + IDLE_S
                    self._supervisor.works()
                self._cursor = stage.cursor()
                if stopping and (not entries or time.monotonic() > self._drained_by):
                    return

    def _next(self, stage: Stage, timeout_s: float) -> list[Entry]:
        try:
            if self._journal.wait(self._position, timeout_s):
                self._supervisor.wait(max(0.0, self._next_take - time.monotonic()))
                self._next_take = time.monotonic() + self._batch_interval_s
                return self._journal.read(self._position)
        except OffsetOutOfRange as error:
            if stage.backfills:
                stage.resume_at(error.first_offset, self._now_ns())
                self._position = error.first_offset
            else:
                reason = "what follows it was released"
                self._resume(stage, error.first_offset, reason, self._now_ns())
        return []

    def _check_cursor(self, stage: Stage, now_ns: int) -> None:
        """Begin anew where the cursor is of another journal or beyond the end of this one."""
        own, saved, end = self._journal.store_id, stage.journal_id(), self._journal.end_offset
        if own and saved and own != saved:
            self._resume(stage, self._journal.first_offset, "it is of another journal", now_ns)
        elif self._position <= end:
            self._beyond_since = None
        elif self._beyond_since is None:
            self._beyond_since = time.monotonic()
        elif time.monotonic() - self._beyond_since >= BEYOND_S:
            reason = f"it lies beyond the journal's end {end}"
            self._resume(stage, self._journal.first_offset, reason, now_ns)
        if self._resumed is not None:
            until_offset, resumed_ns = self._resumed
            stated = not 0 <= now_ns - resumed_ns < STATED_NS
            if stated and self._position >= until_offset:
                self._resumed = None
                self._conditions.clear(f"{CURSOR}:{self.name}", now_ns)

    def _resume(self, stage: Stage, first_offset: int, reason: str, now_ns: int) -> None:
        """Go on from the first offset there is, and state it."""
        saved = self._position
        stage.resume_at(first_offset, now_ns)
        self._position, self._beyond_since = first_offset, None
        self._resumed = (self._journal.end_offset, now_ns)
        self._conditions.set(
            f"{CURSOR}:{self.name}",
            f"stage {self.name} cannot go on at offset {saved} of the journal: {reason}. It began "
            f"anew at {first_offset}; what is read again is matched with the events there are. "
            "Was the journal deleted, cut, or put back from a copy? What only it held is gone.",
            now_ns,
        )


def _quantile(delays: deque[float], share: float) -> float:
    """Return a quantile of the delays, 0 where there are none."""
    ordered = sorted(delays.copy())
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
