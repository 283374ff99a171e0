"""Distortion of a structure from its levelled points: plane, pairs, profiles, the worst of each."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.spatial import Delaunay, QhullError

from plumbline.analysis.arrays import Floats
from plumbline.analysis.settlement.differential import difference
from plumbline.analysis.tilt import (
    Curvature,
    PlaneFit,
    RigidBody,
    angular_distortions,
    curvature,
    deflection_ratio,
    rigid_body,
)
from plumbline.research.survey.positions import Position

FREE_POINTS = 4
"""Three points lie on a plane whatever they do: the fourth shows the first distortion."""

OFF_LINE = 0.05
"""A profile's points may stand this share of its length off the line of its ends."""

NO_FOURTH = (
    "three points lie on a plane whatever they do: a distortion needs a fourth, or a profile"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledPoint:
    """One point with what it settled between two dates.

    Attributes
    ----------
    name
        What it is called.
    position
        In plan.
    settlement_mm
        Positive down. [mm]
    first, last
        Dates of the two levels.
    """

    name: str
    position: Position
    settlement_mm: float
    first: str
    last: str


def plane_report(
    points: Sequence[SettledPoint], fit: PlaneFit
) -> tuple[dict[str, Any] | None, RigidBody | None, str | None]:
    """Return the plane through the points: report, plane, and the reason where there is none."""
    x, y, settled = _arrays(points)
    try:
        body = rigid_body(x, y, settled, fit)
    except ValueError as error:
        return None, None, str(error)
    tilt_urad = math.hypot(body.tilt_x_urad, body.tilt_y_urad)
    free = len(points) - 3
    report = {
        "fit": str(fit),
        "tilt_x_urad": body.tilt_x_urad,
        "tilt_y_urad": body.tilt_y_urad,
        "tilt_urad": tilt_urad,
        "toward_deg": math.degrees(math.atan2(body.tilt_x_urad, body.tilt_y_urad)) % 360,
        "residual_sigma_mm": math.sqrt(float(np.sum(body.residual_mm**2)) / free) if free else None,
        "residual_mm": {
            point.name: float(left) for point, left in zip(points, body.residual_mm, strict=True)
        },
    }
    return report, body if free else None, None if free else NO_FOURTH


def pair_reports(
    points: Sequence[SettledPoint], body: RigidBody | None, level_sigma_mm: float | None
) -> list[dict[str, Any]]:
    """Return rotation and angular distortion of every two points that stand beside each other.

    Parameters
    ----------
    points
        Neighbours are those a Delaunay triangulation joins.
    body
        The plane whose tilt is taken off; None leaves angular distortion out.
    level_sigma_mm
        Standard deviation of one level, if stated. [mm]
    """
    found = []
    for i, j in _neighbours(points):
        one, other = points[i], points[j]
        east, north = (
            other.position.x_m - one.position.x_m,
            other.position.y_m - one.position.y_m,
        )
        sigma_mm = 0.0 if level_sigma_mm is None else math.sqrt(2) * level_sigma_mm
        between = difference(
            one.settlement_mm,
            other.settlement_mm,
            math.hypot(east, north),
            sigma_first_mm=sigma_mm,
            sigma_second_mm=sigma_mm,
        )
        toward_deg = math.degrees(math.atan2(north, east))
        beta = None if body is None else (between.rotation_urad - body.along(toward_deg)) * 1e-6
        found.append(
            {
                "first": one.name,
                "second": other.name,
                "distance_m": math.hypot(east, north),
                "settlement_mm": between.settlement_mm,
                "sigma_mm": None if level_sigma_mm is None else between.sigma_mm,
                "rotation": between.rotation_urad * 1e-6,
                "angular_distortion": beta,
                "curvature": None,
            }
        )
    return found


def profile_report(
    names: Sequence[str], points: Mapping[str, SettledPoint], body: RigidBody | None
) -> dict[str, Any]:
    """Return the distortion along one line of points, in order.

    Raises
    ------
    ValueError
        If a point is unknown, or they are fewer than three, out of order or off one line.
    """
    if unknown := [name for name in names if name not in points]:
        raise ValueError(f"{', '.join(unknown)}: not levelled on both days, or without a position")
    if len(names) < 3:
        raise ValueError("a profile needs at least three points, in order")
    x, y, settled = _arrays([points[name] for name in names])
    toward = np.array([x[-1] - x[0], y[-1] - y[0]])
    length_m = float(np.hypot(*toward))
    if length_m == 0:
        raise ValueError("a profile begins and ends at different points")
    along = ((x - x[0]) * toward[0] + (y - y[0]) * toward[1]) / length_m
    off = np.abs((x - x[0]) * toward[1] - (y - y[0]) * toward[0]) / length_m
    if off.max() > OFF_LINE * length_m:
        worst = names[int(off.argmax())]
        raise ValueError(f"{worst} stands {off.max():.2f} m off the line of the ends")
    rigid_urad = None
    if body is not None:
        rigid_urad = body.along(math.degrees(math.atan2(toward[1], toward[0])))
    segments = angular_distortions(along, settled, rigid_tilt_urad=rigid_urad)
    return {
        "points": list(names),
        "length_m": length_m,
        "curvature": str(curvature(along, settled)),
        "deflection_ratio": deflection_ratio(along, settled),
        "rigid_tilt_from": "plane" if body is not None else "chord of its ends",
        "segments": [
            {
                "first": names[one.first],
                "second": names[one.second],
                "distance_m": float(along[one.second] - along[one.first]),
                "settlement_mm": float(settled[one.second] - settled[one.first]),
                "sigma_mm": None,
                "rotation": one.rotation,
                "angular_distortion": one.angular_distortion,
                "curvature": str(one.curvature),
            }
            for one in segments
        ],
    }


def worst(segments: Sequence[dict[str, Any]], key: str) -> dict[str, Any] | None:
    """Return the segment with the largest size of a figure; None where none has it."""
    known = [one for one in segments if one[key] is not None]
    return max(known, key=lambda one: abs(one[key]), default=None)


def hogs(segment: Mapping[str, Any]) -> Curvature:
    """Return the curvature of a segment; a pair alone is taken for straight."""
    return Curvature(segment["curvature"] or Curvature.STRAIGHT)


def _neighbours(points: Sequence[SettledPoint]) -> list[tuple[int, int]]:
    """Return the pairs that stand beside each other; along one line, those in order of it."""
    x, y, _ = _arrays(points)
    try:
        triangles = Delaunay(np.column_stack([x, y])).simplices
    except (QhullError, ValueError):
        order = np.lexsort((y, x)).tolist()
        return list(pairwise(order))
    sides = {
        (min(a, b), max(a, b))
        for corners in triangles.tolist()
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
    }
    return sorted(sides)


def _arrays(points: Sequence[SettledPoint]) -> tuple[Floats, Floats, Floats]:
    return (
        np.array([each.position.x_m for each in points]),
        np.array([each.position.y_m for each in points]),
        np.array([each.settlement_mm for each in points]),
    )
