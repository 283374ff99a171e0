"""Time alignment of instruments: up to when all have reported, and their values there."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from plumbline.analysis.thermal.model import ThermalModel
from plumbline.collector.stages.deformation.channel_frame import DAY_NS, ChannelFrame
from plumbline.collector.stages.deformation.hourly_medians import HOUR_NS
from plumbline.collector.stages.deformation.instrument_series import InstrumentSeries
from plumbline.wire.block import NS

THERMAL_LOOKBACK_NS = 48 * HOUR_NS
"""How much earlier an hourly frame begins, for a thermal lag or a daily mean. [ns]"""


class Interval(StrEnum):
    """How often a limit or channel is evaluated."""

    STEP = "step"
    WINDOW = "window"
    HOUR = "hour"


class TimeAlignment:
    """Time alignment of the instruments of one limit or channel.

    Parameters
    ----------
    wait_s
        Longest wait for an instrument behind the foremost, in sample time. [s]
    """

    def __init__(
        self, instruments: Sequence[InstrumentSeries], interval: Interval, *, wait_s: float
    ) -> None:
        self.instruments = tuple(instruments)
        self.interval = interval
        self._wait_ns = round(wait_s * NS)

    def complete_until_ns(self) -> int | None:
        """Return the sample time up to which nothing more is waited for; None before any."""
        completed = [instrument.completed_ns for instrument in self.instruments]
        known = [each for each in completed if each is not None]
        if not known:
            return None
        if len(known) == len(completed) and min(known) >= max(known) - self._wait_ns:
            return min(known)
        return max(known) - self._wait_ns

    def due(self, after_ns: int | None) -> list[int]:
        """Return the instants later than a time that are complete now, oldest first."""
        complete_until_ns = self.complete_until_ns()
        if complete_until_ns is None:
            return []
        if self.interval is Interval.HOUR:
            return self._hours_due(after_ns, complete_until_ns)
        later_ns = -1 if after_ns is None else after_ns
        ends = {end_ns for instrument in self.instruments for end_ns in instrument.recent}
        return [
            end_ns
            for end_ns in sorted(ends)
            if later_ns < end_ns <= complete_until_ns
            and (self.interval is Interval.STEP or self.instruments[0].is_spaced(end_ns))
        ]

    def _hours_due(self, after_ns: int | None, complete_until_ns: int) -> list[int]:
        last = complete_until_ns // HOUR_NS
        first = last if after_ns is None else after_ns // HOUR_NS + 1
        if first > last:
            return []
        known = set().union(*(instrument.hours.known() for instrument in self.instruments))
        return [hour * HOUR_NS for hour in range(first, last + 1) if hour - 1 in known]

    def frame(
        self, at_ns: int, back_d: float, models: Mapping[str, ThermalModel | str]
    ) -> ChannelFrame:
        """Return the values up to an instant, and for so long before it."""
        begin_ns = at_ns - round(back_d * DAY_NS)
        keys = [instrument.place.stream.key for instrument in self.instruments]
        if self.interval is Interval.HOUR:
            first = (begin_ns - THERMAL_LOOKBACK_NS) // HOUR_NS
            hours = np.arange(first, at_ns // HOUR_NS, dtype=np.int64)
            rows = [instrument.hours.at(hours) for instrument in self.instruments]
            times = hours * HOUR_NS + HOUR_NS // 2
        elif self.interval is Interval.STEP:
            times = np.array([at_ns], dtype=np.int64)
            rows = [
                _column(instrument, instrument.recent.get(at_ns)) for instrument in self.instruments
            ]
        else:
            spaced = [
                {mean.end_ns: mean.values for mean in instrument.spaced if mean.end_ns >= begin_ns}
                for instrument in self.instruments
            ]
            ends = sorted({end_ns for each in spaced for end_ns in each if end_ns <= at_ns})
            times = np.array(ends, dtype=np.int64)
            rows = [
                np.concatenate([_column(instrument, each.get(end_ns)) for end_ns in ends], axis=1)
                for instrument, each in zip(self.instruments, spaced, strict=True)
            ]
        return ChannelFrame(
            time_ns=times, measured=dict(zip(keys, rows, strict=True)), models=models
        )


def _column(
    instrument: InstrumentSeries, values: tuple[float, ...] | None
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Return the values of one instant as a column, NaN where there are none."""
    return np.array(values or (np.nan,) * instrument.n_axes, dtype=np.float64)[:, np.newaxis]
