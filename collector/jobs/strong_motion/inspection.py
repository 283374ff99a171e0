"""Inspection priority of an episode: where to inspect first, and why. No colour means safe."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.analysis.drift import (
    DriftEvidence,
    Priority,
    ProjectDrifts,
    drift_evidence,
    inspection,
)
from plumbline.wire.inventory.model import ConstructionStage, Structure

MEANING = "where to look first; no colour means that a building is safe"
COMPLETE = "complete"
LEAST_COMPLETE = 0.9
"""With less of the window than this the largest drift may lie in a gap. [1]"""


def stage_words(stage: ConstructionStage | None) -> str:
    """Return a stage in words; only a finished building is ``complete``."""
    if stage is None:
        return "not declared in the inventory"
    if stage.complete:
        return COMPLETE
    return f"{stage.floors_cast} floors cast since {stage.name}"


def inspection_report(
    structure: Structure,
    stage: ConstructionStage | None,
    drifts: Sequence[Mapping[str, Any]],
    *,
    base: int | None,
    project: ProjectDrifts | None,
) -> dict[str, Any]:
    """Return the priority with its evidence, and the pairs of levels in the order of inspection.

    Parameters
    ----------
    stage
        The construction stage when it began.
    drifts
        What `StoreyDrift` found.
    base
        The level they were measured from; None where no node stands at the base.
    project
        Limits an engineer has set for the structure; they hold at any stage.
    """
    words = stage_words(stage)
    pairs: list[dict[str, Any]] = []
    evidence: list[DriftEvidence] = []
    for name, members in _pairs(drifts, base).items():
        worst = max(members, key=_size)
        found = drift_evidence(
            worst["ratio"],
            worst["ratio_uncertainty"] or 0.0,
            structure.hazus_class or "",
            words,
            project,
            f"{name}, {worst['direction']}",
        )
        found = _with_gap(found, worst)
        evidence.append(found)
        pairs.append({"levels": name, "priority": str(found.priority), **worst})
    if not evidence:
        evidence = [DriftEvidence(what=_nothing(base, drifts), priority=Priority.NOT_APPLICABLE)]
    overall = inspection(evidence)
    pairs.sort(key=lambda pair: -_size(pair))
    return {
        "priority": str(overall.priority),
        "reason": overall.evidence[0].what,
        "evidence": [{"what": e.what, "priority": str(e.priority)} for e in overall.evidence],
        "look_first": pairs,
        "stage": words,
        "hazus_class": structure.hazus_class,
        "meaning": MEANING,
    }


def _pairs(
    drifts: Sequence[Mapping[str, Any]], base: int | None
) -> dict[str, list[dict[str, Any]]]:
    """Return drifts by what they are of: the roof against the base, then neighbouring levels."""
    if base is None or not drifts:
        return {}
    top = max(drift["upper_level"] for drift in drifts)
    levels = sorted({base} | {drift["upper_level"] for drift in drifts})
    found: dict[str, list[dict[str, Any]]] = {}
    for drift in drifts:
        upper, lower = drift["upper_level"], drift["lower_level"]
        if upper == top and lower == base:
            found.setdefault(f"roof drift, levels {lower} to {upper}", []).append(dict(drift))
        if levels.index(upper) - levels.index(lower) == 1 and len(levels) > 2:
            kind = "storey" if upper - lower == 1 else f"{upper - lower} storeys together"
            found.setdefault(f"{kind}, levels {lower} to {upper}", []).append(dict(drift))
    return found


def _size(drift: Mapping[str, Any]) -> float:
    """Return the upper end of a drift ratio; without a height pairs rank by displacement."""
    if drift["ratio"] is None:
        return float(drift["displacement_m"]) * 1e-6  # behind every pair that has a ratio
    return float(drift["ratio"] + drift["ratio_uncertainty"])


def _with_gap(found: DriftEvidence, drift: Mapping[str, Any]) -> DriftEvidence:
    if drift["completeness"] >= LEAST_COMPLETE:
        return found
    return DriftEvidence(
        what=f"{found.what}; only {drift['completeness']:.0%} of the episode without a gap: the "
        "largest drift may be missing",
        priority=found.priority,
    )


def _nothing(base: int | None, drifts: Sequence[Mapping[str, Any]]) -> str:
    if base is None:
        return "no accelerometer at the base (role ground), so no drift"
    if not drifts:
        return "no level above the base has samples and an axis parallel to one there"
    return "no pair of levels"
