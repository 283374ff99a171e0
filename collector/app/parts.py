"""The parts of a collector: intake, followers, alerting, serving; each runs where the table says.

Parts of one process share a `Context`; parts of different processes share only what lies on disk:
journal, archive, databases and the health board.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

from plumbline.collector.alerting.engine.clock_steps import steady_now_ns
from plumbline.collector.alerting.service import Alerting
from plumbline.collector.app.context import Context
from plumbline.collector.app.health_report import (
    INTAKE,
    RUNNERS,
    IntakeReport,
    health,
    intake_report,
)
from plumbline.collector.app.intake import Intake
from plumbline.collector.app.job_table import JobTable
from plumbline.collector.app.limit_listing import VoidAdoptions
from plumbline.collector.app.page import page_application
from plumbline.collector.app.stage_table import (
    BATCH_INTERVAL_S,
    RETENTION_STAGES,
    StageTable,
)
from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.health.condition_events import ConditionEvents
from plumbline.collector.health.dead_man import DeadManPing
from plumbline.collector.health.disk_space import DiskWatch
from plumbline.collector.health.outages.watch import OutageWatch
from plumbline.collector.health.shared import LAST_SEEN, last_seen_report, load_last_seen
from plumbline.collector.jobs.runner import JobRunner
from plumbline.collector.journal.reading import JournalReader
from plumbline.collector.serving.web.server import WebServer
from plumbline.collector.stages.live.waveform_buffer import WaveformBuffer
from plumbline.collector.stages.runner import StageRunner


class IntakePart:
    """Broker to journal: the part that must never stop; it imports no science."""

    name = "intake"

    def __init__(self, context: Context) -> None:
        self._context = context
        self.intake = Intake(
            context.settings,
            context.inventory,
            context.now_ns,
            conditions=context.conditions,
            last_seen=context.last_seen,
        )

    def start(self) -> None:
        """Begin to take what the broker brings."""
        self.intake.start()

    def poll(self, now_ns: int) -> None:
        """Report arrivals; release what every stage that the journal waits for has persisted."""
        context = self._context
        arrivals = last_seen_report(context.last_seen)
        context.board.publish(context.process, LAST_SEEN, arrivals, now_ns)
        context.board.publish(context.process, INTAKE, asdict(intake_report(self.intake)), now_ns)
        cursors = {
            row["name"]: row["cursor"]
            for report in context.board.latest(RUNNERS).values()
            for row in report.body
        }
        if all(cursors.get(name) is not None for name in RETENTION_STAGES):
            self.intake.journal.release(min(cursors[name] for name in RETENTION_STAGES))

    def stop(self) -> None:
        """Take in what has arrived, and take no more."""
        self.intake.stop_accepting()

    def close(self) -> None:
        """Leave the broker and close the journal."""
        self.intake.close()


class FollowersPart:
    """Stages and jobs: each in its own thread, from its own cursor.

    Parameters
    ----------
    stages, jobs
        Their names, as `StageTable` and `JobTable` know them; a stage that is not configured is
        left out.
    """

    def __init__(
        self,
        context: Context,
        journal: JournalReader,
        *,
        name: str,
        stages: Sequence[str] = (),
        jobs: Sequence[str] = (),
    ) -> None:
        self.name = name
        self._context = context
        table = StageTable(context=context, journal=journal).table()
        job_table = JobTable(
            settings=context.settings, places=context.places, stores=context.stores
        ).table()
        self.runners: list[StageRunner | JobRunner] = [
            StageRunner(
                stage,
                table[stage],
                journal,
                context.conditions,
                context.now_ns,
                batch_interval_s=BATCH_INTERVAL_S.get(stage, 0.0),
            )
            for stage in stages
            if stage in table
        ]
        self.runners += [
            JobRunner(job, job_table[job], context.conditions, context.now_ns) for job in jobs
        ]

    def start(self) -> None:
        """Start every thread."""
        for runner in self.runners:
            runner.start()

    def poll(self, now_ns: int) -> None:
        """Report how each stage and job is, and its cursor."""
        rows = [asdict(runner.health()) for runner in self.runners]
        self._context.board.publish(f"{self._context.process}/{self.name}", RUNNERS, rows, now_ns)

    def stop(self) -> None:
        """Let each finish what is durable by now."""
        for runner in self.runners:
            runner.stop()

    def close(self) -> None:
        """Report the last cursors."""
        self.poll(self._context.now_ns())


class AlertingPart:
    """Events to phones; and what turns silence, a full disk and a dead part into events."""

    name = "alerting"

    def __init__(self, context: Context) -> None:
        self._context = context
        settings, inventory = context.settings, context.inventory
        self.alerting = Alerting(
            settings.alerting,
            inventory,
            context.stores.events,
            settings.data,
            context.now_ns,
            steady_now_ns if context.now_ns is time.time_ns else None,
        )
        self._outages = OutageWatch(
            settings=settings.outages,
            places=context.places,
            last_seen=context.last_seen,
            events=context.stores.events,
            connected=self._connected,
            started_ns=context.now_ns(),
        )
        structures = [structure.code for structure in inventory.structure]
        self._health = ConditionEvents(context.conditions, context.stores.events, structures)
        self._void = VoidAdoptions(settings, context.stores.adoptions, context.conditions)
        self._disk = DiskWatch(settings.data, context.conditions)
        self._dead_man = DeadManPing(
            settings.deadman, context.conditions, context.now_ns, self._is_well
        )

    def start(self) -> None:
        """Begin to follow events and to call people."""
        self.alerting.start()
        self._dead_man.start()

    def poll(self, now_ns: int) -> None:
        """Poll arrivals, disk and conditions."""
        self._outages.poll(now_ns)
        self._disk.poll(now_ns)
        self._void.poll(now_ns)
        self._health.poll(now_ns)

    def stop(self) -> None:
        """Finish the call that is being made."""
        self._dead_man.stop()
        self.alerting.stop()

    def close(self) -> None:
        """Close the alerting database."""
        self.alerting.stop()

    def _is_well(self) -> bool:
        context = self._context
        report = health(context.board, context.conditions, context.now_ns())
        return report["ok"] is True and not report.get("blind")

    def _connected(self) -> bool:
        now_ns = self._context.now_ns()
        for report in self._context.board.latest(INTAKE).values():
            if report.fresh(now_ns):
                return IntakeReport(**report.body).connected
        return False


class ServingPart:
    """The page and its services, and the live waveforms they show."""

    name = "serving"

    def __init__(self, context: Context, journal: JournalReader) -> None:
        self._context = context
        waves = WaveformBuffer(context.places)
        self.channels = ChannelWatch(context.places, context.last_seen.clipped_ns)
        table = StageTable(context=context, journal=journal, waves=waves, channels=self.channels)
        self.runner = StageRunner(
            "live",
            table.table()["live"],
            journal,
            context.conditions,
            context.now_ns,
            batch_interval_s=BATCH_INTERVAL_S["live"],
        )
        app, self._close = page_application(context, waves, self.channels)
        self.web = WebServer(app, context.settings.web)

    def start(self) -> None:
        """Begin to serve."""
        self.runner.start()
        self.web.start()

    def poll(self, now_ns: int) -> None:
        """Report how the live stage is."""
        rows = [asdict(self.runner.health())]
        self._context.board.publish(f"{self._context.process}/{self.name}", RUNNERS, rows, now_ns)

    def stop(self) -> None:
        """Stop serving."""
        self.runner.stop()
        self.web.stop()

    def close(self) -> None:
        """Close the port and the page's own view of the alerting database."""
        self.web.stop()
        self._close()


def refreshed(context: Context) -> Callable[[int], None]:
    """Return what keeps this process's copy of the arrivals up to date; intake needs none."""

    def refresh(now_ns: int) -> None:
        for report in context.board.latest(LAST_SEEN).values():
            load_last_seen(context.last_seen, report.body)

    return refresh
