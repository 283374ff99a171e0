"""What can be measured of a motion without knowing its cause."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.classify.energy_shares import EnergyShares, shares
from plumbline.analysis.classify.envelope import (
    BURST_S,
    HALF_S,
    Bursts,
    bursts,
    half_seconds,
    moved,
)
from plumbline.analysis.classify.faults import Faults, faults, hums_ms2
from plumbline.analysis.classify.motion import NodeMotion
from plumbline.analysis.classify.settings import ClassifySettings
from plumbline.analysis.trigger.gates import persistence

STEADY_S = 2.0
"""Steadiness is that of stretches this long. [s]"""

LOUDEST = 0.25
"""The lead is sought on the ground if that moves at least this share of the loudest. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Measures of a motion; what cannot be known is None.

    Attributes
    ----------
    n_nodes, n_moving
        How many nodes there are and how many of them move. [count]
    ground_ratio
        Loudest half second on the ground over that in the structure; None unless there are
        both. [1]
    ground_ms2
        rms of that half second on the ground; None without a ground node. [m/s2]
    lead
        The node that most is measured on: the loudest on the ground if that moves, else the
        loudest.
    peak_ms2
        Its largest value between 0.1 and 20 Hz. [m/s2]
    shaken_s, span_s
        Its active half seconds, and from the first to the last of them. [s]
    rise_s, coda_s
        How long it stood over its rest before and after it was loudest; None if nothing is
        known of its rest. [s]
    swell
        When it was loudest, as a share of the span: 0 at the start. [1]
    steady
        Power in quiet over loud tenths of a second, median of stretches of 2 s. [1]
    shares
        Of its loudest axis while active.
    bursts
        Of all its axes.
    vertical_share
        Share of its energy that is vertical; None if it has no vertical axis. [1]
    faults
        Signs of a broken instrument.
    """

    n_nodes: int
    n_moving: int
    ground_ratio: float | None
    ground_ms2: float | None
    lead: str
    peak_ms2: float
    shaken_s: float
    span_s: float
    rise_s: float | None
    coda_s: float | None
    swell: float
    steady: float
    shares: EnergyShares
    bursts: Bursts
    vertical_share: float | None
    faults: Faults


def features(nodes: Sequence[NodeMotion], settings: ClassifySettings | None = None) -> Features:
    """Return the measures of a motion.

    Parameters
    ----------
    nodes
        All nodes of one structure over one span of time.
    settings
        For what counts as moving and active.

    Raises
    ------
    ValueError
        If there is no node.
    """
    settings = ClassifySettings() if settings is None else settings
    if not nodes:
        raise ValueError("a motion without a node has no features")
    nodes = [_without_hum(node, settings) for node in nodes]
    motions = [moved(node.accel_ms2, node.rate_hz) for node in nodes]
    sizes = [_sizes(m, n) for m, n in zip(motions, nodes, strict=True)]
    loudest = [float(size.max()) for _, size in sizes]
    moving = [_moves(rest, size, settings) for rest, size in sizes]
    at = _lead(nodes, loudest)
    lead, motion = nodes[at], motions[at][:, nodes[at].n_before :]
    rest, size = sizes[at]
    rise_s, coda_s = _around(rest, size, settings)
    active = np.flatnonzero(size >= settings.active_share * size.max())
    first, last = int(active[0]), int(active[-1]) + 1
    n = round(HALF_S * lead.rate_hz)
    span = motion[:, first * n : last * n]
    raw = lead.accel_ms2[:, lead.n_before :][:, first * n : last * n]
    loud = int(np.argmax(np.square(span).sum(axis=-1)))
    return Features(
        n_nodes=len(nodes),
        n_moving=sum(moving),
        ground_ratio=_ground_ratio(nodes, loudest),
        ground_ms2=max((x for x, n in zip(loudest, nodes, strict=True) if n.ground), default=None),
        lead=lead.code,
        peak_ms2=float(np.abs(motion).max()),
        shaken_s=active.size * HALF_S,
        span_s=(last - first) * HALF_S,
        rise_s=rise_s,
        coda_s=coda_s,
        swell=float((np.argmax(size) - first) / max(last - first, 1)),
        steady=_steady(span, lead.rate_hz),
        shares=shares(raw[loud], lead.rate_hz, settings.low_hz, settings.high_hz),
        bursts=bursts(raw, lead.rate_hz),
        vertical_share=_vertical_share(span, lead.vertical),
        faults=faults(lead),
    )


def _without_hum(node: NodeMotion, settings: ClassifySettings) -> NodeMotion:
    """Return a node without the axes that hum while another does not: nobody listens to them."""
    hums = hums_ms2(node)
    if hums is None or not np.any(deaf := hums >= settings.hum_ms2) or np.all(deaf):
        return node
    live = np.flatnonzero(~deaf)
    vertical = None if node.vertical is None else np.flatnonzero(live == node.vertical)
    return replace(
        node,
        accel_ms2=node.accel_ms2[live],
        vertical=int(vertical[0]) if vertical is not None and vertical.size else None,
    )


def _sizes(motion: Floats, node: NodeMotion) -> tuple[float, Floats]:
    """Return the rms at rest, and the rms of each half second of the motion. [m/s2]"""
    rest = motion[:, : node.rest.shape[1]]
    quiet = float(np.sqrt(np.square(rest).mean(axis=-1).max())) if rest.size else 0.0
    return quiet, half_seconds(motion[:, node.n_before :], node.rate_hz).max(axis=0)


def _moves(rest: float, size: Floats, settings: ClassifySettings) -> bool:
    least = min(max(settings.moving_ratio * rest, settings.moving_ms2), settings.surely_ms2)
    return bool(size.max() >= least)


def _around(
    rest: float, size: Floats, settings: ClassifySettings
) -> tuple[float | None, float | None]:
    """Return how long a motion rose and how long it took to fall back to its rest. [s]"""
    if rest == 0:
        return None, None
    over = np.flatnonzero(size >= max(settings.moving_ratio * rest, settings.moving_ms2))
    at = int(np.argmax(size))
    if over.size == 0:
        return 0.0, 0.0
    return max(at - int(over[0]), 0) * HALF_S, max(int(over[-1]) - at, 0) * HALF_S


def _lead(nodes: Sequence[NodeMotion], loudest: Sequence[float]) -> int:
    grounds = [i for i, node in enumerate(nodes) if node.ground]
    on_ground = max(grounds, key=lambda i: loudest[i], default=None)
    if on_ground is not None and loudest[on_ground] >= LOUDEST * max(loudest):
        return on_ground
    return int(np.argmax(loudest))


def _ground_ratio(nodes: Sequence[NodeMotion], loudest: Sequence[float]) -> float | None:
    ground = [size for node, size in zip(nodes, loudest, strict=True) if node.ground]
    above = [size for node, size in zip(nodes, loudest, strict=True) if not node.ground]
    if not ground or not above or max(above) == 0:
        return None
    return max(ground) / max(above)


def _steady(span: Floats, rate_hz: float) -> float:
    n = max(1, round(BURST_S * rate_hz))
    steps = span[:, : span.shape[1] // n * n].reshape(len(span), -1, n)
    power = np.square(steps).mean(axis=-1).sum(axis=0)
    width = round(STEADY_S / BURST_S)
    if power.size < width:
        return 0.0
    stretches = power[: power.size // width * width].reshape(-1, width)
    return float(np.median(persistence(stretches, np.zeros(len(stretches)))))


def _vertical_share(span: Floats, vertical: int | None) -> float | None:
    if vertical is None:
        return None
    energy = np.square(span).sum(axis=-1)
    return float(energy[vertical] / energy.sum()) if energy.sum() > 0 else 0.0
