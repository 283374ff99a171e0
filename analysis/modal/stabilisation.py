"""Which poles come back in model after model: the stabilisation diagram, read by rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from plumbline.analysis.arrays import Bools, Floats
from plumbline.analysis.modal.poles import Complexes, Poles
from plumbline.analysis.modal.shapes import mac


@dataclass(frozen=True, slots=True, kw_only=True)
class PoleStability:
    """What makes a pole stable, and a group of stable poles a mode.

    Attributes
    ----------
    frequency_change
        Largest relative change of frequency from one model order to the next.
    damping_change
        Largest relative change of damping.
    mac_loss
        Largest ``1 - MAC``.
    damping_most
        A pole damped more than this is none of a structure.
    spread
        Reach of a group in ``|df|/f + 1 - MAC``.
    presence
        Share of all models in which a group must appear to be reported.
    """

    frequency_change: float = 0.01
    damping_change: float = 0.3
    mac_loss: float = 0.05
    damping_most: float = 0.15
    spread: float = 0.05
    presence: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Poles of many models that are one mode.

    Attributes
    ----------
    frequency_hz, damping
        Medians over the group. [Hz], [1]
    frequency_spread_hz, damping_spread
        Standard deviations over the group: how far model order and lag window move the answer,
        which is not the whole uncertainty. [Hz], [1]
    shape
        Shape of the pole nearest the medians, shape ``(n_channels,)``.
    presence
        Share of models in which the mode appears.
    """

    frequency_hz: float
    damping: float
    frequency_spread_hz: float
    damping_spread: float
    shape: Complexes
    presence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stable:
    """The stable poles of a family of models, side by side.

    Attributes
    ----------
    frequency_hz, damping
        Shape ``(n,)``. [Hz], [1]
    shapes
        Shape ``(n, n_channels)``.
    order, model
        Model order, and number of the model each pole comes from, shape ``(n,)``.
    models
        How many models were fitted.
    """

    frequency_hz: Floats
    damping: Floats
    shapes: Complexes
    order: NDArray[np.int64]
    model: NDArray[np.int64]
    models: int


def stable(
    families: Sequence[Sequence[Poles]], low_hz: float, high_hz: float, rule: PoleStability
) -> Stable:
    """Return the poles that hold still from one model order to the next.

    Parameters
    ----------
    families
        For each lag window the poles by rising order.
    low_hz, high_hz
        Range looked at. [Hz]
    rule
        What counts as holding still.
    """
    retained: list[Poles] = []
    models: list[int] = []
    count = 0
    for family in families:
        before: Poles | None = None
        for poles in family:
            plausible = (
                (poles.damping > 0)
                & (poles.damping < rule.damping_most)
                & (poles.frequency_hz > low_hz)
                & (poles.frequency_hz < high_hz)
            )
            now = poles.selected(plausible)
            if before is not None:
                retained.append(now.selected(_returning(now, before, rule)))
                models.append(count)
            before = now
            count += 1
    sizes = [poles.frequency_hz.size for poles in retained]
    width = families[0][0].shapes.shape[1] if families and families[0] else 0
    empty = np.zeros(0)
    return Stable(
        frequency_hz=np.concatenate([empty, *(p.frequency_hz for p in retained)]),
        damping=np.concatenate([empty, *(p.damping for p in retained)]),
        shapes=np.concatenate([np.zeros((0, width), np.complex128), *(p.shapes for p in retained)]),
        order=np.repeat([p.order for p in retained], sizes).astype(np.int64),
        model=np.repeat(models, sizes).astype(np.int64),
        models=count - len(families),
    )


def _returning(now: Poles, before: Poles, rule: PoleStability) -> Bools:
    if not (now.frequency_hz.size and before.frequency_hz.size):
        return np.zeros(now.frequency_hz.size, dtype=np.bool_)
    f, z = now.frequency_hz[:, None], now.damping[:, None]
    steady = (
        (np.abs(f - before.frequency_hz) <= rule.frequency_change * f)
        & (np.abs(z - before.damping) <= rule.damping_change * z)
        & (1 - mac(now.shapes, before.shapes) <= rule.mac_loss)
    )
    return np.asarray(steady.any(axis=1))


def groups(poles: Stable, rule: PoleStability) -> list[Group]:
    """Return the groups of stable poles present in enough models, by rising frequency.

    Notes
    -----
    Average-linkage clustering on ``|df|/f + 1 - MAC``, cut at ``rule.spread`` [1]_. A model counts
    once in a group however many poles it has there.

    References
    ----------
    .. [1] F. Magalhaes, A. Cunha and E. Caetano, "Online automatic identification of the modal
       parameters of a long span arch bridge," Mech. Syst. Signal Process., 23(2), 316-329, 2009.
    """
    n = poles.frequency_hz.size
    if n < 2:
        return []
    f = poles.frequency_hz
    apart = np.abs(f[:, None] - f) / np.maximum(f[:, None], f)
    distance = apart + np.clip(1 - mac(poles.shapes, poles.shapes), 0, 1)
    upper = distance[np.triu_indices(n, 1)]
    member = fcluster(linkage(upper, "average"), rule.spread, "distance")
    found = [_group(poles, np.flatnonzero(member == k)) for k in np.unique(member)]
    return sorted((g for g in found if g.presence >= rule.presence), key=lambda g: g.frequency_hz)


def _group(poles: Stable, at: NDArray[np.intp]) -> Group:
    f, z = poles.frequency_hz[at], poles.damping[at]
    frequency_hz, damping = float(np.median(f)), float(np.median(z))
    off = np.abs(f / frequency_hz - 1) + 0.1 * np.abs(z / damping - 1)
    return Group(
        frequency_hz=frequency_hz,
        damping=damping,
        frequency_spread_hz=float(f.std()),
        damping_spread=float(z.std()),
        shape=poles.shapes[at[int(np.argmin(off))]],
        presence=float(np.unique(poles.model[at]).size / poles.models),
    )
