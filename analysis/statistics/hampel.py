"""Hampel: readings far from the median of their neighbours, told from the rest."""

from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.arrays import Bools
from plumbline.analysis.constants import SIGMA_PER_MAD


class Hampel(NamedTuple):
    """What the filter found.

    Attributes
    ----------
    outlier
        Whether each reading is one, shape ``(n,)``; NaN readings are not.
    median
        Median of each reading's window, what an outlier may be replaced by.
    """

    outlier: Bools
    median: NDArray[Any]


def hampel(
    values: ArrayLike, *, half_window: int = 7, n_sigma: float = 3.0, floor: float = 0.0
) -> Hampel:
    """Flag readings more than ``n_sigma`` robust sigma from their window's median.

    Parameters
    ----------
    values
        Evenly spaced series, shape ``(n,)``; NaN means "no reading" and is skipped.
    half_window
        Readings on either side; at the ends the window is cut short, not mirrored.
    n_sigma
        How far is too far. [robust sigma]
    floor
        Smallest sigma believed, at least the instrument's last digit: where most of a
        window repeats one printed value the MAD is zero.

    References
    ----------
    .. [1] R. K. Pearson, "Outliers in process modeling and identification," IEEE Trans.
       Control Syst. Technol., 10, 55-63, 2002.
    """
    y = np.asarray(values, dtype=float)
    if y.ndim != 1 or half_window < 1:
        raise ValueError("need a one-dimensional series and half_window >= 1")
    if y.size == 0:
        return Hampel(np.zeros(0, dtype=bool), np.empty(0))
    padded = np.pad(y, half_window, constant_values=np.nan)
    windows = sliding_window_view(padded, 2 * half_window + 1)
    median = _row_median(windows)
    mad = _row_median(np.abs(windows - median[:, np.newaxis]))
    reach = n_sigma * np.maximum(SIGMA_PER_MAD * mad, floor)
    with np.errstate(invalid="ignore"):
        outlier = np.abs(y - median) > reach
    return Hampel(outlier & np.isfinite(y), median)


def _row_median(rows: NDArray[Any]) -> NDArray[Any]:
    """Median of each row without its NaN; NaN where a row holds nothing else."""
    ordered = np.sort(rows, axis=1)  # NaN sort to the end
    count = np.sum(np.isfinite(ordered), axis=1)
    row = np.arange(rows.shape[0])
    low, high = np.maximum((count - 1) // 2, 0), np.minimum(count // 2, rows.shape[1] - 1)
    return np.where(count > 0, 0.5 * (ordered[row, low] + ordered[row, high]), np.nan)
