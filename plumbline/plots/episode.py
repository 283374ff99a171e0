"""Picture of an episode over the floors: what each recorded, and when its triggers were on."""

import warnings
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

from plumbline.analysis.constants import GAL_MS2
from plumbline.analysis.ground_motion.response_spectrum import response_spectrum
from plumbline.plots.measure import FONTS
from plumbline.research.replay.material import ReplayNode, ReplayPiece, ReplayStructure
from plumbline.research.replay.run import Replayed
from plumbline.wire.block import NS
from plumbline.wire.timestamps import time_ns_of

TRACE, SHORT, LONG, SHADE = "#37474f", "#c0392b", "#0b5394", "#ffe3a8"
FLOORS = plt.get_cmap("viridis")
MOST_POINTS = 3000
PERIODS_S = np.geomspace(0.1, 5.0, 60)
BEFORE_S, AFTER_S = 20.0, 20.0


def draw(replayed: Replayed, path: Path) -> None:
    """Draw a replayed structure into a picture file.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    installed = set(font_manager.get_font_names())
    with mpl.rc_context({"font.family": [font for font in FONTS if font in installed]}):
        figure = _figure(replayed)
        try:
            with warnings.catch_warnings():
                # A sign in a place's name that no font has becomes a box: no reason to fail.
                warnings.filterwarnings("ignore", message="Glyph")
                figure.savefig(path, dpi=120)
        finally:
            plt.close(figure)


def _figure(replayed: Replayed) -> Figure:
    structure, report = replayed.structure, replayed.report
    nodes = [node for node in _from_the_top(structure) if node.pieces]
    figure = plt.figure(figsize=(13, 2.2 + 1.15 * max(len(nodes), 4)), layout="constrained")
    figure.suptitle(_title(report), fontsize=11)
    cells = figure.add_gridspec(1, 2, width_ratios=(2.6, 1))
    rows = cells[0].subgridspec(max(len(nodes), 1), 1, hspace=0.05)
    span = _span(report)
    plots: list[Axes] = []
    for k, node in enumerate(nodes):
        plots.append(figure.add_subplot(rows[k], sharex=plots[0] if plots else None))
        _trace(plots[k], node, structure, report)
        plots[k].tick_params(labelbottom=k == len(nodes) - 1, labelsize=8)
    if plots:
        plots[0].set_xlim(*span)
        plots[-1].set_xlabel("time from the first sample, s")
        plots[0].legend(handles=_legend(), loc="upper right", fontsize=7, ncols=4)
    side = cells[1].subgridspec(2, 1)
    _profile(figure.add_subplot(side[0]), nodes)
    _spectra(figure.add_subplot(side[1]), nodes)
    return figure


def _from_the_top(structure: ReplayStructure) -> list[ReplayNode]:
    """Return the nodes as they stand over one another, those beside the structure last."""
    beside = [node for node in structure.nodes if node.role == "free_field"]
    inside = [node for node in structure.nodes if node not in beside]
    return [*sorted(inside, key=lambda node: -node.level), *beside]


def _title(report: dict[str, Any]) -> str:
    when = f", from {report['start_utc'][:19].replace('T', ' ')} UTC" if report["start_utc"] else ""
    if not report["episodes"]:
        return f"{report['name']}{when}: no episode"
    first = report["episodes"][0]
    more = len(report["episodes"]) - 1
    where = "structure" if first["kind"] == "sway" else "ground"
    return (
        f"{report['name']}{when}: {first['kind']}, opened by {first['detector']} "
        f"{first['seconds_after_onset']:g} s after its onset; {first['level']}, "
        f"largest of the {where} {first['peak_gal']:.4g} gal" + (f"; {more} more" if more else "")
    )


def _span(report: dict[str, Any]) -> tuple[float, float]:
    """Return the part worth drawing: the episodes and a little around them. [s]"""
    if not report["episodes"]:
        return 0.0, report["seconds"]
    begin = min(one["onset_s"] for one in report["episodes"]) - BEFORE_S
    ends = [one["closed_s"] for one in report["episodes"]]
    end = report["seconds"] if None in ends else max(ends) + AFTER_S
    return max(begin, 0.0), min(end, report["seconds"])


def _trace(
    plot: Axes, node: ReplayNode, structure: ReplayStructure, report: dict[str, Any]
) -> None:
    axis = _loudest(node)
    origin_ns = structure.start_ns if report["files"] else time_ns_of(report["start_utc"])
    limit = 1.15 * node.peak_ms2 / GAL_MS2 or 1.0
    for one in report["episodes"]:
        end = one["closed_s"] if one["closed_s"] is not None else report["seconds"]
        plot.axvspan(one["onset_s"], end, color=SHADE, lw=0)
        plot.axvline(one["opened_s"], color="black", lw=0.8, ls="--")
    for piece in node.pieces:
        time_s, low, high = _envelope(piece, node, axis, origin_ns)
        plot.fill_between(time_s, low / GAL_MS2, high / GAL_MS2, color=TRACE, lw=0.4)
    for one in (t for t in report["triggers"] if t["node"] == node.code):
        at, colour = (-0.97, SHORT) if one["detector"] == "short_period" else (-0.86, LONG)
        span = [one["onset_s"], one["until_s"]]
        plot.plot(span, [at * limit, at * limit], color=colour, lw=3, solid_capstyle="butt")
    plot.set_ylim(-limit, limit)
    plot.set_ylabel("gal", fontsize=8)
    title = f"{node.name}  {node.axes[axis]}  peak {node.peak_ms2 / GAL_MS2:.4g} gal"
    plot.set_title(title, loc="left", fontsize=8, pad=2)
    plot.grid(alpha=0.3)


def _loudest(node: ReplayNode) -> int:
    sizes = [
        np.abs(piece.accel_ms2 - node.offset_ms2[:, np.newaxis]).max(axis=1)
        for piece in node.pieces
    ]
    return int(np.argmax(np.max(sizes, axis=0)))


def _envelope(
    piece: ReplayPiece, node: ReplayNode, axis: int, origin_ns: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return least and largest value of as many stretches as a picture can show."""
    row = piece.accel_ms2[axis] - node.offset_ms2[axis]
    n = max(1, row.size // MOST_POINTS)
    stretches = row[: row.size // n * n].reshape(-1, n)
    time_s = (piece.start_ns - origin_ns) / NS + (np.arange(len(stretches)) + 0.5) * n / (
        piece.rate_hz
    )
    return time_s, stretches.min(axis=1), stretches.max(axis=1)


def _legend() -> list[Line2D | Patch]:
    return [
        Patch(color=SHADE, label="episode"),
        Line2D([], [], color="black", ls="--", lw=0.8, label="opened"),
        Line2D([], [], color=SHORT, lw=3, label="short-period trigger"),
        Line2D([], [], color=LONG, lw=3, label="long-period trigger"),
    ]


def _profile(plot: Axes, nodes: list[ReplayNode]) -> None:
    """Draw the largest acceleration of each node, in the order of the traces."""
    place = np.arange(len(nodes))[::-1]
    plot.barh(place, [node.peak_ms2 / GAL_MS2 for node in nodes], color=_colours(len(nodes)))
    plot.set_yticks(place, [node.name for node in nodes], fontsize=8)
    plot.set_xlabel("peak of any axis, gal")
    plot.set_title("over the height", fontsize=9)
    plot.grid(axis="x", alpha=0.3)


def _spectra(plot: Axes, nodes: list[ReplayNode]) -> None:
    """Draw the floor spectra: the largest of the horizontal axes of each node."""
    for node, colour in zip(nodes, _colours(len(nodes)), strict=True):
        longest = max(node.pieces, key=lambda piece: piece.n_samples)
        level = [i for i in range(len(node.axes)) if i != node.vertical] or [0]
        accel = longest.accel_ms2[level] - node.offset_ms2[level][:, np.newaxis]
        fits = 2 / longest.rate_hz <= PERIODS_S
        psa = response_spectrum(accel, longest.rate_hz, PERIODS_S[fits]).psa_ms2.max(axis=0)
        plot.loglog(PERIODS_S[fits], psa / GAL_MS2, color=colour, lw=1.2, label=node.name)
    plot.set_xlabel("period, s")
    plot.set_ylabel("PSA, 5 % damping, gal")
    plot.set_title("floor spectra, largest horizontal axis", fontsize=9)
    plot.grid(alpha=0.3, which="both")
    if nodes:
        plot.legend(fontsize=6)


def _colours(n: int) -> list[Any]:
    return [FLOORS(1 - k / max(n, 2)) for k in range(n)]
