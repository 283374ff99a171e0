"""A limit chart: the line of the standard over frequency, and every peak on it."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from plumbline.analysis.vibration import Compliance, LimitCurve
from plumbline.research.structure.vibration import Point

COLOURS: dict[Compliance, str] = {
    Compliance.WITHIN: "#2e8b57",
    Compliance.EXCEEDED: "#c0392b",
}
OTHER = "#8a8f98"
HIGHEST_HZ = 150.0


def draw(curve: LimitCurve, points: Sequence[Point], path: Path) -> None:
    """Draw the limit and the peaks into a picture file.

    Each component is one mark for each frequency found for it, joined by a line: filled where
    the limit was read, hollow at the other frequency.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    figure, axes = plt.subplots(figsize=(9, 6), layout="constrained")
    f = np.geomspace(curve.from_hz, HIGHEST_HZ, 600)
    axes.plot(f, [curve.limit_mms(float(x)) for x in f], color="#222222", lw=1.6, label="limit")
    for point in points:
        _marks(axes, point)
    axes.axvspan(0.1, curve.from_hz, color="#eeeeee", zorder=0)
    axes.set(xscale="log", yscale="log", xlabel="frequency, Hz", ylabel="peak velocity, mm/s")
    slowest = min((x for p in points for v in p.verdicts for x in v.peak.frequencies_hz), default=1)
    axes.set_xlim(min(curve.from_hz, max(0.1, 0.8 * slowest)), HIGHEST_HZ)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(FuncFormatter(_two_and_five))
    axes.grid(which="both", lw=0.3, color="#cccccc")
    origin = curve.provenance
    axes.set_title(
        f"{curve.standard} ({origin.edition}), line {curve.line}: {curve.building}\n"
        f"{curve.location}, {curve.duration}, {curve.checked_by}; standing: {origin.standing}",
        fontsize=10,
    )
    _legend(axes)
    figure.legend(fontsize=8, loc="outside lower center", ncols=5, frameon=False)
    try:
        figure.savefig(path, dpi=120)
    finally:
        plt.close(figure)


def _marks(axes: Axes, point: Point) -> None:
    for verdict in point.verdicts:
        peak = verdict.peak
        colour = COLOURS.get(verdict.outcome, OTHER)
        found = peak.frequencies_hz
        if not found:
            continue
        axes.plot(found, [peak.ppv_mms] * len(found), "-", color=colour, lw=0.8)
        # the one the limit was read at comes last: where both agree it must not be hidden
        for frequency in sorted(found, key=lambda hz: hz == verdict.frequency_hz):
            filled = frequency == verdict.frequency_hz
            axes.plot(
                frequency,
                peak.ppv_mms,
                "o",
                color=colour,
                mfc=colour if filled else "white",
                ms=7 if filled else 5,
            )
        axes.annotate(
            f"{point.name} {peak.component}" if len(point.name) < 14 else peak.component,
            (max(found), peak.ppv_mms),
            xytext=(6, 4),
            textcoords="offset points",
            fontsize=8,
        )


def _two_and_five(value: float, _: int | None) -> str:
    return f"{value:g}" if f"{value:e}"[0] in "25" else ""


def _legend(axes: Axes) -> None:
    for name, colour in (
        ("within", COLOURS[Compliance.WITHIN]),
        ("exceeded", COLOURS[Compliance.EXCEEDED]),
    ):
        axes.plot([], [], "o", color=colour, label=name)
    axes.plot([], [], "o", color=OTHER, label="not judged")
    axes.plot([], [], "o", color="#222222", mfc="white", ms=5, label="other frequency of a peak")
