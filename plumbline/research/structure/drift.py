"""Drift of a structure in one event, and what it says about where to look first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plumbline.analysis.drift import (
    DESIGN_LIMITS,
    Drift,
    NoBaseError,
    Sensor,
    Storey,
    StoreyKind,
    chosen_corner_hz,
    drift_evidence,
    drifts,
    inspection,
    reference_level,
)
from plumbline.analysis.quality.stuck import clipping
from plumbline.errors import CommandError
from plumbline.records import Quantity
from plumbline.research.event import FileEvent
from plumbline.research.event.channels import UNNAMED

OWN_AZIMUTHS_DEG = (0.0, 90.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOptions:
    """What the user said.

    Attributes
    ----------
    corner_hz
        Corner of the high-pass, or None to choose it. [Hz]
    heights_m
        Heights above the base by level name; ``""`` stands for the highest level. [m]
    base
        Words for the base, or None.
    building_class
        HAZUS class, or empty.
    stage
        Construction stage.
    """

    corner_hz: float | None
    heights_m: Mapping[str, float]
    base: str | None
    building_class: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDrifts:
    """The report, and the histories behind it.

    Attributes
    ----------
    report
        Everything found, units in the keys.
    drifts
        The drifts with their histories.
    rate_hz
        Sampling rate. [Hz]
    """

    report: dict[str, Any]
    drifts: tuple[Drift, ...]
    rate_hz: float


def found_drifts(event: FileEvent, asked: DriftOptions) -> FoundDrifts:
    """Measure the drifts of a structure.

    Raises
    ------
    CommandError
        If the unit is not known, nothing stands at the base, or a name fits nothing.
    """
    unknown = [c.name for c in event.channels if c.quantity is not Quantity.ACCELERATION]
    if unknown:
        raise CommandError(f"{', '.join(unknown)}: unit not stated; give --units gal, g or m/s2")
    _refuse_clipped(event)
    sensors, still = _moving(_sensors(event))
    try:
        base = _named_base(sensors, asked.base) or reference_level(sensors)
    except NoBaseError as error:
        raise CommandError(f"{error}; name it with --base, or give its file too") from None
    heights = _heights(asked.heights_m, sensors, base)
    corner_hz, why = asked.corner_hz, "given"
    if corner_hz is None:
        corner_hz, why = chosen_corner_hz(sensors, base, event.rate_hz)
    if event.seconds * corner_hz < 1.0:
        raise CommandError(
            f"{event.seconds:.3g} s of record are shorter than one period of the corner, "
            f"{corner_hz:.3g} Hz; give a longer record or a higher --corner"
        )
    found = drifts(sensors, event.rate_hz, corner_hz, heights, base)
    if not found:
        raise CommandError(f"no floor above {base.name} has an axis parallel to one there")
    roof = _roof(found, base)
    largest = max(roof, key=lambda d: d.displacement_m)
    evidence = drift_evidence(
        largest.ratio, largest.ratio_uncertainty or 0.0, asked.building_class, asked.stage
    )
    judged = inspection([evidence])
    report = {
        "reference_level": base.name,
        "corner_hz": corner_hz,
        "corner_reason": why,
        "seconds": event.seconds,
        "rate_hz": event.rate_hz,
        "left_out": [
            *({"channel": c.name, "why": "free field"} for c in event.outside()),
            *({"channel": sensor.name, "why": "does not move"} for sensor in still),
        ],
        "roof": [_told(d) for d in roof],
        "drifts": [_told(d) for d in found],
        "inspection": {
            "priority": str(judged.priority),
            "evidence": [{"what": e.what, "priority": str(e.priority)} for e in judged.evidence],
            "meaning": "where to look first; no colour means that a building is safe",
        },
        "design_limits": [
            {
                "case": limit.case,
                "ratio": limit.ratio,
                "source": limit.provenance.source,
                "edition": limit.provenance.edition,
                "standing": str(limit.provenance.standing),
            }
            for limit in DESIGN_LIMITS
        ],
        "notes": [
            *event.notes,
            *_clocks(event),
            *_unnamed(event),
            "a permanent drift cannot come from acceleration; see tilt before and after",
        ],
    }
    return FoundDrifts(report=report, drifts=found, rate_hz=event.rate_hz)


def _refuse_clipped(event: FileEvent) -> None:
    """Refuse channels that ran against their range: integrated twice, what is cut off is missed.

    Left out in silence, the next floor below would be taken for the roof.
    """
    found = {c.name: clipping(c.raw, c.rate_hz) for c in event.channels if not c.vertical}
    clipped = [f"{name}: {each.reason}" for name, each in found.items() if each is not None]
    if clipped:
        raise CommandError(
            f"clipped, so no drift can come from it: {'; '.join(clipped)}; --exclude it to go on"
        )


def _clocks(event: FileEvent) -> list[str]:
    sources = {c.source for c in event.channels}
    if len(sources) == 1 or all(c.start_ns is not None for c in event.channels):
        return []
    return ["these files tell no time: the drift is right only if one trigger started them all"]


def _unnamed(event: FileEvent) -> list[str]:
    named = [c.name for c in event.channels if c.direction == UNNAMED and c.azimuth_deg is None]
    if not named:
        return []
    return [f"{', '.join(named)}: no direction named, taken to be parallel and horizontal"]


def _sensors(event: FileEvent) -> list[Sensor]:
    level = [c for c in event.channels if not c.vertical]
    words = list(dict.fromkeys(c.direction for c in level if c.azimuth_deg is None))
    if len(words) > len(OWN_AZIMUTHS_DEG):
        raise CommandError(
            f"{len(words)} directions without azimuth ({', '.join(words)}): give azimuths_deg in "
            "the sidecar, or --exclude what is not horizontal"
        )
    own = dict(zip(words, OWN_AZIMUTHS_DEG, strict=False))
    return [
        Sensor(
            name=c.name,
            place=c.place,
            level=c.level,
            azimuth_deg=own[c.direction] if c.azimuth_deg is None else c.azimuth_deg,
            accel_ms2=c.values,
            direction=c.direction if c.azimuth_deg is None else "",
        )
        for c in level
    ]


def _moving(sensors: Sequence[Sensor]) -> tuple[list[Sensor], list[Sensor]]:
    """Part what moves from what does not: a dead channel is not a floor that stood still."""
    moves = [bool(np.ptp(sensor.accel_ms2) > 0) for sensor in sensors]
    moving = [sensor for sensor, yes in zip(sensors, moves, strict=True) if yes]
    return moving, [sensor for sensor, yes in zip(sensors, moves, strict=True) if not yes]


def _named_base(sensors: Sequence[Sensor], words: str | None) -> Storey | None:
    if words is None:
        return None
    for sensor in sensors:
        named = (sensor.name, sensor.place, sensor.level.name)
        if any(words.lower() == one.lower() for one in named):
            return sensor.level
    known = ", ".join(dict.fromkeys(sensor.place or sensor.name for sensor in sensors))
    raise CommandError(f"--base {words}: fits no channel; there are {known}")


def _heights(
    given: Mapping[str, float], sensors: Sequence[Sensor], base: Storey
) -> dict[str, float]:
    levels = {sensor.level.name: sensor.level for sensor in sensors}
    inside = [
        one
        for one in levels.values()
        if one.kind not in (StoreyKind.FREE_FIELD, StoreyKind.UNKNOWN)
    ]
    heights = {base.name: 0.0}
    for name, height in given.items():
        wanted = name.lower() or max(inside).name
        if wanted not in levels and f"level {wanted}" in levels:
            wanted = f"level {wanted}"
        if wanted not in levels:
            raise CommandError(
                f"--height {name}={height:g}: no such level; there are {set(levels)}"
            )
        heights[wanted] = height
    return heights


def _roof(found: Sequence[Drift], base: Storey) -> list[Drift]:
    highest = found[0].upper
    return [d for d in found if d.upper == highest and d.lower == base.name]


def _told(drift: Drift) -> dict[str, Any]:
    return {
        "upper": drift.upper,
        "lower": drift.lower,
        "channel": drift.sensor,
        "reference": drift.reference,
        "direction": drift.direction,
        "displacement_cm": 100 * drift.displacement_m,
        "uncertainty_cm": 100 * drift.uncertainty_m,
        "time_s": drift.time_s,
        "height_m": drift.height_m,
        "ratio": drift.ratio,
        "ratio_uncertainty": drift.ratio_uncertainty,
        "inter_storey": drift.adjacent,
    }
