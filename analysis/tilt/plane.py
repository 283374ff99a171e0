"""The plane of a rigid body through settlement points, and what is left: the distortion."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.constants import SIGMA_PER_MAD

FEWEST_POINTS: Final = 3

# Residuals below this share of the largest settlement are the plane's own rounding.
FLAT: Final = 1e-9


class PlaneFit(StrEnum):
    """How the plane is put through the points."""

    LEAST_SQUARES = "least squares"
    HUBER = "huber"


class Curvature(StrEnum):
    """Which way a profile bends."""

    SAGGING = "sagging"
    HOGGING = "hogging"
    STRAIGHT = "straight"


@dataclass(frozen=True, slots=True, kw_only=True)
class RigidBody:
    """Settlement of a rigid body: ``s = level + b x + c y``.

    Attributes
    ----------
    level_mm
        Settlement at the origin of the coordinates. [mm]
    tilt_x_urad, tilt_y_urad
        Slope of the plane: positive when the side of larger x (y) went down. [urad]
    residual_mm
        What each point settled beyond the plane, shape ``(n,)``. [mm]
    fit
        How it was fitted.
    """

    level_mm: float
    tilt_x_urad: float
    tilt_y_urad: float
    residual_mm: NDArray[Any]
    fit: PlaneFit

    def along(self, from_x_deg: float) -> float:
        """Return the tilt along a direction, counted from x toward y. [urad]"""
        turn = np.deg2rad(from_x_deg)
        return float(self.tilt_x_urad * np.cos(turn) + self.tilt_y_urad * np.sin(turn))


@dataclass(frozen=True, slots=True, kw_only=True)
class Distortion:
    """The distortion of one segment, rigid tilt removed.

    Attributes
    ----------
    first, second
        Indices of the two points.
    rotation
        Differential settlement over length, the rigid tilt still in it. [-]
    angular_distortion
        ``beta``: rotation minus rigid tilt. [-]
    curvature
        Of the profile at this segment; halve sagging limits where it hogs.
    """

    first: int
    second: int
    rotation: float
    angular_distortion: float
    curvature: Curvature


def rigid_body(
    x_m: ArrayLike,
    y_m: ArrayLike,
    settlement_mm: ArrayLike,
    fit: PlaneFit = PlaneFit.LEAST_SQUARES,
) -> RigidBody:
    """Fit the plane of a rigid body through at least three settlement points.

    Parameters
    ----------
    x_m, y_m
        Plan position of each point, shape ``(n,)``. [m]
    settlement_mm
        Positive down, shape ``(n,)``. [mm]
    fit
        Huber's weights keep one disturbed point from tilting the plane.

    Raises
    ------
    ValueError
        With fewer than three points, or points on one line: no plane, and so no rigid tilt
        and no angular distortion.
    """
    x, y, s = (np.asarray(each, dtype=float) for each in (x_m, y_m, settlement_mm))
    if s.size < FEWEST_POINTS:
        raise ValueError("angular distortion needs at least three settlement points")
    design = np.column_stack([np.ones(s.size), x, y])
    centred = design[:, 1:] - design[:, 1:].mean(axis=0)
    spread = np.linalg.svd(centred, compute_uv=False)
    if spread[-1] < 1e-6 * spread[0]:
        raise ValueError("the points lie on one line: the plane across it is not known")
    weight = np.ones(s.size)
    for _ in range(50 if fit is PlaneFit.HUBER else 1):
        root = np.sqrt(weight)
        plane = np.linalg.lstsq(design * root[:, np.newaxis], s * root, rcond=None)[0]
        residual = s - design @ plane
        scale = SIGMA_PER_MAD * float(np.median(np.abs(residual)))
        if scale <= FLAT * float(np.max(np.abs(s)) or 1.0):
            break
        weight = np.minimum(1.0, 1.345 * scale / np.maximum(np.abs(residual), 1e-300))
    return RigidBody(
        level_mm=float(plane[0]),
        tilt_x_urad=float(plane[1]) * 1e3,
        tilt_y_urad=float(plane[2]) * 1e3,
        residual_mm=residual,
        fit=fit,
    )


def angular_distortions(
    along_m: ArrayLike, settlement_mm: ArrayLike, *, rigid_tilt_urad: float | None = None
) -> list[Distortion]:
    """Return the angular distortion of each segment of a profile: ``delta / L - omega``.

    Parameters
    ----------
    along_m
        Position of at least three points along the profile, increasing, shape ``(n,)``. [m]
    settlement_mm
        As measured, positive down, shape ``(n,)``. [mm]
    rigid_tilt_urad
        The building's own tilt along the profile, from `RigidBody.along` or a tiltmeter
        pair, positive when the far end went down; by default the rotation of the chord
        between the profile's two ends stands for it. [urad]
    """
    along, s = np.asarray(along_m, dtype=float), np.asarray(settlement_mm, dtype=float)
    if along.size < FEWEST_POINTS or np.any(np.diff(along) <= 0):
        raise ValueError("need at least three points, in order along the profile")
    chord = (s[-1] - s[0]) / (along[-1] - along[0]) * 1e-3
    rigid = chord if rigid_tilt_urad is None else rigid_tilt_urad * 1e-6
    rotation = np.diff(s) / np.diff(along) * 1e-3
    bend = curvature(along, s)
    return [
        Distortion(
            first=i,
            second=i + 1,
            rotation=float(rotation[i]),
            angular_distortion=float(rotation[i] - rigid),
            curvature=bend,
        )
        for i in range(rotation.size)
    ]


def deflection_ratio(along_m: ArrayLike, settlement_mm: ArrayLike) -> float:
    """Return the largest departure from the chord over its length, positive for sagging. [-]"""
    along, departure = _departure(along_m, settlement_mm)
    worst = departure[np.argmax(np.abs(departure))]
    return float(worst) * 1e-3 / float(along[-1] - along[0])


def curvature(along_m: ArrayLike, settlement_mm: ArrayLike) -> Curvature:
    """Return which way a profile bends: sagging when its middle went down most."""
    _, departure = _departure(along_m, settlement_mm)
    worst = float(departure[np.argmax(np.abs(departure))])
    if abs(worst) <= FLAT * float(np.max(np.abs(np.asarray(settlement_mm))) or 1.0):
        return Curvature.STRAIGHT
    return Curvature.SAGGING if worst > 0 else Curvature.HOGGING


def _departure(along_m: ArrayLike, settlement_mm: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return positions and settlements beyond the chord of the two ends. [m], [mm]"""
    along, s = np.asarray(along_m, dtype=float), np.asarray(settlement_mm, dtype=float)
    if along.size < FEWEST_POINTS:
        raise ValueError("a deflection needs at least three points along the profile")
    share = (along - along[0]) / (along[-1] - along[0])
    return along, s - (s[0] + share * (s[-1] - s[0]))
