"""The history of modes in one picture: frequencies, changes against the guard, temperature."""

from itertools import pairwise
from math import nan
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

COLOURS = ("#0b5394", "#c0392b", "#2e8b57", "#8e44ad", "#b8860b", "#5b6770")
SHADES = {
    "alarm": "#c0392b",
    "suspended: construction stage changed, no baseline yet": "#b8b8b8",
    "recovering after shaking": "#b8860b",
}
DAY_NS = 86_400e9
HOUR = 1 / 24
ROOM_ABOVE = 1.35  # of the highest mode that is followed


def draw(found: dict[str, Any], path: Path) -> None:
    """Draw a history into a picture file.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    windows = [window for window in found["windows"] if "modes" in window]
    warm = any(window["temperature_c"] is not None for window in windows)
    heights = (3, 2, 1) if warm else (3, 2)
    figure, panels = plt.subplots(
        len(heights), 1, sharex=True, figsize=(12, 8 if warm else 6.5), layout="constrained",
        height_ratios=heights,
    )  # fmt: skip
    _frequencies(panels[0], windows, found)
    _changes(panels[1], windows)
    if warm:
        known = [w for w in windows if w["temperature_c"] is not None]
        panels[2].plot(
            [_time(w) for w in known], [w["temperature_c"] for w in known], lw=0.9, color="#5b6770"
        )
        panels[2].set_ylabel("temperature, °C")
    for number, panel in enumerate(panels):
        _stages(panel, found["windows"], named=number == 0)
    panels[-1].xaxis_date()
    panels[-1].set_xlabel("UTC")
    figure.suptitle(
        f"{found['structure']}: modes of {len(windows)} windows; a change counts outside of "
        "shaking and recovery, on two modes at once",
        fontsize=10,
    )
    try:
        figure.savefig(path, dpi=120)
    finally:
        plt.close(figure)


def _time(window: dict[str, Any]) -> float:
    """Return the end of a window as a day of the axis."""
    return float(window["end_ns"]) / DAY_NS


def _frequencies(axes: Axes, windows: list[dict[str, Any]], found: dict[str, Any]) -> None:
    """Draw every mode seen in grey, those that are followed in colour, with their guard."""
    seen = [(_time(w), mode["frequency_hz"]) for w in windows for mode in w["modes"]]
    if seen:
        axes.plot(*zip(*seen, strict=True), ".", ms=2.5, color="#b0b8c0", label="all identified")
    highest = 0.0
    for k in range(max((len(w["tracked"]) for w in windows), default=0)):
        compared = [
            (_time(w), w["tracked"][k])
            for w in windows
            if k < len(w["tracked"]) and w["tracked"][k]
        ]
        if not compared:
            continue
        times, ones = zip(*compared, strict=True)
        colour = COLOURS[k % len(COLOURS)]
        axes.plot(
            times, [one["found_hz"] for one in ones], ".", ms=4, color=colour, label=f"mode {k + 1}"
        )
        highest = max(highest, *(one["found_hz"] for one in ones))
    for stage, baseline in found["baselines"].items():
        lived = [_time(w) for w in windows if w["stage"] == stage and w["tracked"]]
        for k, mode in enumerate(baseline["modes"]):
            if times:
                axes.hlines(
                    mode["frequency_hz"], lived[0], lived[-1],
                    color=COLOURS[k % len(COLOURS)], lw=0.8, ls="--",
                )  # fmt: skip
    if highest:
        axes.set_ylim(0, ROOM_ABOVE * highest)
    axes.set_ylabel("frequency, Hz")
    axes.legend(fontsize=7, loc="upper left", ncols=4)


def _changes(axes: Axes, windows: list[dict[str, Any]]) -> None:
    """Draw the change of each mode, the widest guard, and what the verdict was."""
    guard = 0.0
    times = [_time(window) for window in windows]
    for k in range(max((len(w["tracked"]) for w in windows), default=0)):
        ones = [w["tracked"][k] if k < len(w["tracked"]) else None for w in windows]
        changes = [100 * one["change"] if one else nan for one in ones]
        axes.plot(times, changes, ".-", ms=3, lw=0.6, color=COLOURS[k % len(COLOURS)])
        guard = max(guard, *(100 * one["guard"] if one else 0.0 for one in ones))
    if guard:
        for bound in (-guard, guard):
            axes.axhline(bound, color="#c0392b", lw=0.8, ls="--")
        axes.annotate(
            f"guard {guard:.1f} %", (0.005, guard), xycoords=("axes fraction", "data"),
            fontsize=7, va="bottom", color="#c0392b",
        )  # fmt: skip
    named: set[str] = set()
    for before, window in zip([None, *windows], windows, strict=False):
        colour = SHADES.get(window["health"])
        if colour is not None:
            begin = _time(before) if before else _time(window) - HOUR
            label = None if window["health"] in named else window["health"].split(":")[0]
            named.add(window["health"])
            axes.axvspan(begin, _time(window), color=colour, alpha=0.2, lw=0, label=label)
    axes.axhline(0, color="#999999", lw=0.6)
    axes.set_ylabel("change, %")
    if named:
        axes.legend(fontsize=7, loc="lower left")


def _stages(axes: Axes, windows: list[dict[str, Any]], *, named: bool) -> None:
    """Mark where a construction stage begins."""
    for before, window in pairwise(windows):
        if window["stage"] != before["stage"]:
            axes.axvline(_time(before), color="#222222", lw=1)
            if not named:
                continue
            axes.annotate(
                f"stage {window['stage']}", (_time(before), 0.97),
                xycoords=("data", "axes fraction"), fontsize=7, rotation=90, va="top", ha="right",
            )  # fmt: skip
