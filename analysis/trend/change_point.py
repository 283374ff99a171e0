"""Change points: levels that last, with readings that only visit left out as outliers."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.arrays import Bools

# A value this many sigma from its level costs no more than any other outlier.
OUTLIER_SIGMA: Final = 3.0

# Levels tried, at most; half a sigma apart otherwise. Fewer on a record of many values, so
# that the table of ways back stays below this many entries.
MOST_LEVELS: Final = 1500
MOST_ENTRIES: Final = 20_000_000


class Levels(NamedTuple):
    """A series as levels that last.

    Attributes
    ----------
    level
        The level in force at each value, shape ``(n,)``.
    starts
        Index of the first value of each level; the first is 0.
    outlier
        Values further than `OUTLIER_SIGMA` from their level, shape ``(n,)``.
    """

    level: NDArray[Any]
    starts: NDArray[np.intp]
    outlier: Bools


def lasting_levels(values: ArrayLike, *, sigma: float, hold: int) -> Levels:
    """Return the best piecewise constant levels under a bounded loss.

    Each value costs ``min((y - level)^2 / sigma^2, 9)`` and each change of level as much
    as ``hold / 2`` outliers. A visit elsewhere that returns within ``hold`` values is
    therefore cheaper as outliers than as two changes, and one that stays is cheaper as a
    change: this is how transients are told from steps [1]_.

    Parameters
    ----------
    values
        Evenly spaced series, shape ``(n,)``; NaN means "no reading" and costs nothing.
    sigma
        Spread about a level, slow wander included, in the series' unit.
    hold
        A level counts as lasting from this many values on.

    Notes
    -----
    Solved exactly over levels on a grid (Viterbi), not by the paper's pruning: at most
    `MOST_LEVELS` levels, so on a huge range the grid is coarser than half a sigma and the
    bounded loss is widened by the grid's error.

    References
    ----------
    .. [1] P. Fearnhead and G. Rigaill, "Changepoint detection in the presence of outliers,"
       J. Am. Stat. Assoc., 114, 169-183, 2019.
    """
    y = np.asarray(values, dtype=float)
    finite = np.isfinite(y)
    if not (sigma > 0 and hold >= 1):
        raise ValueError(f"need sigma > 0 and hold >= 1, got {sigma}, {hold}")
    if not np.any(finite):
        return Levels(np.full(y.shape, np.nan), np.zeros(1, np.intp), np.zeros(y.shape, bool))
    lowest, highest = float(np.min(y[finite])), float(np.max(y[finite]))
    most = min(MOST_LEVELS, MOST_ENTRIES // y.size)
    count = int(np.clip(np.ceil((highest - lowest) / (0.5 * sigma)) + 1, 1, most))
    grid = np.linspace(lowest, highest, count)
    spacing = (highest - lowest) / max(count - 1, 1)
    spread = max(sigma, spacing / 2)
    penalty = OUTLIER_SIGMA**2 * hold / 2.0

    path = _viterbi(y, finite, grid, spread, penalty)
    level = grid[path]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(path)) + 1)).astype(np.intp)
    for first, last in zip(starts, [*starts[1:], y.size], strict=True):
        inside = y[first:last]
        near = inside[np.abs(inside - level[first]) <= OUTLIER_SIGMA * spread]
        if near.size:
            level[first:last] = np.median(near)
    with np.errstate(invalid="ignore"):
        outlier = finite & (np.abs(y - level) > OUTLIER_SIGMA * spread)
    return Levels(level, starts, outlier)


def _viterbi(
    y: NDArray[Any],
    finite: Bools,
    grid: NDArray[Any],
    sigma: float,
    penalty: float,
) -> NDArray[np.intp]:
    """Return the index of the cheapest level at each value."""
    cost = np.zeros(grid.size)
    came_from = np.empty((y.size, grid.size), dtype=np.int32)
    stay = np.arange(grid.size, dtype=np.int32)
    for i, x in enumerate(y):
        best = int(np.argmin(cost))
        change = cost[best] + penalty
        stays = cost <= change
        came_from[i] = np.where(stays, stay, best)
        cost = np.where(stays, cost, change)
        if finite[i]:
            cost = cost + np.minimum(((x - grid) / sigma) ** 2, OUTLIER_SIGMA**2)
    path = np.empty(y.size, dtype=np.intp)
    at = int(np.argmin(cost))
    for i in range(y.size - 1, -1, -1):
        path[i] = at
        at = int(came_from[i, at])
    return path
