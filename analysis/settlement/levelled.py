"""Did a levelled point move? The first level after an event against what those before foretell."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.statistics.theil_sen import theil_sen
from plumbline.analysis.trend.movement import (
    CLAIM_PROBABILITY,
    MAD_EFFICIENCY,
    MEDIAN_EXCESS,
    MovementVerdict,
)

FEWEST_LEVELS: Final = 8
"""Before the event; fewer carry no line with a spread about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelledChange:
    """What is over and above the settlement that went on.

    Attributes
    ----------
    size, low, high
        Settlement at the first level after, less what the line foretold, and its 95 % interval;
        positive down. [mm]
    limit
        One-in-a-thousand bound of what such a level differs by without an event. [mm]
    foretold
        What the line before expected by then, from the last level before. [mm]
    levels
        Levels before the event.
    """

    size: float
    low: float
    high: float
    limit: float
    foretold: float
    levels: int

    @property
    def verdict(self) -> MovementVerdict:
        """The answer."""
        if self.low <= 0.0 <= self.high:
            return MovementVerdict.NOT_ABOVE
        return MovementVerdict.MOVED if abs(self.size) >= self.limit else MovementVerdict.PERHAPS


def levelled_change(
    time_d: ArrayLike, settled_mm: ArrayLike, after_d: float, after_mm: float
) -> LevelledChange | None:
    """Compare a level after an event with the line through those before.

    Parameters
    ----------
    time_d, settled_mm
        Levels before the event as settlement, positive down, shape ``(n,)``. [d], [mm]
    after_d, after_mm
        The first level after it. [d], [mm]

    Returns
    -------
    LevelledChange or None
        ``None`` with fewer than eight levels before, or all on one day.

    Notes
    -----
    Theil-Sen's line; its spread is the MAD of the residuals, times ``sqrt(n / (n - 2))``. The
    variance of a new level about the line is that of least squares, the part of the line times
    1.571; Student's t with ``0.37 (n - 2)`` degrees of freedom. One error for every level is
    assumed, and that the settlement went on as steadily as before.
    """
    time, settled = np.asarray(time_d, float), np.asarray(settled_mm, float)
    n = time.size
    if n < FEWEST_LEVELS or np.ptp(time) == 0:
        return None
    line = theil_sen(time, settled)
    residual = settled - (line.intercept + line.rate * time)
    spread = SIGMA_PER_MAD * float(np.median(np.abs(residual - np.median(residual))))
    spread = (spread or float(np.std(residual))) * math.sqrt(n / (n - 2))
    lever = (after_d - float(time.mean())) ** 2 / float(((time - time.mean()) ** 2).sum())
    sigma = spread * math.sqrt(1.0 + MEDIAN_EXCESS * (1.0 / n + lever))
    freedom = MAD_EFFICIENCY * (n - 2)
    half = float(student.ppf(0.975, freedom)) * sigma
    at = float(np.median(settled - line.rate * time)) + line.rate * after_d
    size = after_mm - at
    return LevelledChange(
        size=size,
        low=size - half,
        high=size + half,
        limit=float(student.ppf(1.0 - CLAIM_PROBABILITY / 2, freedom)) * sigma,
        foretold=at - float(settled[-1]),
        levels=n,
    )
