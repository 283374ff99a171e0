"""Transients: excursions from a lasting level that came back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arrays import Bools
from plumbline.analysis.trend.jump import Blocks, JumpCrossing


@dataclass(frozen=True, slots=True, kw_only=True)
class Transient:
    """An excursion that came back.

    Attributes
    ----------
    start_s, end_s
        Between which it exceeded half of its peak. [s]
    peak
        Largest departure from the level, with its sign. [unit]
    """

    start_s: float
    end_s: float
    peak: float

    def later(self, by_s: float) -> "Transient":
        """Return the same excursion on a clock that started ``by_s`` earlier."""
        return Transient(start_s=self.start_s + by_s, end_s=self.end_s + by_s, peak=self.peak)


def transients(
    blocks: Blocks,
    level: NDArray[Any],
    quiet: Bools,
    ramps: list[JumpCrossing],
    *,
    smallest: float,
    join: int,
) -> list[Transient]:
    """Return the runs of outlying blocks, apart from the ramps of steps.

    An excursion whose half peak touches an end of the record is left out: whether it came
    back, or what it came from, is not known.

    Parameters
    ----------
    level, quiet
        The lasting level at each block, and whether the block lies near it, ``(n,)``.
    ramps
        Where steps happened: blocks between two levels are no excursion, and neither are
        outlying ones that touch them.
    smallest
        Excursions with a smaller peak are noise. [unit]
    join
        Runs fewer than this many blocks apart are one passage (a peak and its rebound).
    """
    away = np.isfinite(blocks.values) & ~quiet
    for ramp in ramps:
        first, last = ramp.first, ramp.last
        while first > 0 and away[first - 1]:
            first -= 1
        while last + 1 < away.size and away[last + 1]:
            last += 1
        away[first : last + 1] = False
    places = np.flatnonzero(away)
    if places.size == 0:
        return []
    step = float(blocks.time_s[1] - blocks.time_s[0])
    found = []
    for run in np.split(places, np.flatnonzero(np.diff(places) > join) + 1):
        departure = blocks.values[run] - level[run]
        peak = float(departure[np.argmax(np.abs(departure))])
        half = run[departure / peak >= 0.5]
        whole = half[0] > 0 and half[-1] < away.size - 1
        if whole and abs(peak) >= smallest:
            found.append(
                Transient(
                    start_s=float(blocks.time_s[half[0]]) - step / 2,
                    end_s=float(blocks.time_s[half[-1]]) + step / 2,
                    peak=peak,
                )
            )
    return found
