"""Signs that an instrument is broken or was touched, of the axes of one node."""

from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.classify.motion import NodeMotion
from plumbline.analysis.trigger.shaking import HUM_SHARE

STUCK_S = 0.5
"""Equal samples for so long are no measurement. [s]"""

SPARSE = 0.005
"""Spikes are at most this share of the samples. [1]"""

ALONE = 0.2
"""A spike's neighbours stay below this share of it. [1]"""

AFTER_S = 2.0
"""The mean after is that of the last seconds. [s]"""

HUM_HZ = 20.0
"""A hum lies above this. [Hz]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Signs of a fault, the strongest of any axis of the node.

    Attributes
    ----------
    stuck_share
        Share of samples in stretches that do not change. [1]
    spike_share
        Share of energy in single samples. [1]
    axis_ratio
        Loudest axis over the next; None with one axis. [1]
    jump_ms2, jump_ratio
        How far the mean moved, and over the larger rms of both sides; None without a
        beginning at rest. [m/s2, 1]
    hum_ms2
        rms above 20 Hz at rest, of an axis with nearly nothing below; None where that cannot
        be told. [m/s2]
    """

    stuck_share: float
    spike_share: float
    axis_ratio: float | None
    jump_ms2: float | None
    jump_ratio: float | None
    hum_ms2: float | None


def faults(node: NodeMotion) -> Faults:
    """Return the signs of a fault in a node."""
    during = node.accel_ms2[:, node.n_before :]
    jump_ms2, jump_ratio = _jump(node)
    hums = hums_ms2(node)
    return Faults(
        stuck_share=max(_stuck(row, node.rate_hz) for row in during),
        spike_share=max(_spikes(row) for row in during),
        axis_ratio=_axis_ratio(during),
        jump_ms2=jump_ms2,
        jump_ratio=jump_ratio,
        hum_ms2=None if hums is None else float(hums.max()),
    )


def _stuck(row: Floats, rate_hz: float) -> float:
    edges = np.flatnonzero(np.concatenate([[True], np.diff(row) != 0, [True]]))
    lengths = np.diff(edges)
    return float(lengths[lengths >= STUCK_S * rate_hz].sum() / row.size)


def _spikes(row: Floats) -> float:
    """Return the energy of samples that leave their neighbours far behind, as a share of all."""
    away = row - np.median(row)
    middle, sides = np.abs(away[1:-1]), np.maximum(np.abs(away[:-2]), np.abs(away[2:]))
    alone = np.square(middle[sides <= ALONE * middle])
    whole = float(np.square(away).sum())
    count = max(1, round(SPARSE * row.size))
    return float(np.sort(alone)[-count:].sum() / whole) if whole else 0.0


def _axis_ratio(during: Floats) -> float | None:
    if len(during) < 2:
        return None
    sizes = np.sort(during.std(axis=-1))
    return float(sizes[-1] / sizes[-2]) if sizes[-2] > 0 else float("inf")


def _jump(node: NodeMotion) -> tuple[float | None, float | None]:
    n_after = round(AFTER_S * node.rate_hz)
    rest, after = node.rest, node.accel_ms2[:, -n_after:]
    if rest.shape[1] < n_after or node.accel_ms2.shape[1] < node.n_before + 2 * n_after:
        return None, None
    moved = np.abs(after.mean(axis=-1) - rest.mean(axis=-1))
    spread = np.maximum(np.maximum(rest.std(axis=-1), after.std(axis=-1)), 1e-12)
    at = int(np.argmax(moved / spread))
    return float(moved[at]), float(moved[at] / spread[at])


def hums_ms2(node: NodeMotion) -> Floats | None:
    """Return each axis' rms above 20 Hz at rest, 0 if more than 2 % lies below; None if untold.

    The share is that of the triggers, which do not listen to an axis that hums alone.
    """
    rest = node.rest
    if node.rate_hz < 2.5 * HUM_HZ or rest.shape[1] < 2 * node.rate_hz:
        return None
    spectrum = np.square(np.abs(np.fft.rfft(rest - rest.mean(axis=-1, keepdims=True), axis=-1)))
    freq_hz = np.fft.rfftfreq(rest.shape[1], 1 / node.rate_hz)
    below = spectrum[:, (freq_hz > 0.05) & (freq_hz <= HUM_HZ)].sum(axis=-1)
    above = spectrum[:, freq_hz > HUM_HZ].sum(axis=-1)
    whole = np.maximum(above + below, np.finfo(np.float64).tiny)
    power = rest.var(axis=-1) * above / whole
    return np.asarray(np.sqrt(np.where(below <= HUM_SHARE * whole, power, 0.0)))
