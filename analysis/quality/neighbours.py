"""What the others say: a channel against the axes beside it and the places around it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats
from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.analysis.quality.finding import Defect, Finding, fault
from plumbline.analysis.quality.floor import quiet_spread

TIMES_BESIDE = 10.0
"""Axes of one instrument have floors within this factor of each other."""

TIMES_AROUND = 10.0
TIMES_ALONE = 30.0
"""Without an axis beside it only the other places can tell, and a roof is livelier than a raft."""

PEAK_TIMES = 8.0
OPPOSED = -0.7
LIKE, UNLIKE = 0.7, 0.3
GRAVITY_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityAxis:
    """One axis of an instrument among others.

    Attributes
    ----------
    place
        Which instrument; axes of one instrument share it.
    axis
        Direction, the same word for parallel axes of different places.
    values
        Samples in one common unit, shape ``(n,)``.
    """

    place: str
    axis: str
    values: Floats


def floors_apart(axes: Sequence[QualityAxis], rate_hz: float) -> dict[int, Finding]:
    """Return findings for axes whose quiet floor is far above that of their neighbours.

    Parameters
    ----------
    axes
        Axes of one structure or array, in one unit.
    rate_hz
        Sampling rate. [Hz]

    Returns
    -------
    dict
        Finding by index into ``axes``.
    """
    floor = [quiet_spread(one.values, rate_hz) for one in axes]
    found = {}
    for k in range(len(axes)):
        excess = _above(floor, axes, k, TIMES_BESIDE, TIMES_AROUND, TIMES_ALONE)
        if excess is not None:
            found[k] = fault(Defect.NOISY, f"quiet floor {floor[k]:.3g}, {excess}")
    return found


def peaks_apart(axes: Sequence[QualityAxis]) -> dict[int, Finding]:
    """Return findings for axes whose peak is far above that of their neighbours, by index."""
    peak = [float(np.max(np.abs(one.values - np.median(one.values)))) for one in axes]
    found = {}
    for k in range(len(axes)):
        excess = _above(peak, axes, k, PEAK_TIMES, PEAK_TIMES, TIMES_ALONE)
        if excess is not None:
            found[k] = fault(Defect.PEAK, f"peak {peak[k]:.3g}, {excess}")
    return found


def _above(
    level: Sequence[float],
    axes: Sequence[QualityAxis],
    k: int,
    beside_times: float,
    around_times: float,
    alone_times: float,
) -> str | None:
    place = axes[k].place
    beside = [level[j] for j, one in enumerate(axes) if j != k and one.place == place]
    around = [level[j] for j, one in enumerate(axes) if j != k and one.place != place]
    comparisons = []
    if beside:
        ratio = level[k] / max(float(np.median(beside)), np.finfo(float).tiny)
        if ratio <= beside_times:
            return None
        comparisons.append(f"{ratio:.0f} times the axes beside it")
    if around:
        ratio = level[k] / max(float(np.median(around)), np.finfo(float).tiny)
        if ratio <= (around_times if beside else alone_times):
            return None
        comparisons.append(f"{ratio:.0f} times the places around it")
    return " and ".join(comparisons) or None


def turned(
    one: Sequence[QualityAxis], other: Sequence[QualityAxis], rate_hz: float, high_hz: float
) -> dict[int, Finding]:
    """Return findings for axes of one instrument that move like another axis of its neighbour.

    Parameters
    ----------
    one, other
        Axes of two instruments that see the same slow motion.
    rate_hz
        Sampling rate. [Hz]
    high_hz
        Slower than this both must move together: below the first mode of a building. [Hz]

    Returns
    -------
    dict
        Finding by index into ``one``.
    """
    slow = signal.butter(4, high_hz, fs=rate_hz, output="sos")
    mine = [_slow(slow, axis.values) for axis in one]
    theirs = [_slow(slow, axis.values) for axis in other]
    found: dict[int, Finding] = {}
    for k, axis in enumerate(one):
        likeness = {
            neighbour.axis: float(np.corrcoef(mine[k], theirs[j])[0, 1])
            for j, neighbour in enumerate(other)
        }
        own = likeness.get(axis.axis)
        if own is None or not np.isfinite(own):
            continue
        best = max(likeness, key=lambda name: abs(likeness[name]))
        if own < OPPOSED:
            reason = f"moves against {other[0].place} (correlation {own:.2f} below {high_hz:g} Hz)"
            found[k] = fault(Defect.INVERTED, reason)
        elif best != axis.axis and abs(likeness[best]) > LIKE and abs(own) < UNLIKE:
            reason = f"moves like {best} of {other[0].place} ({likeness[best]:.2f}, own {own:.2f})"
            found[k] = fault(Defect.SWAPPED, reason)
    return found


def _slow(sos: Floats, values: Floats) -> Floats:
    return np.asarray(signal.sosfiltfilt(sos, values - np.median(values)))


def gravity(axes: Sequence[QualityAxis], vertical: str) -> dict[int, Finding]:
    """Return findings where gravity lies on another axis than the vertical one, or upside down.

    Parameters
    ----------
    axes
        The three axes of one instrument that measures gravity. [m/s²]
    vertical
        Name of the axis that is said to point up; at rest it reads +9.81 m/s².
    """
    rest = {one.axis: float(np.median(one.values)) for one in axes}
    heavy = max(rest, key=lambda name: abs(rest[name]))
    share = rest[heavy] / STANDARD_GRAVITY_MS2
    if abs(share) < GRAVITY_SHARE:
        return {}
    at = next(k for k, one in enumerate(axes) if one.axis == heavy)
    if heavy != vertical:
        reason = f"reads {share:.2f} g at rest, but {vertical} is said to be vertical"
        return {at: fault(Defect.SWAPPED, reason)}
    if share < 0:
        return {at: fault(Defect.INVERTED, f"reads {share:.2f} g at rest, so it points down")}
    return {}
