"""The collector, assembled: every room is built here, started in order and stopped in reverse."""

import logging
import threading
from collections.abc import Callable

from starlette.applications import Starlette

from plumbline.collector.alerting.service import Alerting
from plumbline.collector.app.databases import Databases
from plumbline.collector.app.health_report import health, readings
from plumbline.collector.app.intake import Intake
from plumbline.collector.app.job_table import JobTable
from plumbline.collector.app.limit_listing import LimitView, VoidAdoptions
from plumbline.collector.app.limit_register import with_adoptions
from plumbline.collector.app.settings import CollectorSettings
from plumbline.collector.app.stage_table import BATCH_INTERVAL_S, RETENTION_STAGES, StageTable
from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.health.condition_events import ConditionEvents
from plumbline.collector.health.dead_man import DeadManPing
from plumbline.collector.health.disk_space import DiskWatch
from plumbline.collector.health.metrics import Metrics
from plumbline.collector.health.outages.watch import OutageWatch
from plumbline.collector.jobs.residual.view import ResidualView
from plumbline.collector.jobs.runner import JobRunner
from plumbline.collector.jobs.strong_motion.view import EpisodeView
from plumbline.collector.limits.approval import AdoptedApprovals
from plumbline.collector.serving.web.app import application
from plumbline.collector.serving.web.limit_lines import drawn_limits_urad
from plumbline.collector.serving.web.server import WebServer
from plumbline.collector.serving.web.settings import WebSettings
from plumbline.collector.serving.web.sources import Sources
from plumbline.collector.stages.live.waveform_buffer import WaveformBuffer
from plumbline.collector.stages.runner import Stage, StageRunner
from plumbline.wire.inventory import Inventory

log = logging.getLogger(__name__)

HOUSEKEEPING_S = 1.0


class Collector:
    """One collector: data path, stages, page.

    Parameters
    ----------
    now_ns
        The collector's clock. [ns since 1970]
    """

    def __init__(
        self, settings: CollectorSettings, inventory: Inventory, now_ns: Callable[[], int]
    ) -> None:
        self.data = Intake(settings, inventory, now_ns)
        self.stores = Databases(settings.data)
        detection = with_adoptions(settings.detection, AdoptedApprovals(self.stores.adoptions))
        self._settings = settings = settings.model_copy(update={"detection": detection})
        self._inventory = inventory
        self._now_ns = now_ns
        self._waves = WaveformBuffer(self.data.places)
        self.channels = ChannelWatch(self.data.places, self.data.last_seen.clipped_ns)
        self.alerting = Alerting(
            settings.alerting, inventory, self.stores.events, settings.data, now_ns
        )
        table = StageTable(
            settings=settings,
            data=self.data,
            stores=self.stores,
            waves=self._waves,
            channels=self.channels,
        )
        jobs = JobTable(settings=settings, places=self.data.places, stores=self.stores)
        self.stages = [self._stage(name, build) for name, build in table.table().items()]
        self.jobs = [
            JobRunner(name, build, self.data.conditions, now_ns)
            for name, build in jobs.table().items()
        ]
        self.runners: list[StageRunner | JobRunner] = [*self.stages, *self.jobs]
        self.web = WebServer(self._application(settings.web), settings.web)
        self._outages = OutageWatch(
            settings=settings.outages,
            places=self.data.places,
            last_seen=self.data.last_seen,
            events=self.stores.events,
            connected=lambda: self.data.subscriber.connected,
            started_ns=now_ns(),
        )
        structures = [structure.code for structure in inventory.structure]
        self._health = ConditionEvents(self.data.conditions, self.stores.events, structures)
        self._void = VoidAdoptions(self._settings, self.stores.adoptions, self.data.conditions)
        self._disk = DiskWatch(settings.data, self.data.conditions)
        self._dead_man = DeadManPing(settings.deadman, self.data.conditions, now_ns, self._is_well)
        self._stop = threading.Event()
        self._housekeeper = threading.Thread(target=self._housekeeping, name="housekeeping")

    def start(self) -> None:
        """Start everything; the data path first."""
        self.data.start()
        for runner in self.runners:
            runner.start()
        self.alerting.start()
        self.web.start()
        self._housekeeper.start()
        self._dead_man.start()
        log.info("collecting; the page is at %s", self.web.url)

    def stop(self) -> None:
        """Take in what has arrived, let the stages finish it, close everything."""
        self._stop.set()
        self._dead_man.stop()
        self.data.stop_accepting()
        for runner in self.runners:
            runner.stop()
        self.alerting.stop()
        self.web.stop()
        self._housekeeper.join()
        self.stores.close()
        self.data.close()

    def _stage(self, name: str, build: Callable[[], Stage]) -> StageRunner:
        return StageRunner(
            name,
            build,
            self.data.journal,
            self.data.conditions,
            self._now_ns,
            batch_interval_s=BATCH_INTERVAL_S.get(name, 0.0),
        )

    def _is_well(self) -> bool:
        report = health(self.data, self.runners)
        return report["ok"] is True and not report.get("blind")

    def _application(self, settings: WebSettings) -> Starlette:
        secret = settings.password_file
        password = secret.read_text(encoding="utf-8").strip() if secret else None
        metrics = Metrics(lambda: readings(self.data, self.runners, self.channels, self._now_ns()))
        sources = Sources(
            inventory=self._inventory,
            places=self.data.places,
            waves=self._waves,
            channels=self.channels,
            events=self.stores.events,
            episodes=EpisodeView(self.stores.events, self.stores.measures),
            movements=ResidualView(
                self.stores.events,
                self.stores.movements,
                {structure.code: structure for structure in self._inventory.structure},
                self._settings.data / "surveys",
            ),
            alerts=self.alerting.incident_reports,
            answered=self.alerting.answered_events,
            acknowledge=self.alerting.acknowledge,
            health=lambda: health(self.data, self.runners),
            metrics=metrics.text,
            levels=LimitView(self._settings, self.stores.adoptions, self.stores.events_path).rows,
            limits_urad=drawn_limits_urad(self._settings.deformation),
            stale_after_s=settings.stale_after_s,
        )
        return application(sources, password=password, now_ns=self._now_ns)

    def _housekeeping(self) -> None:
        """Once a second, whatever happens; a fault is logged and the next second comes."""
        while not self._stop.wait(HOUSEKEEPING_S):
            try:
                self._housekeep(self._now_ns())
            except Exception:
                log.exception("housekeeping met a fault and goes on")

    def _housekeep(self, now_ns: int) -> None:
        """Poll outages, disk and conditions; release what every retention stage has passed."""
        self._outages.poll(now_ns)
        self._disk.poll(now_ns)
        self._void.poll(now_ns)
        self._health.poll(now_ns)
        cursors = [r.cursor for r in self.stages if r.name in RETENTION_STAGES]
        self.data.journal.release(min(cursors))
