"""Thread of the alerting engine; an event wakes it at once."""

import logging
import threading
import time
from collections.abc import Callable

from plumbline.collector.alerting.engine.engine import AlertEngine
from plumbline.collector.alerting.engine.event_feed import EventRevisions

LONGEST_NAP_S = 0.5
_log = logging.getLogger(__name__)


class AlertRunner:
    """Ticks the engine when an event comes, and at least twice a second.

    Parameters
    ----------
    clock
        Returns the time. [ns since 1970]
    """

    def __init__(
        self, engine: AlertEngine, events: EventRevisions, clock: Callable[[], int] = time.time_ns
    ) -> None:
        self._engine = engine
        self._events = events
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerting", daemon=True)
        self.faults = 0

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the tick that runs, and end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    @property
    def alive(self) -> bool:
        """True: the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        last_fault = ""
        while not self._stopping.is_set():
            try:
                self._engine.tick(self._clock())
                last_fault = ""
                self._events.wait(self._engine.revision(), LONGEST_NAP_S)
            except Exception as fault:
                self.faults += 1
                if repr(fault) != last_fault:  # the same fault twice a second is no news
                    _log.exception("alerting met a fault and goes on")
                    last_fault = repr(fault)
                self._stopping.wait(LONGEST_NAP_S)
