"""Values that leap: single samples far from their neighbours, and levels that change for good."""

import numpy as np
from scipy.ndimage import maximum_filter1d

from plumbline.analysis.arrays import Floats
from plumbline.analysis.constants import SIGMA_PER_MAD
from plumbline.analysis.quality.finding import Defect, Finding, fault, remark

LOCAL_S = 1.0  # over which the usual roughness is judged
SPIKE_SIGMAS = 12.0
SMOOTH_SIGMAS = 4.0
BESIDE = 12  # samples to either side whose roughness a spike must tower over as well
MANY = 10  # spikes make a fault, fewer a remark

BLOCK_S = 5.0
LEAST_BLOCKS = 6
STEP_SIGMAS = 8.0
EXPLAINED = 0.9
"""Share of the variance of the block medians that one step must explain: what rises and falls
again, or drifts, leaves more behind."""


def spikes(values: Floats, rate_hz: float) -> Finding | None:
    """Return a finding if single samples stand out of a smooth record.

    Parameters
    ----------
    values
        Samples, shape ``(n,)``.
    rate_hz
        Sampling rate. [Hz]

    Notes
    -----
    Each sample is held against the cubic through its four neighbours. It is a spike if it departs
    by more than 12 robust sigmas of such departures, those of the second around it and those of
    the dozen samples beside it, if the record is where it was one sample later, and if it is smooth
    again, within 4 sigmas, once the sample is taken out. A sharp onset or a step stays away; a
    burst of high frequency does not become smooth by losing one sample.
    """
    window = int(LOCAL_S * rate_hz) | 1
    if values.size < 2 * max(window, 2 * BESIDE):
        return None
    apart = _from_cubic(values)
    size = np.abs(apart)
    distinct = np.diff(np.unique(values))
    resolution = float(distinct.min()) if distinct.size else 0.0
    usual = np.maximum(SIGMA_PER_MAD * _local_median(size, window), resolution)
    candidates = np.flatnonzero(size > SPIKE_SIGMAS * usual)
    edge = BESIDE + 4
    candidates = candidates[(candidates >= edge) & (candidates < values.size - edge)]
    at = [k for k in candidates if _alone(values, apart, int(k), float(usual[k]))]
    if not at:
        return None
    worst = max(at, key=lambda k: size[k])
    reason = f"{len(at)} single samples off by up to {size[worst]:.3g}, at {worst / rate_hz:.2f} s"
    found = fault if len(at) >= MANY else remark
    return found(Defect.SPIKES, reason, float(at[0] / rate_hz), float(at[-1] / rate_hz))


def _from_cubic(values: Floats) -> Floats:
    """Return each sample's distance from the cubic through its four neighbours; 0 at the ends."""
    apart = np.zeros_like(values, dtype=np.float64)
    left2, left, right, right2 = values[:-4], values[1:-3], values[3:-1], values[4:]
    apart[2:-2] = values[2:-2] - (4 * (left + right) - left2 - right2) / 6
    return apart


def _alone(values: Floats, apart: Floats, k: int, usual: float) -> bool:
    beside = np.concatenate([apart[k - BESIDE : k - 2], apart[k + 3 : k + BESIDE + 1]])
    sigma = max(usual, float(np.sqrt(np.mean(beside**2))))
    if abs(apart[k]) <= max(SPIKE_SIGMAS * sigma, abs(values[k + 1] - values[k - 1])):
        return False
    without = values[k - 4 : k + 5].astype(np.float64)
    without[4] -= apart[k]
    return bool(np.max(np.abs(_from_cubic(without))) <= SMOOTH_SIGMAS * sigma)


def step(values: Floats, rate_hz: float) -> Finding | None:
    """Return a finding if the level changes once and for good.

    Parameters
    ----------
    values
        Samples, shape ``(n,)``.
    rate_hz
        Sampling rate. [Hz]
    """
    block = max(1, int(BLOCK_S * rate_hz))
    count = values.size // block
    if count < LEAST_BLOCKS:
        return None
    medians = np.median(values[: count * block].reshape(count, block), axis=1)
    total = float(((medians - medians.mean()) ** 2).sum())
    if total == 0:
        return None
    best, left_over = 0, total
    for k in range(2, count - 1):
        before, after = medians[:k], medians[k:]
        rest = float(((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum())
        if rest < left_over:
            best, left_over = k, rest
    size = float(medians[best:].mean() - medians[:best].mean())
    sigma = float(np.sqrt(left_over / (count - 2)))
    if left_over > (1 - EXPLAINED) * total or abs(size) < STEP_SIGMAS * sigma:
        return None
    at_s = best * BLOCK_S
    return remark(Defect.STEP, f"level moves by {size:.3g} near {at_s:.0f} s and stays", at_s, at_s)


def _local_median(size: Floats, window: int) -> Floats:
    """Return the median of blocks and their neighbours, held to every sample: local enough."""
    parts = np.array_split(size, max(1, size.size // window))
    blocks = np.array([np.median(part) for part in parts])
    widest = maximum_filter1d(blocks, 3, mode="nearest")
    return np.repeat(widest, [part.size for part in parts])
