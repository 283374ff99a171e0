"""Vibration of each measuring point held against one line of a standard."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.limit_standing import may_page
from plumbline.analysis.quality import Finding
from plumbline.analysis.quality.stuck import clipping, flat_line
from plumbline.analysis.vibration import (
    CONSTRUCTION,
    Compliance,
    CurveCheck,
    LimitCurve,
    VelocityPeak,
    VibrationAxis,
    VibrationVerdict,
    component_peak,
    governing,
    vector_peak,
    velocity_from_accel_mms,
    velocity_in_band_mms,
)
from plumbline.analysis.vibration.annex_e import LEAST_RATE_HZ, assessment_ratio
from plumbline.analysis.vibration.physics import floor_velocity_mms
from plumbline.analysis.vibration.velocity import USABLE_SHARE_OF_RATE
from plumbline.errors import CommandError
from plumbline.records import Quantity
from plumbline.research.event import FileChannel

MM = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One measuring point, judged.

    Attributes
    ----------
    name
        Station and place.
    verdicts
        The governing one first.
    report
        What is printed, units in the keys.
    """

    name: str
    verdicts: tuple[VibrationVerdict, ...]
    report: dict[str, Any]


def judged_points(
    channels: Sequence[FileChannel], curve: LimitCurve, noise_ug: float | None
) -> list[Point]:
    """Judge every measuring point.

    Parameters
    ----------
    channels
        Channels of acceleration or velocity in known units.
    curve
        The limit.
    noise_ug
        Noise density of the accelerometers, if known. [µg/√Hz]

    Raises
    ------
    CommandError
        If a unit is not known, or the curve needs axes a point does not have.
    """
    unknown = [c.name for c in channels if c.quantity is Quantity.UNKNOWN]
    if unknown:
        raise CommandError(
            f"{', '.join(unknown)}: unit not stated; give --units (g, m/s2, mm/s, ...)"
        )
    by_point: dict[str, list[FileChannel]] = defaultdict(list)
    for channel in channels:
        by_point[channel.station].append(channel)
    return [_judged(name, axes, curve, noise_ug) for name, axes in by_point.items()]


def _judged(
    name: str, axes: Sequence[FileChannel], curve: LimitCurve, noise_ug: float | None
) -> Point:
    rate_hz = axes[0].rate_hz
    seconds = axes[0].values.size / rate_hz
    if seconds * CONSTRUCTION.low_hz < 1.0:
        raise CommandError(
            f"{name}: {seconds:g} s of record is shorter than one period of the band's "
            f"{CONSTRUCTION.low_hz:g} Hz; give the whole event, from a second before it"
        )
    if USABLE_SHARE_OF_RATE * rate_hz <= CONSTRUCTION.low_hz:
        raise CommandError(
            f"{name}: {rate_hz:g} samples a second are no record of vibration; is the unit of its "
            "time column right? --rate HZ goes before it"
        )
    band = CONSTRUCTION.at_rate(rate_hz)
    velocities = {c.name: _velocity(c) for c in axes}
    floor_mms = 0.0
    if noise_ug is not None and all(c.quantity is Quantity.ACCELERATION for c in axes):
        floor_mms = floor_velocity_mms(noise_ug, band.low_hz, band.high_hz)
    peaks = [component_peak(c.name, velocities[c.name], c.rate_hz, _axis(c)) for c in axes]
    faults = _faults(axes)
    if curve.checked_by is CurveCheck.VECTOR_SUM:
        peaks = [_vector(name, axes, velocities)]
        faults = dict.fromkeys([peaks[0].component], next(iter(faults.values()))) if faults else {}
    verdicts = governing(peaks, curve, rate_hz, floor_mms, faults)
    report = {
        "point": name,
        "rate_hz": rate_hz,
        "band_hz": [band.low_hz, band.high_hz],
        "instrument_floor_mms": floor_mms or None,
        "outcome": str(verdicts[0].outcome),
        "pages": verdicts[0].pages,
        "verdicts": [{**_told(v), **_annex_e(v, velocities, rate_hz, curve)} for v in verdicts],
    }
    return Point(name=name, verdicts=verdicts, report=report)


def _faults(axes: Sequence[FileChannel]) -> dict[str, Finding]:
    """Return what makes channels unfit: never moving, or running against the end of the range."""
    found = {
        c.name: flat_line(c.raw, c.rate_hz) if np.ptp(c.raw) == 0 else clipping(c.raw, c.rate_hz)
        for c in axes
    }
    return {name: finding for name, finding in found.items() if finding is not None}


def _velocity(channel: FileChannel) -> Floats:
    if channel.quantity is Quantity.ACCELERATION:
        return velocity_from_accel_mms(channel.values, channel.rate_hz)
    return velocity_in_band_mms(channel.values * MM, channel.rate_hz)


def _vector(name: str, axes: Sequence[FileChannel], velocities: dict[str, Floats]) -> VelocityPeak:
    try:
        return vector_peak(velocities, axes[0].rate_hz)
    except ValueError as error:
        raise CommandError(f"{name}: {error}, it has {', '.join(velocities)}") from None


def _axis(channel: FileChannel) -> VibrationAxis:
    if channel.vertical is None:  # a table's X and Y: its Z, U or V is known to be vertical
        return (
            VibrationAxis.HORIZONTAL if channel.direction in ("X", "Y") else VibrationAxis.UNKNOWN
        )
    return VibrationAxis.VERTICAL if channel.vertical else VibrationAxis.HORIZONTAL


def _told(verdict: VibrationVerdict) -> dict[str, Any]:
    peak = verdict.peak
    return {
        "component": peak.component,
        "axis": str(peak.axis),
        "ppv_mms": peak.ppv_mms,
        "time_s": peak.time_s,
        "zero_crossing_hz": _or_none(peak.zero_crossing_hz),
        "spectrum_hz": _or_none(peak.spectral_hz),
        "outcome": str(verdict.outcome),
        "frequency_hz": _or_none(verdict.frequency_hz),
        "method": verdict.method or None,
        "limit_mms": _or_none(verdict.limit_mms),
        "ratio": _or_none(verdict.ratio),
        "frequency_sensitive": verdict.frequency_sensitive,
        "reason": verdict.reason,
    }


def _annex_e(
    verdict: VibrationVerdict, velocities: dict[str, Floats], rate_hz: float, curve: LimitCurve
) -> dict[str, float]:
    """Return the frequency-free ratio of DIN 45669-1 Annex E, where it is defined."""
    asked = curve.standard == "din4150-3" and verdict.outcome in (
        Compliance.WITHIN,
        Compliance.EXCEEDED,
    )
    if not asked or rate_hz < LEAST_RATE_HZ:
        return {}
    velocity = velocities[verdict.peak.component]
    return {"annex_e_ratio": assessment_ratio(velocity, rate_hz, curve)}


def curve_report(curve: LimitCurve) -> dict[str, Any]:
    """Return what a limit is and whose word it is."""
    origin = curve.provenance
    return {
        "standard": curve.standard,
        "line": curve.line,
        "building": curve.building,
        "location": str(curve.location),
        "duration": str(curve.duration),
        "judged": str(curve.checked_by),
        "source": origin.source,
        "edition": origin.edition,
        "standing": str(origin.standing),
        "may_page": may_page(origin.standing),
        "points_hz_mms": [list(point) for point in curve.points],
    }


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
