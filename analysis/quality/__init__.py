"""Whether a channel can be believed: by itself, by its data sheet, by its neighbours."""

from plumbline.analysis.quality.completeness import (
    RecordGap,
    RecordPiece,
    completeness,
    gaps,
    incomplete,
)
from plumbline.analysis.quality.examine import examined
from plumbline.analysis.quality.finding import Defect, Finding, Severity
from plumbline.analysis.quality.floor import NoiseFloor, noise_floor, quiet_spread
from plumbline.analysis.quality.neighbours import (
    QualityAxis,
    floors_apart,
    gravity,
    peaks_apart,
    turned,
)

__all__ = [
    "Defect",
    "Finding",
    "NoiseFloor",
    "QualityAxis",
    "RecordGap",
    "RecordPiece",
    "Severity",
    "completeness",
    "examined",
    "floors_apart",
    "gaps",
    "gravity",
    "incomplete",
    "noise_floor",
    "peaks_apart",
    "quiet_spread",
    "turned",
]
