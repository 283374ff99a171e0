"""The shape every measure of a record takes: axes by samples, finite."""

import numpy as np
from numpy.typing import ArrayLike

from plumbline.analysis.arrays import Floats


def as_axes(samples: ArrayLike, rate_hz: float) -> Floats:
    """Return a record as ``(n_axes, n_samples)``; one row of samples is one axis.

    Raises
    ------
    ValueError
        If it is empty, has more than two dimensions or holds what is not a finite number, or
        the rate is not positive.
    """
    axes = np.atleast_2d(np.asarray(samples, dtype=np.float64))
    if axes.ndim != 2 or axes.size == 0:
        raise ValueError(
            f"samples must be (n_samples,) or (n_axes, n_samples), not shape {axes.shape}"
        )
    if not np.isfinite(axes).all():
        raise ValueError("samples must be finite: cut a record at its gaps")
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise ValueError(f"rate_hz must be positive, not {rate_hz}")
    return axes
