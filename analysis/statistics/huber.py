"""Huber's regression, and the robust spread of what it leaves."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.constants import SIGMA_PER_MAD

# Huber's constant: 95 % efficiency on Gaussian residuals.
HUBER: Final = 1.345


def huber_fit(design: NDArray[Any], target: NDArray[Any]) -> NDArray[Any]:
    """Return Huber's regression coefficients by iterated weights, shape ``(n_columns,)``.

    Parameters
    ----------
    design
        One column a coefficient, shape ``(n, n_columns)``, finite.
    target
        What is to be explained, shape ``(n,)``, finite.

    References
    ----------
    .. [1] P. J. Huber, *Robust Statistics*, Wiley, 1981.
    """
    weight = np.ones(target.size)
    coefficients = np.zeros(design.shape[1])
    for _ in range(50):
        root = np.sqrt(weight)
        fitted = np.linalg.lstsq(design * root[:, np.newaxis], target * root, rcond=None)[0]
        if np.allclose(fitted, coefficients, rtol=1e-9, atol=1e-12):
            break
        coefficients = fitted
        residual = target - design @ coefficients
        reach = HUBER * max(robust_sigma(residual), 1e-300)
        weight = np.minimum(1.0, reach / np.maximum(np.abs(residual), 1e-300))
    return coefficients


def robust_sigma(residual: NDArray[Any]) -> float:
    """Return 1.4826 times the median distance from the median."""
    return SIGMA_PER_MAD * float(np.median(np.abs(residual - np.median(residual))))
