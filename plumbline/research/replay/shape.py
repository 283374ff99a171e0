"""Records without a unit: scaled to a chosen size, so that only their shape counts."""

import numpy as np

from plumbline.analysis.arrays import Floats

AMBIENT_MS2 = 0.003
"""What the quiet parts are taken for: ambient motion in a building, 0.3 gal rms. [m/s2]"""

QUIETEST = 0.1
"""The share of one-second windows that count as its quiet parts."""


def scaled(rows: Floats, rate_hz: float, peak_ms2: float | None) -> tuple[Floats, str]:
    """Return rows without a unit as acceleration, and what was done, in words.

    Parameters
    ----------
    rows
        Shape ``(n_axes, n_samples)``; axes of one instrument keep their sizes beside one another.
    rate_hz
        Sampling rate. [Hz]
    peak_ms2
        Make the largest value this; None makes the quiet parts ambient. [m/s2]
    """
    away = rows - np.median(rows, axis=-1, keepdims=True)
    largest = float(np.abs(away).max())
    quiet = _quiet_rms(away, rate_hz)
    if largest == 0:
        return away, "the unit is not known, and nothing moves"
    if peak_ms2 is None and quiet > 0:
        factor = AMBIENT_MS2 / quiet
        how = f"its quiet parts were taken for ambient motion, {AMBIENT_MS2 * 100:g} gal rms"
    else:
        wanted = peak_ms2 or 100 * AMBIENT_MS2
        factor = wanted / largest
        how = f"its largest value was taken for {wanted * 100:g} gal"
    peak_gal = largest * factor * 100
    return rows * factor, f"the unit is not known: judged by shape, {how} (peak {peak_gal:.3g} gal)"


def _quiet_rms(away: Floats, rate_hz: float) -> float:
    """Return the rms of the quietest tenth of seconds, of the axis that is loudest then."""
    n = max(1, round(rate_hz))
    whole = away.shape[-1] // n
    if whole < 2:
        return 0.0
    seconds = away[:, : whole * n].reshape(len(away), whole, n)
    rms = seconds.std(axis=-1)
    return float(np.quantile(rms, QUIETEST, axis=-1).max())
