"""The ADXL355 node's decimator: a linear-phase FIR of 101 taps, then one sample of five."""

import numpy as np
from numpy.typing import NDArray

from plumbline.simulator.arrays import Floats

Counts = NDArray[np.int32]
Flags = NDArray[np.bool_]

TAPS, DECIMATE = 101, 5
HIGHEST, LOWEST = 2**19 - 1, -(2**19)
"""The clipping codes of the 20-bit converter."""


def taps() -> Floats:
    """Return the filter: windowed sinc, 50 Hz at 500 Hz, Kaiser 6.2, unit sum."""
    k = np.arange(TAPS) - TAPS // 2
    h = np.sinc(2 * 50 / 500 * k) * np.kaiser(TAPS, 6.2)
    return np.asarray(h / h.sum())


def at_rail(counts: Counts) -> Flags:
    """Return which samples have an axis (first dimension) at a clipping code."""
    return np.asarray(((counts == HIGHEST) | (counts == LOWEST)).any(axis=0))


class Decimator:
    """Filters raw counts as they come; sample ``j`` needs raw samples ``5 j`` to ``5 j + 100``."""

    def __init__(self) -> None:
        self._taps = taps()
        self._raw = np.empty((3, 0), dtype=np.int32)

    def take(self, counts: Counts) -> tuple[Counts, Flags]:
        """Take raw counts ``(3, n)``; return what is complete, and what touched a rail."""
        self._raw = np.hstack([self._raw, counts])
        ready = max(0, (self._raw.shape[1] - TAPS) // DECIMATE + 1)
        if not ready:
            return np.empty((3, 0), dtype=np.int32), np.empty(0, dtype=np.bool_)
        windows = np.lib.stride_tricks.sliding_window_view(self._raw, TAPS, axis=1)
        windows = windows[:, : ready * DECIMATE : DECIMATE]
        filtered = np.rint(windows @ self._taps).astype(np.int32)
        clipped = np.asarray(at_rail(windows).any(axis=-1))
        self._raw = self._raw[:, ready * DECIMATE :]
        return filtered, clipped
