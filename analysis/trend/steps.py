"""Steps: changes of level that last, with size and interval, apart from what comes and goes."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.arrays import Bools
from plumbline.analysis.trend.change_point import Levels, lasting_levels
from plumbline.analysis.trend.jump import (
    Blocks,
    JumpCrossing,
    crossing,
    even_blocks,
    jump,
    jump_sigma,
    local_sigma,
    wander,
)
from plumbline.analysis.trend.transients import Transient, transients

# Blocks a hold is cut into: fine enough to time a step, coarse enough to average vibration.
BLOCKS_PER_HOLD: Final = 24

# Fewer blocks a hold settle nothing; more blocks a record than these take minutes.
FEWEST_BLOCKS: Final = 8
MOST_BLOCKS: Final = 30_000

# A step is claimed above this many sigma of the same jump measured where nothing happened.
CLAIM_SIGMA: Final = 5.0

# 97.5 % of a Gaussian, for the 95 % interval of a size.
INTERVAL_SIGMA: Final = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change of level that lasted.

    Attributes
    ----------
    time_s
        When half of it was done. [s]
    start_s, end_s
        Between which it happened. [s]
    size, low, high
        Level after minus level before, and its 95 % interval. [unit]
    """

    time_s: float
    start_s: float
    end_s: float
    size: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFindings:
    """What a record holds of steps and transients.

    Attributes
    ----------
    steps, transients
        In order of time.
    doubtful
        Changes of level seen but smaller than ``limit``: not claimed.
    limit
        Detection limit, `CLAIM_SIGMA` times the jump found where nothing happens. [unit]
    hold_s
        An excursion shorter than this counts as a transient. [s]
    """

    steps: tuple[Step, ...]
    transients: tuple[Transient, ...]
    doubtful: tuple[Step, ...]
    limit: float
    hold_s: float


def steps(time_s: ArrayLike, values: ArrayLike, *, hold_s: float | None = None) -> StepFindings:
    """Find the changes of level of a record that last, and the excursions that do not.

    Parameters
    ----------
    time_s, values
        Record in order of time, shape ``(n,)``; NaN means "no reading". [s], any unit
    hold_s
        What returns within this time is a transient; a thirtieth of the record by
        default, eight readings at least. [s]

    Raises
    ------
    ValueError
        If there are fewer than 48 readings, or if the hold holds too few readings, or the
        record too few holds, to tell a step.

    Notes
    -----
    1. Block medians, 24 a hold, average the vibration. 2. `lasting_levels` proposes
    changes; its sigma includes the wander over half a hold. 3. Each proposal's size is the
    jump between two parallel lines through the quiet blocks of one hold before and one
    after, so a steady drift has no steps. 4. The same jump measured at every place without
    a claimed step gives the detection limit and the interval: the record is its own
    witness, wander and autocorrelation included. 5. A claim must be sharp (that jump),
    lasting (the difference of the two levels), larger than both limits, and done within a
    hold; slower is drift.
    """
    time, reading = np.asarray(time_s, dtype=float), np.asarray(values, dtype=float)
    if np.count_nonzero(np.isfinite(reading)) < 2 * BLOCKS_PER_HOLD:
        raise ValueError(f"need at least {2 * BLOCKS_PER_HOLD} readings to tell a step")
    origin = float(time[0])
    span_s = float(time[-1]) - origin
    spacing = _spacing(time)
    if hold_s is None:
        hold_s = max(span_s / 30.0, FEWEST_BLOCKS * spacing)
    hold = _blocks_a_hold(spacing, span_s, hold_s)
    blocks = even_blocks(time - origin, reading, hold_s / hold)
    spread = wander(blocks.values, hold // 2)
    if spread == 0:
        spread = float(np.nanstd(blocks.values)) or 1.0
    levels = lasting_levels(blocks.values, sigma=spread, hold=hold)
    quiet = np.isfinite(blocks.values) & ~levels.outlier
    found = [_Proposal.at(blocks, levels, quiet, int(c), spread, hold) for c in levels.starts[1:]]
    # Doubtful proposals are mostly the record's own wander, so the witness is heard twice:
    # first without any proposal's surroundings, then without the claimed ones only.
    claimed = found
    sigma = 0.0
    for _ in range(2):
        sigma = jump_sigma(blocks, quiet, [each.place[:2] for each in claimed], hold)
        claimed = [each for each in found if each.exceeds(CLAIM_SIGMA, sigma, hold)]
    limit = CLAIM_SIGMA * (sigma or min((each.local for each in found), default=0.0))
    doubtful = [each for each in found if each not in claimed and abs(each.size) > limit / 2]
    passing = transients(
        blocks,
        levels.level,
        quiet,
        [each.place for each in claimed],
        smallest=CLAIM_SIGMA * spread,
        join=hold // 2,
    )
    return StepFindings(
        steps=tuple(each.step(origin, sigma) for each in claimed),
        transients=tuple(each.later(origin) for each in passing),
        doubtful=tuple(each.step(origin, sigma) for each in doubtful),
        limit=limit,
        hold_s=hold_s,
    )


def without_steps(time_s: ArrayLike, values: ArrayLike, found: Iterable[Step]) -> NDArray[Any]:
    """Return a record with steps taken back: its first level goes on, shape ``(n,)``.

    Parameters
    ----------
    time_s, values
        Record in order of time, shape ``(n,)``. [s], any unit
    found
        Its steps. Readings while one happened are NaN: they are of neither level.
    """
    time, level = np.asarray(time_s, dtype=float), np.array(values, dtype=float)
    for step in found:
        level[time > step.time_s] -= step.size
        level[(time >= step.start_s) & (time <= step.end_s)] = np.nan
    return level


def _spacing(time: NDArray[Any]) -> float:
    """Return how far apart the readings usually are. [s]"""
    apart = np.diff(time)
    apart = apart[apart > 0]
    return float(np.median(apart)) if apart.size else math.inf


def _blocks_a_hold(spacing: float, span_s: float, hold_s: float) -> int:
    """Return how many blocks a hold is cut into: none shorter than the readings are apart."""
    if not 0 < hold_s <= span_s / 4.0:
        raise ValueError(f"a hold of {hold_s:g} s does not fit four times into the record")
    blocks = min(BLOCKS_PER_HOLD, int(hold_s / spacing + 1e-9))
    if blocks < FEWEST_BLOCKS or span_s / hold_s * blocks > MOST_BLOCKS:
        raise ValueError(
            f"a hold of {hold_s:g} s is too short for {span_s:g} s of readings {spacing:g} s apart"
        )
    return blocks


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A change of level the segmentation proposes, with its measures."""

    place: JumpCrossing
    start_s: float
    end_s: float
    size: float
    lasting: float
    local: float

    @classmethod
    def at(
        cls,
        blocks: Blocks,
        levels: Levels,
        quiet: Bools,
        change: int,
        spread: float,
        hold: int,
    ) -> "_Proposal":
        before, after = float(levels.level[change - 1]), float(levels.level[change])
        place = crossing(blocks, before, after, change, sigma=spread, hold=hold)
        size = jump(blocks, quiet, place.first, place.last, hold)
        return cls(
            place,
            float(blocks.time_s[place.first]),
            float(blocks.time_s[place.last]),
            0.0 if math.isnan(size) else size,
            after - before,
            local_sigma(blocks, quiet, place.first, place.last, hold),
        )

    def exceeds(self, n_sigma: float, sigma: float, hold: int) -> bool:
        """Whether it is sharp, lasting, and no slower than a hold."""
        limit = n_sigma * max(sigma, self.local)
        quick = self.place.last - self.place.first <= hold
        return quick and min(abs(self.size), abs(self.lasting)) > limit

    def step(self, origin: float, sigma: float) -> Step:
        reach = INTERVAL_SIGMA * max(sigma, self.local)
        return Step(
            time_s=origin + self.place.middle_s,
            start_s=origin + self.start_s,
            end_s=origin + self.end_s,
            size=self.size,
            low=self.size - reach,
            high=self.size + reach,
        )
