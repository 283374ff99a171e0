"""Asaoka's construction: equal steps of time, and where successive settlements meet."""

import math
from enum import Enum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

FEWEST_STEPS: Final = 3


class AsaokaLine(NamedTuple):
    """The line ``s_n = beta0 + beta1 s_(n-1)``.

    Attributes
    ----------
    beta0_mm
        [mm]
    beta1
        Below 1 for a settlement that ends.
    ultimate_mm
        ``beta0 / (1 - beta1)``: where the line meets ``s_n = s_(n-1)``; infinite when it
        does not. [mm]
    n
        Settlements behind it.
    """

    beta0_mm: float
    beta1: float
    ultimate_mm: float
    n: int


class ConsolidationRule(Enum):
    """Which reading of the late slope gives ``c_v = -factor H^2 ln(beta1) / dt``.

    Both as commonly printed (not re-read in the original). The first is exact for
    Terzaghi's first term; the second reads 2.8 % high on exact Terzaghi.
    """

    TERZAGHI_FIRST_TERM = 4.0 / math.pi**2
    ASAOKA = 5.0 / 12.0


def asaoka(settlement_mm: ArrayLike) -> AsaokaLine:
    """Fit Asaoka's line to settlements at equal steps of time under a constant load.

    Parameters
    ----------
    settlement_mm
        Shape ``(n,)``, n >= 3; see `equal_steps`. [mm]

    Notes
    -----
    Least squares of ``s_n`` on ``s_(n-1)``: noise in the settlements biases ``beta1`` low.
    Start after about half of the consolidation: on exact Terzaghi (steps of 0.1 in T, eight
    settlements) the ultimate comes out at 0.988 from T = 0.1 (U = 36 %) and 0.99986 from
    T = 0.3. Not for secondary compression.

    References
    ----------
    .. [1] A. Asaoka, "Observational procedure of settlement prediction," Soils Found.,
       18(4), 87-101, 1978.
    """
    s = np.asarray(settlement_mm, dtype=float)
    if s.ndim != 1 or s.size < FEWEST_STEPS:
        raise ValueError(f"need at least {FEWEST_STEPS} settlements")
    earlier, later = s[:-1], s[1:]
    centred = earlier - earlier.mean()
    power = float(centred @ centred)
    if power == 0:
        raise ValueError("the settlement did not change: no line")
    beta1 = float(centred @ later) / power
    beta0 = float(later.mean()) - beta1 * float(earlier.mean())
    ultimate = beta0 / (1.0 - beta1) if beta1 < 1 else math.inf
    return AsaokaLine(beta0, beta1, ultimate, int(s.size))


def equal_steps(time_d: ArrayLike, settlement_mm: ArrayLike, step_d: float) -> NDArray[Any]:
    """Return settlements interpolated at equal steps from the first reading on. [mm]"""
    time, s = np.asarray(time_d, dtype=float), np.asarray(settlement_mm, dtype=float)
    count = math.floor((time[-1] - time[0]) / step_d + 1e-9) + 1
    return np.asarray(np.interp(time[0] + step_d * np.arange(count), time, s))


def consolidation_coefficient(
    beta1: float,
    step_d: float,
    drainage_m: float,
    rule: ConsolidationRule = ConsolidationRule.TERZAGHI_FIRST_TERM,
) -> float:
    """Return ``c_v`` from the late slope of Asaoka's line. [m^2/d]

    Parameters
    ----------
    beta1
        Slope, in (0, 1).
    step_d
        Step of time. [d]
    drainage_m
        Longest drainage path ``H``: half of a layer drained on both sides. [m]
    """
    if not (0 < beta1 < 1 and step_d > 0 and drainage_m > 0):
        raise ValueError("need 0 < beta1 < 1, step_d > 0, drainage_m > 0")
    return -rule.value * drainage_m**2 * math.log(beta1) / step_d
