"""Levels of benchmarks: rates between epochs, and the traps of tables people hand over."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.arrays import Bools
from plumbline.analysis.constants import SIGMA_PER_MAD

# Two tables rounded to 0.01 agree within one last digit, and what rounding both adds.
LAST_DIGIT: Final = 0.01
ROUNDING: Final = 1e-6

# A change this many robust sigma from the usual one between epochs is no settlement.
SUSPECT_SIGMA: Final = 8.0


class EpochRates(NamedTuple):
    """Changes between successive measured epochs, shape ``(n - 1,)`` each.

    Attributes
    ----------
    year
        Epoch at which each change ends. [yr]
    rate
        Change over the time since the epoch before. [unit/yr]
    change
        The change itself. [unit]
    """

    year: NDArray[Any]
    rate: NDArray[Any]
    change: NDArray[Any]


class Sign(StrEnum):
    """How two sources of one benchmark's rates compare."""

    AGREES = "agrees"
    REVERSED = "reversed"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sources of one benchmark's rates, epoch by epoch.

    Attributes
    ----------
    verdict
        ``AGREES`` when every epoch does; ``REVERSED`` when more epochs agree with the sign
        turned than as given; else ``DISAGREES``.
    agreeing, reversed_, disagreeing
        Epochs of each kind.
    """

    verdict: Sign
    agreeing: int
    reversed_: int
    disagreeing: int


def epoch_rates(year: ArrayLike, level: ArrayLike) -> EpochRates:
    """Return the change and rate between successive measured epochs (NaN: not measured)."""
    when, y = np.asarray(year, dtype=float), np.asarray(level, dtype=float)
    measured = np.isfinite(y)
    when, y = when[measured], y[measured]
    change = np.diff(y)
    return EpochRates(when[1:], change / np.diff(when), change)


def placeholders(level: ArrayLike) -> Bools:
    """Return where a level is exactly 0 after one that was not: a placeholder, no level.

    A cumulative change starts at 0; a benchmark that moved does not come back to 0.00 to
    the last digit. Such a value means "not measured" or "started anew": it is never
    averaged in, and a rate over it means nothing.

    Parameters
    ----------
    level
        Cumulative change in order of time, shape ``(n,)``; NaN means "not measured".
    """
    y = np.asarray(level, dtype=float)
    moved = np.cumsum(np.isfinite(y) & (y != 0)) > 0
    zero_again: Bools = moved & (y == 0)
    return zero_again


def suspect_changes(year: ArrayLike, level: ArrayLike, *, least_sigma: float = LAST_DIGIT) -> Bools:
    """Return which changes between epochs are too large to be the ground: ``(n - 1,)``.

    Parameters
    ----------
    year, level
        Epochs and cumulative change or height, shape ``(n,)``; NaN means "not measured". [yr],
        [unit]
    least_sigma
        Smallest spread of changes that is believed: what a level is read to. [unit]

    Notes
    -----
    A replaced or disturbed benchmark and a typing error jump: a change more than
    `SUSPECT_SIGMA` robust sigma from what the usual rate makes of its years, and unlike both of
    the changes beside it. A settlement that begins fast and levels off is neither. Take
    `placeholders` out first: they jump twice.
    """
    when, y = np.asarray(year, dtype=float), np.asarray(level, dtype=float)
    years = np.diff(when[np.isfinite(y)])
    _, rate, change = epoch_rates(when, y)
    if change.size < 4:
        return np.zeros(change.size, dtype=bool)
    away = change - float(np.median(rate)) * years
    sigma = max(SIGMA_PER_MAD * float(np.median(np.abs(away - np.median(away)))), least_sigma)
    beside = np.pad(away, 1, constant_values=np.inf)
    alone = np.minimum(np.abs(away - beside[:-2]), np.abs(away - beside[2:])) > np.abs(away) / 2
    suspect: Bools = (np.abs(away) > SUSPECT_SIGMA * sigma) & alone
    return suspect


def compare_rates(
    year: ArrayLike,
    level: ArrayLike,
    stated_year: ArrayLike,
    stated_rate: ArrayLike,
    *,
    tolerance: float = LAST_DIGIT,
) -> Comparison:
    """Compare the rates of a levelling table with rates another source states.

    Parameters
    ----------
    year, level
        Epochs and cumulative change, shape ``(n,)``; NaN means "not measured". [yr], [unit]
    stated_year, stated_rate
        The other source's epochs and rates, shape ``(m,)``; its first epoch states none.
        [yr], [unit/yr]
    tolerance
        Largest difference that agrees, one last digit by default. [unit/yr]

    Notes
    -----
    Some sources print the plain change for the rate: either agreeing is agreement. An epoch
    only one source knows is left out.
    """
    own = epoch_rates(year, level)
    rate = dict(zip(own.year.tolist(), own.rate.tolist(), strict=True))
    change = dict(zip(own.year.tolist(), own.change.tolist(), strict=True))
    counts = dict.fromkeys(Sign, 0)
    reach = tolerance + ROUNDING
    pairs = zip(np.asarray(stated_year, float), np.asarray(stated_rate, float), strict=True)
    for when, stated in pairs:
        if when not in rate:
            continue
        candidates = (rate[when], change[when])
        if any(abs(stated - each) <= reach for each in candidates):
            counts[Sign.AGREES] += 1
        elif any(abs(stated + each) <= reach for each in candidates):
            counts[Sign.REVERSED] += 1
        else:
            counts[Sign.DISAGREES] += 1
    agreeing, turned, not_so = (counts[sign] for sign in Sign)
    if turned > agreeing:
        verdict = Sign.REVERSED
    else:
        verdict = Sign.AGREES if not turned and not not_so and agreeing else Sign.DISAGREES
    return Comparison(verdict=verdict, agreeing=agreeing, reversed_=turned, disagreeing=not_so)
