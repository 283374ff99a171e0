"""The jump of a series at a place: proposed, timed, measured, and measured where none is."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.arrays import Bools
from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.statistics.thinning import thinned

# A block with fewer readings than this share of the usual is a gap's ragged edge.
FULL_ENOUGH = 0.25

# Blocks in a row (a quarter of a hold) that must lie near a level before it is reached.
SETTLED = 6

# Block spans (first, last) where something happened.
Spans = list[tuple[int, int]]

# Places the jump is measured at to learn what happens by itself; more tell no more.
MOST_PLACES = 2000

# Fewer quiet blocks than this on a side cannot carry a line.
FEWEST_QUIET = 4


class Blocks(NamedTuple):
    """Evenly spaced block medians; NaN where a block had no readings.

    Attributes
    ----------
    time_s
        Middle of each block, shape ``(n,)``. [s]
    values
        Median of each block, shape ``(n,)``.
    """

    time_s: NDArray[Any]
    values: NDArray[Any]


class JumpCrossing(NamedTuple):
    """Where a series goes from one level to the next.

    Attributes
    ----------
    first, last
        Last block settled at the old level, first block settled at the new one.
    middle_s
        When it passed half-way; the middle of the two where shaking passes it repeatedly.
    """

    first: int
    last: int
    middle_s: float


def even_blocks(time_s: ArrayLike, values: ArrayLike, step_s: float) -> Blocks:
    """Return the median of every ``step_s`` of a record, gaps as NaN."""
    medians = thinned(time_s, values, step_s, smallest_share=FULL_ENOUGH)
    index = np.floor(medians.time_d / step_s).astype(np.int64)
    even = np.full(int(index[-1] - index[0]) + 1 if index.size else 0, np.nan)
    even[index - index[0]] = medians.values
    start = float(index[0]) if index.size else 0.0
    return Blocks((np.arange(even.size) + 0.5 + start) * step_s, even)


def wander(values: NDArray[Any], lag: int) -> float:
    """Return the robust sigma of a block about a level held for ``lag`` blocks.

    From differences at that lag, so slow wander counts, and lasting steps and transients,
    which touch few of the differences, hardly do.
    """
    apart = values[lag:] - values[:-lag]
    apart = apart[np.isfinite(apart)]
    if apart.size == 0:
        return 0.0
    return SIGMA_PER_MAD * float(np.median(np.abs(apart))) / math.sqrt(2.0)


def crossing(
    blocks: Blocks, before: float, after: float, change: int, *, sigma: float, hold: int
) -> JumpCrossing:
    """Return when the series went from one level to another, near block ``change``.

    Parameters
    ----------
    before, after
        The two levels.
    sigma
        Spread of a block about its level.
    hold
        Blocks searched on either side.

    Notes
    -----
    Settled means `SETTLED` blocks in a row within a tenth of the change, or three sigma.
    """
    lowest, highest = max(change - hold, 0), min(change + hold, blocks.values.size)
    part = (blocks.values[lowest:highest] - before) / (after - before)
    near = min(max(0.1, 3.0 * sigma / abs(after - before)), 0.45)
    half = change - lowest
    old = _last_run(np.abs(part[:half]) <= near)
    new = _last_run((np.abs(part[half:] - 1.0) <= near)[::-1])
    first = half - 1 if old is None else old
    last = half if new is None else part.size - 1 - new
    inside = part[first : last + 1]
    passed = np.flatnonzero((inside[:-1] < 0.5) != (inside[1:] < 0.5))
    start, end = blocks.time_s[lowest + first], blocks.time_s[lowest + last]
    middle = 0.5 * (start + end)
    if passed.size == 1 and np.all(np.isfinite(inside)):
        at = int(passed[0])
        share = (0.5 - inside[at]) / (inside[at + 1] - inside[at])
        left = lowest + first + at
        middle = blocks.time_s[left] + share * (blocks.time_s[left + 1] - blocks.time_s[left])
    return JumpCrossing(lowest + first, lowest + last, float(middle))


def _last_run(settled: Bools) -> int | None:
    """Return the end of the last run of `SETTLED` blocks, or ``None``."""
    together = np.convolve(settled, np.ones(SETTLED), mode="valid") == SETTLED
    runs = np.flatnonzero(together)
    return int(runs[-1]) + SETTLED - 1 if runs.size else None


def jump(blocks: Blocks, quiet: Bools, first: int, last: int, hold: int) -> float:
    """Return the jump between two parallel lines through the quiet blocks on either side.

    Parameters
    ----------
    quiet
        Blocks that may be used, shape ``(n,)``.
    first, last
        The line before ends with block ``first``, the one after starts with ``last``.
    hold
        Blocks on either side.

    Returns
    -------
    float
        Jump at the middle of the two; NaN with fewer than four quiet blocks on a side.
        With both lines level it is the difference of the two means.
    """
    left = np.arange(max(first - hold + 1, 0), first + 1)
    right = np.arange(last, min(last + hold, quiet.size))
    left, right = left[quiet[left]], right[quiet[right]]
    if min(left.size, right.size) < FEWEST_QUIET:
        return math.nan
    before, after = blocks.values[left], blocks.values[right]
    # Within-side regression: the common slope, then the means carried along it.
    lc, rc = left - left.mean(), right - right.mean()
    slope = (lc @ before + rc @ after) / (lc @ lc + rc @ rc)
    return float(after.mean() - before.mean() - slope * (right.mean() - left.mean()))


def jump_sigma(blocks: Blocks, quiet: Bools, taken: Spans, hold: int) -> float:
    """Return the robust sigma of `jump` at all places away from the ``taken`` ones.

    Where a record leaves fewer than one hold of such places there is no witness: the
    result is zero and the caller falls back on `local_sigma`.
    """
    free = np.ones(quiet.size, dtype=bool)
    for first, last in taken:
        free[max(first - hold, 0) : last + hold] = False
    places = np.flatnonzero(free[:-1])
    places = places[:: max(1, places.size // MOST_PLACES)]
    found = np.array([jump(blocks, quiet, int(i), int(i) + 1, hold) for i in places])
    found = found[np.isfinite(found)]
    if found.size < hold:
        return 0.0
    return SIGMA_PER_MAD * float(np.median(np.abs(found - np.median(found))))


def local_sigma(blocks: Blocks, quiet: Bools, first: int, last: int, hold: int) -> float:
    """Return the formal standard error of `jump` from the scatter of its own blocks.

    Independent blocks are assumed: it is a floor under `jump_sigma` where a record shakes
    more in one place than in most, not a replacement of it.
    """
    sides = [
        np.arange(max(first - hold + 1, 0), first + 1),
        np.arange(last, min(last + hold, quiet.size)),
    ]
    retained = [side[quiet[side]] for side in sides]
    if min(side.size for side in retained) < FEWEST_QUIET:
        return math.inf
    spread = [float(np.var(blocks.values[side], ddof=2)) / side.size for side in retained]
    # With a common slope the two means are carried over half a side each: four times the
    # variance of their difference.
    return math.sqrt(4.0 * sum(spread))
