"""An instrument's own clock, and the motion read at its ticks instead of ours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plumbline.simulator.arrays import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTimes:
    """When an instrument samples, in true seconds of the site.

    Attributes
    ----------
    begin_s
        True time of tick 0. [s]
    rate_hz
        Nominal rate. [Hz]
    ppm
        How much too fast the instrument's clock runs. [ppm]
    """

    begin_s: float
    rate_hz: float
    ppm: float = 0.0

    def at_s(self, index: Ints) -> Floats:
        """Return the true time of ticks. [s]"""
        return np.asarray(self.begin_s + index / (self.rate_hz * (1 + self.ppm * 1e-6)))

    def before(self, time_s: float) -> int:
        """Return how many ticks lie before a true time (as exact as the division allows)."""
        return max(0, int(np.ceil((time_s - self.begin_s) * self.rate_hz * (1 + self.ppm * 1e-6))))


class Sampler:
    """Reads frames of motion at the ticks of an instrument, by cubic interpolation.

    Parameters
    ----------
    ticks
        When to read.
    rate_hz
        Rate of the motion. [Hz]

    Notes
    -----
    Four neighbours are used; at a twelfth of the motion's rate (40 Hz of 500) the error of the
    cubic is below 1 %. A tick is read as soon as two samples after it are known.
    """

    def __init__(self, ticks: SampleTimes, rate_hz: float) -> None:
        self.ticks = ticks
        self._rate_hz = rate_hz
        self._next = 0
        self._tail: Floats | None = None

    def take(self, start: int, motion: Floats) -> tuple[Ints, Floats]:
        """Return ticks and values that became known, shapes ``(m,)`` and ``(rows, m)``.

        Parameters
        ----------
        start
            Index of the first column of ``motion``; calls follow each other without a gap.
        motion
            Shape ``(rows, n)``.
        """
        if self._tail is not None:
            start -= self._tail.shape[1]
            motion = np.hstack([self._tail, motion])
        self._tail = motion[:, -4:]
        end = start + motion.shape[1] - 2
        ticks = np.arange(self._next, max(self._next, self.ticks.before(end / self._rate_hz)))
        place = self.ticks.at_s(ticks) * self._rate_hz - start
        known = place < end - start
        ticks, place = ticks[known], place[known]
        self._next += ticks.size
        # Ticks before the first sample that was ever seen cannot be read: not yet switched on.
        seen = place >= 1
        ticks, place = ticks[seen], place[seen]
        left = np.floor(place).astype(np.int64)
        f = place - left
        return ticks, np.asarray(
            -f * (f - 1) * (f - 2) / 6 * motion[:, left - 1]
            + (f + 1) * (f - 1) * (f - 2) / 2 * motion[:, left]
            - (f + 1) * f * (f - 2) / 2 * motion[:, left + 1]
            + (f + 1) * f * (f - 1) / 6 * motion[:, left + 2]
        )
