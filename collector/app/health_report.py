"""Health report of the collector, for ``/healthz``, ``/metrics`` and ``plumbline status``."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from plumbline.collector.app.intake import Intake
from plumbline.collector.health.channel_metrics import channel_readings
from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.health.metrics import MetricReading
from plumbline.collector.health.supervisor import RunnerHealth


class Runner(Protocol):
    """A stage's or a job's thread."""

    name: str

    def health(self) -> RunnerHealth:
        """Return how it is doing."""


ESSENTIAL = ("archive", "detect", "slow")
"""Stages without which the collector is not well; a dead InfluxDB only delays a chart."""


def health(data: Intake, runners: Sequence[Runner]) -> dict[str, Any]:
    """Return ``ok``, the stages and jobs, and every open problem in words."""
    stages = {runner.name: asdict(runner.health()) for runner in runners}
    problems = [condition.text for condition in data.conditions.open()]
    if not data.worker.alive():
        problems.insert(0, f"ingest has stopped ({data.worker.error}); restart the collector")
    if not data.subscriber.connected:
        problems.insert(0, "the broker is not connected")
    ok = (
        data.worker.alive()
        and data.subscriber.connected
        and all(stages[name]["error"] is None for name in ESSENTIAL if name in stages)
    )
    return {"ok": ok, "stages": stages, "problems": problems}


def readings(
    data: Intake, runners: Sequence[Runner], channels: ChannelWatch, now_ns: int
) -> Iterator[MetricReading]:
    """Yield what Prometheus scrapes."""
    yield MetricReading(
        name="messages",
        help="Block messages by what became of them.",
        labels=("outcome",),
        samples={(outcome,): float(n) for outcome, n in data.ingest.counts.items()},
        counts=True,
    )
    yield MetricReading(
        name="resend_commands",
        help="How often agents were asked for blocks that stayed missing.",
        labels=(),
        samples={(): float(data.resend.requested)},
        counts=True,
    )
    yield MetricReading(
        name="quarantined_messages",
        help="Messages in quarantine by cause.",
        labels=("cause",),
        samples={(cause,): float(n) for cause, n in data.quarantine.counts().items()},
    )
    yield _one("broker_connected", "1 while connected.", float(data.subscriber.connected))
    yield _one("inbox_messages", "Waiting for ingest.", float(data.inbox.qsize()))
    yield _one("journal_bytes", "Size of the journal.", float(data.journal.size_bytes))
    yield _one("notices_open", "Problems that go on.", float(len(data.conditions.open())))
    stages = [runner.health() for runner in runners]
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


def _one(name: str, text: str, value: float) -> MetricReading:
    return MetricReading(name=name, help=text, labels=(), samples={(): value})
