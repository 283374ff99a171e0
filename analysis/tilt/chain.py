"""Tilt over a length: the differential settlement of a beam and of a chain of beams."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


def differential_settlement_mm(tilt_urad: ArrayLike, baseline_m: float) -> Any:
    """Return ``L sin(tilt)``: how much lower the far end of a beam is than its near end.

    Parameters
    ----------
    tilt_urad
        Tilt of the beam since commissioning, positive when it leans toward its azimuth;
        scalar or any shape. [urad]
    baseline_m
        Length ``L`` of the beam, or of the part of the structure the tilt stands for. [m]

    Returns
    -------
    float or numpy.ndarray
        Settlement of the end the azimuth points to, minus that of the other end, positive
        down. State ``L`` wherever this figure is shown: it scales with it. [mm]

    Raises
    ------
    ValueError
        If the length is not positive: a tilt without a length has no settlement.
    """
    if not baseline_m > 0:
        raise ValueError(f"baseline_m must be > 0, got {baseline_m}")
    settlement = baseline_m * 1e3 * np.sin(np.asarray(tilt_urad, dtype=float) * 1e-6)
    return float(settlement) if settlement.ndim == 0 else settlement


class ChainSettlement(NamedTuple):
    """Settlement at the joints of a chain of beams.

    Attributes
    ----------
    settlement_mm
        Joint 0 (the reference) to joint n, shape ``(n_beams + 1,)``, positive down. [mm]
    sigma_mm
        Standard deviation of each, grown from the beams' own tilt noise; the datum's
        uncertainty is not in it. [mm]
    """

    settlement_mm: NDArray[Any]
    sigma_mm: NDArray[Any]


def chain_settlement_mm(
    tilt_urad: ArrayLike,
    length_m: ArrayLike,
    *,
    zero_urad: ArrayLike = 0.0,
    start_mm: float = 0.0,
    sigma_urad: ArrayLike = 0.0,
) -> ChainSettlement:
    """Return the settlement along a chain: ``s_n = s_0 + sum L_i (sin t_i - sin t_i0)``.

    Parameters
    ----------
    tilt_urad, length_m
        Tilt and length of each beam in order from the reference, shape ``(n_beams,)``.
        [urad], [m]
    zero_urad
        Tilt of each beam at commissioning. [urad]
    start_mm
        Settlement of joint 0, known from levels or a cell. [mm]
    sigma_urad
        Standard deviation of each tilt difference, independent between beams. [urad]

    Raises
    ------
    ValueError
        If lengths and tilts differ in number, or a length is not positive.

    Notes
    -----
    A missing beam (NaN) makes every joint beyond it unknown, and only those: the error of
    a guess would be carried to the end of the chain.
    """
    tilt = np.asarray(tilt_urad, dtype=float)
    length = np.asarray(length_m, dtype=float)
    if tilt.ndim != 1 or tilt.shape != length.shape:
        raise ValueError(f"need one length a beam: {tilt.shape} tilts, {length.shape} lengths")
    if not np.all(length > 0):
        raise ValueError("every length_m must be > 0")
    zero = np.broadcast_to(np.asarray(zero_urad, dtype=float), tilt.shape)
    sigma = np.broadcast_to(np.asarray(sigma_urad, dtype=float), tilt.shape)
    rise = length * 1e3 * (np.sin(tilt * 1e-6) - np.sin(zero * 1e-6))
    spread = (length * 1e-3 * np.cos(tilt * 1e-6) * sigma) ** 2
    return ChainSettlement(
        start_mm + np.concatenate(([0.0], np.cumsum(rise))),
        np.sqrt(np.concatenate(([0.0], np.cumsum(spread)))),
    )
