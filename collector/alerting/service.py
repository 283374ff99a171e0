"""Alerting service: the engine in its thread, and what the rest of the collector calls."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from plumbline.collector.alerting.engine.engine import database, open_engine
from plumbline.collector.alerting.engine.event_feed import EventRevisions
from plumbline.collector.alerting.engine.inspecting import InspectionReport
from plumbline.collector.alerting.engine.thread import AlertRunner
from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.store.inspections import Inspection
from plumbline.collector.alerting.store.standing import StandingEvents
from plumbline.collector.alerting.views import inspecting, queries, web
from plumbline.collector.events.model import Event
from plumbline.wire.inventory.model import Inventory


class Alerting:
    """The alerting engine in its thread, and the calls others may make.

    Parameters
    ----------
    data
        The collector's data folder; the database is ``state/alerting.db`` in it.
    now_ns
        Returns the time. [ns since 1970]
    steady_ns
        Returns the time since boot, which never steps; None where ``now_ns`` is not the clock of
        this machine, as in a replay.
    """

    def __init__(
        self,
        settings: AlertingSettings,
        inventory: Inventory,
        events: EventRevisions,
        data: Path,
        now_ns: Callable[[], int],
        steady_ns: Callable[[], int] | None = None,
    ) -> None:
        self._engine = open_engine(settings, data, events, inventory, steady_ns)
        self.runner = AlertRunner(self._engine, events, now_ns)
        self._settings = settings
        self._path = database(data)
        self._now_ns = now_ns

    def start(self) -> None:
        """Begin to follow events and to call people."""
        self.runner.start()

    def stop(self) -> None:
        """Finish what is being done, and close the database."""
        self.runner.stop()
        self._engine.store.close()

    def incident_reports(self) -> list[dict[str, Any]]:
        """Return the incidents for the page: who was called, who answered."""
        return web.incident_reports(self._path, self._now_ns())

    def answered_events(self) -> frozenset[str]:
        """Return the ids of events whose incident is answered and over."""
        return web.answered_events(self._engine.store)

    def acknowledge(self, code: str, by: str, address: str = "") -> str:
        """Take an answer from the page; raises ValueError with what to do.

        ``address`` is where it came from: too many wrong codes are refused by it.
        """
        return web.acknowledge_incident(
            self._engine.store, code, by, "web", self._now_ns(), source=f"web {address}".strip()
        )

    def standing(self, structure: str, events: Sequence[Event]) -> StandingEvents:
        """Return which of some events of a structure stand, and were not released."""
        return inspecting.standing(self._path, structure, events)

    def inspections(self, structure: str) -> list[Inspection]:
        """Return the inspections and notes of a structure, oldest first."""
        return inspecting.inspections_of(self._path, structure)

    def inspect(self, code: str, report: InspectionReport) -> str:
        """Record an inspection from the page; raises ValueError with what to do."""
        store, now_ns = self._engine.store, self._now_ns()
        return inspecting.record(store, self._settings, code, report, now_ns)

    def inspect_structure(self, structure: str, report: InspectionReport) -> str:
        """Record an inspection of a whole structure; raises ValueError with what to do."""
        store, now_ns = self._engine.store, self._now_ns()
        return inspecting.record_structure(store, self._settings, structure, report, now_ns)

    def summary(self) -> queries.Summary:
        """Return alerting in a few numbers."""
        return queries.summary(self._path)
