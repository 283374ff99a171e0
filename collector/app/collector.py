"""A collector in one process, and the loop that every process of one runs: start, poll, stop."""

import logging
import threading
from collections.abc import Callable, Sequence

from plumbline.collector.app.context import Context, Part
from plumbline.collector.app.parts import (
    AlertingPart,
    FollowersPart,
    IntakePart,
    ServingPart,
    refreshed,
)
from plumbline.collector.app.processes import FOLLOWERS
from plumbline.collector.app.settings import CollectorSettings
from plumbline.collector.journal.reading import JournalReader
from plumbline.wire.inventory import Inventory

log = logging.getLogger(__name__)

POLL_S = 1.0


class Running:
    """Parts of one process, polled once a second.

    Parameters
    ----------
    parts
        In the order they start; they stop in the same order, so that intake hands in first.
    """

    def __init__(self, context: Context, parts: Sequence[Part]) -> None:
        self._context = context
        self._parts = parts
        own_intake = any(part.name == "intake" for part in parts)
        self._refresh = None if own_intake else refreshed(context)
        self._stop = threading.Event()
        self._poller = threading.Thread(target=self._poll, name="housekeeping")

    def start(self) -> None:
        """Start every part, and poll from now on."""
        for part in self._parts:
            part.start()
        self.report(self._context.now_ns())
        self._poller.start()

    def stop(self) -> None:
        """Stop every part and close what they share."""
        self._stop.set()
        if self._poller.ident is not None:
            self._poller.join()
            for part in self._parts:
                part.stop()
        for part in reversed(self._parts):
            part.close()
        self._context.close()

    def _poll(self) -> None:
        """Once a second, whatever happens; a fault is logged and the next second comes."""
        while not self._stop.wait(POLL_S):
            self.report(self._context.now_ns())

    def report(self, now_ns: int) -> None:
        """Poll every part once; each reports how it is on the health board."""
        for part in self._parts:
            try:
                part.poll(now_ns)
            except Exception:
                log.exception("housekeeping of %s met a fault and goes on", part.name)
        if self._refresh is not None:
            self._refresh(now_ns)
        self._context.conditions.publish(now_ns)


class Collector:
    """All parts of a collector in one process: a test's, or a very small machine's."""

    def __init__(
        self, settings: CollectorSettings, inventory: Inventory, now_ns: Callable[[], int]
    ) -> None:
        context = Context.open(settings, inventory, now_ns, "collector")
        intake = IntakePart(context)
        journal: JournalReader = intake.intake.journal
        followers = [
            FollowersPart(context, journal, name=name, stages=stages, jobs=jobs)
            for name, (stages, jobs) in FOLLOWERS.items()
        ]
        alerting, serving = AlertingPart(context), ServingPart(context, journal)
        self.context, self.data, self.stores = context, intake.intake, context.stores
        self.alerting, self.web, self.channels = alerting.alerting, serving.web, serving.channels
        self.runners = [runner for part in followers for runner in part.runners]
        self._running = Running(context, [intake, *followers, alerting, serving])

    def start(self) -> None:
        """Start everything; intake first."""
        self._running.start()
        log.info("collecting; the page is at %s", self.web.url)

    def stop(self) -> None:
        """Take in what has arrived, let the stages finish it, close everything."""
        self._running.stop()

    def report(self, now_ns: int) -> None:
        """Report now how every part is; a running collector does it each second."""
        self._running.report(now_ns)
