"""Modes in one picture: singular values with the modes found, stable poles, shapes over floors."""

from itertools import pairwise
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from plumbline.analysis.drift import StoreyKind
from plumbline.analysis.modal import Mode
from plumbline.research.event import FileChannel
from plumbline.research.structure.modes import FoundModes

COLOURS = ("#0b5394", "#c0392b", "#2e8b57", "#8e44ad", "#b8860b", "#5b6770")
MOST_SHAPES = 6
DYNAMIC_RANGE = 1e8  # of the singular values shown


def draw(found: FoundModes, path: Path) -> None:
    """Draw the modes into a picture file.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    shown = found.identified.modes[:MOST_SHAPES]
    figure = plt.figure(figsize=(12, 8.5 if shown else 5), layout="constrained")
    rows = figure.add_gridspec(3 if shown else 2, 1, height_ratios=(3, 2, 4)[: 3 if shown else 2])
    spectrum = figure.add_subplot(rows[0])
    _singular_values(found, spectrum)
    _stable_poles(found, figure.add_subplot(rows[1], sharex=spectrum))
    spectrum.tick_params(which="both", labelbottom=False)
    if shown:
        cells = rows[2].subgridspec(1, len(shown))
        panels = [figure.add_subplot(cells[k]) for k in range(len(shown))]
        for panel, mode, mode_report in zip(panels, shown, found.report["modes"], strict=False):
            _shape(panel, mode, mode_report, found.roles.floors, bool(found.roles.base))
        for panel in panels[1:]:
            panel.tick_params(labelleft=False)
        _legend(panels[-1])
    try:
        figure.savefig(path, dpi=120)
    finally:
        plt.close(figure)


def _singular_values(found: FoundModes, axes: Axes) -> None:
    f, values = found.lines.frequency_hz, found.lines.values
    low, high = found.identified.low_hz, found.identified.high_hz
    inside = (f >= low) & (f <= high)
    top = float(values[inside, 0].max())
    for k in range(min(values.shape[1], 3)):
        axes.plot(f[inside], values[inside, k], lw=0.9, color="#0b5394", alpha=(1, 0.45, 0.25)[k])
    for mode in found.identified.modes:
        axes.axvline(mode.frequency_hz, color="#c0392b", lw=0.8, alpha=0.8)
    axes.set(yscale="log", ylabel="singular values", xlim=(low, high))
    axes.set_ylim(bottom=max(float(values[inside, 0].min()) / 3, top / DYNAMIC_RANGE))
    named = ", ".join(f"{mode.frequency_hz:.3g}" for mode in found.identified.modes)
    axes.set_title(f"modes at {named or 'no frequency'} Hz: {found.report['method']}", fontsize=10)


def _stable_poles(found: FoundModes, axes: Axes) -> None:
    for poles in found.identified.diagrams:
        axes.plot(poles.frequency_hz, poles.order, ".", ms=2.5, color="#5b6770", alpha=0.6)
    for mode in found.identified.modes:
        axes.axvline(mode.frequency_hz, color="#c0392b", lw=0.8, alpha=0.8)
    axes.set(xscale="log", xlabel="frequency, Hz", ylabel="model order")
    plain = FuncFormatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_major_formatter(plain)
    axes.xaxis.set_minor_formatter(FuncFormatter(lambda v, _: f"{v:g}" if _leads(v, "25") else ""))


def _leads(value: float, digits: str) -> bool:
    return f"{value:e}"[0] in digits


def _shape(
    axes: Axes,
    mode: Mode,
    mode_report: dict[str, object],
    floors: tuple[FileChannel, ...],
    fixed: bool,
) -> None:
    """Draw one shape over the levels, a line a direction and side; the base stands still."""
    ladder = _ladder(floors)
    for k, (name, members) in enumerate(_lines(floors).items()):
        points = sorted((ladder[floors[i].level.name], mode.shape[i].real) for i in members)
        if fixed:
            points.insert(0, (0.0, 0.0))
        colour = COLOURS[k % len(COLOURS)]
        heights, moves = zip(*points, strict=True)
        axes.plot(moves, heights, "o", ms=3.5, color=colour, label=name)
        for below, above in pairwise(points):
            # a line that passes an instrumented level without a sensor of its own is a guess
            passed = any(below[0] < height < above[0] for height in ladder.values())
            style = ":" if passed else "--" if name.endswith(" W") else "-"
            axes.plot([below[1], above[1]], [below[0], above[0]], style, color=colour, lw=1.3)
    axes.axvline(0, color="#999999", lw=0.6)
    axes.set(xlim=(-1.15, 1.15), ylim=(-0.3, max(ladder.values()) + 0.4))
    names = {0.0: "base", **{height: name for name, height in ladder.items()}}
    ticks = sorted(height for height in names if height or fixed)
    axes.set_yticks(ticks, [names[t] for t in ticks])
    axes.set_title(
        f"{mode.frequency_hz:.3f} Hz  {100 * mode.damping:.1f} %\n{mode_report['kind']}", fontsize=9
    )
    axes.tick_params(labelsize=8)


def _ladder(floors: tuple[FileChannel, ...]) -> dict[str, float]:
    """Return a drawing height for each level: its own number, a roof just above the highest."""
    levels = sorted({channel.level for channel in floors})
    numbered = [level.rank for level in levels if level.kind is StoreyKind.FLOOR]
    if len(levels) == len(numbered):
        return {level.name: level.rank for level in levels}
    ladder = {}
    top = 0.0
    for level in levels:
        top = level.rank if level.kind is StoreyKind.FLOOR else top + 1
        ladder[level.name] = top
    return ladder


def _lines(floors: tuple[FileChannel, ...]) -> dict[str, list[int]]:
    """Group channels that make one line over the floors: one direction, and one side if given."""
    lines: dict[str, list[int]] = {}
    for k, channel in enumerate(floors):
        side = next((s for s in ("E", "W", "N", "S") if f" {s} " in f" {channel.place} "), "")
        lines.setdefault(f"{channel.direction} {side}".strip(), []).append(k)
    return lines


def _legend(axes: Axes) -> None:
    _, names = axes.get_legend_handles_labels()
    if len(names) <= len(COLOURS):
        axes.legend(fontsize=7, loc="best")
