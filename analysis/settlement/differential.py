"""Settlement differences between points, from levels and from hydrostatic cells."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2

# Water at 20 degC. [kg/m^3], [1/degC]
WATER_KG_M3: Final = 998.2
WATER_EXPANSION_PER_C: Final = 2.1e-4


class DifferentialSettlement(NamedTuple):
    """Differential settlement between two points.

    Attributes
    ----------
    settlement_mm
        Of the second point minus the first, positive when the second went down. [mm]
    rotation_urad
        Over the distance: the chord's rotation, the building's own tilt still in it. [urad]
    sigma_mm
        From the two points' own standard deviations. [mm]
    """

    settlement_mm: float
    rotation_urad: float
    sigma_mm: float


def difference(
    first_mm: float,
    second_mm: float,
    distance_m: float,
    *,
    sigma_first_mm: float = 0.0,
    sigma_second_mm: float = 0.0,
) -> DifferentialSettlement:
    """Return the differential settlement of two points and the rotation between them.

    Parameters
    ----------
    first_mm, second_mm
        Settlements from one and the same datum, positive down. [mm]
    distance_m
        Horizontal distance. [m]
    """
    if not distance_m > 0:
        raise ValueError(f"distance_m must be > 0, got {distance_m}")
    settled = second_mm - first_mm
    return DifferentialSettlement(
        settled, settled / distance_m * 1e3, float(np.hypot(sigma_first_mm, sigma_second_mm))
    )


def settlement_from_levels(level_mm: ArrayLike, first_level_mm: float) -> NDArray[Any]:
    """Return settlement, positive down, from heights, positive up. [mm]"""
    return first_level_mm - np.asarray(level_mm, dtype=float)


def cell_settlement_mm(
    level_mm: ArrayLike,
    reference_mm: ArrayLike,
    *,
    zero_mm: float,
    reference_zero_mm: float,
) -> NDArray[Any]:
    """Return the settlement of a hydrostatic cell against the reference cell.

    ``s = (h - h_0) - (h_ref - h_ref0)``: a cell that goes down stands deeper below the
    common surface, so the liquid in it stands higher.

    Parameters
    ----------
    level_mm, reference_mm
        Liquid level in the cell and in the reference cell, shape ``(n,)``. [mm]
    zero_mm, reference_zero_mm
        The same at commissioning. [mm]

    Notes
    -----
    The same difference is often printed with the opposite sign, as a change of height,
    positive up. Keep the reference cell off the influence zone: what it settles is
    subtracted from every other cell.
    """
    moved = np.asarray(level_mm, dtype=float) - zero_mm
    return moved - (np.asarray(reference_mm, dtype=float) - reference_zero_mm)


def cell_level_mm(pressure_pa: ArrayLike, *, density_kg_m3: float = WATER_KG_M3) -> NDArray[Any]:
    """Return the liquid column over a pressure cell: ``h = p / (rho g)``. [mm]"""
    return np.asarray(pressure_pa, dtype=float) / (density_kg_m3 * STANDARD_GRAVITY_MS2) * 1e3


def thermal_error_mm(column_m: float, temp_change_c: float) -> float:
    """Return how much a water column's height errs when one leg is warmer. [mm]"""
    return column_m * 1e3 * WATER_EXPANSION_PER_C * temp_change_c
