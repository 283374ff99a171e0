"""How a slow series goes with temperature: correlation of levels and of changes."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FEWEST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupling:
    """Correlation with temperature.

    Attributes
    ----------
    of_levels
        Of the series with the temperature. Two things that drift correlate whatever their
        cause: by itself this proves nothing.
    of_changes
        Of their changes from one block to the next: what a common cause would show.
    low_c, high_c
        Temperatures seen. [degC]
    """

    of_levels: float
    of_changes: float
    low_c: float
    high_c: float


def coupling(values: NDArray[Any], temp_c: NDArray[Any]) -> Coupling | None:
    """Return how a series of block medians goes with the temperature's.

    Parameters
    ----------
    values, temp_c
        Same blocks, in order, shape ``(n,)``; NaN means "none". [unit], [degC]

    Returns
    -------
    Coupling or None
        ``None`` with fewer than eight common blocks. A correlation is NaN where either side
        did not change.
    """
    both = np.isfinite(values) & np.isfinite(temp_c)
    y, temp = values[both], temp_c[both]
    if y.size < FEWEST:
        return None
    return Coupling(
        of_levels=_correlation(y, temp),
        of_changes=_correlation(np.diff(y), np.diff(temp)),
        low_c=float(temp.min()),
        high_c=float(temp.max()),
    )


def _correlation(a: NDArray[Any], b: NDArray[Any]) -> float:
    if np.std(a) == 0 or np.std(b) == 0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])
