"""Did it move? A window before an event against one after, judged beside the same at rest."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.trend.offset import offset, offset_size
from plumbline.analysis.trend.steps import CLAIM_SIGMA, INTERVAL_SIGMA

FEWEST_WITNESSES: Final = 8
"""Fewer differences at rest carry no spread worth having."""

MAD_EFFICIENCY: Final = 0.37
"""Of the MAD on Gaussian values: n of them spread it as 0.37 n would spread a deviation."""

MEDIAN_EXCESS: Final = 1.5707963267948966
"""Variance of a Gaussian median over that of the mean."""

CLAIM_PROBABILITY: Final = 1e-3
"""Two-sided chance that a difference at rest passes the detection limit of the witnesses: one look
in a thousand, as an earthquake asks some hundred points and moments at once."""


class MovementVerdict(StrEnum):
    """The answer."""

    MOVED = "moved"
    PERHAPS = "perhaps moved"
    NOT_ABOVE = "not moved above"
    UNKNOWN = "cannot be said"


class Side(NamedTuple):
    """The readings of one window, in order of time.

    Attributes
    ----------
    time_d, values
        Shape ``(n,)``; NaN means "no reading". [d], any unit
    temp_c
        Temperature at each reading, shape ``(n,)``; None without. [degC]
    """

    time_d: NDArray[Any]
    values: NDArray[Any]
    temp_c: NDArray[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What an event left behind, with what is known of the error.

    Attributes
    ----------
    size, low, high
        After minus before, less ``by_itself``, and its 95 % interval. [unit]
    limit
        Detection limit: a smaller difference is never called a movement. [unit]
    by_itself
        Median of the witnesses: what it does over as long without an event; 0 with too few of
        them. [unit]
    witnesses
        Differences at rest that were measured.
    before, after
        Medians of the two windows as read. [unit]
    n_before, n_after
        Readings used.
    temp_change_c
        Median temperature after minus before; NaN without temperature. [degC]
    matched
        What the windows were matched in: "temperature" or "nothing".
    """

    size: float
    low: float
    high: float
    limit: float
    by_itself: float
    witnesses: int
    before: float
    after: float
    n_before: int
    n_after: int
    temp_change_c: float
    matched: str

    @property
    def verdict(self) -> MovementVerdict:
        """The answer: a movement is above the limit, and its interval leaves out zero."""
        if self.low <= 0.0 <= self.high:
            return MovementVerdict.NOT_ABOVE
        return MovementVerdict.MOVED if abs(self.size) >= self.limit else MovementVerdict.PERHAPS

    @property
    def bound(self) -> float:
        """The largest size the interval allows. [unit]"""
        return max(abs(self.low), abs(self.high))

    @property
    def witnessed(self) -> bool:
        """Whether the interval rests on differences at rest, not on the windows' noise alone."""
        return self.witnesses >= FEWEST_WITNESSES


def movement(
    before: Side, after: Side, witnesses: Iterable[tuple[Side, Side]], *, resolution: float = 0.0
) -> Movement | None:
    """Compare two windows beside pairs of windows, as long and as far apart, without an event.

    Parameters
    ----------
    before, after
        The windows, the held span between them left out.
    witnesses
        Pairs at rest.
    resolution
        Smallest step of a reading: no mean of equal readings is surer than that. [unit]

    Returns
    -------
    Movement or None
        ``None`` when a window holds fewer than five readings.

    Notes
    -----
    Each difference is that of `offset`, temperature matched where there is one. With eight
    witnesses or more their median is taken off, and the interval is Student's for one more of
    their kind, ``s sqrt(1 + 1.571 / n)`` with ``s`` from the MAD and ``0.37 (n - 1)`` degrees of
    freedom: drift, daily wave and wander count as they did when nothing happened. It is never
    narrower than the noise of the two windows makes it. The detection limit is the larger of
    five standard errors of the windows and the one-in-a-thousand bound of the witnesses.
    """
    if not _both(before, after):
        return None
    found = offset(**_joined(before, after), guard_before_d=0.0, guard_after_d=0.0)
    if found is None:
        return None
    sigma = max(found.sigma, resolution / math.sqrt(6.0))
    half, limit, carried = INTERVAL_SIGMA * sigma, CLAIM_SIGMA * sigma, 0.0
    sizes = (offset_size(**_joined(*pair)) for pair in witnesses if _both(*pair))
    at_rest = np.array([size for size in sizes if size is not None])
    if at_rest.size >= FEWEST_WITNESSES:
        carried = float(np.median(at_rest))
        spread = SIGMA_PER_MAD * float(np.median(np.abs(at_rest - carried)))
        spread *= math.sqrt(1.0 + MEDIAN_EXCESS / at_rest.size)
        freedom = MAD_EFFICIENCY * (at_rest.size - 1)
        half = max(half, float(student.ppf(0.975, freedom)) * spread)
        limit = max(limit, float(student.ppf(1.0 - CLAIM_PROBABILITY / 2, freedom)) * spread)
    size = found.size - carried
    return Movement(
        size=size,
        low=size - half,
        high=size + half,
        limit=limit,
        by_itself=carried,
        witnesses=int(at_rest.size),
        before=float(np.nanmedian(before.values)),
        after=float(np.nanmedian(after.values)),
        n_before=found.n_before,
        n_after=found.n_after,
        temp_change_c=found.temp_change_c,
        matched=found.matched,
    )


def _both(before: Side, after: Side) -> bool:
    return min(before.time_d.size, after.time_d.size) > 0


def _joined(before: Side, after: Side) -> dict[str, Any]:
    """Return two windows as `offset` takes them."""
    temp = None
    if before.temp_c is not None and after.temp_c is not None:
        temp = np.concatenate([before.temp_c, after.temp_c])
    window_d = max(float(np.ptp(before.time_d)), float(np.ptp(after.time_d)))
    return {
        "time_d": np.concatenate([before.time_d, after.time_d]),
        "values": np.concatenate([before.values, after.values]),
        "start_d": float(before.time_d[-1]),
        "end_d": float(after.time_d[0]),
        # Every reading is inside, whatever the rounding of the edges.
        "window_d": window_d * (1.0 + 1e-9) + 1e-9,
        "temp_c": temp,
    }
