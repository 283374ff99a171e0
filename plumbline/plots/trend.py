"""Slow channels in one picture: readings, trend with interval, steps, the forecast window."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from numpy.typing import NDArray

from plumbline.analysis.failure import Forecast, velocity
from plumbline.analysis.settlement.prediction import NoPrediction
from plumbline.analysis.statistics.theil_sen import Trend
from plumbline.analysis.statistics.thinning import thinned
from plumbline.analysis.trend.assessment import DAY_S, Assessment
from plumbline.records.tables.series_reading import TimeSeriesTable
from plumbline.research.trend.settlement import MM, SettlementOutlook
from plumbline.research.trend.words import SPOKEN

READINGS, MEDIANS, LINE, STEP, WINDOW = "#b8c4ce", "#0b5394", "#c0392b", "#2e8b57", "#e8a33d"
COMPENSATED, ALARM, OUTLOOK = "#6a4c93", "#d1495b", "#00796b"
MOST_POINTS = 6000

# Axes without dates count in what the record's length reads best in.
SCALES = ((2 * DAY_S, "days", DAY_S), (2 * 3600.0, "hours", 3600.0), (0.0, "seconds", 1.0))

# Room above and below the medians: this share of their range, or so many sigma of a reading.
MARGIN = 0.3
MARGIN_SIGMA = 6.0


def draw(
    table: TimeSeriesTable,
    found: dict[str, Assessment],
    path: Path,
    outlooks: Mapping[str, SettlementOutlook],
) -> None:
    """Draw every assessed channel into one picture file.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    clock = _Clock(table)
    rows: list[tuple[str, Assessment | None, Forecast | None]] = []
    for name, each in found.items():
        rows.append((name, each, None))
        if isinstance(each.forecast, Forecast):
            rows.append((name, each, each.forecast))
    if table.temperature is not None:
        rows.append((table.temperature, None, None))
    heights = [3.0 if each is not None and window is None else 1.9 for _, each, window in rows]
    figure, axes = plt.subplots(
        len(rows),
        1,
        figsize=(11, sum(heights) + 0.8),
        height_ratios=heights,
        sharex=True,
        squeeze=False,
        layout="constrained",
    )
    for axis, (name, shown, window) in zip(axes[:, 0], rows, strict=True):
        if shown is None:
            axis.plot(clock.at(table.time_s), table.columns[name], lw=0.8, color=WINDOW)
            axis.set_ylabel(f"{name} [{table.units[name] or '°C'}]")
        elif window is None:
            _series(axis, table, name, shown, clock)
            if name in outlooks:
                _outlook(axis, table, name, outlooks[name], clock)
        else:
            compensated = shown.compensated_values
            _inverse(
                axis,
                table,
                name,
                table.columns[name] if compensated is None else compensated,
                window,
                clock,
            )
        axis.grid(visible=True, color="#e4e8ec", lw=0.6)
        axis.margins(x=0.01)
    axes[-1, 0].set_xlabel(clock.label)
    try:
        figure.savefig(path, dpi=120)
    finally:
        plt.close(figure)


class _Clock:
    """Times as the picture shows them: dates, or a plain count from the first reading."""

    def __init__(self, table: TimeSeriesTable) -> None:
        start, span = float(table.time_s[0]), float(np.ptp(table.time_s))
        self.dates = table.utc and span > 3600.0
        self.start = start
        _, unit, self.scale = next(row for row in SCALES if span >= row[0])
        self.label = "UTC" if self.dates else f"{unit} after the first reading"

    def at(self, time_s: Any) -> Any:
        """Return what to plot a time at."""
        if self.dates:
            return np.asarray(time_s, dtype="datetime64[s]") if np.ndim(time_s) else _date(time_s)
        return (np.asarray(time_s) - self.start) / self.scale


def _date(time_s: float) -> datetime:
    return datetime.fromtimestamp(time_s, tz=UTC).replace(tzinfo=None)


def _series(
    axis: Axes, table: TimeSeriesTable, name: str, found: Assessment, clock: _Clock
) -> None:
    time, values = table.time_s, table.columns[name]
    every = max(1, time.size // MOST_POINTS)
    axis.plot(
        clock.at(time[::every]), values[::every], ".", ms=1.5, color=READINGS, label="readings"
    )
    if found.trend is not None:
        _line(axis, time, values, found.trend, clock, (MEDIANS, LINE, "trend"))
    if found.compensated_trend is not None and found.compensated_values is not None:
        style = (COMPENSATED, COMPENSATED, "without temperature")
        _line(axis, time, found.compensated_values, found.compensated_trend, clock, style)
    if found.steps is not None:
        for each in found.steps.transients:
            axis.axvspan(clock.at(each.start_s), clock.at(each.end_s), color="#f3e6c4", lw=0)
        for index, step in enumerate(found.steps.steps):
            label = "step" if index == 0 else None
            axis.axvline(clock.at(step.time_s), color=STEP, lw=1.2, label=label)
    if isinstance(found.forecast, Forecast):
        axis.axvspan(
            clock.at(found.forecast.earliest_d * DAY_S),
            clock.at(found.forecast.latest_d * DAY_S),
            color=WINDOW,
            alpha=0.35,
            lw=0,
            label="failure window (90 %)",
        )
    if found.watch is not None:
        for index, alarm in enumerate(found.watch.first):
            label = "rate watch alarms" if index == 0 else None
            at = clock.at(alarm.day_d * DAY_S)
            axis.axvline(at, color=ALARM, lw=1.2, ls=":", label=label)
    axis.set_ylim(*_limits(time, values, found))
    unit = table.units.get(name, "")
    axis.set_ylabel(f"{name} [{unit}]" if unit else name)
    title = _title(found, unit, float(np.ptp(time)) / DAY_S)
    axis.set_title(title, fontsize=9, loc="left", pad=18)
    axis.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=6, fontsize=8, frameon=False)


def _outlook(
    axis: Axes, table: TimeSeriesTable, name: str, found: SettlementOutlook, clock: _Clock
) -> None:
    """Draw the curve of consolidation, and the interval of what it ends at."""
    curve = found.prediction
    if isinstance(curve, NoPrediction):
        return
    unit_mm = MM[table.units[name].lower()]
    since_d = np.linspace(curve.from_d, curve.to_d, 200)
    settled = np.array([curve.at(float(at)) for at in since_d])

    def shown(settled_mm: Any) -> Any:
        return found.sign * (found.zero_mm + np.asarray(settled_mm)) / unit_mm

    axis.plot(clock.at(found.from_s + since_d * DAY_S), shown(settled), color=OUTLOOK, lw=1.2)
    ends = shown([curve.low_mm, curve.high_mm])
    axis.axhspan(*sorted(ends), color=OUTLOOK, alpha=0.15, lw=0)
    label = f"ends at {curve.ultimate_mm:.3g} mm (95 % interval)"
    axis.axhline(float(shown(curve.ultimate_mm)), color=OUTLOOK, lw=1.0, ls="--", label=label)
    low, high = axis.get_ylim()
    axis.set_ylim(min(low, *ends), max(high, *ends))
    axis.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=6, fontsize=8, frameon=False)


def _limits(time: NDArray[Any], values: NDArray[Any], found: Assessment) -> tuple[float, float]:
    """Return the span of the picture: the medians and the bulk of the readings around them."""
    finite = np.isfinite(values)
    step_d = 1.0 if found.trend is None else found.trend.step_d
    medians = thinned(time / DAY_S, values, step_d).values
    if found.compensated_values is not None:
        medians = np.append(medians, thinned(time / DAY_S, found.compensated_values, step_d).values)
    low, high = float(medians.min()), float(medians.max())
    noise = np.abs(np.diff(values[finite]))
    room = max(MARGIN * (high - low), MARGIN_SIGMA * float(np.median(noise)) if noise.size else 0.0)
    return low - (room or 1.0), high + (room or 1.0)


def _line(
    axis: Axes,
    time: NDArray[Any],
    values: NDArray[Any],
    trend: Trend,
    clock: _Clock,
    style: tuple[str, str, str],
) -> None:
    """Draw medians, line and the interval of its rate, a bow tie about the middle."""
    dots, colour, label = style
    medians = thinned(time / DAY_S, values, trend.step_d)
    axis.plot(clock.at(medians.time_d * DAY_S), medians.values, ".", ms=4, color=dots)
    middle_t, middle_y = np.median(medians.time_d), np.median(medians.values)
    ends = np.linspace(medians.time_d[0], medians.time_d[-1], 50)
    line = trend.line
    axis.plot(
        clock.at(ends * DAY_S),
        middle_y + line.rate * (ends - middle_t),
        color=colour,
        lw=1.5,
        label=f"{label}, {100 * line.confidence:.0f} % interval",
    )
    sides = [middle_y + rate * (ends - middle_t) for rate in (line.low, line.high)]
    axis.fill_between(
        clock.at(ends * DAY_S),
        np.minimum(*sides),
        np.maximum(*sides),
        color=colour,
        alpha=0.15,
        lw=0,
    )


def _inverse(
    axis: Axes,
    table: TimeSeriesTable,
    name: str,
    values: NDArray[Any],
    forecast: Forecast,
    clock: _Clock,
) -> None:
    """Draw 1/v falling toward the window."""
    finite = np.isfinite(values)
    speed = velocity(table.time_s[finite] / DAY_S, values[finite])
    moving = np.abs(speed.values) > speed.sigma
    inverse = 1.0 / np.abs(speed.values[moving])
    axis.plot(clock.at(speed.time_d[moving] * DAY_S), inverse, "o-", ms=4, color=MEDIANS, lw=0.8)
    axis.axvspan(
        clock.at(forecast.earliest_d * DAY_S),
        clock.at(forecast.latest_d * DAY_S),
        color=WINDOW,
        alpha=0.35,
        lw=0,
    )
    axis.axvline(clock.at(forecast.onset_d * DAY_S), color=STEP, lw=1.0, ls="--")
    axis.set_ylim(0, 1.1 * float(np.percentile(inverse, 95)))
    unit = table.units.get(name, "") or "unit"
    axis.set_ylabel(f"1 / rate [d/{unit}]")
    axis.set_title("inverse rate; dashed: onset as fitted", fontsize=9, loc="left")


def _title(found: Assessment, unit: str, span_d: float) -> str:
    _, per, factor = next(row for row in SPOKEN if span_d >= row[0])
    parts = []
    for name, each in (("", found.trend), ("without temperature ", found.compensated_trend)):
        if each is not None:
            rate, low, high = (
                value * factor for value in (each.line.rate, each.line.low, each.line.high)
            )
            parts.append(f"{name}{rate:+.3g} {unit}/{per} [{low:+.3g}, {high:+.3g}]")
    if found.steps is not None:
        parts.append(f"{len(found.steps.steps)} steps above {found.steps.limit:.2g} {unit}")
    if isinstance(found.forecast, Forecast):
        parts.append(f"re-forecast {found.forecast.reforecast} times")
    return " · ".join(parts)
