"""Robust means of a slow instrument on a grid in sample time, with holds left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.tilt import robust_centre
from plumbline.collector.stages.deformation.array_codec import packed, unpacked
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

LEAST_SHARE = 0.5  # of the samples a window should hold; with fewer it says nothing
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMean:
    """One window, judged.

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
    """Collects samples of one instrument; splitting the stream changes nothing.

    Parameters
    ----------
    window_s, step_s, lag_s
        Length of a window, distance of windows, and how long after its end one is judged. [s]
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

    def see(self, block: Block) -> None:
        """Take a block in; what is older than the newest sample is left out."""
        apart_ns = np.rint(np.arange(block.n_samples) * NS / block.rate_hz).astype(np.int64)
        times, values = block.start_ns + apart_ns, self._place.physical(block)
        if self._times.size and times[0] <= self._times[-1]:
            newer = times > self._times[-1]
            times, values = times[newer], values[:, newer]
        if times.size:
            self._times = np.concatenate((self._times, times))
            self._values = np.concatenate((self._values, values), axis=1)

    def judged(self, holds: Sequence[Span]) -> Iterator[tuple[int, WindowMean | None]]:
        """Yield the end of every window that is due and its mean, without samples inside holds.

        None where too few samples are left.
        """
        if not self._times.size:
            return
        if self._next_ns is None:
            self._next_ns = (int(self._times[0]) // self._step_ns + 1) * self._step_ns
        while self._next_ns + self._lag_ns <= self._times[-1]:
            end_ns = self._next_ns
            self._next_ns += self._step_ns
            yield end_ns, self._mean(end_ns, holds)
        old = int(np.searchsorted(self._times, self._next_ns - self._window_ns, side="right"))
        self._times, self._values = self._times[old:], self._values[:, old:]

    def _mean(self, end_ns: int, holds: Sequence[Span]) -> WindowMean | None:
        begin_ns = end_ns - self._window_ns
        first, last = np.searchsorted(self._times, (begin_ns, end_ns), side="right")
        values = self._values[:, first:last]
        touching = [hold for hold in holds if hold[1] > begin_ns and hold[0] <= end_ns]
        if touching:
            times = self._times[first:last]
            free = np.ones(times.size, dtype=bool)
            for since_ns, until_ns in touching:
                free &= (times < since_ns) | (times > until_ns)
            values = values[:, free]
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
            "times": packed(self._times),
            "values": packed(self._values),
            "next_ns": self._next_ns,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self._times = unpacked(state["times"], np.int64)
        self._values = unpacked(state["values"], np.float64).reshape(self._values.shape[0], -1)
        self._next_ns = state["next_ns"]
