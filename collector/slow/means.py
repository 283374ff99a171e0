"""Robust means of a tiltmeter on a grid in sample time, with holds left out."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plumbline.analysis.tilt import robust_mean
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

LEAST_SHARE = 0.5  # of the samples a window should hold; with fewer it says nothing
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """One window, judged.

    Attributes
    ----------
    end_ns
        End of the window. [ns since 1970]
    tilt_urad
        Robust mean of each axis minus the commissioning zero that holds at the end.
    scale_urad
        Standard deviation of one reading.
    """

    end_ns: int
    tilt_urad: tuple[float, ...]
    scale_urad: float


class Means:
    """Collects samples of one tiltmeter; splitting the stream changes nothing.

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
        self._samples: deque[tuple[int, list[float]]] = deque()
        self._next_ns: int | None = None

    def see(self, block: Block) -> None:
        """Take a block in; what is older than the newest sample is left out."""
        newest = self._samples[-1][0] if self._samples else -1
        for index, values in enumerate(self._place.physical(block).T.tolist()):
            time_ns = block.time_ns(index)
            if time_ns > newest:
                self._samples.append((time_ns, values))

    def judged(self, holds: Sequence[Span]) -> Iterator[Mean]:
        """Yield the windows that are due, without the samples inside holds."""
        if not self._samples:
            return
        if self._next_ns is None:
            self._next_ns = (self._samples[0][0] // self._step_ns + 1) * self._step_ns
        while self._next_ns + self._lag_ns <= self._samples[-1][0]:
            if (mean := self._mean(self._next_ns, holds)) is not None:
                yield mean
            self._next_ns += self._step_ns
            while self._samples[0][0] <= self._next_ns - self._window_ns:
                self._samples.popleft()

    def _mean(self, end_ns: int, holds: Sequence[Span]) -> Mean | None:
        begin_ns = end_ns - self._window_ns
        free = [
            values
            for time_ns, values in self._samples
            if begin_ns < time_ns <= end_ns
            and not any(first <= time_ns <= last for first, last in holds)
        ]
        due = self._place.instrument.rate_hz * self._window_ns / NS
        if len(free) < max(1.0, LEAST_SHARE * due):
            return None
        axes = [robust_mean(axis) for axis in np.array(free).T]
        return Mean(
            end_ns=end_ns,
            tilt_urad=tuple(
                axis.centre - zero
                for axis, zero in zip(axes, self._place.zeros(end_ns), strict=True)
            ),
            scale_urad=max(axis.scale for axis in axes),
        )

    def state(self) -> dict[str, Any]:
        """Return what a restart needs, as JSON."""
        return {"samples": list(self._samples), "next_ns": self._next_ns}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self._samples = deque((int(time_ns), list(values)) for time_ns, values in state["samples"])
        self._next_ns = state["next_ns"]
