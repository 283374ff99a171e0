"""Vibration at a building: velocity in a meter's band, its frequency, and what a standard says."""

from plumbline.analysis.vibration.annex_e import assessment_ratio
from plumbline.analysis.vibration.curves import (
    CurveCheck,
    Duration,
    LimitCurve,
    Location,
    NoLimitError,
    Standard,
)
from plumbline.analysis.vibration.peak import (
    VelocityPeak,
    VibrationAxis,
    component_peak,
    vector_peak,
)
from plumbline.analysis.vibration.standards import STANDARDS, sbr_a
from plumbline.analysis.vibration.velocity import (
    CONSTRUCTION,
    Band,
    velocity_from_accel_mms,
    velocity_in_band_mms,
)
from plumbline.analysis.vibration.verdict import Compliance, VibrationVerdict, assessed, governing

__all__ = [
    "CONSTRUCTION",
    "STANDARDS",
    "Band",
    "Compliance",
    "CurveCheck",
    "Duration",
    "LimitCurve",
    "Location",
    "NoLimitError",
    "Standard",
    "VelocityPeak",
    "VibrationAxis",
    "VibrationVerdict",
    "assessed",
    "assessment_ratio",
    "component_peak",
    "governing",
    "sbr_a",
    "vector_peak",
    "velocity_from_accel_mms",
    "velocity_in_band_mms",
]
