"""How far a structure bends when it shakes, and where to look first afterwards."""

from plumbline.analysis.drift.corner import chosen_corner_hz
from plumbline.analysis.drift.design_limits import DESIGN_LIMITS, DriftLimit
from plumbline.analysis.drift.displacement import displacement_m, offset_removed, quiet_samples
from plumbline.analysis.drift.hazus import MEDIANS, Damage, Fragility, fragility
from plumbline.analysis.drift.priority import (
    DriftEvidence,
    Inspection,
    Priority,
    ProjectDrifts,
    drift_evidence,
    inspection,
)
from plumbline.analysis.drift.sensors import NoBaseError, Sensor, along, reference_level
from plumbline.analysis.drift.storey_drift import Drift, drifts
from plumbline.analysis.drift.storeys import Storey, StoreyKind, base_of, lowest_of, storey_of

__all__ = [
    "DESIGN_LIMITS",
    "MEDIANS",
    "Damage",
    "Drift",
    "DriftEvidence",
    "DriftLimit",
    "Fragility",
    "Inspection",
    "NoBaseError",
    "Priority",
    "ProjectDrifts",
    "Sensor",
    "Storey",
    "StoreyKind",
    "along",
    "base_of",
    "chosen_corner_hz",
    "displacement_m",
    "drift_evidence",
    "drifts",
    "fragility",
    "inspection",
    "lowest_of",
    "offset_removed",
    "quiet_samples",
    "reference_level",
    "storey_of",
]
