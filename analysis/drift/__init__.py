"""How far a structure bends when it shakes, and where to look first afterwards."""

from plumbline.analysis.drift.corner import chosen_corner_hz
from plumbline.analysis.drift.design_limits import DESIGN_LIMITS, DriftLimit
from plumbline.analysis.drift.displacement import displacement_m, offset_removed, quiet_samples
from plumbline.analysis.drift.hazus import MEDIANS, Damage, Fragility, fragility
from plumbline.analysis.drift.priority import (
    Evidence,
    Inspection,
    Priority,
    ProjectDrifts,
    drift_evidence,
    inspection,
)
from plumbline.analysis.drift.sensors import NoBaseError, Sensor, along, reference_level
from plumbline.analysis.drift.storey_drift import Drift, drifts
from plumbline.analysis.drift.storeys import Kind, Level, base_of, level_of, lowest_of

__all__ = [
    "DESIGN_LIMITS",
    "MEDIANS",
    "Damage",
    "Drift",
    "DriftLimit",
    "Evidence",
    "Fragility",
    "Inspection",
    "Kind",
    "Level",
    "NoBaseError",
    "Priority",
    "ProjectDrifts",
    "Sensor",
    "along",
    "base_of",
    "chosen_corner_hz",
    "displacement_m",
    "drift_evidence",
    "drifts",
    "fragility",
    "inspection",
    "level_of",
    "lowest_of",
    "offset_removed",
    "quiet_samples",
    "reference_level",
]
