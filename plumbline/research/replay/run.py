"""A replay from structures to reports."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from plumbline.analysis.classify import ClassifySettings
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.research.replay.detector_run import DetectorResult, run_detectors
from plumbline.research.replay.feeding import NOISE_S, entries_of, places_of, with_noise_before
from plumbline.research.replay.material import ReplayStructure
from plumbline.research.replay.report import report_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replayed:
    """Replayed structure: its motion, what was detected, and the report.

    Attributes
    ----------
    structure
        As it was read.
    detected
        By the detectors, of every structure of the replay.
    report
        Of this structure.
    damaged
        Records of an archive that could not be replayed, each with file and byte.
    """

    structure: ReplayStructure
    detected: DetectorResult
    report: dict[str, Any]
    damaged: tuple[str, ...] = ()


def replayed_files(
    structures: Sequence[ReplayStructure],
    settings: DetectionSettings,
    *,
    noise_before_s: float = NOISE_S,
    classify: ClassifySettings | None = None,
) -> list[Replayed]:
    """Run the detectors over structures that were read from files.

    Parameters
    ----------
    settings
        Settings of the detectors.
    noise_before_s
        Instrument noise put before each first sample. [s]
    classify
        Thresholds of the classifier.
    """
    longer = [_after_noise(structure, noise_before_s) for structure in structures]
    known = places_of(longer)
    detected = run_detectors(entries_of(longer, known), known, settings)
    return [
        Replayed(
            structure=structure,
            detected=detected,
            report=report_of(structure, detected, noise_before_s=noise_before_s, classify=classify),
        )
        for structure in structures
    ]


def _after_noise(structure: ReplayStructure, seconds: float) -> ReplayStructure:
    nodes = tuple(
        with_noise_before(node, seconds, seed) for seed, node in enumerate(structure.nodes)
    )
    return replace(structure, nodes=nodes)
