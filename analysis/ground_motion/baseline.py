"""What counts as zero: the mean before the shaking, or what stands in for it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from plumbline.analysis.arrays import Floats
from plumbline.analysis.ground_motion.axes import as_axes

MARGIN_S = 0.5
"""The mean ends this long before the onset, so that a late pick does no harm. [s]"""

SHORTEST_S = 5.0
"""A shorter quiet stretch is often the P wave of a triggered record, and its mean is motion. [s]"""

RISE = 3.0
"""Shaking is this many times the rms of what came before it, or there was no "before"."""


class Baseline(StrEnum):
    """How the offset of a record was found."""

    PRE_EVENT = "pre-event mean"
    WHOLE_RECORD = "mean of the whole record"
    AS_GIVEN = "as given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """What was taken for zero.

    Attributes
    ----------
    baseline
        How it was found.
    accel_ms2
        One value for each axis, shape ``(n_axes,)``. [m/s2]
    window_s
        Length of record it is the mean of, from the first sample. [s]
    """

    baseline: Baseline
    accel_ms2: Floats
    window_s: float


def offset_of(
    accel_ms2: ArrayLike,
    rate_hz: float,
    baseline: Baseline | None = None,
    pre_event_s: float | None = None,
) -> Offset:
    """Return the offset of a record.

    Parameters
    ----------
    accel_ms2
        Acceleration, ``(n_axes, n_samples)`` or ``(n_samples,)``. [m/s2]
    rate_hz
        Sampling rate. [Hz]
    baseline
        The rule, or None to take the pre-event mean if the record has one and else the mean of
        the whole.
    pre_event_s
        Length of the pre-event stretch, if known. [s]

    Raises
    ------
    ValueError
        If a pre-event mean is demanded of a record without a quiet beginning, or the stretch
        is longer than the record.
    """
    axes = as_axes(accel_ms2, rate_hz)
    n = axes.shape[-1]
    if baseline is Baseline.AS_GIVEN:
        return Offset(baseline=baseline, accel_ms2=np.zeros(len(axes)), window_s=0.0)
    if baseline is Baseline.WHOLE_RECORD:
        return Offset(baseline=baseline, accel_ms2=axes.mean(axis=-1), window_s=n / rate_hz)
    if pre_event_s is not None:
        quiet = round(pre_event_s * rate_hz)
        if not 0 < quiet <= n:
            raise ValueError(f"{pre_event_s} s of pre-event in a record of {n / rate_hz:g} s")
    else:
        quiet = quiet_samples(axes, rate_hz)
    if quiet:
        mean = axes[:, :quiet].mean(axis=-1)
        return Offset(baseline=Baseline.PRE_EVENT, accel_ms2=mean, window_s=quiet / rate_hz)
    if baseline is Baseline.PRE_EVENT:
        raise ValueError("the record has no quiet beginning: state its length, or another baseline")
    mean = axes.mean(axis=-1)
    return Offset(baseline=Baseline.WHOLE_RECORD, accel_ms2=mean, window_s=n / rate_hz)


def quiet_samples(axes: Floats, rate_hz: float) -> int:
    """Return how many samples at the beginning are quiet; 0 if there is no such stretch.

    Notes
    -----
    The record up to its largest sample is split where the two parts are each most uniform
    (Akaike's criterion on the variances, summed over the axes); then the part before the split
    is split again, as long as the later part is three times the earlier one: a strong S wave
    must not hide the P wave. An offset does not matter, a variance has none.
    """
    size = np.abs(axes - np.median(axes, axis=-1, keepdims=True)).max(axis=0)
    shortest, margin = round(SHORTEST_S * rate_hz), round(MARGIN_S * rate_hz)
    end = int(size.argmax()) + 1
    quiet = 0
    while end > shortest + 2 * margin:
        split = _most_uniform_split(axes[:, :end])
        before = split - margin
        if before < shortest:
            break
        rms_before = np.sqrt(axes[:, :before].var(axis=-1).sum())
        rms_after = np.sqrt(axes[:, split:end].var(axis=-1).sum())
        if rms_after < RISE * rms_before:
            break
        quiet, end = before, split
    return quiet


def _most_uniform_split(axes: Floats) -> int:
    n = axes.shape[-1]
    # Samples a constant leads, such as written zeros, have variance 0 and no logarithm.
    floor = max(axes.var() * 1e-12, np.finfo(float).tiny)
    k = np.arange(1, n)
    left = np.arange(1, n, dtype=float)
    right = n - left
    about = axes - axes.mean(axis=-1, keepdims=True)
    sums, squares = np.cumsum(about, axis=-1), np.cumsum(about**2, axis=-1)
    var_left = squares[:, :-1] / left - (sums[:, :-1] / left) ** 2
    var_right = (squares[:, -1:] - squares[:, :-1]) / right - (
        (sums[:, -1:] - sums[:, :-1]) / right
    ) ** 2
    criterion = left * np.log(np.maximum(var_left, floor)) + right * np.log(
        np.maximum(var_right, floor)
    )
    return int(k[criterion.sum(axis=0).argmin()])
