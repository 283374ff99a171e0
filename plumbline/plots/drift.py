"""Drift in one picture: histories of the roof against the base, and the largest over the height."""

from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from plumbline.research.structure.drift import FoundDrifts

COLOURS = ("#0b5394", "#c0392b", "#2e8b57", "#8e44ad", "#b8860b", "#5b6770")
CM = 100.0


def draw(found: FoundDrifts, path: Path) -> None:
    """Draw the drifts into a picture file.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    base = found.report["reference_level"]
    roof = [d for d in found.drifts if d.upper == found.drifts[0].upper and d.lower == base]
    figure = plt.figure(figsize=(12, 1.6 + 1.9 * len(roof)), layout="constrained")
    cells = figure.add_gridspec(len(roof), 2, width_ratios=(3, 1))
    for k, drift in enumerate(roof):
        axes = figure.add_subplot(cells[k, 0])
        time_s = np.arange(drift.history_m.size) / found.rate_hz
        axes.plot(time_s, CM * drift.history_m, lw=0.8, color=COLOURS[k % len(COLOURS)])
        at = int(np.argmax(np.abs(drift.history_m)))
        axes.plot(time_s[at], CM * drift.history_m[at], "o", ms=4, color="#222222")
        axes.set_ylabel("cm")
        axes.set_title(
            f"{drift.upper} {drift.sensor} against {drift.lower}, {drift.direction}: "
            f"{CM * drift.displacement_m:.2f} ± {CM * drift.uncertainty_m:.2f} cm",
            fontsize=9,
        )
        axes.margins(x=0)
    axes.set_xlabel("time, s")
    _profile(found, base, figure.add_subplot(cells[:, 1]))
    figure.suptitle(
        f"displacement against {base}, above {found.report['corner_hz']:.3g} Hz; "
        f"inspection priority: {found.report['inspection']['priority']}",
        fontsize=10,
    )
    try:
        figure.savefig(path, dpi=120)
    finally:
        plt.close(figure)


def _profile(found: FoundDrifts, base: str, axes: Axes) -> None:
    """Draw the largest displacement of each level, by direction."""
    levels = list(dict.fromkeys(d.upper for d in found.drifts))[::-1]
    place = {name: k + 1 for k, name in enumerate(levels)}
    directions = dict.fromkeys(d.direction for d in found.drifts)
    for k, direction in enumerate(directions):
        largest: dict[str, float] = {}
        for drift in found.drifts:
            if drift.lower == base and drift.direction == direction:
                most = max(largest.get(drift.upper, 0.0), CM * drift.displacement_m)
                largest[drift.upper] = most
        points = [(0.0, 0), *((value, place[name]) for name, value in largest.items())]
        points.sort(key=lambda point: point[1])
        axes.plot(
            [p[0] for p in points],
            [p[1] for p in points],
            "-o",
            ms=3.5,
            lw=1.2,
            color=COLOURS[k % len(COLOURS)],
            label=direction,
        )
    axes.set_yticks([0, *place.values()], [base, *place])
    axes.set(xlabel="largest displacement, cm", xlim=(0, None))
    axes.legend(fontsize=8)
