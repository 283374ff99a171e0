"""Replay: the collector's very detectors over records and archives, and what they made of them."""

from plumbline.research.replay.assembly import ReplayOptions, structures_of
from plumbline.research.replay.detector_run import DetectorResult, run_detectors
from plumbline.research.replay.material import ReplayNode, ReplayPiece, ReplayStructure

__all__ = [
    "DetectorResult",
    "ReplayNode",
    "ReplayOptions",
    "ReplayPiece",
    "ReplayStructure",
    "run_detectors",
    "structures_of",
]
