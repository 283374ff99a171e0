"""Alerting, assembled: what the collector starts, stops and asks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from plumbline.collector.alerting.engine.engine import database, open_engine
from plumbline.collector.alerting.engine.event_feed import Events
from plumbline.collector.alerting.engine.thread import AlertRunner
from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.views import queries as view
from plumbline.collector.alerting.views import web as page
from plumbline.wire.inventory.model import Inventory


class Alerting:
    """The engine in its thread, and what others may ask of it.

    Parameters
    ----------
    data
        The collector's data folder; the database is ``state/alerting.db`` in it.
    now_ns
        Returns the time. [ns since 1970]
    """

    def __init__(
        self,
        settings: AlertingSettings,
        inventory: Inventory,
        events: Events,
        data: Path,
        now_ns: Callable[[], int],
    ) -> None:
        self._engine = open_engine(settings, data, events, inventory)
        self.runner = AlertRunner(self._engine, events, now_ns)
        self._path = database(data)
        self._now_ns = now_ns

    def start(self) -> None:
        """Begin to follow events and to call people."""
        self.runner.start()

    def stop(self) -> None:
        """Finish what is being done, and close the database."""
        self.runner.stop()
        self._engine.store.close()

    def shown(self) -> list[dict[str, Any]]:
        """Return the incidents for the page: who was told, who answered."""
        return page.shown_incidents(self._path, self._now_ns())

    def answered(self) -> frozenset[str]:
        """Return the ids of events whose incident is answered and over."""
        return page.answered_events(self._engine.store)

    def acknowledge(self, code: str, by: str) -> str:
        """Take an answer from the page; raises ValueError with what to do."""
        return page.answer(self._engine.store, code, by, "web", self._now_ns())

    def summary(self) -> view.Summary:
        """Return alerting in a few numbers."""
        return view.summary(self._path)
