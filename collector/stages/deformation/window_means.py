"""Window means: robust means of an instrument on a grid in sample time, blanked spans left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.tilt import robust_centre
from plumbline.collector.events.blanking import TimeSpan, unblanked
from plumbline.collector.stages.deformation.array_codec import decode_array, encode_array
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

LEAST_SHARE = 0.5  # of the samples a window should hold; with fewer it has no mean


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMean:
    """Robust mean of one window of one instrument.

    Attributes
    ----------
    end_ns
        End of the window. [ns since 1970]
    values
        Robust mean of each axis minus the commissioning zero that holds at the end, in the
        instrument's unit; a temperature has none. [urad], [mm] or [degC]
    """

    end_ns: int
    values: tuple[float, ...]


class WindowMeans:
    """Means of one instrument, sample by sample; splitting the stream changes nothing.

    Parameters
    ----------
    window_s, step_s, lag_s
        Length of a window, distance of windows, and how long after its end one is complete. [s]
    """

    def __init__(self, place: Place, *, window_s: float, step_s: float, lag_s: float) -> None:
        self._place = place
        self._window_ns = round(window_s * NS)
        self._step_ns = round(step_s * NS)
        self._lag_ns = round(lag_s * NS)
        self._least = max(1.0, LEAST_SHARE * place.instrument.rate_hz * window_s)
        self._times: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._values: NDArray[np.float64] = np.empty((len(place.instrument.axes), 0))
        self._next_ns: int | None = None

    def feed(self, block: Block) -> None:
        """Take a block in; what is older than the newest sample is left out."""
        apart_ns = np.rint(np.arange(block.n_samples) * NS / block.rate_hz).astype(np.int64)
        times, values = block.start_ns + apart_ns, self._place.physical(block)
        if self._times.size and times[0] <= self._times[-1]:
            newer = times > self._times[-1]
            times, values = times[newer], values[:, newer]
        if times.size:
            self._times = np.concatenate((self._times, times))
            self._values = np.concatenate((self._values, values), axis=1)

    def completed_windows(
        self, blanked: Sequence[TimeSpan]
    ) -> Iterator[tuple[int, WindowMean | None]]:
        """Yield the end of every window that is due and its mean, without blanked samples.

        None where too few samples are left.
        """
        if not self._times.size:
            return
        if self._next_ns is None:
            self._next_ns = (int(self._times[0]) // self._step_ns + 1) * self._step_ns
        while self._next_ns + self._lag_ns <= self._times[-1]:
            end_ns = self._next_ns
            self._next_ns += self._step_ns
            yield end_ns, self._mean(end_ns, blanked)
        old = int(np.searchsorted(self._times, self._next_ns - self._window_ns, side="right"))
        self._times, self._values = self._times[old:], self._values[:, old:]

    def _mean(self, end_ns: int, blanked: Sequence[TimeSpan]) -> WindowMean | None:
        begin_ns = end_ns - self._window_ns
        first, last = np.searchsorted(self._times, (begin_ns, end_ns), side="right")
        values = self._values[:, first:last]
        touching = [span for span in blanked if span[1] > begin_ns and span[0] <= end_ns]
        if touching:
            values = values[:, unblanked(self._times[first:last], touching)]
        if values.shape[1] < self._least:
            return None
        centres = [robust_centre(axis) for axis in values]
        return WindowMean(
            end_ns=end_ns,
            values=tuple(
                centre - zero for centre, zero in zip(centres, self._zeros(end_ns), strict=True)
            ),
        )

    def _zeros(self, end_ns: int) -> tuple[float, ...]:
        if self._place.instrument.unit is Unit.TEMPERATURE:
            return (0.0,) * len(self._place.instrument.axes)
        return self._place.zeros(end_ns)

    def state(self) -> dict[str, Any]:
        """Return what a restart needs, as JSON."""
        return {
            "times": encode_array(self._times),
            "values": encode_array(self._values),
            "next_ns": self._next_ns,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self._times = decode_array(state["times"], np.int64)
        self._values = decode_array(state["values"], np.float64).reshape(self._values.shape[0], -1)
        self._next_ns = state["next_ns"]
