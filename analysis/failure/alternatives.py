"""What else could look like acceleration: the rivals a forecast must beat."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# Step and bend places tried, as shares of the record.
PLACES: Final = np.linspace(0.04, 0.96, 24)

# Consolidation times tried, as shares of the record.
DECAYS: Final = np.array([0.1, 0.2, 0.4, 0.8, 1.6])

# Slow waves (weather, season) tried, cycles within the record.
CYCLES: Final = np.array([0.5, 0.75, 1.0, 1.5, 2.0, 3.0])


def alternative_models(
    time: NDArray[Any], moved: NDArray[Any], nuisance: NDArray[Any]
) -> dict[str, tuple[float, int]]:
    """Return each rival's residual sum of squares and number of parameters of its own.

    Parameters
    ----------
    time, moved
        Displacement since the onset, shape ``(n,)``. [d], any unit
    nuisance
        A constant and the daily wave, shape ``(n, m)``: fitted beside every rival.
    """
    share = (time - time[0]) / (time[-1] - time[0])
    line = np.column_stack([nuisance, share])
    s = share[:, np.newaxis]
    steps = (s > PLACES).astype(float)
    bends = np.maximum(0.0, s - PLACES)
    decays = np.exp(-s / DECAYS)
    return {
        "a constant rate": (_rest(line, moved), 1),
        "constant acceleration": (_rest(np.column_stack([line, share**2]), moved), 2),
        "a step": (_best(line, moved, steps), 3),
        "a new constant rate": (_best(line, moved, bends), 3),
        "consolidation": (_best(line, moved, -decays, only_up=True), 3),
        "a slow wave": (
            min(
                _rest(np.column_stack([line, np.cos(c * angle), np.sin(c * angle)]), moved)
                for angle in [2.0 * np.pi * share]
                for c in CYCLES
            ),
            4,
        ),
    }


def _rest(columns: NDArray[Any], moved: NDArray[Any]) -> float:
    base, _ = np.linalg.qr(columns)
    rest = moved - base @ (base.T @ moved)
    return float(rest @ rest)


def _best(
    columns: NDArray[Any], moved: NDArray[Any], tried: NDArray[Any], *, only_up: bool = False
) -> float:
    """Return the least sum of squares with one of the ``tried`` columns added.

    With ``only_up`` a column may only be added with a positive factor: consolidation slows
    a motion down, and its mirror image would pass for an acceleration.
    """
    base, _ = np.linalg.qr(columns)
    target = moved - base @ (base.T @ moved)
    shapes = tried - base @ (base.T @ tried)
    power = np.sum(shapes**2, axis=0)
    match = target @ shapes
    good = (power > 1e-9) & ((match > 0) | (not only_up))
    explained = match[good] ** 2 / power[good]
    return float(target @ target - (np.max(explained) if explained.size else 0.0))
