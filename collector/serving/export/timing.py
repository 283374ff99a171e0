"""The timing statement: how well the times of an export are known, channel by channel."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from plumbline.collector.archive.reader import ArchiveGap
from plumbline.collector.archive.sample_run import SampleRun
from plumbline.wire.block import NS
from plumbline.wire.timestamps import iso_nanoseconds

HOW = (
    "Times are UTC, taken by the edge agent from the lower envelope of arrival delays, with the "
    "instrument's filter group delay removed. A record begins at the recorded time of its first "
    "sample and ends where predicted and recorded times would part by more than 0.5 ms (or 0.4 % "
    "of a sample below 8 Hz). 'measured_rate_hz' is the instrument's own clock against UTC over "
    "the longest run; sample times inside a record follow the nominal rate."
)
SHORTEST_FOR_RATE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTiming:
    """What is known of one channel's times.

    Attributes
    ----------
    worst_quality
        Smallest FDSN time quality: 100 disciplined counter, 50 arrival, 0 unknown. [percent]
    worst_clock_error_s
        Largest estimated error of a recorded time. [s]
    measured_rate_hz
        Samples a UTC second over the longest run, None below a minute of data. [Hz]
    hidden_samples
        Samples left out because another record has the same instant.
    """

    channel: str
    samples: int
    first_sample: str | None
    last_sample: str | None
    nominal_rate_hz: float | None
    measured_rate_hz: float | None
    worst_quality: int | None
    worst_clock_error_s: float | None
    gaps: int
    missing_s: float
    hidden_samples: int


def timing_of(
    nslc: str, runs: Sequence[SampleRun], gaps: Sequence[ArchiveGap], hidden: int
) -> ChannelTiming:
    """Return the timing of one channel."""
    missing_s = sum(gap.end_ns - gap.start_ns for gap in gaps) / NS
    if not runs:
        return ChannelTiming(
            channel=nslc, samples=0, first_sample=None, last_sample=None, nominal_rate_hz=None,
            measured_rate_hz=None, worst_quality=None, worst_clock_error_s=None, gaps=len(gaps),
            missing_s=missing_s, hidden_samples=hidden,
        )  # fmt: skip
    return ChannelTiming(
        channel=nslc,
        samples=sum(run.n_samples for run in runs),
        first_sample=iso_nanoseconds(runs[0].start_ns),
        last_sample=iso_nanoseconds(runs[-1].time_ns(runs[-1].n_samples - 1)),
        nominal_rate_hz=runs[0].rate_hz,
        measured_rate_hz=_measured_rate_hz(max(runs, key=lambda run: run.n_samples)),
        worst_quality=min(int(run.qualities.min()) for run in runs),
        worst_clock_error_s=max(int(run.errors_ns.max()) for run in runs) / NS,
        gaps=len(gaps),
        missing_s=missing_s,
        hidden_samples=hidden,
    )


def statement(channels: Sequence[ChannelTiming]) -> dict[str, object]:
    """Return the whole statement, ready for JSON."""
    return {"how": HOW, "channels": [asdict(channel) for channel in channels]}


def _measured_rate_hz(run: SampleRun) -> float | None:
    span_s = int(run.starts_ns[-1] - run.starts_ns[0]) / NS
    if span_s < SHORTEST_FOR_RATE_S:
        return None
    return round(int(run.firsts[-1]) / span_s, 6)
