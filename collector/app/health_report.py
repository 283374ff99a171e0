"""How the collector is, for ``/healthz``, ``/metrics`` and ``status``: rows and their age."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from plumbline.collector.app.intake import Intake
from plumbline.collector.health.board import HealthBoard, Report
from plumbline.collector.health.channel_metrics import channel_readings
from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.metrics import MetricReading
from plumbline.collector.health.supervisor import RunnerHealth
from plumbline.wire.block import NS

INTAKE, RUNNERS = "intake", "runners"
"""Keys on the health board."""
ESSENTIAL = ("archive", "detect", "slow")
"""Stages without which the collector is not well; a dead InfluxDB only delays a chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeReport:
    """How intake is: broker, inbox, journal, and what became of the messages."""

    alive: bool
    error: str | None
    connected: bool
    counts: dict[str, int]
    resend_requests: int
    quarantined: dict[str, int]
    inbox_messages: int
    journal_bytes: int
    journal_end: int


def intake_report(intake: Intake) -> IntakeReport:
    """Return how an intake in this process is."""
    return IntakeReport(
        alive=intake.worker.alive(),
        error=None if intake.worker.error is None else str(intake.worker.error),
        connected=intake.subscriber.connected,
        counts=dict(intake.ingest.counts),
        resend_requests=intake.resend.requested,
        quarantined=intake.quarantine.counts(),
        inbox_messages=intake.inbox.qsize(),
        journal_bytes=intake.journal.size_bytes,
        journal_end=intake.journal.end_offset,
    )


def health(board: HealthBoard, conditions: Conditions, now_ns: int) -> dict[str, Any]:
    """Return ``ok``, stages and jobs, every open problem, and why nothing is judged (``blind``)."""
    intake = latest_intake(board)
    stages = runners(board)
    problems = [condition.text for condition in conditions.open()]
    reports: Mapping[str, Report] = board.latest(RUNNERS)
    silent = sorted(process for process, report in reports.items() if not report.fresh(now_ns))
    for process in silent:
        age_s = (now_ns - reports[process].at_ns) / NS
        problems.insert(0, f"{process} has not reported for {age_s:.0f} s: see the collector's log")
    if intake is None or not intake[1].fresh(now_ns):
        problems.insert(0, "intake does not report: nothing new is taken; see the collector's log")
    elif not intake[0].alive:
        problems.insert(0, f"ingest has stopped ({intake[0].error}); restart the collector")
    elif not intake[0].connected:
        problems.insert(0, "the broker is not connected")
    ok = (
        intake is not None
        and intake[1].fresh(now_ns)
        and intake[0].alive
        and intake[0].connected
        and not silent
        and all(name in stages and stages[name].error is None for name in ESSENTIAL)
    )
    rows = {name: asdict(each) for name, each in stages.items()}
    blind = judging_faults(board, conditions, now_ns)
    return {"ok": ok and not blind, "stages": rows, "problems": problems, "blind": blind}


BEHIND_S = 10.0
"""A judging stage that takes its entries later than this judges nothing in time. [s]"""
JUDGING = {"detect": "shaking", "slow": "tilt and settlement"}
STOPPED_BY = ("disk-critical", "journal-full", "write", "process:intake", "process:detection")
"""Conditions, by the beginning of their key, under which nothing is judged."""


def judging_faults(board: HealthBoard, conditions: Conditions, now_ns: int) -> list[str]:
    """Return what keeps every structure from being judged, in words; none while all is well."""
    faults = [c.text for c in conditions.open() if c.key.startswith(STOPPED_BY)]
    intake = latest_intake(board)
    if intake is None or not intake[1].fresh(now_ns):
        faults.append("intake does not report")
    elif not (intake[0].alive and intake[0].connected):
        faults.append("no new data are taken: see the problems on the status page")
    rows = {
        row["name"]: (RunnerHealth(**row), report.fresh(now_ns))
        for report in board.latest(RUNNERS).values()
        for row in report.body
    }
    for name, what in JUDGING.items():
        if name not in rows or not rows[name][1]:
            faults.append(f"{what} is not judged: its stage does not report")
        elif rows[name][0].error is not None:
            faults.append(f"{what} is not judged: its stage stopped ({rows[name][0].error})")
        elif rows[name][0].delay_p50_s > BEHIND_S and rows[name][0].behind_bytes > 0:
            faults.append(f"{what} is judged {rows[name][0].delay_p50_s:.0f} s late")
    return faults


def latest_intake(board: HealthBoard) -> tuple[IntakeReport, Report] | None:
    """Return what intake last reported; None before it ever did."""
    reports = board.latest(INTAKE).values()
    newest = max(reports, key=lambda report: report.at_ns, default=None)
    return None if newest is None else (IntakeReport(**newest.body), newest)


def runners(board: HealthBoard) -> dict[str, RunnerHealth]:
    """Return every stage and job as last reported, by its name."""
    rows = (row for report in board.latest(RUNNERS).values() for row in report.body)
    return {row["name"]: RunnerHealth(**row) for row in rows}


def readings(
    board: HealthBoard, conditions: Conditions, channels: ChannelWatch, now_ns: int
) -> Iterator[MetricReading]:
    """Yield what Prometheus scrapes."""
    found = latest_intake(board)
    if found is not None:
        yield from _intake_readings(found[0])
    yield _one("notices_open", "Problems that go on.", float(len(conditions.open())))
    stages = list(runners(board).values())
    yield MetricReading(
        name="stage_behind_bytes",
        help="Durable journal bytes a stage has not taken yet.",
        labels=("stage",),
        samples={(stage.name,): float(stage.behind_bytes) for stage in stages},
    )
    yield MetricReading(
        name="stage_restarts",
        help="How often a stage was built again after an error.",
        labels=("stage",),
        samples={(stage.name,): float(stage.restarts) for stage in stages},
        counts=True,
    )
    yield MetricReading(
        name="stage_delay_p99_seconds",
        help="Arrival to taken by the stage, 99th percentile of the latest entries.",
        labels=("stage",),
        samples={(stage.name,): stage.delay_p99_s for stage in stages},
    )
    yield from channel_readings(channels.statuses(now_ns))


def _intake_readings(intake: IntakeReport) -> Iterator[MetricReading]:
    yield MetricReading(
        name="messages",
        help="Block messages by what became of them.",
        labels=("outcome",),
        samples={(outcome,): float(n) for outcome, n in intake.counts.items()},
        counts=True,
    )
    yield MetricReading(
        name="resend_commands",
        help="How often agents were asked for blocks that stayed missing.",
        labels=(),
        samples={(): float(intake.resend_requests)},
        counts=True,
    )
    yield MetricReading(
        name="quarantined_messages",
        help="Messages in quarantine by cause.",
        labels=("cause",),
        samples={(cause,): float(n) for cause, n in intake.quarantined.items()},
    )
    yield _one("broker_connected", "1 while connected.", float(intake.connected))
    yield _one("inbox_messages", "Waiting for ingest.", float(intake.inbox_messages))
    yield _one("journal_bytes", "Size of the journal.", float(intake.journal_bytes))


def _one(name: str, text: str, value: float) -> MetricReading:
    return MetricReading(name=name, help=text, labels=(), samples={(): value})
