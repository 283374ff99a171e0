"""Cutting a wide range of frequencies into bands that one model each can carry."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import signal

from plumbline.analysis.arrays import Floats

RATIO = 8.0
"""Top over foot of a band: three octaves hold a handful of modes, and the lags that reach one
period at the foot are still short at the top."""

OVERLAP = 0.8  # a band looks this much below its foot, so that no mode falls between two
RATE_OVER_TOP = 2.5  # the top of a band lies at 0.4 of its rate, inside the decimation filter
MOST_STEP = 8  # largest decimation in one go; longer ones go in steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One band of frequencies.

    Attributes
    ----------
    low_hz, high_hz
        Its foot and top. [Hz]
    """

    low_hz: float
    high_hz: float


def stretches(low_hz: float, high_hz: float) -> list[Stretch]:
    """Return bands of at most three octaves from the top down to ``low_hz``.

    Raises
    ------
    ValueError
        If the range is empty.
    """
    if not 0 < low_hz < high_hz:
        raise ValueError(f"no frequencies between {low_hz:g} and {high_hz:g} Hz")
    count = max(1, math.ceil(math.log(high_hz / low_hz) / math.log(RATIO) - 1e-9))
    step = (high_hz / low_hz) ** (1 / count)
    tops = [high_hz / step**k for k in range(count)]
    return [Stretch(low_hz=top / step, high_hz=top) for top in tops]


def decimated(motion: Floats, rate_hz: float, high_hz: float) -> tuple[Floats, float]:
    """Return the motion at the lowest rate that still carries ``high_hz``, and that rate.

    Parameters
    ----------
    motion
        Channels as rows, shape ``(n_channels, n)``; means are removed.
    rate_hz
        Sampling rate. [Hz]
    high_hz
        Highest frequency wanted. [Hz]

    Notes
    -----
    Linear-phase filters, the same for every channel: shapes and relative phases stay.
    """
    left = int(rate_hz / (RATE_OVER_TOP * high_hz) + 1e-9)
    out = motion - motion.mean(axis=-1, keepdims=True)
    while left > 1:
        steps = math.ceil(math.log(left) / math.log(MOST_STEP) - 1e-9)
        step = round(left ** (1 / steps))
        out = signal.decimate(out, step, ftype="fir", axis=-1)
        rate_hz /= step
        left //= step
    return np.asarray(out), rate_hz
