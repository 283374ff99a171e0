"""Everything there is to say about one slow channel, from its readings alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.failure import FailureWatch, Forecast, NoForecast, forecast_failure
from plumbline.analysis.statistics.theil_sen import FEWEST_POINTS, Trend, trend
from plumbline.analysis.statistics.thinning import thinned
from plumbline.analysis.thermal.model import ThermalModel, ThermalRefused, compensated, fit_thermal
from plumbline.analysis.trend.coupling import Coupling, coupling
from plumbline.analysis.trend.daily_wave import without_daily_wave
from plumbline.analysis.trend.ends import Ends, ends
from plumbline.analysis.trend.history import WatchHistory, watch_history
from plumbline.analysis.trend.offset import LevelOffset, offset
from plumbline.analysis.trend.rate_watch import daily_budget, with_yesterday
from plumbline.analysis.trend.steps import Step, StepFindings, steps, without_steps

DAY_S: Final = 86_400.0

# A record of at least this many days is thinned to days; a shorter one to sixty blocks.
DAILY_FROM_D: Final = 10.0
SHORT_BLOCKS: Final = 60

# Commissioning window when none is given: at most this long, at most a third of the record.
COMMISSIONING_D: Final = 60.0

# A forecast is made anew this many times over the accelerating record, to be counted.
REFORECASTS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a channel.

    Attributes
    ----------
    hold_s
        What returns sooner is a transient; a thirtieth of the record if ``None``. [s]
    confidence
        Of the trend's interval.
    events_s
        Known events: each gets its offset, before against after. [s]
    commissioning_s
        Window the temperature model is fitted on. [s], [s]
    false_alarms_a_year, channels
        Budget of the rate watch, over all channels together.
    tolerated_per_d
        Change of rate that is nobody's business. [unit/d]
    """

    hold_s: float | None = None
    confidence: float = 0.95
    events_s: tuple[float, ...] = ()
    commissioning_s: tuple[float, float] | None = None
    false_alarms_a_year: float = 1.0
    channels: int = 1
    tolerated_per_d: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answers; a part that does not apply is ``None`` and named in ``remarks``.

    Attributes
    ----------
    ends
        Levels at the first and the last reading: how far the channel went.
    trend
        Trend of the raw readings.
    stepless_trend
        Trend of the raw readings with every claimed step taken back, its interval over the
        intervals of their sizes; ``None`` without steps.
    coupling
        Correlation of the block medians with the temperature's.
    thermal
        Temperature model, fitted on the commissioning window.
    compensated_values
        Readings with the thermal part taken off, beside the raw ones; shape ``(n,)``.
    compensated_trend
        Trend of those.
    steps
        Steps and transients of the raw readings, less the wave they repeat every day.
    offsets
        Offset at each event, on compensated readings where there are any; ``None`` where
        too few readings lie on either side.
    watch
        Alarms a daily rate watch would have given.
    forecast
        A failure window, or why there is none.
    remarks
        What does not apply, and why.
    """

    ends: Ends
    trend: Trend | None
    stepless_trend: Trend | None
    coupling: Coupling | None
    thermal: ThermalModel | None
    compensated_values: NDArray[Any] | None
    compensated_trend: Trend | None
    steps: StepFindings | None
    offsets: tuple[LevelOffset | None, ...]
    watch: WatchHistory | None
    forecast: Forecast | NoForecast
    remarks: tuple[str, ...]


def assess(
    time_s: NDArray[Any],
    values: NDArray[Any],
    temp_c: NDArray[Any] | None = None,
    question: Question | None = None,
) -> Assessment:
    """Assess one slow channel.

    Parameters
    ----------
    time_s, values
        Readings in order of time, shape ``(n,)``; NaN means "no reading". [s], any unit
    temp_c
        Temperature at the same times. [degC]
    question
        What is asked; the defaults of `Question` otherwise.
    """
    options = question or Question()
    remarks: list[str] = []
    time_d = time_s / DAY_S
    finite = np.isfinite(values)
    reading = values[finite]
    if reading.size < FEWEST_POINTS:
        raise ValueError(f"only {reading.size} readings; {FEWEST_POINTS} are needed")
    span_d = float(np.ptp(time_d[finite]))
    if span_d == 0:
        raise ValueError("all readings have one and the same time")
    if np.ptp(reading) == 0:
        remarks.append("all readings are equal: a stuck instrument looks like this")
    step_d = 1.0 if span_d >= DAILY_FROM_D else max(span_d / SHORT_BLOCKS, 1e-9)

    jumps = _steps(time_s, values, options, remarks)
    if jumps is not None and jumps.steps:
        count = len(jumps.steps)
        remarks.append(f"the trend runs through {count} step{'s' if count > 1 else ''}")
    model, better = _compensation(time_s, values, temp_c, options, remarks)
    slow = values if better is None else better
    return Assessment(
        ends=ends(time_d[finite], reading),
        trend=_trend(time_d, values, step_d, options, remarks),
        stepless_trend=None
        if jumps is None or not jumps.steps
        else _stepless(time_s, values, jumps.steps, step_d, options),
        coupling=_coupling(time_d, values, temp_c, step_d),
        thermal=model,
        compensated_values=better,
        compensated_trend=None
        if better is None
        else _trend(time_d, better, step_d, options, remarks),
        steps=jumps,
        offsets=tuple(_offset(time_d, slow, temp_c, at, span_d) for at in options.events_s),
        watch=_watch(time_d, slow, temp_c, options, remarks),
        forecast=_forecast(time_d[finite], slow[finite], span_d),
        remarks=tuple(remarks),
    )


def _trend(
    time_d: NDArray[Any], values: NDArray[Any], step_d: float, options: Question, remarks: list[str]
) -> Trend | None:
    try:
        return trend(time_d, values, step_d=step_d, confidence=options.confidence)
    except ValueError as error:
        remarks.append(f"no trend: {error}")
        return None


def _stepless(
    time_s: NDArray[Any],
    values: NDArray[Any],
    found: Sequence[Step],
    step_d: float,
    options: Question,
) -> Trend | None:
    """Return the trend with steps taken back, its interval as wide as their sizes leave it."""
    lines = []
    for sizes in ("size", "low", "high"):
        taken = [replace(step, size=getattr(step, sizes)) for step in found]
        level = without_steps(time_s, values, taken)
        lines.append(_trend(time_s / DAY_S, level, step_d, options, []))
    whole = [each for each in lines if each is not None]
    if len(whole) < len(lines):
        return None
    line = whole[0].line._replace(
        low=min(each.line.low for each in whole), high=max(each.line.high for each in whole)
    )
    return whole[0]._replace(line=line)


def _coupling(
    time_d: NDArray[Any], values: NDArray[Any], temp_c: NDArray[Any] | None, step_d: float
) -> Coupling | None:
    if temp_c is None:
        return None
    both = np.isfinite(values) & np.isfinite(temp_c)
    y = thinned(time_d[both], values[both], step_d)
    temp = thinned(time_d[both], temp_c[both], step_d)
    return coupling(y.values, temp.values)


def _compensation(
    time_s: NDArray[Any],
    values: NDArray[Any],
    temp_c: NDArray[Any] | None,
    options: Question,
    remarks: list[str],
) -> tuple[ThermalModel | None, NDArray[Any] | None]:
    """Return the temperature model and the compensated readings, or why there are none."""
    if temp_c is None:
        return None, None
    start = float(time_s[0])
    window = options.commissioning_s
    if window is None:
        length = min(COMMISSIONING_D * DAY_S, (float(time_s[-1]) - start) / 3.0)
        window = (start, start + length)
    inside = (time_s >= window[0]) & (time_s <= window[1])
    time_d = time_s / DAY_S
    try:
        model = fit_thermal(time_d[inside], values[inside], time_d, temp_c, version="this file")
    except ThermalRefused as refused:
        remarks.append(f"no temperature compensation: {refused}")
        return None, None
    return model, compensated(model, time_d, values, time_d, temp_c).values


def _steps(
    time_s: NDArray[Any], values: NDArray[Any], options: Question, remarks: list[str]
) -> StepFindings | None:
    finite = np.isfinite(values)
    try:
        calm, wave = without_daily_wave(time_s[finite] / DAY_S, values[finite])
        found = steps(time_s[finite], calm, hold_s=options.hold_s)
    except ValueError as error:
        remarks.append(f"no steps looked for: {error}")
        return None
    if wave:
        remarks.append(f"steps were looked for without the daily wave of {wave:.3g} peak to peak")
    return found


def _offset(
    time_d: NDArray[Any],
    values: NDArray[Any],
    temp_c: NDArray[Any] | None,
    event_s: float,
    span_d: float,
) -> LevelOffset | None:
    window = min(14.0, span_d / 10.0)
    return offset(time_d, values, start_d=event_s / DAY_S, window_d=window, temp_c=temp_c)


def _watch(
    time_d: NDArray[Any],
    values: NDArray[Any],
    temp_c: NDArray[Any] | None,
    options: Question,
    remarks: list[str],
) -> WatchHistory | None:
    both = np.isfinite(values) if temp_c is None else np.isfinite(values) & np.isfinite(temp_c)
    daily = thinned(time_d[both], values[both])
    temp = None
    if temp_c is not None:
        temp = with_yesterday(thinned(time_d[both], temp_c[both]).values)
    found = watch_history(
        daily.time_d,
        daily.values,
        budget=daily_budget(
            false_alarms_a_year=options.false_alarms_a_year, channels=options.channels
        ),
        covariates=temp,
        known_steps_d=tuple(at / DAY_S for at in options.events_s),
        tolerated=options.tolerated_per_d,
    )
    if found is None:
        remarks.append("no rate watch: fewer than 30 days with readings")
    return found


def _forecast(time_d: NDArray[Any], moved: NDArray[Any], span_d: float) -> Forecast | NoForecast:
    answer = forecast_failure(time_d, moved)
    if isinstance(answer, NoForecast):
        return answer
    return FailureWatch().replay(time_d, moved, every_d=span_d / REFORECASTS)
