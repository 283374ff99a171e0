"""Channels as Prometheus metrics: base units, counters that only grow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from plumbline.collector.health.channel_status import ChannelStatus
from plumbline.collector.health.metrics import MetricReading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    name: str
    help: str
    value: Callable[[ChannelStatus], float | None]
    counts: bool = False


COLUMNS = (
    _Column(
        name="age_seconds",
        help="Since the newest sample arrived.",
        value=lambda status: status.age_s,
    ),
    _Column(
        name="latency_seconds",
        help="From the end of the newest block to its arrival.",
        value=lambda status: status.latency_s,
    ),
    _Column(
        name="gaps",
        help="Holes in what came in its time, since the collector started.",
        value=lambda status: status.gaps,
        counts=True,
    ),
    _Column(
        name="missing_seconds",
        help="How long these holes were together.",
        value=lambda status: status.missing_s,
        counts=True,
    ),
    _Column(
        name="noise_floor_ratio",
        help="Noise over a minute, as a multiple of the instrument's own floor.",
        value=lambda status: status.floor_ratio,
    ),
    _Column(
        name="clock_error_seconds",
        help="Estimated largest error of the time stamps.",
        value=lambda status: status.clock_error_ms / 1e3,
    ),
    _Column(
        name="time_quality_ratio",
        help="FDSN timing quality; 1 is disciplined and counted by the instrument.",
        value=lambda status: status.time_quality / 100,
    ),
    _Column(
        name="flat",
        help="1 while an accelerometer repeats one count.",
        value=lambda status: status.flat,
    ),
    _Column(
        name="clipped",
        help="1 while the last minute reached the full scale.",
        value=lambda status: status.clipped,
    ),
)


def channel_readings(statuses: Sequence[ChannelStatus]) -> Iterator[MetricReading]:
    """Yield a metric for each column; a channel without the value is left out of it."""
    for column in COLUMNS:
        values = {status.channel: column.value(status) for status in statuses}
        yield MetricReading(
            name=f"channel_{column.name}",
            help=column.help,
            labels=("channel",),
            samples={(name,): float(value) for name, value in values.items() if value is not None},
            counts=column.counts,
        )
    yield MetricReading(
        name="channel_noise_rms",
        help="Noise about the mean over a minute, in the unit that the label says.",
        labels=("channel", "unit"),
        samples={(status.channel, status.unit): status.rms for status in statuses},
    )
