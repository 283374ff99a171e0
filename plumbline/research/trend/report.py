"""An assessment as a plain dictionary, units in the keys: what ``--json`` prints."""

import math
from datetime import UTC, datetime
from typing import Any

from plumbline.analysis.failure import Forecast
from plumbline.analysis.statistics.theil_sen import Trend
from plumbline.analysis.trend.assessment import DAY_S, Assessment
from plumbline.analysis.trend.rate_watch import Change
from plumbline.analysis.trend.steps import Step
from plumbline.records.tables.series_reading import TimeSeriesTable

DAYS_A_YEAR = 365.25


def table_report(table: TimeSeriesTable, name: str) -> dict[str, Any]:
    """Return what was read."""
    return {
        "file": name,
        "lines": table.lines,
        "parsed": table.parsed,
        "from": when(table, float(table.time_s[0])),
        "to": when(table, float(table.time_s[-1])),
        "span_s": float(table.time_s[-1] - table.time_s[0]),
        "temperature": table.temperature,
        "notes": list(table.notes),
    }


def channel_report(table: TimeSeriesTable, name: str, found: Assessment) -> dict[str, Any]:
    """Return everything said about one channel."""
    finite = [value for value in table.columns[name].tolist() if math.isfinite(value)]
    forecast = found.forecast
    return {
        "channel": name,
        "unit": table.units.get(name, ""),
        "readings": len(finite),
        "out_of_range": table.out_of_range.get(name, 0),
        "missing": table.parsed - len(finite) - table.out_of_range.get(name, 0),
        "change": {
            "first": found.ends.first,
            "last": found.ends.last,
            "size": found.ends.change,
            "sigma": found.ends.sigma,
        },
        "trend": _trend(found.trend),
        "stepless_trend": _trend(found.stepless_trend),
        "compensated_trend": _trend(found.compensated_trend),
        "temperature": None
        if found.coupling is None
        else {
            "correlation_of_levels": _number(found.coupling.of_levels),
            "correlation_of_changes": _number(found.coupling.of_changes),
            "low_c": found.coupling.low_c,
            "high_c": found.coupling.high_c,
        },
        "thermal_model": None
        if found.thermal is None
        else {
            "lag_h": found.thermal.lag_h,
            "per_c": found.thermal.per_c,
            "per_c_slow": found.thermal.per_c_slow,
            "per_c_per_h": found.thermal.per_c_h,
            "residual_sigma": found.thermal.residual_sigma,
            "r_squared": found.thermal.r_squared,
            "fitted_from": when(table, found.thermal.from_d * DAY_S),
            "fitted_to": when(table, found.thermal.to_d * DAY_S),
        },
        "steps": _steps(table, found),
        "offsets": [
            None
            if each is None
            else {
                "size": each.size,
                "low": each.low,
                "high": each.high,
                "p": each.p,
                "moved": each.moved,
                "matched_in": each.matched,
            }
            for each in found.offsets
        ],
        "rate_watch": None
        if found.watch is None
        else {
            "days": found.watch.days,
            "alarms": [_change(table, each) for each in found.watch.first],
            "latest": _change(table, found.watch.latest),
        },
        "forecast": {
            "earliest": when(table, forecast.earliest_d * DAY_S),
            "latest": when(table, forecast.latest_d * DAY_S),
            "made": when(table, forecast.made_d * DAY_S),
            "onset": when(table, forecast.onset_d * DAY_S),
            "reforecast": forecast.reforecast,
            "velocity_per_d": forecast.velocity_now,
            "growth": forecast.growth,
            "r_squared": forecast.r_squared,
        }
        if isinstance(forecast, Forecast)
        else None,
        "no_forecast": None if isinstance(forecast, Forecast) else forecast.reason,
        "remarks": list(found.remarks),
    }


def when(table: TimeSeriesTable, time_s: float) -> str | float:
    """Return a time as ISO UTC, or in the file's own seconds when it states no date."""
    if not table.utc:
        return round(time_s, 3)
    return datetime.fromtimestamp(time_s, tz=UTC).isoformat(timespec="milliseconds")


def since_start(table: TimeSeriesTable, time_s: float) -> float:
    """Return a time after the first row. [s]"""
    return time_s - float(table.time_s[0])


def _trend(found: Trend | None) -> dict[str, Any] | None:
    if found is None:
        return None
    line = found.line
    return {
        "rate_per_d": line.rate,
        "low_per_d": line.low,
        "high_per_d": line.high,
        "rate_per_yr": line.rate * DAYS_A_YEAR,
        "low_per_yr": line.low * DAYS_A_YEAR,
        "high_per_yr": line.high * DAYS_A_YEAR,
        "confidence": line.confidence,
        "thinned_to_d": found.step_d,
        "medians": line.n,
        "lag_one": found.lag_one,
        "residual_sigma": found.residual_sigma,
        "mann_kendall": {"s": found.test.s, "z": found.test.z, "p": found.test.p},
    }


def _steps(table: TimeSeriesTable, found: Assessment) -> dict[str, Any] | None:
    if found.steps is None:
        return None
    return {
        "detection_limit": found.steps.limit,
        "hold_s": found.steps.hold_s,
        "steps": [_step(table, each) for each in found.steps.steps],
        "below_limit": [_step(table, each) for each in found.steps.doubtful],
        "transients": [
            {
                "start": when(table, each.start_s),
                "start_s": since_start(table, each.start_s),
                "end_s": since_start(table, each.end_s),
                "peak": each.peak,
            }
            for each in found.steps.transients
        ],
    }


def _step(table: TimeSeriesTable, step: Step) -> dict[str, Any]:
    return {
        "time": when(table, step.time_s),
        "time_s": since_start(table, step.time_s),
        "start_s": since_start(table, step.start_s),
        "end_s": since_start(table, step.end_s),
        "size": step.size,
        "low": step.low,
        "high": step.high,
    }


def _change(table: TimeSeriesTable, change: Change) -> dict[str, Any]:
    return {
        "day": when(table, change.day_d * DAY_S),
        "alarm": change.alarm,
        "kind": change.kind.value,
        "since": when(table, change.since_d * DAY_S),
        "size": change.size,
        "low": change.low,
        "high": change.high,
        "p": change.p,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
