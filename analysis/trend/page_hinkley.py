"""Page-Hinkley: a CUSUM that learns the level itself, scaled by sigma."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from plumbline.analysis.arrays import Bools


@dataclass(slots=True, kw_only=True)
class PageHinkley:
    """A two-sided Page-Hinkley test, fed a piece at a time.

    With the running mean ``m`` and ``z = (x - m) / sigma`` the sums ``U = sum(z - delta)``
    and ``D = sum(z + delta)`` are kept; an alarm is ``U - min U > h`` or ``max D - D > h``.

    Attributes
    ----------
    sigma
        Standard deviation of the series in control, in its unit.
    delta
        Slack, half the shift to be found. [sigma]
    h
        Threshold; `cusum.threshold_for` with ``k = delta``. [sigma]
    warm_up
        Readings the mean is learned from before anything may alarm.

    Notes
    -----
    The defaults usual in stream learning (30 readings, delta 0.005, lambda 50, forgetting
    0.9999) fit error rates between 0 and 1, not millimetres: here everything is in sigma
    and nothing is forgotten. The mean goes on learning, so a drift slower than
    ``delta * sigma`` over the whole record is absorbed: use a rate for that. Because the
    learned mean carries its own error, run lengths are those of the CUSUM only after a
    warm-up of several hundred readings; with the default 30 they are shorter.
    """

    sigma: float
    delta: float
    h: float
    warm_up: int = 30
    count: int = field(default=0)
    mean: float = field(default=0.0)
    up: float = field(default=0.0)
    lowest_up: float = field(default=0.0)
    down: float = field(default=0.0)
    highest_down: float = field(default=0.0)

    def __post_init__(self) -> None:
        if not (self.sigma > 0 and self.h > 0 and self.delta >= 0 and self.warm_up >= 1):
            raise ValueError("need sigma > 0, h > 0, delta >= 0, warm_up >= 1")

    def feed(self, values: ArrayLike) -> Bools:
        """Take the next values; return for each whether the level has changed."""
        series = np.asarray(values, dtype=float)
        changed = np.zeros(series.shape, dtype=bool)
        for i, x in enumerate(series):
            if math.isfinite(x):
                self._take(float(x))
            changed[i] = self.excursion > self.h
        return changed

    @property
    def excursion(self) -> float:
        """How far the larger of the two sums stands from its turning point. [sigma]"""
        return max(self.up - self.lowest_up, self.highest_down - self.down)

    def _take(self, x: float) -> None:
        self.count += 1
        if self.count <= self.warm_up:
            self.mean += (x - self.mean) / self.count
            return
        z = (x - self.mean) / self.sigma
        self.mean += (x - self.mean) / self.count
        self.up += z - self.delta
        self.lowest_up = min(self.lowest_up, self.up)
        self.down += z + self.delta
        self.highest_down = max(self.highest_down, self.down)
