"""Picture of a residual movement: readings, both medians with interval, the blanked span."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from plumbline.collector.jobs.residual.horizons import BY_NAME, spans
from plumbline.collector.jobs.residual.text import comparison_text
from plumbline.plots.measure import FONTS
from plumbline.wire.block import NS
from plumbline.wire.timestamps import local_minute

MINUTE_NS, HOUR_NS = 60 * NS, 3_600 * NS
RAW, MEDIAN, BAND, BLANKED, WINDOW = "#9aa5b1", "#0b5394", "#9cc3e6", "#ffe3a8", "#e8f0e4"
MOVED = "#c0392b"
MOST_ROWS = 8
MOST_POINTS = 4000


def draw(report: dict[str, Any], traces: dict[str, dict[str, Any]], path: Path) -> None:
    """Draw an episode's comparisons, a row a point and a column a horizon.

    Parameters
    ----------
    report
        As `ResidualView.of` returns it.
    traces
        By point and horizon: ``{"time_ns": (n,), "values": (n,)}``.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    installed = set(font_manager.get_font_names())
    with mpl.rc_context({"font.family": [font for font in FONTS if font in installed]}):
        figure = _figure(report, traces)
        try:
            figure.savefig(path, dpi=120)
        finally:
            plt.close(figure)


def _figure(report: dict[str, Any], traces: dict[str, dict[str, Any]]) -> Figure:
    points = [point for point in report["points"] if point["point"] in traces][:MOST_ROWS]
    figure = plt.figure(figsize=(15, 1.4 + 2.7 * max(len(points), 1)), layout="constrained")
    more = len(report["points"]) - len(points)
    figure.suptitle(
        f"{report['structure']}: what the shaking of "
        f"{local_minute(int(report['onset_ns']), 'UTC')} UTC "
        f"({report['peak']}) left behind" + (f"; {more} more points not drawn" if more else ""),
        fontsize=11,
    )
    plots = figure.subplots(max(len(points), 1), len(report["horizons"]), squeeze=False)
    for row, point in zip(plots, points, strict=False):
        for plot, comparison in zip(row, point["answers"], strict=True):
            _panel(
                plot, report, point, comparison, traces[point["point"]].get(comparison["horizon"])
            )
    if points:
        figure.legend(handles=_legend(), loc="outside lower center", ncols=5, fontsize=8)
    return figure


def _panel(
    plot: Axes,
    report: dict[str, Any],
    point: dict[str, Any],
    comparison: dict[str, Any],
    trace: dict[str, Any] | None,
) -> None:
    onset_ns, closed_ns = int(report["onset_ns"]), int(report["closed_ns"])
    horizon = BY_NAME[comparison["horizon"]]
    unit_ns, unit = (MINUTE_NS, "min") if horizon.until_s <= 3_600 else (HOUR_NS, "h")
    compared = spans(horizon, onset_ns, closed_ns)
    moved = comparison["verdict"] == "moved"
    plot.set_title(
        _wrapped(f"{point['point']} {horizon.name}: {comparison_text(comparison, point['unit'])}"),
        fontsize=8,
        loc="left",
        color=MOVED if moved else "black",
    )
    for span in compared:
        plot.axvspan(*((at - closed_ns) / unit_ns for at in span), color=WINDOW, lw=0)
    blanked = compared.before[1], closed_ns + 120 * NS
    plot.axvspan(*((at - closed_ns) / unit_ns for at in blanked), color=BLANKED, lw=0)
    if trace is not None and trace["time_ns"].size:
        _readings(plot, trace, closed_ns, unit_ns)
        _levels(plot, trace, compared, comparison, closed_ns, unit_ns)
        _scale(plot, trace, blanked)
    plot.set_xlabel(f"time from the end of the shaking, {unit}", fontsize=8)
    plot.set_ylabel(point["unit"], fontsize=8)
    plot.tick_params(labelsize=8)
    plot.grid(alpha=0.3)


def _readings(plot: Axes, trace: dict[str, Any], closed_ns: int, unit_ns: int) -> None:
    step = max(1, trace["time_ns"].size // MOST_POINTS)
    at = (trace["time_ns"][::step] - closed_ns) / unit_ns
    plot.plot(at, trace["values"][::step], ".", ms=1.8, color=RAW, rasterized=True)


def _levels(
    plot: Axes,
    trace: dict[str, Any],
    compared: Any,
    comparison: dict[str, Any],
    closed_ns: int,
    unit_ns: int,
) -> None:
    """Draw the two medians; the interval of the difference stands on the one after."""
    if "median_before" not in comparison:
        return
    before, after = comparison["median_before"], comparison["median_after"]
    ends = [[(at - closed_ns) / unit_ns for at in span] for span in compared]
    plot.plot(ends[0], [before, before], color=MEDIAN, lw=2)
    plot.plot(ends[1], [after, after], color=MEDIAN, lw=2)
    expected = before + comparison["by_itself"]
    plot.fill_between(
        ends[1],
        expected + comparison["low"],
        expected + comparison["high"],
        color=BAND,
        alpha=0.6,
        lw=0,
    )
    plot.plot([ends[0][1], ends[1][1]], [before, expected], color=MEDIAN, lw=0.8, ls=":")


def _scale(plot: Axes, trace: dict[str, Any], blanked: tuple[int, int]) -> None:
    """Scale to what is read outside the blanking: a/g within it is hundreds of times larger."""
    time_ns = trace["time_ns"]
    free = trace["values"][(time_ns < blanked[0]) | (time_ns > blanked[1])]
    if free.size:
        low, high = np.percentile(free, [0.2, 99.8])
        room = 0.25 * (high - low) or 1.0
        plot.set_ylim(low - room, high + room)


def _wrapped(text: str, width: int = 66) -> str:
    from textwrap import wrap

    return "\n".join(wrap(text, width))


def _legend() -> list[Line2D | Patch]:
    return [
        Line2D([], [], color=RAW, marker=".", ls="", label="readings"),
        Patch(color=BLANKED, label="blanked: 10 s before to 2 min after"),
        Patch(color=WINDOW, label="windows compared"),
        Line2D([], [], color=MEDIAN, lw=2, label="medians; dotted: as it went on by itself"),
        Patch(color=BAND, label="95 % interval of the movement"),
    ]
