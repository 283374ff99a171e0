"""How well each failure time explains a displacement: Voight's law, integrated and profiled."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Voight's exponent is not known beforehand: 2 (Fukuzono) with this spread, within these
# bounds. Case histories mostly lie between 1.7 and 2.2 (common literature, not re-read).
ALPHA: Final = 2.0
ALPHA_SPREAD: Final = 0.15
ALPHA_RANGE: Final = (1.4, 2.6)

# Remaining times tried, as shares of the time observed: nearer is "now", farther unbounded.
NEAREST: Final = 0.0005
FARTHEST: Final = 6.0

# Remaining times per look, and looks: the second zooms to where the deviance is small.
TRIED: Final = 40
ROUNDS: Final = 2
ZOOM_DEPTH: Final = 16.0

# For each remaining time, onset and exponent are found by a shrinking grid: its points on
# each axis, its shrinking, its passes (the last is 1/60 of the first).
SIDE: Final = 5
SHRINK: Final = 0.6
PASSES: Final = 9

# The onset is looked for up to this share of the record: after it, too little is left.
LATEST_ONSET: Final = 0.7

# Readings a fit needs at most: block means beyond this lose nothing.
MOST_POINTS: Final = 240


class Profile(NamedTuple):
    """Minus twice the log-likelihood of every remaining time, less its least.

    Attributes
    ----------
    remaining_d
        Remaining times tried, shape ``(TRIED,)``. [d]
    deviance
        Best over onset and exponent, its prior in it, shape ``(TRIED,)``; least is 0.
    bounded
        Whether the farthest remaining time tried is worse than `ZOOM_DEPTH`.
    squares
        Residual sum of squares of the best of all.
    onset_d
        Its onset, after the first reading. [d]
    alpha
        Its exponent.
    gain
        Factor of its growth term; positive when the motion runs away.
    """

    remaining_d: NDArray[Any]
    deviance: NDArray[Any]
    bounded: bool
    squares: float
    onset_d: float
    alpha: float
    gain: float


def averaged(time: NDArray[Any], moved: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return at most `MOST_POINTS` block means of a displacement."""
    if time.size <= MOST_POINTS:
        return time, moved
    edges = np.linspace(0, time.size, MOST_POINTS + 1).astype(np.intp)
    count = np.diff(edges)
    return (
        np.add.reduceat(time, edges[:-1]) / count,
        np.add.reduceat(moved, edges[:-1]) / count,
    )


def growth(
    left_d: NDArray[Any], left_at_onset_d: NDArray[Any], alpha: NDArray[Any]
) -> NDArray[Any]:
    """Return the displacement of Voight's law from an onset, up to a factor and a constant.

    Parameters
    ----------
    left_d
        Time to failure at each reading, any shape. [d]
    left_at_onset_d
        Time to failure at the onset, broadcast against it; before the onset the motion has
        the onset's constant rate. [d]
    alpha
        Voight's exponent, broadcast against both.

    Notes
    -----
    With ``p = (alpha - 2) / (alpha - 1)`` and the time to failure ``x`` in units of that at
    the onset the law is ``-(x^p - 1) / p``, which tends to Fukuzono's ``-ln x`` as ``alpha``
    tends to 2: one formula, smooth through it. Its rate at the onset is 1 per that unit.
    """
    power = (alpha - 2.0) / (alpha - 1.0)
    log = np.log(left_d / left_at_onset_d)
    after = np.minimum(log, 0.0)
    small = np.abs(power * after) < 1e-6
    safe = np.where(np.abs(power) < 1e-9, 1.0, power)
    law = -np.where(small, after + 0.5 * power * after**2, np.expm1(safe * after) / safe)
    before = np.where(log > 0, left_d / left_at_onset_d - 1.0, 0.0)
    moved: NDArray[Any] = law - before
    return moved


def profile(
    time: NDArray[Any], moved: NDArray[Any], nuisance: NDArray[Any], effective: float
) -> Profile:
    """Fit the integrated law at every remaining time, exponent and onset.

    Parameters
    ----------
    time, moved
        Displacement, shape ``(n,)``: a constant rate up to an onset, Voight's law from it.
        [d], any unit
    nuisance
        Columns fitted beside the growth (a constant, the daily wave), shape ``(n, m)``.
    effective
        How many independent readings the ``n`` are worth.
    """
    span = float(time[-1] - time[0])
    base, _ = np.linalg.qr(nuisance)
    target = moved - base @ (base.T @ moved)
    nearest, farthest = span * NEAREST, span * FARTHEST
    for _ in range(ROUNDS):
        remaining = np.geomspace(nearest, farthest, TRIED)
        found = _best_at_each(time - time[0], remaining, base, target, effective)
        deviance = found.deviance - np.min(found.deviance)
        deep = np.flatnonzero(deviance <= ZOOM_DEPTH)
        nearest = float(remaining[max(deep[0] - 1, 0)])
        farthest = float(remaining[min(deep[-1] + 1, TRIED - 1)])
    best = int(np.argmin(deviance))
    return Profile(
        remaining,
        deviance,
        bool(remaining[-1] < 0.999 * span * FARTHEST),
        float(found.squares[best]),
        float(found.onset[best]),
        float(found.alpha[best]),
        float(found.gain[best]),
    )


class _Best(NamedTuple):
    """The best fit at each remaining time, each ``(TRIED,)``."""

    deviance: NDArray[Any]
    squares: NDArray[Any]
    onset: NDArray[Any]
    alpha: NDArray[Any]
    gain: NDArray[Any]


def _best_at_each(
    since: NDArray[Any],
    remaining: NDArray[Any],
    base: NDArray[Any],
    target: NDArray[Any],
    effective: float,
) -> _Best:
    """Find onset and exponent at each remaining time, all remaining times at once.

    A grid over the three together would miss the narrow ridge they trade off along.
    """
    span = float(since[-1])
    lowest = np.array([0.0, ALPHA_RANGE[0]])[:, np.newaxis]
    highest = np.array([span * LATEST_ONSET, ALPHA_RANGE[1]])[:, np.newaxis]
    half = (highest - lowest) / 2.0
    centre = np.repeat(lowest + half, remaining.size, axis=1)
    across = np.linspace(-1.0, 1.0, SIDE)
    onset_step, alpha_step = (axis.ravel() for axis in np.meshgrid(across, across))
    every = np.arange(remaining.size)
    for _ in range(PASSES):
        onset = np.clip(centre[0] + half[0] * onset_step[:, np.newaxis], lowest[0], highest[0])
        alpha = np.clip(centre[1] + half[1] * alpha_step[:, np.newaxis], lowest[1], highest[1])
        squares, gain = _squares(since, remaining, onset, alpha, base, target)
        deviance = effective * np.log(squares) + ((alpha - ALPHA) / ALPHA_SPREAD) ** 2
        row = np.argmin(deviance, axis=0)
        centre = np.vstack([onset[row, every], alpha[row, every]])
        half = half * SHRINK
    return _Best(deviance[row, every], squares[row, every], centre[0], centre[1], gain[row, every])


def _squares(
    since: NDArray[Any],
    remaining: NDArray[Any],
    onset: NDArray[Any],
    alpha: NDArray[Any],
    base: NDArray[Any],
    target: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return residual sums of squares and factors, shape of ``onset`` (rows, remaining)."""
    left = since[-1] - since[:, np.newaxis, np.newaxis] + remaining
    shape = growth(left, since[-1] - onset + remaining, alpha).reshape(since.size, -1)
    match = target @ shape
    inside = base.T @ shape
    power = np.sum(shape**2, axis=0) - np.sum(inside**2, axis=0)
    factor = match / np.maximum(power, 1e-300)
    total = float(target @ target)
    # A motion that slows down is no way to fail: only growth may explain.
    rest = np.where(factor > 0, np.maximum(total - factor * match, 1e-300), total)
    return rest.reshape(onset.shape), factor.reshape(onset.shape)


def window(found: Profile, depth: float) -> tuple[float, float] | None:
    """Return the span of remaining times within ``depth`` of the best; ``None`` if unbounded.

    Its ends are interpolated between the tried times. [d], [d]
    """
    inside = np.flatnonzero(found.deviance <= depth)
    first, last = int(inside[0]), int(inside[-1])
    if not found.bounded and last == found.deviance.size - 1:
        return None
    log = np.log(found.remaining_d)

    def crossing(inner: int, outer: int) -> float:
        a, b = found.deviance[inner], found.deviance[outer]
        share = (depth - a) / (b - a)
        return float(np.exp(log[inner] + share * (log[outer] - log[inner])))

    low = float(found.remaining_d[0]) if first == 0 else crossing(first, first - 1)
    high = crossing(last, last + 1) if last + 1 < log.size else float(found.remaining_d[-1])
    return low, high
