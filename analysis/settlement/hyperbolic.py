"""The hyperbolic method: t/s on t, its ultimate settlement, and how biased it is."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

# Slope of U = 60 to 90 % on exact Terzaghi: raw 1/b over-predicts by 1 / 0.8212 there.
TERZAGHI_SLOPE_60_90: Final = 0.8212


class Hyperbola(NamedTuple):
    """The line ``t / s = a + b t``.

    Attributes
    ----------
    a, b
        [d/mm], [1/mm]
    raw_ultimate_mm
        ``1 / b``: about 22 % too much on a consolidating clay. [mm]
    ultimate_mm
        ``alpha / b``. [mm]
    alpha
        The correction used.
    from_d, to_d
        The window, since the load was put on: the bias depends on it. [d]
    n
        Readings behind it.
    """

    a: float
    b: float
    raw_ultimate_mm: float
    ultimate_mm: float
    alpha: float
    from_d: float
    to_d: float
    n: int


def hyperbolic(
    since_load_d: ArrayLike, settlement_mm: ArrayLike, *, alpha: float = TERZAGHI_SLOPE_60_90
) -> Hyperbola:
    """Fit the hyperbola to settlements counted from the load.

    Parameters
    ----------
    since_load_d, settlement_mm
        Time and settlement since the load, both > 0, shape ``(n,)``, n >= 3. [d], [mm]
    alpha
        Factor on ``1 / b``. The default is exact Terzaghi's slope between U = 60 and 90 %;
        0.76 is printed for the method in a code (Tan 1994, read second-hand).

    Notes
    -----
    Raw ``1 / b`` is 1.218 of the truth on exact Terzaghi between U = 60 and 90 %.
    """
    time, s = np.asarray(since_load_d, dtype=float), np.asarray(settlement_mm, dtype=float)
    if time.size < 3 or np.any(time <= 0) or np.any(s <= 0):
        raise ValueError("need at least three readings after the load, all settled")
    ratio = time / s
    centred = time - time.mean()
    b = float(centred @ ratio / (centred @ centred))
    if b <= 0:
        raise ValueError("t/s does not rise: the settlement is not levelling off")
    a = float(ratio.mean()) - b * float(time.mean())
    return Hyperbola(
        a, b, 1.0 / b, alpha / b, alpha, float(time[0]), float(time[-1]), int(time.size)
    )
