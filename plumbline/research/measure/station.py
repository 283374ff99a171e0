"""Measure one station: every figure its records allow."""

from typing import Any

import numpy as np

from plumbline.analysis.ground_motion import measures_report as reports
from plumbline.analysis.ground_motion.arias import significant_duration_s
from plumbline.analysis.ground_motion.baseline import Baseline, offset_of
from plumbline.analysis.ground_motion.measures import measures
from plumbline.records import Quantity, Station, Unit
from plumbline.research.measure import parts
from plumbline.research.measure.hvsr import hvsr_of
from plumbline.research.measure.rules import SLOWEST_HZ, MeasuredRecord, MeasureOptions


def measured(station: Station, rules: MeasureOptions | None = None) -> MeasuredRecord:
    """Measure one station.

    Without a unit only what needs none is measured: peaks in the numbers given, and durations.
    """
    rules = MeasureOptions() if rules is None else rules
    report = parts.who(station)
    if not station.axes:
        report["given"] = [parts.given(record) for record in station.given]
        report["notes"].append("no acceleration among the files of this station")
        return MeasuredRecord(station=station, report=report)
    rate_hz = station.first.rate_hz
    if rate_hz < SLOWEST_HZ:
        raise ValueError(
            f"{rate_hz:g} Hz is too slow: shaking is measured from {SLOWEST_HZ:g} Hz on"
        )
    baseline = rules.baseline
    if baseline is None and rules.pre_event_s is None:
        baseline = Baseline.AS_GIVEN if all(a.offset_removed for a in station.axes) else None
    if any(axis.quantity is Quantity.UNKNOWN for axis in station.axes):
        return _without_unit(station, report, baseline, rules)
    found = measures(
        station.si(),
        rate_hz,
        periods_s=rules.periods_s,
        horizontal=station.horizontal,
        baseline=baseline,
        pre_event_s=rules.pre_event_s,
        corner_hz=rules.corner_hz,
        damping=rules.damping,
    )
    level = [i for i, axis in enumerate(station.axes) if axis.orientation.vertical is not True]
    report |= reports.measures_report(found, level_axes=level, own_period=rules.own_period)
    report["axes"] = parts.axes(station, found)
    report["given"] = [parts.given(record) for record in station.given]
    report["arrival"] = parts.arrival(station, found)
    hvsr = None
    if rules.hvsr_window_s is not None:
        hvsr, report["hvsr"] = hvsr_of(station, found.accel_ms2, rate_hz, rules.hvsr_window_s)
    return MeasuredRecord(
        station=station,
        report=report,
        accel_ms2=found.accel_ms2,
        spectrum=found.spectrum,
        sva_ms=found.sva_ms,
        hvsr=hvsr,
    )


def _without_unit(
    station: Station, report: dict[str, Any], baseline: Baseline | None, rules: MeasureOptions
) -> MeasuredRecord:
    rate_hz = station.first.rate_hz
    values = np.array([axis.values for axis in station.axes])
    offset = offset_of(values, rate_hz, baseline, rules.pre_event_s)
    values = values - offset.accel_ms2[:, np.newaxis]
    durations = significant_duration_s(values, rate_hz)
    unit = "counts" if station.axes[0].unit is Unit.COUNTS else "as_given"
    report["rules"] = {
        "baseline": str(offset.baseline),
        "baseline_window_s": offset.window_s,
    }
    report["notes"].append(
        "the unit is not known: only peaks and durations; state it with --units, "
        "or add the StationXML"
    )
    report["axes"] = [
        parts.direction(axis)
        | {
            f"peak_{unit}": float(row[np.abs(row).argmax()]),
            f"offset_{unit}": float(zero),
            "d5_95_s": float(duration),
        }
        for axis, row, zero, duration in zip(
            station.axes, values, offset.accel_ms2, durations, strict=True
        )
    ]
    return MeasuredRecord(station=station, report=report)
