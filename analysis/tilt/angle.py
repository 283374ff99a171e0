"""From counts to an angle in microradians, through a sensitivity or through gravity."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2

URAD_PER_DEGREE: Final = math.pi / 180 * 1e6
URAD_PER_ARCSECOND: Final = URAD_PER_DEGREE / 3600
URAD_PER_MRAD: Final = 1e3

# Standard gravity, CGPM 1901: fixed by definition. [m/s^2]


def angle_from_counts(
    counts: ArrayLike, *, urad_per_count: float, zero_urad: float = 0.0
) -> NDArray[Any]:
    """Return counts times sensitivity, minus the commissioning zero.

    Parameters
    ----------
    counts
        Raw readings, any shape. [counts]
    urad_per_count
        Sensitivity, sign included: positive counts times it is "the top moves toward the
        stated azimuth". [urad/count]
    zero_urad
        Reading at commissioning, in the same convention. [urad]

    Returns
    -------
    numpy.ndarray
        Tilt since commissioning. [urad]
    """
    if not math.isfinite(urad_per_count) or urad_per_count == 0:
        raise ValueError(f"urad_per_count must be finite and not zero, got {urad_per_count}")
    return np.asarray(counts, dtype=float) * urad_per_count - zero_urad


def angle_from_gravity(accel_ms2: ArrayLike, gravity_ms2: float = STANDARD_GRAVITY_MS2) -> Any:
    """Return the tilt a static horizontal acceleration means: ``asin(a / g)``.

    Parameters
    ----------
    accel_ms2
        Static component of gravity along a horizontal axis, any shape. [m/s^2]
    gravity_ms2
        Local gravity. [m/s^2]

    Returns
    -------
    numpy.ndarray
        Tilt; NaN where ``|a| > g``, which no standing instrument reads. [urad]
    """
    ratio = np.asarray(accel_ms2, dtype=float) / gravity_ms2
    inside = np.abs(ratio) <= 1.0
    return np.where(inside, np.arcsin(np.where(inside, ratio, 0.0)) * 1e6, np.nan)
