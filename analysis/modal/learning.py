"""Baselines from many quiet identifications: which modes keep coming back, and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from plumbline.analysis.arrays import Floats
from plumbline.analysis.modal.poles import Complexes
from plumbline.analysis.modal.shapes import mac
from plumbline.analysis.modal.tracking import (
    LEAST_MAC,
    LEAST_POINTS,
    ModalBaseline,
    fitted_baseline,
)

REACH = 0.05
"""Two identifications this far apart in frequency are not joined, however alike their shapes.
Weather moves a mode by less from one hour to the next, and the hours between join the seasons."""

LEAST_PRESENCE = 0.5  # of the windows; what shows in fewer is no mode to follow
MOST_MODES = 6  # the first ones: they are known best, and damage of the whole moves them


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What one quiet window showed.

    Attributes
    ----------
    frequency_hz, shapes
        Identified modes, ``(n,)`` and ``(n, n_channels)``. [Hz]
    temperature_c
        Mean of the window; None where nobody measured it. [°C]
    """

    frequency_hz: Floats
    shapes: Complexes
    temperature_c: float | None


def learned(stage: str, windows: Sequence[Seen]) -> tuple[ModalBaseline, ...]:
    """Return a baseline of each of the first modes that keep coming back, by rising frequency.

    Parameters
    ----------
    stage
        Construction stage the windows lie in.
    windows
        At least 20, all with the same channels in the same order.

    Raises
    ------
    ValueError
        With fewer windows.

    Notes
    -----
    Average linkage on ``|df|/f / 0.05 + (1 - MAC) / 0.3``, cut at 1. A window counts once in a
    group, with the identification nearest to the group's middle; a group in fewer than half of the
    windows is dropped. Temperature is used where at least 20 windows of a group have one.
    """
    if len(windows) < LEAST_POINTS:
        raise ValueError(f"a baseline needs {LEAST_POINTS} windows, there are {len(windows)}")
    f = np.concatenate([one.frequency_hz for one in windows])
    if f.size < 2:
        return ()
    shapes = np.concatenate([one.shapes for one in windows])
    window = np.repeat(np.arange(len(windows)), [one.frequency_hz.size for one in windows])
    apart = np.abs(f[:, None] - f) / np.maximum(f[:, None], f)
    distance = apart / REACH + np.clip(1 - mac(shapes, shapes), 0, 1) / (1 - LEAST_MAC)
    member = fcluster(linkage(distance[np.triu_indices(f.size, 1)], "average"), 1.0, "distance")
    found = []
    for group in np.unique(member):
        inside = np.flatnonzero(member == group)
        chosen = _one_a_window(inside, window, distance)
        if chosen.size >= max(LEAST_POINTS, LEAST_PRESENCE * len(windows)):
            found.append(_baseline(stage, chosen, f, shapes, window, windows, distance))
    return tuple(sorted(found, key=lambda one: one.frequency_hz)[:MOST_MODES])


def _one_a_window(
    inside: NDArray[np.intp], window: NDArray[np.int64], distance: Floats
) -> NDArray[np.intp]:
    """Return the members nearest to the group's middle, one a window."""
    middle = distance[np.ix_(inside, inside)].sum(axis=1)
    order = inside[np.argsort(middle, kind="stable")]
    _, first = np.unique(window[order], return_index=True)
    return np.asarray(order[first])


def _baseline(
    stage: str,
    chosen: NDArray[np.intp],
    f: Floats,
    shapes: Complexes,
    window: NDArray[np.int64],
    windows: Sequence[Seen],
    distance: Floats,
) -> ModalBaseline:
    known = [windows[w].temperature_c for w in window[chosen]]
    warm = np.array([np.nan if one is None else one for one in known], dtype=np.float64)
    if int(np.isfinite(warm).sum()) >= LEAST_POINTS:
        retained = chosen[np.isfinite(warm)]
        warm = warm[np.isfinite(warm)]
    else:
        retained, warm = chosen, np.zeros(chosen.size)
    middle = retained[int(np.argmin(distance[np.ix_(retained, retained)].sum(axis=1)))]
    return fitted_baseline(stage, f[retained], warm, shapes[middle])
