"""Measure one station: every figure its records allow."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arias import significant_duration_s
from plumbline.analysis.baseline import Baseline, offset_of
from plumbline.analysis.long_period import PERIODS_S, long_period_sva_ms
from plumbline.analysis.peaks import peaks
from plumbline.analysis.response import response_spectrum
from plumbline.measuring import parts
from plumbline.measuring.rules import Measured, Rules
from plumbline.records import Quantity, Station, Unit

Array = NDArray[np.float64]

LONG_PERIOD_MIN_RATE_HZ = 10 / PERIODS_S[0]
"""Slower records have fewer than ten samples in the shortest period of JMA's class. [Hz]"""


def measured(station: Station, rules: Rules | None = None) -> Measured:
    """Measure one station.

    Without a unit only what needs none is measured: peaks in the numbers given, and durations.
    """
    rules = Rules() if rules is None else rules
    report = parts.who(station)
    if not station.axes:
        report["given"] = [parts.given(record) for record in station.given]
        report["notes"].append("no acceleration among the files of this station")
        return Measured(station=station, report=report)
    rate_hz = station.first.rate_hz
    baseline = rules.baseline
    if baseline is None and rules.pre_event_s is None:
        baseline = Baseline.AS_GIVEN if all(a.offset_removed for a in station.axes) else None
    if any(axis.quantity is Quantity.UNKNOWN for axis in station.axes):
        return _without_unit(station, report, baseline, rules)
    found = peaks(
        station.si(),
        rate_hz,
        horizontal=station.horizontal,
        baseline=baseline,
        pre_event_s=rules.pre_event_s,
        corner_hz=rules.corner_hz,
    )
    accel = station.si() - found.offset.accel_ms2[:, np.newaxis]
    spectrum = response_spectrum(accel, rate_hz, rules.periods_s, rules.damping)
    mmi_psa = response_spectrum(accel, rate_hz, parts.MMI_PERIODS_S).psa_ms2
    sva = _sva_ms(accel, station, rate_hz)
    report["rules"] = {
        "baseline": str(found.offset.baseline),
        "baseline_window_s": found.offset.window_s,
        "velocity_high_pass_hz": found.corner_hz,
        "band_hz": list(found.band_hz),
        "spectrum_damping": rules.damping,
    }
    report["jma"] = parts.jma(accel, rate_hz)
    report["peaks"] = parts.together(found)
    report["mmi"] = parts.mmi_together(station, found, mmi_psa)
    report["long_period"] = parts.long_period(sva, rules.own_period_s)
    report["axes"] = parts.axes(station, found, accel, spectrum, mmi_psa, rate_hz)
    report["given"] = [parts.given(record) for record in station.given]
    return Measured(station=station, report=report, accel_ms2=accel, spectrum=spectrum, sva_ms=sva)


def _without_unit(
    station: Station, report: dict[str, Any], baseline: Baseline | None, rules: Rules
) -> Measured:
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
    return Measured(station=station, report=report)


def _sva_ms(accel: Array, station: Station, rate_hz: float) -> Array | None:
    if station.horizontal is None or rate_hz < LONG_PERIOD_MIN_RATE_HZ:
        return None
    return long_period_sva_ms(accel[list(station.horizontal)], rate_hz, offset_ms2=np.zeros(2))
