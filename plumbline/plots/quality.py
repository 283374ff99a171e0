"""Channels under one another, with what was found wrong with each."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from plumbline.research.structure.quality import Examined

GOOD, KNOWN, FAULTY = "#2e8b57", "#b8860b", "#c0392b"
MOST_POINTS = 4000


def draw(found: Sequence[Examined], path: Path) -> None:
    """Draw the channels into a picture file.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    figure, rows = plt.subplots(
        len(found),
        1,
        figsize=(11, 0.5 + 1.15 * len(found)),
        layout="constrained",
        squeeze=False,
    )
    for axes, one in zip(rows[:, 0], found, strict=True):
        _row(axes, one)
    rows[-1, 0].set_xlabel("time, s")
    try:
        figure.savefig(path, dpi=110)
    finally:
        plt.close(figure)


def _row(axes: Axes, one: Examined) -> None:
    values, rate_hz = one.channel.values, one.channel.rate_hz
    colour = FAULTY if one.flagged else KNOWN if one.findings else GOOD
    step = max(1, values.size // (MOST_POINTS // 2))
    whole = values[: values.size // step * step].reshape(-1, step)
    time_s = np.arange(whole.shape[0]) * step / rate_hz
    middle = np.median(values)
    axes.fill_between(
        time_s, whole.min(axis=1) - middle, whole.max(axis=1) - middle, color=colour, lw=0.4
    )
    for finding in one.findings:
        if finding.start_s is not None and finding.end_s is not None:
            axes.axvspan(finding.start_s, finding.end_s, color=FAULTY, alpha=0.12)
    findings = (
        "; ".join(f"{finding.defect}: {finding.reason}" for finding in one.findings) or "good"
    )
    who = " ".join(part for part in (one.channel.name, one.channel.place) if part)
    axes.set_title(f"{who}: {findings}"[:170], fontsize=8, loc="left")
    axes.tick_params(labelsize=7)
    axes.margins(x=0)
