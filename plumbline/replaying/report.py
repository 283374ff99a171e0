"""What was heard as a report: plain dictionaries, units in the keys, seconds from the start."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from plumbline.collector.events.model import Event, Kind
from plumbline.replaying.explaining import explained, loudest
from plumbline.replaying.feeding import DENSITY_MS2
from plumbline.replaying.listening import Heard, Trigger
from plumbline.replaying.material import Node, Structure
from plumbline.wire.block import NS

GAL = 0.01
"""[m/s2]"""

FIRST_MS2 = GAL
"""Seconds are also counted from when the ground first passes this: 1 gal. [m/s2]"""

OPENS = (Kind.SHAKING, Kind.SWAY, Kind.THRESHOLD)


def report_of(structure: Structure, heard: Heard, *, noise_before_s: float) -> dict[str, Any]:
    """Return the report of one structure.

    Parameters
    ----------
    structure
        As it was read, without the noise before it.
    noise_before_s
        Instrument noise that was put before it. [s]
    """
    events = [e for e in heard.events if e.structure == structure.code and e.kind in OPENS]
    triggers = [one for one in heard.triggers if one.structure == structure.code]
    first_ns = passes_ns(structure, FIRST_MS2)
    return {
        "structure": structure.code,
        "name": structure.name,
        "files": list(structure.files),
        "start_utc": _utc(structure.start_ns) if structure.timed else None,
        "seconds": round((structure.end_ns - structure.start_ns) / NS, 3),
        "judged": "by shape" if structure.by_shape else "in its unit",
        "seeded": {
            "noise_floor_ms2_per_root_hz": DENSITY_MS2,
            "noise_before_s": noise_before_s,
        },
        "notes": list(structure.notes),
        "nodes": [_node(node) for node in structure.nodes],
        "passes_1_gal_s": _since(structure, first_ns),
        "triggers": [_trigger(structure, one) for one in triggers],
        "episodes": [_episode(structure, event, first_ns) for event in events],
        "decision": decision(events),
        **({} if events else {"loudest": _loudest(structure)}),
    }


def decision(events: Sequence[Event]) -> str:
    """Return the gravest thing found: shaking, sway, threshold or none."""
    kinds = {event.kind for event in events}
    return next((str(kind) for kind in OPENS if kind in kinds), "none")


def passes_ns(structure: Structure, accel_ms2: float) -> int | None:
    """Return when the ground first leaves its zero by so much; None if never. [ns since 1970]."""
    found = []
    for node in structure.grounds:
        for piece in node.pieces:
            away = np.abs(piece.accel_ms2 - node.offset_ms2[:, np.newaxis]).max(axis=0)
            over = np.flatnonzero(away >= accel_ms2)
            if over.size:
                found.append(piece.time_ns(int(over[0])))
                break
    return min(found, default=None)


def _node(node: Node) -> dict[str, Any]:
    return {
        "code": node.code,
        "name": node.name,
        "role": str(node.role),
        "level": node.level,
        "axes": list(node.axes),
        "rate_hz": round(node.rate_hz, 4),
        "gaps": len(node.pieces) - 1,
        "peak_gal": round(node.peak_ms2 / GAL, 3),
    }


def _trigger(structure: Structure, trigger: Trigger) -> dict[str, Any]:
    return {
        "node": trigger.node,
        "detector": trigger.detector,
        "onset_s": _since(structure, trigger.onset_ns),
        "known_s": _since(structure, trigger.known_ns),
        "until_s": _since(structure, trigger.until_ns),
        "largest_ratio": round(trigger.ratio, 1),
    }


def _episode(structure: Structure, event: Event, first_ns: int | None) -> dict[str, Any]:
    known_s = event.evidence.get("known_after_s")
    opened_ns = event.onset_ns
    if isinstance(known_s, int | float):
        opened_ns += round(known_s * NS)
    return {
        "id": event.id,
        "kind": str(event.kind),
        "detector": event.detector,
        "level": str(event.level),
        "late": event.late,
        "onset_s": _since(structure, event.onset_ns),
        "opened_s": _since(structure, opened_ns),
        "seconds_after_onset": round((opened_ns - event.onset_ns) / NS, 2),
        "seconds_after_1_gal": None if first_ns is None else round((opened_ns - first_ns) / NS, 2),
        "closed_s": None if event.closed_ns is None else _since(structure, event.closed_ns),
        f"peak_{event.unit}": event.value,
        "nodes": event.nodes,
        "evidence": event.evidence,
        "classified": explained(structure, event.onset_ns, event.closed_ns or structure.end_ns),
    }


def _loudest(structure: Structure) -> dict[str, Any] | None:
    """Return what the loudest motion looks like where nothing opened."""
    if (span := loudest(structure)) is None:
        return None
    return {"from_s": _since(structure, span[0]), "classified": explained(structure, *span)}


def _since(structure: Structure, time_ns: int | None) -> float | None:
    return None if time_ns is None else round((time_ns - structure.start_ns) / NS, 2)


def _utc(time_ns: int) -> str:
    return datetime.fromtimestamp(time_ns / NS, UTC).isoformat(timespec="milliseconds")
