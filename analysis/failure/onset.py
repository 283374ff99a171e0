"""The onset of acceleration: where a short average of velocity crosses above a long one."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.failure.velocity import Velocity

# Points of the two averages: the figures usually quoted for Carla et al. 2017 [1]_, not
# read in the paper itself.
SHORT: Final = 3
LONG: Final = 7


class Onset(NamedTuple):
    """Since when the motion accelerates.

    Attributes
    ----------
    time_d
        From when on velocities are taken for accelerating. [d]
    from_start
        Whether the short average was above the long one as soon as both existed: the
        acceleration may be older than the record.
    """

    time_d: float
    from_start: bool


def onset(speed: Velocity, short: int = SHORT, long: int = LONG) -> Onset | None:
    """Return the onset of the acceleration still going on at the last velocity.

    Parameters
    ----------
    speed
        Block velocities, oldest first.
    short, long
        Points of the two trailing averages, ``short < long``.

    Returns
    -------
    Onset or None
        ``None`` with too few velocities, or when the short average is not above the long
        one now. The crossing itself lags by about half of the averages' difference: the
        onset is put ``short`` points before it, or at the record's start when the short
        average was above from the first.

    References
    ----------
    .. [1] T. Carla et al., "Guidelines on the use of inverse velocity method as a tool for
       setting alarm thresholds and forecasting landslides and structure collapses,"
       Landslides, 14, 517-534, 2017, doi 10.1007/s10346-016-0731-5.
    """
    if not 1 <= short < long:
        raise ValueError(f"need 1 <= short < long, got {short}, {long}")
    if speed.values.size < long:
        return None
    above = _average(speed.values, short)[long - short :] > _average(speed.values, long)
    if not above[-1]:
        return None
    below = np.flatnonzero(~above)
    if below.size == 0:
        return Onset(float(speed.time_d[0] - speed.step_d), True)
    crossing = int(below[-1]) + 1 + long - 1
    return Onset(float(speed.time_d[max(crossing - short, 0)]), False)


def _average(values: NDArray[Any], points: int) -> NDArray[Any]:
    total = np.concatenate(([0.0], np.cumsum(values)))
    averaged: NDArray[Any] = (total[points:] - total[:-points]) / points
    return averaged
