"""Series of one instrument: from its samples to window means to hourly medians."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from plumbline.collector.events.blanking import TimeSpan
from plumbline.collector.stages.deformation.array_codec import decode_array, encode_array
from plumbline.collector.stages.deformation.hourly_medians import HourlyMedians
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.deformation.window_means import WindowMean, WindowMeans
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

SPARE_WINDOWS = 4  # windows remembered beyond those that are waited for


class InstrumentSeries:
    """Window means of one instrument, the latest of them, and its hours.

    Parameters
    ----------
    spaced_s
        Time for which windows that do not overlap are remembered. [s]
    hours
        Number of hours remembered.

    Attributes
    ----------
    recent
        Values of the latest windows by their end, oldest first.
    spaced
        Windows that do not overlap, oldest first.
    completed_ns
        End of the latest complete window, with or without a mean. [ns since 1970]
    dirty
        Whether it changed since its state was taken.
    """

    def __init__(
        self, place: Place, settings: DeformationSettings, *, spaced_s: float, hours: int
    ) -> None:
        self.place = place
        self.n_axes = len(place.instrument.axes)
        self.recent: dict[int, tuple[float, ...]] = {}
        self.spaced: deque[WindowMean] = deque()
        self.hours = HourlyMedians(self.n_axes, capacity=hours, window_s=settings.window_s)
        self.completed_ns: int | None = None
        self.dirty = False
        self._means = WindowMeans(
            place, window_s=settings.window_s, step_s=settings.step_s, lag_s=settings.lag_s
        )
        self._step_ns, self._window_ns = round(settings.step_s * NS), round(settings.window_s * NS)
        self._recent_ns = round(settings.wait_s * NS) + SPARE_WINDOWS * self._step_ns
        self._spaced_ns = round(spaced_s * NS)

    def feed(self, block: Block) -> None:
        """Take a block in."""
        self._means.feed(block)
        self.dirty = True

    def completed_windows(self, blanked: Sequence[TimeSpan]) -> Iterator[int]:
        """Yield the end of every window that is due, when it has been taken in."""
        for end_ns, mean in self._means.completed_windows(blanked):
            self.completed_ns = end_ns
            spaced = self.is_spaced(end_ns)
            if mean is not None:
                self.recent[end_ns] = mean.values
                if spaced:
                    self.spaced.append(mean)
                    self.hours.add(mean)
            self.hours.close_through(end_ns)
            self._forget(end_ns)
            yield end_ns

    def is_spaced(self, end_ns: int) -> bool:
        """Return whether a window is one of those that do not overlap."""
        return end_ns // self._window_ns != (end_ns - self._step_ns) // self._window_ns

    def _forget(self, end_ns: int) -> None:
        for old in [each for each in self.recent if each < end_ns - self._recent_ns]:
            del self.recent[old]
        while self.spaced and self.spaced[0].end_ns < end_ns - self._spaced_ns:
            self.spaced.popleft()

    def state(self) -> dict[str, Any]:
        """Return what a restart needs but the closed hours, as JSON."""
        spaced = np.array([mean.values for mean in self.spaced], dtype=np.float64)
        return {
            "means": self._means.state(),
            "recent": list(self.recent.items()),
            "spaced": encode_array(np.array([mean.end_ns for mean in self.spaced], dtype=np.int64)),
            "spaced_values": encode_array(spaced),
            "passed_ns": self.completed_ns,
            "open_hour": self.hours.open_state(),
        }

    def restore(self, state: dict[str, Any], hours: dict[str, Any] | None) -> None:
        """Go on from a state."""
        self._means.restore(state["means"])
        self.recent = {end_ns: tuple(values) for end_ns, values in state["recent"]}
        ends = decode_array(state["spaced"], np.int64).tolist()
        values = decode_array(state["spaced_values"], np.float64).reshape(-1, self.n_axes).tolist()
        self.spaced = deque(
            WindowMean(end_ns=end_ns, values=tuple(each))
            for end_ns, each in zip(ends, values, strict=True)
        )
        self.completed_ns = state["passed_ns"]
        self.hours.restore(state["open_hour"], hours)
