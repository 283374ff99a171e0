"""Values that repeat where they should not: a flat line, and a range that ends too soon."""

import math

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arrays import Floats
from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.quality.finding import Defect, Finding, fault, remark

LEAST_FLAT_S = 2.0
FLAT_OVER_CHANCE = 5.0
"""A run this many times the longest that chance would bring is no chance."""

DEAD_SHARE = 0.5  # a channel flat for longer than this share of the record is dead
LEAST_AT_END = 6  # samples on one end value before it is looked at
PILED = 3.0
"""Samples on the end value over those on the fullest of the next values inside. A whole sine piles
up 2.4 times on its last step; a limit piles up without limit."""

NEXT_VALUES = 4
LEAST_TOGETHER = 3  # of them, next to each other in time
LEAST_REACH = 3.0  # an end nearer to the median than this many robust sigmas is a resting place


def runs(values: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return start and length of every run of equal values, shape ``(n_runs,)`` each."""
    if values.size == 0:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    return starts, np.diff(np.concatenate([starts, [values.size]]))


def flat_line(values: Floats, rate_hz: float) -> Finding | None:
    """Return a finding if the channel stops moving though it can.

    Parameters
    ----------
    values
        Samples as recorded, not filtered, shape ``(n,)``.
    rate_hz
        Sampling rate. [Hz]

    Notes
    -----
    A coarse instrument repeats itself honestly. If a share ``p`` of its samples equal the one
    before, runs as long as ``ln(n) / ln(1/p)`` come by chance; the longest run itself is left out
    of that share.
    """
    starts, lengths = runs(values)
    if lengths.size == 0:
        return None
    k = int(np.argmax(lengths))
    longest, begin = int(lengths[k]), int(starts[k])
    n = values.size
    if longest == n:
        return fault(Defect.FLAT, f"one value, {values[0]:g}, all the time", 0.0, n / rate_hz)
    rest = n - longest
    equal = max(0, rest - (lengths.size - 1))
    share = min(max(equal / max(rest, 1), 1 / n), 1 - 1 / n)
    chance = math.log(n) / -math.log(share)
    seconds = longest / rate_hz
    if seconds < LEAST_FLAT_S or longest < FLAT_OVER_CHANCE * chance:
        return None
    reason = f"{seconds:.1f} s without any change at {values[begin]:g}"
    found = fault if longest > DEAD_SHARE * n or _inside(begin, longest, n) else remark
    return found(Defect.FLAT, reason, begin / rate_hz, (begin + longest) / rate_hz)


def _inside(begin: int, length: int, n: int) -> bool:
    """A flat head or tail is padding somebody added; a flat middle is the instrument."""
    return begin > 0 and begin + length < n


def clipping(
    values: Floats, rate_hz: float, full_scale: tuple[float, float] | None = None
) -> Finding | None:
    """Return a finding if the channel ran against the end of its range.

    Parameters
    ----------
    values
        Samples as recorded, shape ``(n,)``.
    rate_hz
        Sampling rate. [Hz]
    full_scale
        Lowest and highest value the instrument can give, same unit, if known.
    """
    if full_scale is not None:
        low, high = full_scale
        at = np.flatnonzero((values <= low) | (values >= high))
        if at.size == 0:
            return None
        reason = f"{at.size} samples at the end of the range {low:g} .. {high:g}"
        return fault(Defect.CLIPPED, reason, float(at[0] / rate_hz), float(at[-1] / rate_hz))
    for end in (np.max(values), np.min(values)):
        at = np.flatnonzero(values == end)
        if at.size >= LEAST_AT_END and _piled(values, float(end), at):
            reason = f"{at.size} samples on the largest value {end:g}, few just inside it"
            return fault(Defect.CLIPPED, reason, float(at[0] / rate_hz), float(at[-1] / rate_hz))
    return None


def _piled(values: Floats, end: float, at: NDArray[np.intp]) -> bool:
    middle = float(np.median(values))
    sigma = SIGMA_PER_MAD * float(np.median(np.abs(values - middle)))
    if abs(end - middle) <= LEAST_REACH * sigma:
        return False
    breaks = np.flatnonzero(np.diff(at) > 1) + 1
    if max(part.size for part in np.split(at, breaks)) < LEAST_TOGETHER:
        return False
    distinct, counts = np.unique(values, return_counts=True)
    inner = counts[1 : 1 + NEXT_VALUES] if end == distinct[0] else counts[-1 - NEXT_VALUES : -1]
    return bool(at.size > PILED * np.max(inner, initial=1))
