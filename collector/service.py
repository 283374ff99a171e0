"""The collector, assembled: every room is built here, started in order and stopped in reverse."""

import logging
import threading
from collections.abc import Callable, Iterator

from starlette.applications import Starlette

from plumbline.collector.afterwards.shown import ShownMovements
from plumbline.collector.afterwards.stage import AfterwardsStage
from plumbline.collector.afterwards.store import AfterwardsStore
from plumbline.collector.alerting.assembly import Alerting
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.data_path import DataPath
from plumbline.collector.detect.late import LateStage
from plumbline.collector.detect.stage import DetectStage
from plumbline.collector.disk import DiskWatch
from plumbline.collector.episodes.shown import ShownEpisodes
from plumbline.collector.episodes.stage import EpisodesStage
from plumbline.collector.episodes.store import EpisodeStore
from plumbline.collector.events.store import EventStore
from plumbline.collector.health.channels import ChannelWatch
from plumbline.collector.health.metrics import Metrics
from plumbline.collector.health.watch import HealthWatch
from plumbline.collector.limits.listing import Shown, void_texts
from plumbline.collector.limits.register import with_adoptions
from plumbline.collector.limits.standings import AsAdopted
from plumbline.collector.limits.store import AdoptionStore, database
from plumbline.collector.modal.stage import ModalStage
from plumbline.collector.modal.store import ModalStore
from plumbline.collector.report import health, readings
from plumbline.collector.series.influx import sink_for
from plumbline.collector.series.refill import archived_blocks
from plumbline.collector.series.stage import SeriesStage
from plumbline.collector.series.state import SeriesState
from plumbline.collector.settings import CollectorSettings
from plumbline.collector.silence.watch import SilenceWatch
from plumbline.collector.slow.limits import Quantity, Rule
from plumbline.collector.slow.settings import SlowSettings
from plumbline.collector.slow.stage import SlowStage
from plumbline.collector.stages import Stage, StageRunner
from plumbline.collector.web.app import application
from plumbline.collector.web.live import LiveStage
from plumbline.collector.web.server import WebServer
from plumbline.collector.web.sources import Sources
from plumbline.collector.web.waves import Waves
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory import Inventory

log = logging.getLogger(__name__)

HOUSEKEEPING_S = 1.0
PACES_S = {"detect": 0.05, "late": 0.5}  # some 2 ms a call whatever comes
KEPT_BY = ("archive", "detect", "late", "slow")  # the journal waits for these
SLOW_SLICE_NS = 6 * 3600 * NS  # of a stream at 1 Hz as much as ten minutes of one at 36 Hz


class Collector:
    """One collector: data path, stages, page.

    Parameters
    ----------
    now_ns
        The clock everything is told.
    """

    def __init__(
        self, settings: CollectorSettings, inventory: Inventory, now_ns: Callable[[], int]
    ) -> None:
        self.data = DataPath(settings, inventory, now_ns)
        self.adoptions = AdoptionStore(database(settings.data))
        detect = with_adoptions(settings.detect, AsAdopted(self.adoptions))
        self._settings = settings = settings.model_copy(update={"detect": detect})
        self._inventory = inventory
        self._now_ns = now_ns
        self._events_db = settings.data / "state" / "events.db"
        self.events = EventStore(self._events_db)
        self.measures = EpisodeStore(settings.data / "state" / "episodes.db")
        self.modes = ModalStore(settings.data / "state" / "modal.db")
        self.movements = AfterwardsStore(settings.data / "state" / "afterwards.db")
        self._waves = Waves(self.data.places)
        self.channels = ChannelWatch(self.data.places, self.data.arrivals.clipped_ns)
        self.alerting = Alerting(settings.alerting, inventory, self.events, settings.data, now_ns)
        self.runners = [self._runner(name, build) for name, build in self._stages().items()]
        self.web = WebServer(self._application(), settings.web)
        self._silence = SilenceWatch(
            settings=settings.silence,
            places=self.data.places,
            arrivals=self.data.arrivals,
            events=self.events,
            connected=lambda: self.data.subscriber.connected,
            started_ns=now_ns(),
        )
        structures = [structure.code for structure in inventory.structure]
        self._health = HealthWatch(self.data.notices, self.events, structures)
        self._disk = DiskWatch(settings.data, self.data.notices)
        self._stop = threading.Event()
        self._housekeeper = threading.Thread(target=self._keep_house, name="housekeeping")

    def start(self) -> None:
        """Start everything; the data path first."""
        for limit, text in void_texts(self._settings, self.adoptions.held()):
            self.data.notices.tell(f"limit:{limit}", text, self._now_ns())
        self.data.start()
        for runner in self.runners:
            runner.start()
        self.alerting.start()
        self.web.start()
        self._housekeeper.start()
        log.info("collecting; the page is at %s", self.web.url)

    def stop(self) -> None:
        """Take in what has arrived, let the stages finish it, close everything."""
        self._stop.set()
        self.data.hush()
        for runner in self.runners:
            runner.stop()
        self.alerting.stop()
        self.web.stop()
        self._housekeeper.join()
        self.measures.close()
        self.modes.close()
        self.movements.close()
        self.events.close()
        self.adoptions.close()
        self.data.close()

    def _stages(self) -> dict[str, Callable[[], Stage]]:
        """Return how each stage is built; a stage that died is built again."""
        stages: dict[str, Callable[[], Stage]] = {
            "archive": self.data.archive_stage,
            "detect": self._detect_stage,
            "late": self._late_stage,
            "slow": self._slow_stage,
            "episodes": self._episodes_stage,
            "modal": self._modal_stage,
            "afterwards": self._afterwards_stage,
            "live": self._live_stage,
        }
        if self._settings.series.url is not None:
            stages["series"] = self._series_stage
        return stages

    def _runner(self, name: str, build: Callable[[], Stage]) -> StageRunner:
        pace_s = PACES_S.get(name, 0.0)
        return StageRunner(
            name, build, self.data.journal, self.data.notices, self._now_ns, pace_s=pace_s
        )

    def _live_stage(self) -> LiveStage:
        return LiveStage(
            start=self.data.journal.end_offset, waves=self._waves, channels=self.channels
        )

    def _detect_stage(self) -> DetectStage:
        return DetectStage(
            settings=self._settings.detect,
            places=self.data.places,
            events=self.events,
            start=self.data.journal.first_offset,
        )

    def _late_stage(self) -> LateStage:
        return LateStage(
            settings=self._settings.detect,
            places=self.data.places,
            events=self.events,
            start=self.data.journal.first_offset,
        )

    def _slow_stage(self) -> SlowStage:
        return SlowStage(
            settings=self._settings.slow,
            places=self.data.places,
            events=self.events,
            start=self.data.journal.first_offset,
            standings=AsAdopted(self.adoptions),
            notices=self.data.notices,
            window=self._slow_window(),
        )

    def _slow_window(self) -> Callable[[str, int, int], Iterator[Block]]:
        archive = ArchiveReader(self._settings.data)

        def window(key: str, start_ns: int, end_ns: int) -> Iterator[Block]:
            place = self.data.places[key]
            return archived_blocks(archive, place, start_ns, end_ns, slice_ns=SLOW_SLICE_NS)

        return window

    def _episodes_stage(self) -> EpisodesStage:
        return EpisodesStage(
            settings=self._settings.episodes,
            places=self.data.places,
            events=self.events,
            store=self.measures,
            archive=ArchiveReader(self._settings.data),
            start=self.data.journal.end_offset,
        )

    def _modal_stage(self) -> ModalStage:
        return ModalStage(
            settings=self._settings.modal,
            places=self.data.places,
            events=self.events,
            store=self.modes,
            archive=ArchiveReader(self._settings.data),
            start=self.data.journal.end_offset,
        )

    def _afterwards_stage(self) -> AfterwardsStage:
        return AfterwardsStage(
            places=self.data.places,
            events=self.events,
            store=self.movements,
            archive=ArchiveReader(self._settings.data),
            start=self.data.journal.end_offset,
        )

    def _series_stage(self) -> SeriesStage:
        settings = self._settings
        archive = ArchiveReader(settings.data)

        def window(key: str, start_ns: int, end_ns: int) -> Iterator[Block]:
            return archived_blocks(archive, self.data.places[key], start_ns, end_ns)

        return SeriesStage(
            settings=settings.series,
            places=self.data.places,
            sink=sink_for(settings.series),
            state=SeriesState(settings.data / "state" / "series.db", self.data.journal.store_id),
            events=self.events,
            window=window,
        )

    def _application(self) -> Starlette:
        settings = self._settings.web
        secret = settings.password_file
        password = secret.read_text(encoding="utf-8").strip() if secret else None
        metrics = Metrics(lambda: readings(self.data, self.runners, self.channels, self._now_ns()))
        sources = Sources(
            inventory=self._inventory,
            places=self.data.places,
            waves=self._waves,
            channels=self.channels,
            events=self.events,
            episodes=ShownEpisodes(self.events, self.measures),
            movements=ShownMovements(
                self.events,
                self.movements,
                {structure.code: structure for structure in self._inventory.structure},
                self._settings.data / "surveys",
            ),
            alerts=self.alerting.shown,
            answered=self.alerting.answered,
            acknowledge=self.alerting.acknowledge,
            health=lambda: health(self.data, self.runners),
            metrics=metrics.text,
            levels=Shown(self._settings, self.adoptions, self._events_db).rows,
            limits_urad=_tilt_limits(self._settings.slow),
            stale_after_s=settings.stale_after_s,
        )
        return application(sources, password=password, now_ns=self._now_ns)

    def _keep_house(self) -> None:
        """Once a second, whatever happens; a fault is logged and the next look comes."""
        while not self._stop.wait(HOUSEKEEPING_S):
            try:
                self._look(self._now_ns())
            except Exception:
                log.exception("housekeeping met a fault and goes on")

    def _look(self, now_ns: int) -> None:
        """Listen for silence, look at disk and notices, release what every stage has passed."""
        self._silence.look(now_ns)
        self._disk.tick(now_ns)
        self._health.look(now_ns)
        cursors = [r.cursor for r in self.runners if r.name in KEPT_BY]
        self.data.journal.release(min(cursors))


def _tilt_limits(settings: SlowSettings) -> dict[str, float]:
    """Return the tilt limits that are drawn on the page, by level: the lowest of each."""
    drawn: dict[str, float] = {}
    for limit in settings.limit:
        if limit.of is Quantity.TILT and limit.rule is Rule.THRESHOLD:
            for level, bound in limit.bounds():
                drawn[level] = min(bound, drawn.get(level, bound))
    return drawn
