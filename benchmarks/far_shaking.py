"""Common default triggers on distant shaking, ours in the last place; JSON lines.

Run: ``python -m benchmarks.far_shaking``. Noise is stated in every line: an instrument of 22.5
µg/√Hz and an ambient of 0.3 gal rms, white up to half the sampling rate, or all of it below 10 Hz.
The shaking rises for 60 s, holds for 60 s, decays for 120 s. A default trigger gets the record as
its program does: averages that start at zero and are silent for one long average. The defaults of
other programs are rebuilt from their documentation and only indicative.
"""

import json
import sys
from collections.abc import Callable

import numpy as np
from obspy.signal.trigger import recursive_sta_lta
from scipy import signal

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.analysis.trigger.shaking import ShakingBank
from plumbline.analysis.trigger.states import TriggerStatus

RATE_HZ, SECONDS = 100.0, 600.0
DENSITY_MS2 = 22.5e-6 * STANDARD_GRAVITY_MS2
AMBIENT_MS2 = 0.003
CASES = [(2, 3), (2, 10), (3, 3), (3, 10), (5, 3), (5, 10)]
WITHIN_S = 5.0


def ambient(rng: np.random.Generator, n: int, *, below_hz: float | None) -> np.ndarray:
    """Noise of instrument and building."""
    x = rng.normal(size=n)
    if below_hz is not None:
        sos = signal.butter(4, below_hz, fs=RATE_HZ, output="sos")
        x = signal.sosfilt(sos, x)
        x /= np.std(x)
    return rng.normal(size=n) * DENSITY_MS2 * np.sqrt(RATE_HZ / 2) + x * AMBIENT_MS2


def shaking(time_s: np.ndarray, period_s: float, peak_gal: float, start_s: float) -> np.ndarray:
    """One period, rising, holding, decaying."""
    edges = start_s + np.array([0.0, 60.0, 120.0, 240.0])
    envelope = np.interp(time_s, edges, [0.0, 1.0, 1.0, 0.0])
    return 0.01 * peak_gal * envelope * np.sin(2 * np.pi * time_s / period_s)


def common(low_hz: float, high_hz: float, sta_s: float, lta_s: float) -> Callable[..., np.ndarray]:
    """Return a band-pass and ObsPy's recursive STA/LTA."""

    def ratio(x: np.ndarray) -> np.ndarray:
        sos = signal.butter(3, [low_hz, high_hz], "bandpass", fs=RATE_HZ, output="sos")
        y = np.ascontiguousarray(signal.sosfilt(sos, x - np.mean(x[:100])))
        return np.asarray(recursive_sta_lta(y, round(sta_s * RATE_HZ), round(lta_s * RATE_HZ)))

    return ratio


PEERS = {
    "rsudp-like 0.8-9 Hz 6/30 s": (common(0.8, 9.0, 6, 30), 3.95),
    "SeisComP-like 0.7-2 Hz 2/80 s": (common(0.7, 2.0, 2, 80), 3.0),
    "textbook 0.1-1 Hz 10/200 s": (common(0.1, 1.0, 10, 200), 4.0),
}


def peers(x: np.ndarray, passes_s: float) -> dict[str, object]:
    """Return largest ratio and first crossing of each peer, seconds after 1 gal."""
    report: dict[str, object] = {}
    for name, (ratio_of, threshold) in PEERS.items():
        ratio = ratio_of(x)
        over = np.flatnonzero(ratio >= threshold)
        report[name] = {
            "largest": round(float(np.max(ratio)), 2),
            "threshold": threshold,
            "after_1_gal_s": round(float(over[0] / RATE_HZ - passes_s), 1) if len(over) else None,
        }
    return report


def ours(x: np.ndarray) -> tuple[float, float | None, bool]:
    """Return largest ratio, when the long-period trigger was on first, and the short one's word."""
    bank = ShakingBank(RATE_HZ, np.array([DENSITY_MS2]))
    ticks = bank.feed(x[np.newaxis] + STANDARD_GRAVITY_MS2)
    on = np.flatnonzero(ticks.long.status[0] == TriggerStatus.ON)
    first_s = float((on[0] + 1) * bank.tick_s) if len(on) else None
    return (
        float(np.max(ticks.long.ratio)),
        first_s,
        bool(np.any(ticks.short.status == TriggerStatus.ON)),
    )


def main() -> int:
    """Print the table; return how many of our promises were broken."""
    broken = 0
    time_s = np.arange(round(SECONDS * RATE_HZ)) / RATE_HZ
    for below_hz in (None, 10.0):
        for before_s in (120.0, 30.0):
            stated = {
                "instrument_ug_sqrt_hz": 22.5,
                "ambient_gal_rms": 0.3,
                "ambient_below_hz": below_hz or RATE_HZ / 2,
                "pre_event_s": before_s,
            }
            for period_s, peak_gal in [*CASES, (0, 0)]:
                rng = np.random.default_rng(1)
                x = ambient(rng, len(time_s), below_hz=below_hz)
                passes_s = before_s
                if peak_gal:
                    x += shaking(time_s, period_s, peak_gal, before_s)
                    passes_s = before_s + 60 / peak_gal
                largest, first_s, short_on = ours(x)
                after_s = None if first_s is None else round(first_s - passes_s, 1)
                held = after_s is None if not peak_gal else after_s is not None and after_s <= 5
                broken += not held
                line = {"period_s": period_s, "peak_gal": peak_gal, **stated, **peers(x, passes_s)}
                line["ours 0.1-1 Hz 10/200 s"] = {
                    "largest": round(largest, 2),
                    "threshold": 4.0,
                    "after_1_gal_s": after_s,
                    "short_period_triggered": short_on,
                    "promise_kept": held,
                }
                print(json.dumps(line))
    print(json.dumps({"what": "far shaking", "promises_broken": broken, "within_s": WITHIN_S}))
    return broken


if __name__ == "__main__":
    sys.exit(min(main(), 1))
