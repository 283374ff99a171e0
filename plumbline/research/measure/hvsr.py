"""H/V of ambient vibration: peak frequency of the ground, and whether it can be relied on."""

from typing import Any, Final

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.spectra import HorizontalToVertical, horizontal_to_vertical
from plumbline.records import Station

WINDOW_S: Final = 50.0
"""Length of a window where none is stated: it resolves peaks from 0.2 Hz on. [s]"""

FEWEST_WINDOWS: Final = 3
CYCLES_A_WINDOW: Final = 10.0
CYCLES_IN_ALL: Final = 200.0
CLEAR_RATIO: Final = 2.0
USABLE_SHARE: Final = 0.4  # of the sampling rate: not into the anti-alias filter
LINES: Final = 200

TRANSIENT: Final = 5.0
"""A window this many times as strong as the middle one is no ambient vibration."""

SOURCE: Final = "SESAME 2004 criteria, as commonly printed, not re-read"


def hvsr_of(
    station: Station, accel_ms2: Floats, rate_hz: float, window_s: float
) -> tuple[HorizontalToVertical | None, dict[str, Any]]:
    """Return H/V of a station and its report; None with the reason where there is none.

    Parameters
    ----------
    accel_ms2
        Acceleration of its axes, shape ``(n_axes, n_samples)``. [m/s2]
    rate_hz
        Sampling rate. [Hz]
    window_s
        Length of a window. [s]
    """
    vertical = [i for i, axis in enumerate(station.axes) if axis.orientation.vertical]
    if station.horizontal is None or len(vertical) != 1:
        return None, {"reason": "H/V needs two horizontal axes at a right angle and a vertical one"}
    windows = int(accel_ms2.shape[-1] / rate_hz / window_s)
    if windows < FEWEST_WINDOWS:
        return None, {
            "reason": f"the record holds {windows} windows of {window_s:g} s; {FEWEST_WINDOWS} are "
            "needed: a longer record, or a shorter --hvsr window"
        }
    lines_hz = np.geomspace(CYCLES_A_WINDOW / window_s / 4, USABLE_SHARE * rate_hz, LINES)
    found = horizontal_to_vertical(
        accel_ms2[list(station.horizontal)],
        accel_ms2[vertical[0]],
        rate_hz,
        window_s,
        at_hz=lines_hz,
    )
    return found, _report(found, window_s, _strongest(accel_ms2, rate_hz, window_s))


def _report(found: HorizontalToVertical, window_s: float, strongest: float) -> dict[str, Any]:
    resolved = found.freq_hz >= CYCLES_A_WINDOW / window_s
    at = int(np.argmax(np.where(resolved, found.ratio, 0.0)))
    peak_hz, ratio, spread = (float(a[at]) for a in (found.freq_hz, found.ratio, found.spread))
    near = (found.freq_hz > peak_hz / 2) & (found.freq_hz < 2 * peak_hz)
    widest = float(np.exp(found.spread[near]).max())
    below = (found.freq_hz >= peak_hz / 4) & (found.freq_hz <= peak_hz)
    above = (found.freq_hz >= peak_hz) & (found.freq_hz <= 4 * peak_hz)
    reliable = {
        "cycles_a_window": bool(peak_hz * window_s > CYCLES_A_WINDOW),
        "cycles_in_all": bool(peak_hz * window_s * found.n_windows > CYCLES_IN_ALL),
        "spread_near_the_peak": widest < (2.0 if peak_hz > 0.5 else 3.0),
    }
    clear = {
        "ratio_above_2": ratio > CLEAR_RATIO,
        "half_below": bool(found.ratio[below].min() < ratio / 2),
        "half_above": bool(found.ratio[above].min() < ratio / 2),
    }
    return {
        "peak_hz": peak_hz,
        "peak_ratio": ratio,
        "peak_ratio_spread": float(np.exp(spread)),
        "window_s": window_s,
        "windows": found.n_windows,
        "strongest_window": strongest,
        "ambient": strongest < TRANSIENT,
        "reliable": reliable,
        "clear": clear,
        "criteria": {"source": SOURCE, "standing": "candidate"},
        "frequency_hz": found.freq_hz.tolist(),
        "ratio": found.ratio.tolist(),
        "ln_spread": found.spread.tolist(),
    }


def _strongest(accel_ms2: Floats, rate_hz: float, window_s: float) -> float:
    """Return the rms of the strongest window over that of the middle one. [1]"""
    length = round(window_s * rate_hz)
    count = accel_ms2.shape[-1] // length
    windows = accel_ms2[:, : count * length].reshape(len(accel_ms2), count, length)
    rms = np.sqrt(windows.var(axis=-1).sum(axis=0))
    middle = float(np.median(rms))
    return float(rms.max()) / middle if middle > 0 else float("inf")


def hvsr_text(report: dict[str, Any]) -> list[str]:
    """Return an H/V report as lines."""
    if "reason" in report:
        return [f"  no H/V: {report['reason']}"]
    lacking = [name for group in ("reliable", "clear") for name, holds in report[group].items()
               if not holds]  # fmt: skip
    criteria = report["criteria"]
    verdict = "every criterion holds" if not lacking else f"lacking: {', '.join(lacking)}"
    lines = [
        f"  H/V peak: {report['peak_hz']:.3g} Hz, ratio {report['peak_ratio']:.2f} (times or over "
        f"{report['peak_ratio_spread']:.2f}), "
        f"{report['windows']} windows of {report['window_s']:g} s",
        f"    {verdict} ({criteria['standing']}: {criteria['source']})",
    ]
    if not report["ambient"]:
        lines.append(
            f"    one window is {report['strongest_window']:.0f} times as strong as the middle "
            "one: shaking, not ambient vibration"
        )
    return lines
