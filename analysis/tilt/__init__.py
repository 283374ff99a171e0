"""Tilt: counts to angle, resultant, beam chains, the plane of a rigid body, distortion."""

from plumbline.analysis.tilt.angle import angle_from_counts, angle_from_gravity
from plumbline.analysis.tilt.chain import chain_settlement_mm, differential_settlement_mm
from plumbline.analysis.tilt.resultant import Resultant, tilt_resultant
from plumbline.analysis.tilt.robust import RobustMean, robust_mean
from plumbline.analysis.tilt.single import SingleTiltmeter, single_tiltmeter

__all__ = [
    "Resultant",
    "RobustMean",
    "SingleTiltmeter",
    "angle_from_counts",
    "angle_from_gravity",
    "chain_settlement_mm",
    "differential_settlement_mm",
    "robust_mean",
    "single_tiltmeter",
    "tilt_resultant",
]
