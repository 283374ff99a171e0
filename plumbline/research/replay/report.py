"""Report of a replay: plain dictionaries, units in the keys, seconds from the start."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.classify import ClassifySettings
from plumbline.analysis.constants import GAL_MS2
from plumbline.collector.events.model import DETECTION_KINDS, Event
from plumbline.research.replay.arrivals import arrivals
from plumbline.research.replay.classification import explained, largest_motion
from plumbline.research.replay.detector_run import DetectorResult, Trigger
from plumbline.research.replay.feeding import DENSITY_MS2
from plumbline.research.replay.material import ReplayNode, ReplayStructure
from plumbline.wire.block import FOREVER_NS, NS
from plumbline.wire.timestamps import iso_milliseconds

FIRST_MS2 = GAL_MS2
"""Seconds are also counted from when the ground first passes this: 1 gal. [m/s2]"""

STILL_S = 2.0
"""An axis that passes 1 gal within the first of its samples is not asked when it did. [s]"""

APART_NS = 10 * NS
"""Motion over 1 gal that stops for so long and comes again is another motion. [ns]"""


def report_of(
    structure: ReplayStructure,
    detected: DetectorResult,
    *,
    noise_before_s: float,
    span: tuple[int, int] | None = None,
    classify: ClassifySettings | None = None,
) -> dict[str, Any]:
    """Return the report of one structure.

    Parameters
    ----------
    structure
        As it was read, without the noise before it.
    noise_before_s
        Instrument noise that was put before it. [s]
    span
        Span that was replayed; by default that of the structure's motion. [ns since 1970]
    classify
        Thresholds of the classifier.
    """
    start_ns, end_ns = span or (structure.start_ns, structure.end_ns)
    events = [
        e for e in detected.events if e.structure == structure.code and e.kind in DETECTION_KINDS
    ]
    triggers = [one for one in detected.triggers if one.structure == structure.code]
    first_ns = passes_ns(structure)
    return {
        "structure": structure.code,
        "name": structure.name,
        "files": list(structure.files),
        "start_utc": iso_milliseconds(start_ns) if structure.timed else None,
        "seconds": round((end_ns - start_ns) / NS, 3),
        "judged": "by shape" if structure.by_shape else "in its unit",
        "seeded": {
            "noise_floor_ms2_per_root_hz": DENSITY_MS2,
            "noise_before_s": noise_before_s,
        },
        "notes": list(structure.notes),
        "nodes": [_node(node, excerpts=span is not None) for node in structure.nodes],
        "passes_1_gal_s": _since(start_ns, first_ns),
        "triggers": [_trigger(start_ns, one) for one in triggers],
        "episodes": [_episode(structure, event, start_ns, classify) for event in events],
        "decision": decision(events),
        **({} if events else {"loudest": _loudest(structure, start_ns, classify)}),
    }


def decision(events: Sequence[Event]) -> str:
    """Return the gravest thing found: shaking, sway, threshold or none."""
    kinds = {event.kind for event in events}
    return next((str(kind) for kind in DETECTION_KINDS if kind in kinds), "none")


def passes_ns(structure: ReplayStructure, onset_ns: int | None = None) -> int | None:
    """Return when the ground first leaves its zero by 1 gal; None if never. [ns since 1970].

    Parameters
    ----------
    onset_ns
        Look for the motion that was going on at this time, or followed it. [ns since 1970]
    """
    times: list[np.ndarray] = []
    for node in structure.grounds:
        for piece in node.pieces:
            away = np.abs(piece.accel_ms2 - node.offset_ms2[:, np.newaxis])
            over = np.flatnonzero(away[_still_first(away, piece.rate_hz)].max(axis=0) >= FIRST_MS2)
            times.append(piece.start_ns + np.rint(over * (NS / piece.rate_hz)).astype(np.int64))
    every = np.sort(np.concatenate(times)) if times else np.zeros(0, dtype=np.int64)
    if every.size == 0:
        return None
    begins = np.flatnonzero(np.diff(every, prepend=every[0] - 2 * APART_NS) > APART_NS)
    ends = np.append(every[begins[1:] - 1], every[-1])
    if onset_ns is None:
        return int(every[0])
    at = np.flatnonzero(ends >= onset_ns)
    return int(every[begins[at[0]]]) if at.size else None


def _still_first(away: NDArray[np.float64], rate_hz: float) -> NDArray[np.bool_]:
    """Return the axes that are still at first, or all where none is: a hum is no motion."""
    still = away[:, : round(STILL_S * rate_hz)].max(axis=1) < FIRST_MS2
    return still if np.any(still) else np.ones(len(away), dtype=bool)


def _node(node: ReplayNode, *, excerpts: bool) -> dict[str, Any]:
    return {
        "code": node.code,
        "name": node.name,
        "role": str(node.role),
        "level": node.level,
        "axes": list(node.axes),
        "rate_hz": round(node.rate_hz, 4),
        "gaps": None if excerpts else len(node.pieces) - 1,
        "peak_gal": round(node.peak_ms2 / GAL_MS2, 3) if node.pieces else None,
    }


def _trigger(start_ns: int, trigger: Trigger) -> dict[str, Any]:
    return {
        "node": trigger.node,
        "detector": trigger.detector,
        "onset_s": _since(start_ns, trigger.onset_ns),
        "known_s": _since(start_ns, trigger.known_ns),
        "until_s": _since(start_ns, trigger.until_ns),
        "largest_ratio": round(trigger.ratio, 1),
    }


def _episode(
    structure: ReplayStructure, event: Event, start_ns: int, classify: ClassifySettings | None
) -> dict[str, Any]:
    known_s = event.evidence.get("known_after_s")
    opened_ns = event.onset_ns
    first_ns = passes_ns(structure, event.onset_ns)
    if isinstance(known_s, int | float):
        opened_ns += round(known_s * NS)
    return {
        "id": event.id,
        "kind": str(event.kind),
        "detector": event.detector,
        "level": str(event.level),
        "late": event.late,
        "onset_s": _since(start_ns, event.onset_ns),
        "opened_s": _since(start_ns, opened_ns),
        "seconds_after_onset": round((opened_ns - event.onset_ns) / NS, 2),
        "seconds_after_1_gal": None if first_ns is None else round((opened_ns - first_ns) / NS, 2),
        "closed_s": None if event.closed_ns is None else _since(start_ns, event.closed_ns),
        f"peak_{event.unit}": event.value,
        "nodes": event.nodes,
        "evidence": event.evidence,
        "arrivals": arrivals(structure, event.onset_ns),
        "classified": explained(structure, event.onset_ns, event.closed_ns or FOREVER_NS, classify),
    }


def _loudest(
    structure: ReplayStructure, start_ns: int, classify: ClassifySettings | None
) -> dict[str, Any] | None:
    """Return the classification of the largest motion, where nothing opened."""
    if (span := largest_motion(structure)) is None:
        return None
    return {
        "from_s": _since(start_ns, span[0]),
        "classified": explained(structure, *span, classify),
    }


def _since(start_ns: int, time_ns: int | None) -> float | None:
    return None if time_ns is None else round((time_ns - start_ns) / NS, 2)
