"""Tilt: resultant, beam chains, the plane of a rigid body, distortion."""

from plumbline.analysis.statistics.robust_mean import RobustMean, robust_centre, robust_mean
from plumbline.analysis.tilt.chain import chain_settlement_mm, differential_settlement_mm
from plumbline.analysis.tilt.damage import (
    DamageCategory,
    category_by_crack,
    category_by_strain,
    combined_strain,
)
from plumbline.analysis.tilt.limits import DISTORTION_LIMITS, DistortionLimit
from plumbline.analysis.tilt.plane import (
    Curvature,
    Distortion,
    PlaneFit,
    RigidBody,
    angular_distortions,
    curvature,
    deflection_ratio,
    rigid_body,
)
from plumbline.analysis.tilt.resultant import Resultant, tilt_resultant

__all__ = [
    "DISTORTION_LIMITS",
    "Curvature",
    "DamageCategory",
    "Distortion",
    "DistortionLimit",
    "PlaneFit",
    "Resultant",
    "RigidBody",
    "RobustMean",
    "angular_distortions",
    "category_by_crack",
    "category_by_strain",
    "chain_settlement_mm",
    "combined_strain",
    "curvature",
    "deflection_ratio",
    "differential_settlement_mm",
    "rigid_body",
    "robust_centre",
    "robust_mean",
    "tilt_resultant",
]
