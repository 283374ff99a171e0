"""A Join: when several instruments have said what they will say of an instant, and what it was."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from plumbline.analysis.thermal.model import ThermalModel
from plumbline.collector.stages.deformation.channel_frame import DAY_NS, ChannelFrame
from plumbline.collector.stages.deformation.hourly_medians import HOUR_NS
from plumbline.collector.stages.deformation.instrument_series import InstrumentSeries
from plumbline.wire.block import NS

SETTLING_NS = 48 * HOUR_NS
"""How much earlier than asked an hourly frame begins where a lag or a daily mean is looked for."""


class Interval(StrEnum):
    """How often something is looked at."""

    STEP = "step"
    WINDOW = "window"
    HOUR = "hour"


class TimeAlignment:
    """The instruments of one limit or channel.

    Parameters
    ----------
    wait_s
        How long one that is behind the foremost is waited for, in sample time. [s]
    """

    def __init__(
        self, gauges: Sequence[InstrumentSeries], pace: Interval, *, wait_s: float
    ) -> None:
        self.gauges = tuple(gauges)
        self.pace = pace
        self._wait_ns = round(wait_s * NS)

    def settled_ns(self) -> int | None:
        """Return up to when nothing more is waited for; None before the first window."""
        passed = [gauge.passed_ns for gauge in self.gauges]
        known = [each for each in passed if each is not None]
        if not known:
            return None
        if len(known) == len(passed) and min(known) >= max(known) - self._wait_ns:
            return min(known)
        return max(known) - self._wait_ns

    def due(self, after_ns: int | None) -> list[int]:
        """Return the instants later than a time that may be looked at now, oldest first."""
        settled_ns = self.settled_ns()
        if settled_ns is None:
            return []
        if self.pace is Interval.HOUR:
            return self._hours_due(after_ns, settled_ns)
        later_ns = -1 if after_ns is None else after_ns
        ends = {end_ns for gauge in self.gauges for end_ns in gauge.recent}
        return [
            end_ns
            for end_ns in sorted(ends)
            if later_ns < end_ns <= settled_ns
            and (self.pace is Interval.STEP or self.gauges[0].is_spaced(end_ns))
        ]

    def _hours_due(self, after_ns: int | None, settled_ns: int) -> list[int]:
        last = settled_ns // HOUR_NS
        first = last if after_ns is None else after_ns // HOUR_NS + 1
        if first > last:
            return []
        known = set().union(*(gauge.hours.known() for gauge in self.gauges))
        return [hour * HOUR_NS for hour in range(first, last + 1) if hour - 1 in known]

    def frame(
        self, at_ns: int, back_d: float, models: Mapping[str, ThermalModel | str]
    ) -> ChannelFrame:
        """Return what was said up to an instant, and for so long before it."""
        begin_ns = at_ns - round(back_d * DAY_NS)
        keys = [gauge.place.stream.key for gauge in self.gauges]
        if self.pace is Interval.HOUR:
            first = (begin_ns - SETTLING_NS) // HOUR_NS
            hours = np.arange(first, at_ns // HOUR_NS, dtype=np.int64)
            rows = [gauge.hours.at(hours) for gauge in self.gauges]
            times = hours * HOUR_NS + HOUR_NS // 2
        elif self.pace is Interval.STEP:
            times = np.array([at_ns], dtype=np.int64)
            rows = [_column(gauge, gauge.recent.get(at_ns)) for gauge in self.gauges]
        else:
            spaced = [
                {mean.end_ns: mean.values for mean in gauge.spaced if mean.end_ns >= begin_ns}
                for gauge in self.gauges
            ]
            ends = sorted({end_ns for each in spaced for end_ns in each if end_ns <= at_ns})
            times = np.array(ends, dtype=np.int64)
            rows = [
                np.concatenate([_column(gauge, each.get(end_ns)) for end_ns in ends], axis=1)
                for gauge, each in zip(self.gauges, spaced, strict=True)
            ]
        return ChannelFrame(
            time_ns=times, measured=dict(zip(keys, rows, strict=True)), models=models
        )


def _column(
    gauge: InstrumentSeries, values: tuple[float, ...] | None
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Return the values of one instant as a column, NaN where there are none."""
    return np.array(values or (np.nan,) * gauge.n_axes, dtype=np.float64)[:, np.newaxis]
