"""Rules of limits: threshold, rate, forecast, failure. One function a rule, in one table."""

import datetime as dt
import math
from collections.abc import Callable, Mapping

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.failure import Forecast, forecast_failure
from plumbline.analysis.failure.forecast import FEWEST_READINGS
from plumbline.analysis.statistics.theil_sen import FEWEST_POINTS, TheilSen, theil_sen, trend
from plumbline.collector.stages.deformation.channel_frame import ChannelValues, Flags
from plumbline.collector.stages.deformation.channels import DeformationChannel
from plumbline.collector.stages.deformation.limit_consolidation import consolidation_forecast
from plumbline.collector.stages.deformation.limit_settings import (
    DAYS,
    DeformationLimit,
    ForecastCurve,
    LimitRule,
)
from plumbline.collector.stages.deformation.limit_value import LimitValue, limit_value
from plumbline.wire.timestamps import iso_of_day

HOURLY_FROM_D = 5 / 24
"""From here on a rate goes by hourly medians: five of them are the fewest for an interval. [d]"""
DAILY_FROM_D = 7.0
"""From here on a line goes by daily medians, which hold no daily wave. [d]"""
LEAST_SPAN = 0.5
"""Share of the lookback that the readings must span: three days are no rate of a month."""

EPOCH = dt.date(1970, 1, 1)

View = tuple[ChannelValues, Floats, int]
"""Values of a channel, their times [d], and the index of the instant evaluated."""


def evaluate_rule(
    limit: DeformationLimit, channel: DeformationChannel, view: View, back_d: float
) -> LimitValue | None:
    """Return the value of a rule for a channel, None where there is none.

    Parameters
    ----------
    view
        Values of the channel; nothing later than the instant is used.
    back_d
        Lookback of the rule. [d]
    """
    return RULES[limit.rule](limit, channel, view, back_d)


def _threshold(
    limit: DeformationLimit, channel: DeformationChannel, view: View, _back_d: float
) -> LimitValue | None:
    series, _, at = view
    return _qualified(limit_value(limit.of, channel, series.values[:, at]), series, at)


def _rate(
    limit: DeformationLimit, channel: DeformationChannel, view: View, back_d: float
) -> LimitValue | None:
    series, _, at = view
    lines = _lines(view, back_d)
    slopes = np.array([_slope(line) * DAYS[limit.per] for line in lines])
    found = _qualified(limit_value(limit.of, channel, slopes), series, at)
    return None if found is None else _with(found, {"points": _points(lines), "over_d": back_d})


def _forecast(
    limit: DeformationLimit, channel: DeformationChannel, view: View, back_d: float
) -> LimitValue | None:
    """Carry the trend on: the larger of what is now and what is expected then."""
    series, _, at = view
    now = series.values[:, at]
    lines = _lines(view, back_d)
    then = now + np.array([_slope(line) * limit.within_d for line in lines])
    curved = _consolidated(limit, view, back_d, then)
    present, future = limit_value(limit.of, channel, now), limit_value(limit.of, channel, then)
    if present is None or future is None:
        return None
    graver = future if future.size > present.size else present
    evidence: dict[str, object] = {
        "now": present.size,
        "expected": future.size,
        "within_d": limit.within_d,
        "over_d": back_d,
        "points": _points(lines),
    }
    evidence |= curved
    if len(lines) == 1 and "curve" not in curved and (line := lines[0]) is not None:
        evidence["reached_in_d"] = _reached(limit, float(now[0]), line)
    return _qualified(_with(graver, evidence), series, at)


def _consolidated(
    limit: DeformationLimit, view: View, back_d: float, then: Floats
) -> dict[str, object]:
    """Put what consolidation expects into ``then``, where the limit wants it; return evidence.

    Parts without a consolidation stay with their line.
    """
    if limit.curve is not ForecastCurve.CONSOLIDATION:
        return {}
    series, time_d, _ = view
    evidence: dict[str, object] = {}
    for part, values in enumerate(series.values):
        seen = _seen(view, back_d, values)
        loads_d = [(day - EPOCH).days for day in limit.load_changed]
        found = consolidation_forecast(time_d[seen], values[seen], limit.within_d, loads_d)
        if isinstance(found, str):
            evidence["no_consolidation"] = found
        elif np.isfinite(then[part]):
            then[part] = found.then_mm
            evidence |= found.evidence
    return evidence


def _failure(
    limit: DeformationLimit, channel: DeformationChannel, view: View, back_d: float
) -> LimitValue | None:
    series, time_d, at = view
    answers = {}
    for part, values in zip(channel.parts, series.values, strict=True):
        seen = _seen(view, back_d, values)
        if np.count_nonzero(seen) >= FEWEST_READINGS and np.isfinite(values[at]):
            answers[part] = forecast_failure(time_d[seen], values[seen])
    if not answers:
        return None
    windows = {part: each for part, each in answers.items() if isinstance(each, Forecast)}
    if not windows:
        reasons = "; ".join(sorted({getattr(each, "reason", "") for each in answers.values()}))
        return _qualified(LimitValue(size=math.inf, evidence={"no_forecast": reasons}), series, at)
    part, first = min(windows.items(), key=lambda item: item[1].earliest_d)
    unit = channel.unit.value
    evidence: dict[str, object] = {
        "part": part,
        "earliest": iso_of_day(first.earliest_d),
        "latest": iso_of_day(first.latest_d),
        "window_d": [first.earliest_d - first.made_d, first.latest_d - first.made_d],
        f"velocity_{unit}_per_d": first.velocity_now,
        "velocities": first.n_velocities,
    }
    return _qualified(
        LimitValue(size=first.earliest_d - first.made_d, evidence=evidence), series, at
    )


RULES: Mapping[
    LimitRule, Callable[[DeformationLimit, DeformationChannel, View, float], LimitValue | None]
] = {
    LimitRule.THRESHOLD: _threshold,
    LimitRule.RATE: _rate,
    LimitRule.FORECAST: _forecast,
    LimitRule.FAILURE: _failure,
}


def _seen(view: View, back_d: float, values: Floats) -> Flags:
    """Return which values count: recent enough, known, and lacking what the newest lacks."""
    series, time_d, at = view
    seen: Flags = np.isfinite(values) & series.like(at) & (time_d >= time_d[at] - back_d - 1e-9)
    seen[at + 1 :] = False
    return seen


def _lines(view: View, back_d: float) -> list[TheilSen | None]:
    """Return the robust line of each part, None where it has too few points or too short a span."""
    return [_line(view, back_d, values) for values in view[0].values]


def _line(view: View, back_d: float, values: Floats) -> TheilSen | None:
    _, time_d, at = view
    seen = _seen(view, back_d, values)
    time, reading, now_d = time_d[seen], values[seen], float(time_d[at])
    if time.size < FEWEST_POINTS or not np.isfinite(values[at]):
        return None
    if time[-1] - time[0] < LEAST_SPAN * back_d:
        return None
    if back_d < HOURLY_FROM_D:
        return theil_sen(time - now_d, reading)
    try:
        # Whole days are counted back from now, so that the newest is as long as the others.
        return trend(time - now_d - 1e-6, reading, step_d=_step_d(back_d)).line
    except ValueError:
        return None


def _step_d(back_d: float) -> float:
    return 1.0 if back_d >= DAILY_FROM_D else 1 / 24


def _slope(line: TheilSen | None) -> float:
    """Return the slope that counts: none where its interval holds zero; NaN without a line. [/d]"""
    if line is None:
        return math.nan
    return 0.0 if line.low <= 0.0 <= line.high else line.rate


def _points(lines: list[TheilSen | None]) -> int:
    return min((line.n for line in lines if line is not None), default=0)


def _reached(limit: DeformationLimit, now: float, line: TheilSen) -> dict[str, list[float | None]]:
    """Return for each bound ahead in how many days it is reached, at the earliest and latest."""
    away = math.copysign(1.0, line.rate)
    slowest, fast = sorted((away * line.low, away * line.high))
    ahead = {}
    for level, bound in limit.bounds():
        left = bound - away * now
        if left > 0 and fast > 0:
            ahead[str(level)] = [left / fast, left / slowest if slowest > 0 else None]
    return ahead


def _with(value: LimitValue, evidence: dict[str, object]) -> LimitValue:
    return LimitValue(
        size=value.size, evidence={**value.evidence, **evidence}, quality=value.quality
    )


def _qualified(value: LimitValue | None, series: ChannelValues, at: int) -> LimitValue | None:
    if value is None:
        return None
    return LimitValue(size=value.size, evidence=value.evidence, quality=series.quality(at))
