"""Jobs: work that follows events and reads the archive, a piece at a time, within a budget.

After each piece a job rests for a multiple of the processor time the piece took. One that raises
is closed, built again and goes on from its own store.
"""

import contextlib
import time
from collections.abc import Callable
from typing import Protocol

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.supervisor import RunnerHealth, Supervisor
from plumbline.wire.block import NS

PAUSE_S = 0.5
"""Between two turns of a job. [s]"""

SLICE_S = 0.3
"""Work in one turn, so that a job can be stopped. [s]"""

REST = 5.0
"""Rest after a piece, in processor times of that piece: 17 % of a core while much is due."""

REST_WHILE_SHAKING = 20.0
"""Rest after a piece of work on an episode that goes on: 5 % of a core."""


class Job(Protocol):
    """One kind of work that waits for idle time."""

    name: str

    def refresh(self, now_ns: int) -> None:
        """Take in what is new in the event store; called every turn, also while it rests."""

    def step(self, now_ns: int) -> float | None:
        """Do the piece of work that is due the longest.

        Returns
        -------
        The rest that follows, in processor times of the piece; None if nothing was due.
        """

    def close(self) -> None:
        """Release files; a piece that was not finished is done again."""


class Pause:
    """A pause by the collector's clock; it is over too when the clock is set back before it."""

    def __init__(self) -> None:
        self._from_ns = self._until_ns = 0

    def begin(self, now_ns: int, length_ns: int) -> None:
        """Begin a pause of some length. [ns]"""
        self._from_ns, self._until_ns = now_ns, now_ns + length_ns

    def over(self, now_ns: int) -> bool:
        """Return whether the pause is over, or never began."""
        return not self._from_ns <= now_ns < self._until_ns


class JobPacer:
    """Gives a job its turns within its budget of processor time.

    Parameters
    ----------
    cpu_s
        Processor time of this thread. [s]
    """

    def __init__(self, job: Job, cpu_s: Callable[[], float] = time.thread_time) -> None:
        self._job = job
        self._cpu_s = cpu_s
        self._rest = Pause()

    def turn(self, now_ns: int) -> None:
        """Let the job note what is new, then work while something is due, for one slice."""
        self._job.refresh(now_ns)
        end = time.monotonic() + SLICE_S
        while self._rest.over(now_ns) and time.monotonic() < end:
            before_s = self._cpu_s()
            rest = self._job.step(now_ns)
            if rest is None:
                return
            self._rest.begin(now_ns, round(rest * (self._cpu_s() - before_s) * NS))


class JobRunner:
    """The thread of one job, and its supervisor."""

    def __init__(
        self,
        name: str,
        build: Callable[[], Job],
        conditions: Conditions,
        now_ns: Callable[[], int],
    ) -> None:
        self.name = name
        self._build = build
        self._now_ns = now_ns
        self._supervisor = Supervisor(name, "job", self._work, conditions, now_ns)

    def start(self) -> None:
        """Start working."""
        self._supervisor.start()

    def stop(self, timeout_s: float = 30.0) -> None:
        """Finish the piece at hand, close the job and end."""
        self._supervisor.stop()
        self._supervisor.join(timeout_s)

    def health(self) -> RunnerHealth:
        """Return how the job is doing."""
        return RunnerHealth(
            name=self.name,
            cursor=None,
            behind_bytes=0,
            restarts=self._supervisor.restarts,
            error=self._supervisor.error,
        )

    def _work(self) -> None:
        """Build the job and give it turns until it is time to stop."""
        with contextlib.closing(self._build()) as job:
            pacer = JobPacer(job)
            while True:
                pacer.turn(self._now_ns())
                self._supervisor.works()
                if self._supervisor.wait(PAUSE_S):
                    return
