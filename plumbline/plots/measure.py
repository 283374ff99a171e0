"""A station's record in one picture: its axes, its spectra against the class bands, its energy."""

import warnings
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plumbline.analysis.ground_motion.arias import husid
from plumbline.analysis.ground_motion.long_period import CLASS_FROM_MS, PERIODS_S
from plumbline.plots.measure_spectra import draw_hvsr, draw_spectrogram
from plumbline.research.measure.rules import MeasuredRecord

COLOURS = ("#0b5394", "#c0392b", "#5b6770", "#2e8b57")
BANDS = ("#fff7d6", "#ffe3a8", "#ffc38a", "#f59a8c")
MOST_POINTS = 4000
FONTS = ("DejaVu Sans", "Noto Sans CJK JP", "Noto Sans Thai", "IPAGothic", "Garuda", "Loma")
"""Latin first; then, where installed, fonts with the signs of Japanese and Thai place names."""

CM = 100.0


def draw(found: MeasuredRecord, path: Path) -> None:
    """Draw a measured station into a picture file.

    Raises
    ------
    ValueError
        If it has no acceleration in a known unit.
    OSError
        If the file cannot be written.
    """
    if found.accel_ms2 is None or found.spectrum is None:
        raise ValueError(f"{found.station.name} has no acceleration in a known unit")
    installed = set(font_manager.get_font_names())
    with mpl.rc_context({"font.family": [font for font in FONTS if font in installed]}):
        figure = _figure(found, len(found.accel_ms2))
        try:
            with warnings.catch_warnings():
                # A sign in a place's name that no font has becomes a box: no reason to fail.
                warnings.filterwarnings("ignore", message="Glyph")
                figure.savefig(path, dpi=120)
        finally:
            plt.close(figure)


def _figure(found: MeasuredRecord, n_axes: int) -> Figure:
    figure = plt.figure(
        figsize=(11 if found.hvsr is None else 14.5, 2.0 * n_axes + 7.4), layout="constrained"
    )
    figure.suptitle(_title(found), fontsize=11)
    rows = figure.add_gridspec(3, 1, height_ratios=(1.55 * n_axes + 0.7, 2.0, 4.2))
    upper = rows[0].subgridspec(n_axes, 1, hspace=0.06)
    _histories(found, [figure.add_subplot(upper[i]) for i in range(n_axes)])
    draw_spectrogram(found, figure.add_subplot(rows[1]))
    lower = rows[2].subgridspec(1, 3 if found.hvsr is None else 4)
    _spectra(found, figure.add_subplot(lower[0]))
    _classes(found, figure.add_subplot(lower[1]))
    _energy(found, figure.add_subplot(lower[2]))
    if found.hvsr is not None:
        draw_hvsr(found.hvsr, found.report["hvsr"], figure.add_subplot(lower[3]))
    return figure


def _title(found: MeasuredRecord) -> str:
    report = found.report
    parts = [report["name"]]
    if report["start_utc"]:
        parts.append(f"from {report['start_utc'][:19].replace('T', ' ')} UTC")
    jma = report["jma"]
    if jma is not None and jma["value"] is not None:
        sign = "" if jma["complete"] else "≥ "
        parts.append(f"JMA {sign}{jma['reported']:.1f} ({jma['scale']})")
    if report["long_period"] is not None:
        parts.append(f"long-period class {report['long_period']['class']}")
    return ", ".join(parts)


def _histories(found: MeasuredRecord, plots: list[Axes]) -> None:
    accel = found.accel_ms2
    assert accel is not None  # noqa: S101 - draw() has checked
    rate_hz = found.report["rate_hz"]
    limit = 1.08 * CM * max(float(np.abs(accel).max()), 1e-9)
    for i, (plot, row) in enumerate(zip(plots, accel, strict=True)):
        time_s, low, high = _envelope(row * CM, rate_hz)
        plot.fill_between(time_s, low, high, color=COLOURS[i % 4], linewidth=0.6)
        axis = found.report["axes"][i]
        peak = axis["pga_ms2"] * CM
        plot.plot(axis["pga_at_s"], peak, "o", mfc="none", mec="black", ms=6)
        azimuth = axis["azimuth_deg"]
        way = "up" if axis["vertical"] else "" if azimuth is None else f"{azimuth:g}°"
        label = " ".join(part for part in (axis["channel"], way) if part)
        plot.set_title(f"{label}   PGA {peak:.4g} gal", loc="left", fontsize=9, pad=4)
        plot.set_ylim(-limit, limit)
        plot.set_xlim(0, accel.shape[-1] / rate_hz)
        plot.grid(alpha=0.3)
        plot.set_ylabel("gal")
        plot.tick_params(labelbottom=i == len(plots) - 1)
    plots[-1].set_xlabel("time from the first sample, s")


def _envelope(row: np.ndarray, rate_hz: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return time, lowest and highest value of at most `MOST_POINTS` stretches; no peak is lost."""
    step = max(1, -(-row.size // MOST_POINTS))
    starts = np.arange(0, row.size, step)
    # Each stretch takes the next one's first sample with it, so that the band has no breaks.
    ends = [*starts[1:] + 1, row.size]
    low = np.array([row[a:b].min() for a, b in zip(starts, ends, strict=True)])
    high = np.array([row[a:b].max() for a, b in zip(starts, ends, strict=True)])
    return starts / rate_hz, low, high


def _spectra(found: MeasuredRecord, plot: Axes) -> None:
    spectrum = found.spectrum
    assert spectrum is not None  # noqa: S101 - draw() has checked
    for i, axis in enumerate(found.report["axes"]):
        psa = spectrum.psa_ms2[i] * CM
        plot.loglog(spectrum.periods_s, psa, color=COLOURS[i % 4], label=axis["channel"])
    plot.set_title(f"pseudo-acceleration, {spectrum.damping:.0%} damping", fontsize=9)
    plot.set_xlabel("period, s")
    plot.set_ylabel("gal")
    plot.grid(which="both", alpha=0.25)
    plot.legend(fontsize=8)


def _classes(found: MeasuredRecord, plot: Axes) -> None:
    if found.sva_ms is None:
        plot.text(0.5, 0.5, "no two horizontal axes", ha="center", transform=plot.transAxes)
        plot.set_axis_off()
        return
    sva = found.sva_ms * CM
    limits = [limit * CM for limit in CLASS_FROM_MS]
    top = max(1.6 * limits[-1], 1.6 * float(sva.max()))
    bottom = min(1.0, 0.6 * max(float(sva.min()), 1e-3))
    for number, (low, high) in enumerate(pairwise([*limits, top]), 1):
        plot.axhspan(low, high, color=BANDS[number - 1], zorder=0)
        plot.text(PERIODS_S[-1] - 0.05, low * 1.06, f"class {number}", ha="right", fontsize=8)
    plot.semilogy(PERIODS_S, sva, color="black", marker=".", ms=4)
    plot.set_ylim(bottom, top)
    plot.set_xlim(PERIODS_S[0], PERIODS_S[-1])
    plot.set_title("absolute velocity response, 5 %, JMA class bands", fontsize=9)
    plot.set_xlabel("period, s   (horizontal: vector sum [M])")
    plot.set_ylabel("cm/s")
    plot.grid(alpha=0.25)


def _energy(found: MeasuredRecord, plot: Axes) -> None:
    accel = found.accel_ms2
    assert accel is not None  # noqa: S101 - draw() has checked
    rate_hz = found.report["rate_hz"]
    step = max(1, accel.shape[-1] // MOST_POINTS)
    time_s = np.arange(0, accel.shape[-1], step) / rate_hz
    for i, curve in enumerate(husid(accel, rate_hz)):
        axis = found.report["axes"][i]
        label = f"{axis['channel']}  D5-95 {axis['d5_95_s']:.1f} s"
        plot.plot(time_s, CM * curve[::step], color=COLOURS[i % 4], label=label)
    for share in (5, 95):
        plot.axhline(share, color="black", linewidth=0.7, linestyle="--")
    plot.set_xlim(0, accel.shape[-1] / rate_hz)
    plot.set_ylim(0, 100)
    plot.set_title("Husid curve: growth of Arias intensity", fontsize=9)
    plot.set_xlabel("time, s")
    plot.set_ylabel("% of the whole")
    plot.grid(alpha=0.25)
    plot.legend(fontsize=8, loc="center right")
