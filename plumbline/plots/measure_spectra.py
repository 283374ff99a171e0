"""Spectrogram of a record's strongest axis, and H/V of ambient vibration."""

from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib.axes import Axes

from plumbline.analysis.constants import GAL_MS2
from plumbline.analysis.dsp.spectra import HorizontalToVertical, spectrogram
from plumbline.research.measure.rules import MeasuredRecord

SEGMENT_S = 10.0
"""Length of a segment: 0.1 Hz is the first line. [s]"""
MOST_COLUMNS = 1200
DECADES = 5.0  # of the power shown


def draw_spectrogram(found: MeasuredRecord, plot: Axes) -> None:
    """Draw the spectrogram of the axis with the largest peak."""
    accel, rate_hz = found.accel_ms2, found.report["rate_hz"]
    assert accel is not None  # noqa: S101 - the caller has checked
    strongest = int(np.abs(accel).max(axis=-1).argmax())
    length_s = accel.shape[-1] / rate_hz
    segment_s = min(SEGMENT_S, length_s / 4)
    if segment_s * rate_hz < 8:
        plot.text(0.5, 0.5, "too short for a spectrogram", ha="center", transform=plot.transAxes)
        plot.set_axis_off()
        return
    step_s = max(segment_s / 10, length_s / MOST_COLUMNS, 1 / rate_hz)
    power = spectrogram(accel[strongest], rate_hz, segment_s, min(step_s, segment_s))
    density = np.log10(np.maximum(power.density[1:], np.finfo(float).tiny)) - 2 * np.log10(GAL_MS2)
    top = float(density.max())
    shown = plot.pcolormesh(
        power.time_s, power.freq_hz[1:], density, shading="nearest", cmap="magma",
        vmin=top - DECADES, vmax=top, rasterized=True,
    )  # fmt: skip
    plot.set_yscale("log")
    plot.set_ylim(power.freq_hz[1], 0.45 * rate_hz)
    plot.set_xlim(0, length_s)
    plot.set_ylabel("Hz")
    plot.set_xlabel("time from the first sample, s")
    channel = found.report["axes"][strongest]["channel"]
    title = f"spectrogram of {channel}, segments of {segment_s:.3g} s"
    plot.set_title(title, loc="left", fontsize=9, pad=4)
    bar = plot.figure.colorbar(shown, ax=plot, pad=0.01, aspect=12)
    bar.set_label("log gal²/Hz", fontsize=8)


def draw_hvsr(found: HorizontalToVertical, report: dict[str, Any], plot: Axes) -> None:
    """Draw H/V with its spread, and the peak."""
    spread = np.exp(found.spread)
    plot.fill_between(
        found.freq_hz, found.ratio / spread, found.ratio * spread, color="#b8c4ce", alpha=0.6, lw=0
    )
    plot.loglog(found.freq_hz, found.ratio, color="#0b5394", lw=1.4)
    plot.axvline(report["peak_hz"], color="#c0392b", lw=1.0, ls="--")
    plot.axhline(1.0, color="black", lw=0.6)
    plot.set_title(
        f"H/V, {found.n_windows} windows of {report['window_s']:g} s; {report['peak_hz']:.3g} Hz",
        fontsize=9,
    )
    plot.set_xlabel("frequency, Hz")
    plot.set_ylabel("H/V")
    plot.grid(which="both", alpha=0.25)
