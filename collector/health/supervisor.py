"""Supervision of a thread: work that raises is begun again, after a pause that doubles.

One that dies never takes ingest, or another, with it.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from plumbline.collector.health.conditions import Conditions

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
SOUND_AFTER_S = 60.0
"""Working this long, a stage or job counts as mended: the next pause is the first again. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerHealth:
    """Health of a stage or a job.

    Attributes
    ----------
    cursor
        What a stage has persisted; the journal retains everything after it. None for a job, which
        has no place in the journal. [bytes]
    behind_bytes
        Durable entries a stage has not taken yet; 0 for a job. [bytes]
    restarts
        How often it was built again after an error.
    error
        The last error, or None while it works.
    delay_p50_s, delay_p99_s
        From arrival at the collector to taken by a stage, over its latest entries; 0 before the
        first, and for a job. [s]
    """

    name: str
    cursor: int | None
    behind_bytes: int
    restarts: int
    error: str | None
    delay_p50_s: float = 0.0
    delay_p99_s: float = 0.0


class Supervisor:
    """A thread that begins its work again when it raises, and reports a condition meanwhile.

    Parameters
    ----------
    name, kind
        Name of the work, and ``stage`` or ``job``: the word for it in logs and conditions.
    work
        Builds what it needs and works until `stopping`; returns only then.
    """

    def __init__(
        self,
        name: str,
        kind: str,
        work: Callable[[], None],
        conditions: Conditions,
        now_ns: Callable[[], int],
    ) -> None:
        self.restarts = 0
        self.error: str | None = None
        self._name, self._kind = name, kind
        self._work = work
        self._conditions = conditions
        self._now_ns = now_ns
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{kind}-{name}", daemon=True)

    @property
    def stopping(self) -> bool:
        """True from the moment the work is to end."""
        return self._stop.is_set()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let the work end; returns at once."""
        self._stop.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread's end, if it was started."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the work is to end; return whether it is to end."""
        return self._stop.wait(seconds)

    def works(self) -> None:
        """Clear the last error: the work is well again."""
        if self.error is not None:
            self.error = None
            self._conditions.clear(f"stage:{self._name}", self._now_ns())

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            try:
                self._work()
                return
            except Exception as error:
                if time.monotonic() - began > SOUND_AFTER_S:
                    pause_s = FIRST_PAUSE_S
                self._failed(error)
            if self._stop.wait(pause_s):
                return
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            self.restarts += 1

    def _failed(self, error: Exception) -> None:
        text = f"{type(error).__name__}: {error}"
        first = self._conditions.set(
            f"stage:{self._name}",
            f"the {self._name} {self._kind} stopped ({text}) and is started again; nothing is "
            "lost, it goes on from where it was. If this repeats, the log has the whole error.",
            self._now_ns(),
        )
        if first or text != self.error:
            log.error("%s %s stopped", self._kind, self._name, exc_info=error)
        self.error = text
