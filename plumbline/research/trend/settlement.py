"""Settlement still to come in a column: prediction, Asaoka's line, hyperbola, coefficient c_v."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.settlement.asaoka import ConsolidationRule, consolidation_coefficient
from plumbline.analysis.settlement.differential import settlement_from_levels
from plumbline.analysis.settlement.hyperbolic import Hyperbola, hyperbolic
from plumbline.analysis.settlement.prediction import NoPrediction, Prediction, predict_from_half
from plumbline.analysis.statistics.thinning import thinned
from plumbline.analysis.trend.assessment import DAILY_FROM_D, DAY_S, SHORT_BLOCKS
from plumbline.records.tables.series_reading import TimeSeriesTable
from plumbline.research.trend.report import DAYS_A_YEAR, when

SETTLEMENT = re.compile(r"settle|subsid|setzung|tassement|ทรุด|沈下", re.IGNORECASE)
LEVEL = re.compile(r"level|height|elevation|höhe|niveau|ระดับ", re.IGNORECASE)
MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0}

HYPERBOLA_DEGREES = (0.6, 0.9)
"""Degrees of consolidation between which the hyperbola's factor 0.8212 holds."""

DOWN, UP = "settlement, positive down", "level, positive up"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadQuestion:
    """Loads and the soil, as the user states them.

    Attributes
    ----------
    loads_s
        Times at which the load changed, in the table's seconds. [s]
    drainage_m
        Longest drainage path, for c_v; None leaves it out. [m]
    """

    loads_s: tuple[float, ...] = ()
    drainage_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementOutlook:
    """What settlement is still to come, or why it cannot be said.

    Attributes
    ----------
    read_as
        Which way the column counts.
    sign, zero_mm
        The column is ``sign * (zero_mm + settlement)`` in millimetres.
    from_s
        Time the settlement counts from: the last load, else the first reading. [s]
    prediction
        Final settlement since then with its interval, or the reason for none. [mm]
    hyperbola
        The hyperbola over its own window, or the reason for none.
    """

    read_as: str
    sign: float
    zero_mm: float
    from_s: float
    prediction: Prediction | NoPrediction
    hyperbola: Hyperbola | str


def settlement_columns(table: TimeSeriesTable, named: str | None) -> tuple[str, ...]:
    """Return the columns of settlement: those named, else those whose heading says so.

    Raises
    ------
    ValueError
        If a column named is not there, or its unit is no length.
    """
    if named is None:
        return tuple(
            name for name in table.columns if SETTLEMENT.search(name) and _unit(table, name) in MM
        )
    wanted = tuple(name.strip() for name in named.split(","))
    for name in wanted:
        if name not in table.columns:
            raise ValueError(f"no column '{name}'; it has {', '.join(table.columns)}")
        if _unit(table, name) not in MM:
            stated = _unit(table, name) or "none"
            raise ValueError(f"column '{name}': its unit is {stated}; write mm, cm or m behind it")
    return wanted


def settlement_outlook(
    table: TimeSeriesTable, name: str, question: LoadQuestion
) -> SettlementOutlook:
    """Return what settlement is still to come in one column."""
    finite = np.isfinite(table.columns[name])
    time_d = table.time_s[finite] / DAY_S
    column_mm = table.columns[name][finite] * MM[_unit(table, name)]
    span_d = float(np.ptp(time_d))
    medians = thinned(time_d, column_mm, 1.0 if span_d >= DAILY_FROM_D else span_d / SHORT_BLOCKS)
    up = _counts_up(name, medians.values)
    s = settlement_from_levels(medians.values, 0.0) if up else medians.values
    loads_d = tuple(load / DAY_S for load in question.loads_s)
    before = np.flatnonzero(medians.time_d <= max(loads_d, default=medians.time_d[0]))
    start = int(before[-1]) if before.size else 0
    since_d, settled = medians.time_d - medians.time_d[start], s - s[start]
    prediction = predict_from_half(
        since_d,
        settled,
        load_changes_d=tuple(load - medians.time_d[start] for load in loads_d),
    )
    return SettlementOutlook(
        read_as=UP if up else DOWN,
        sign=-1.0 if up else 1.0,
        zero_mm=float(s[start]),
        from_s=float(medians.time_d[start]) * DAY_S,
        prediction=prediction,
        hyperbola=_hyperbola(since_d, settled, prediction),
    )


def outlook_report(
    table: TimeSeriesTable, found: SettlementOutlook, question: LoadQuestion
) -> dict[str, Any]:
    """Return an outlook as a plain structure, units in the keys."""
    predicted = found.prediction
    curve = found.hyperbola
    return {
        "read_as": found.read_as,
        "counted_from": when(table, found.from_s),
        "prediction": _prediction(table, found.from_s, predicted)
        if isinstance(predicted, Prediction)
        else None,
        "no_prediction": predicted.reason if isinstance(predicted, NoPrediction) else None,
        "hyperbola": None if isinstance(curve, str) else curve._asdict(),
        "no_hyperbola": curve if isinstance(curve, str) else None,
        "consolidation": _consolidation(predicted, question.drainage_m),
    }


def outlook_text(report: dict[str, Any]) -> list[str]:
    """Return an outlook as lines."""
    head = "  settlement      "
    if report["prediction"] is None:
        return [f"{head} no prediction: {report['no_prediction']} ({report['read_as']})"]
    one = report["prediction"]
    lines = [
        f"{head} {one['ultimate_mm']:.4g} mm in the end [{one['low_mm']:.4g}, "
        f"{one['high_mm']:.4g}] at 95 %, if the load stays; "
        f"{100 * one['degree_now']:.0f} % reached",
        f"    counted from {report['counted_from']} as {report['read_as']}; readings "
        f"{one['from']} to {one['to']}, {one['sigma_mm']:.2g} mm about the curve",
        f"    Asaoka's line {one['asaoka']['ultimate_mm']:.4g} mm "
        f"(beta1 {one['asaoka']['beta1']:.4f} a step of {one['asaoka']['step_d']:.3g} d)",
    ]
    curve = report["hyperbola"]
    if curve is None:
        lines.append(f"    no hyperbola: {report['no_hyperbola']}")
    else:
        lines.append(
            f"    hyperbola {curve['ultimate_mm']:.4g} mm over days {curve['from_d']:.0f} to "
            f"{curve['to_d']:.0f} (factor {curve['alpha']:.4g} on {curve['raw_ultimate_mm']:.4g})"
        )
    if (soil := report["consolidation"]) is not None:
        lines.append(
            f"    c_v {soil['cv_m2_per_yr']:.3g} m²/yr by Terzaghi's first term, "
            f"{soil['cv_asaoka_m2_per_yr']:.3g} with 5/12 (drainage path {soil['drainage_m']:g} m)"
        )
    return lines


def _unit(table: TimeSeriesTable, name: str) -> str:
    return table.units.get(name, "").lower()


def _counts_up(name: str, column_mm: NDArray[Any]) -> bool:
    """Return whether a column is a height: its heading says so, or it falls as the ground does."""
    if LEVEL.search(name) and not SETTLEMENT.search(name):
        return True
    return bool(column_mm[-1] < column_mm[0])


def _hyperbola(
    since_d: NDArray[Any], settled: NDArray[Any], prediction: Prediction | NoPrediction
) -> Hyperbola | str:
    if isinstance(prediction, NoPrediction):
        return prediction.reason
    low, high = (degree * prediction.ultimate_mm for degree in HYPERBOLA_DEGREES)
    window = (since_d > 0) & (settled >= low) & (settled <= high)
    try:
        return hyperbolic(since_d[window], settled[window])
    except ValueError:
        return "fewer than three readings between 60 and 90 % of the settlement"


def _prediction(table: TimeSeriesTable, from_s: float, found: Prediction) -> dict[str, Any]:
    return {
        "ultimate_mm": found.ultimate_mm,
        "low_mm": found.low_mm,
        "high_mm": found.high_mm,
        "confidence": 0.95,
        "degree_now": found.degree_now,
        "rate_per_d": found.rate_per_d,
        "sigma_mm": found.sigma_mm,
        "from": when(table, from_s + found.from_d * DAY_S),
        "to": when(table, from_s + found.to_d * DAY_S),
        "asaoka": {
            "beta0_mm": found.line.beta0_mm,
            "beta1": found.line.beta1,
            "ultimate_mm": found.line.ultimate_mm if np.isfinite(found.line.ultimate_mm) else None,
            "settlements": found.line.n,
            "step_d": found.step_d,
        },
    }


def _consolidation(
    predicted: Prediction | NoPrediction, drainage_m: float | None
) -> dict[str, Any] | None:
    if (
        drainage_m is None
        or isinstance(predicted, NoPrediction)
        or not 0 < predicted.line.beta1 < 1
    ):
        return None
    by_term, by_asaoka = (
        DAYS_A_YEAR
        * consolidation_coefficient(predicted.line.beta1, predicted.step_d, drainage_m, rule)
        for rule in (ConsolidationRule.TERZAGHI_FIRST_TERM, ConsolidationRule.ASAOKA)
    )
    return {
        "drainage_m": drainage_m,
        "cv_m2_per_yr": by_term,
        "cv_asaoka_m2_per_yr": by_asaoka,
    }
