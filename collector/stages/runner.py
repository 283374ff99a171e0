"""Stages: who follows the journal, each in its own thread and at its own speed.

A stage that raises is closed, built again and goes on from its own cursor. It never takes ingest,
or another stage, with it.
"""

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.journal import Entry, Journal, OffsetOutOfRange
from plumbline.wire.block import NS

log = logging.getLogger(__name__)

IDLE_S = 0.5
DELAYS_KEPT = 20_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
SOUND_AFTER_S = 60.0  # working this long, a stage counts as mended


class Stage(Protocol):
    """One follower of the journal."""

    name: str

    def cursor(self) -> int:
        """Offset from which to go on after a restart; persisted by the stage with its state."""

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        """Handle entries in order."""

    def idle(self, now_ns: int) -> None:
        """Do what time asks for; called at least once a second."""

    def close(self) -> None:
        """Let go of files; what is not persisted is done again."""


@runtime_checkable
class Backfills(Protocol):
    """A stage the journal does not wait for: it refills from the archive what it missed."""

    def fell_off(self, first_offset: int, now_ns: int) -> None:
        """Go on from the oldest entry there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageHealth:
    """How a stage is doing.

    Attributes
    ----------
    cursor
        What it has persisted; the journal keeps everything after it. [bytes]
    behind_bytes
        Durable entries it has not taken yet. [bytes]
    restarts
        How often it was built again after an error.
    error
        The last error, or None while it works.
    delay_p50_s, delay_p99_s
        From arrival at the collector to taken by this stage, over its latest entries; 0 before
        the first. [s]
    """

    name: str
    cursor: int
    behind_bytes: int
    restarts: int
    error: str | None
    delay_p50_s: float = 0.0
    delay_p99_s: float = 0.0


class StageRunner:
    """The thread of one stage, and its supervisor.

    Parameters
    ----------
    pace_s
        Entries are gathered so long since the last were taken: a stage that judges many streams
        in one call costs less the fewer calls it gets. [s]
    """

    def __init__(
        self,
        name: str,
        build: Callable[[], Stage],
        journal: Journal,
        notices: Conditions,
        now_ns: Callable[[], int],
        pace_s: float = 0.0,
    ) -> None:
        self.name = name
        self._build = build
        self._journal = journal
        self._notices = notices
        self._now_ns = now_ns
        self._pace_s = pace_s
        self._next_take = 0.0
        self._stop = threading.Event()
        self._drained_by = 0.0
        self._thread = threading.Thread(target=self._run, name=f"stage-{name}", daemon=True)
        self._cursor = 0
        self._position = 0
        self._restarts = 0
        self._error: str | None = None
        self._delays: deque[float] = deque(maxlen=DELAYS_KEPT)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self, timeout_s: float = 30.0) -> None:
        """Take what is durable by now, but not for long; close the stage and end."""
        self._drained_by = time.monotonic() + timeout_s / 3
        self._stop.set()
        self._journal.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    @property
    def cursor(self) -> int:
        """What the stage has persisted; the journal keeps everything after it. [bytes]"""
        return self._cursor

    def health(self) -> StageHealth:
        """Return how the stage is doing."""
        return StageHealth(
            name=self.name,
            cursor=self._cursor,
            behind_bytes=max(self._journal.end_offset - self._position, 0),
            restarts=self._restarts,
            error=self._error,
            delay_p50_s=_quantile(self._delays, 0.50),
            delay_p99_s=_quantile(self._delays, 0.99),
        )

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            try:
                self._follow()
                return
            except Exception as error:
                if time.monotonic() - began > SOUND_AFTER_S:
                    pause_s = FIRST_PAUSE_S
                self._died(error)
            if self._stop.wait(pause_s):
                return
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            self._restarts += 1

    def _follow(self) -> None:
        """Build the stage and feed it until it is time to stop."""
        with contextlib.closing(self._build()) as stage:
            self._position = self._cursor = stage.cursor()
            idle_due = 0.0
            while True:
                stopping = self._stop.is_set()
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
                    self._sound()
                self._cursor = stage.cursor()
                if stopping and (not entries or time.monotonic() > self._drained_by):
                    return

    def _next(self, stage: Stage, timeout_s: float) -> list[Entry]:
        try:
            if self._journal.wait(self._position, timeout_s):
                self._stop.wait(max(0.0, self._next_take - time.monotonic()))
                self._next_take = time.monotonic() + self._pace_s
                return self._journal.read(self._position)
        except OffsetOutOfRange as error:
            if not isinstance(stage, Backfills):
                raise
            stage.fell_off(error.first_offset, self._now_ns())
            self._position = error.first_offset
        return []

    def _died(self, error: Exception) -> None:
        text = f"{type(error).__name__}: {error}"
        first = self._notices.tell(
            f"stage:{self.name}",
            f"the {self.name} stage stopped ({text}) and is started again; nothing is lost, it "
            "goes on from where it was. If this repeats, the log has the whole error.",
            self._now_ns(),
        )
        if first or text != self._error:
            log.error("stage %s stopped", self.name, exc_info=error)
        self._error = text

    def _sound(self) -> None:
        if self._error is not None:
            self._error = None
            self._notices.end(f"stage:{self.name}", self._now_ns())


def _quantile(delays: deque[float], share: float) -> float:
    """Return a quantile of the delays, 0 where there are none."""
    ordered = sorted(delays.copy())
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
