"""Vibration at a building: velocity in a meter's band, its frequency, and what a standard says."""

from plumbline.analysis.vibration.annex_e import assessment_ratio
from plumbline.analysis.vibration.curves import (
    Duration,
    Judged,
    LimitCurve,
    Location,
    NoLimitError,
    Standard,
)
from plumbline.analysis.vibration.peak import Axis, Peak, component_peak, vector_peak
from plumbline.analysis.vibration.standards import STANDARDS, sbr_a
from plumbline.analysis.vibration.velocity import (
    CONSTRUCTION,
    Band,
    velocity_from_accel_mms,
    velocity_in_band_mms,
)
from plumbline.analysis.vibration.verdict import Outcome, Verdict, governing, judged

__all__ = [
    "CONSTRUCTION",
    "STANDARDS",
    "Axis",
    "Band",
    "Duration",
    "Judged",
    "LimitCurve",
    "Location",
    "NoLimitError",
    "Outcome",
    "Peak",
    "Standard",
    "Verdict",
    "assessment_ratio",
    "component_peak",
    "governing",
    "judged",
    "sbr_a",
    "vector_peak",
    "velocity_from_accel_mms",
    "velocity_in_band_mms",
]
