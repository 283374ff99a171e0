"""Terzaghi's one-dimensional consolidation: the degree reached at a time factor."""

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

# Terms of the series; from T = 1e-4 on the rest is below 1e-12.
TERMS: Final = 2000

# Time factor beyond which consolidation is over to machine precision.
LONGEST: Final = 20.0


def degree_of_consolidation(time_factor: ArrayLike) -> Any:
    """Return the average degree ``U(T) = 1 - sum 2 / M^2 exp(-M^2 T)``, ``M = pi (2m+1)/2``.

    Parameters
    ----------
    time_factor
        ``T = c_v t / H^2``, >= 0, scalar or any shape.

    Returns
    -------
    float or numpy.ndarray
        Degree in [0, 1).

    References
    ----------
    .. [1] K. Terzaghi, *Theoretical Soil Mechanics*, Wiley, 1943.
    """
    factor = np.asarray(time_factor, dtype=float)
    if np.any(factor < 0):
        raise ValueError("a time factor is not negative")
    m = np.pi / 2.0 * (2.0 * np.arange(TERMS) + 1.0)
    rest: NDArray[Any] = np.sum(
        2.0 / m**2 * np.exp(-(m**2) * factor.ravel()[:, np.newaxis]), axis=1
    )
    degree = np.where(factor == 0, 0.0, 1.0 - rest.reshape(factor.shape))
    return float(degree) if degree.ndim == 0 else degree


def time_factor(degree: float) -> float:
    """Return the time factor at which a degree in [0, 1) is reached."""
    if not 0 <= degree < 1:
        raise ValueError(f"a degree lies in [0, 1), got {degree}")
    if degree == 0:
        return 0.0
    return float(brentq(lambda t: degree_of_consolidation(t) - degree, 0.0, LONGEST, xtol=1e-12))
