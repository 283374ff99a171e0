"""Stage runner: each stage follows the journal in its own thread and at its own speed.

A stage that raises is closed, built again and goes on from its own cursor. It never takes ingest,
or another stage, with it.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.supervisor import RunnerHealth, Supervisor
from plumbline.collector.journal import Entry, OffsetOutOfRange
from plumbline.collector.journal.reading import JournalReader
from plumbline.wire.block import NS

IDLE_S = 0.5
MOST_DELAYS = 20_000


class Stage(Protocol):
    """One follower of the journal."""

    name: str

    def cursor(self) -> int:
        """Offset from which to go on after a restart; persisted by the stage with its state."""

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Handle entries in order."""

    def idle(self, now_ns: int) -> None:
        """Do what is due by time; called at least once a second."""

    def close(self) -> None:
        """Let go of files; what is not persisted is done again."""


@runtime_checkable
class Backfills(Protocol):
    """A stage the journal does not wait for: it backfills from the archive what it missed."""

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        """Go on from the oldest entry there is."""


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
            idle_due = 0.0
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
            if not isinstance(stage, Backfills):
                raise
            stage.resume_at(error.first_offset, self._now_ns())
            self._position = error.first_offset
        return []


def _quantile(delays: deque[float], share: float) -> float:
    """Return a quantile of the delays, 0 where there are none."""
    ordered = sorted(delays.copy())
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
