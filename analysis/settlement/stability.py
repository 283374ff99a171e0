"""Is a benchmark itself stable, and does a levelling run close?"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from plumbline.analysis.statistics.theil_sen import FEWEST_POINTS, theil_sen

# Allowed closure error, millimetres per root of a kilometre or of a setup. Common values
# for third-order work, not read in a standard: a project sets its own.
MM_PER_ROOT_KM: Final = 12.0
MM_PER_ROOT_SETUP: Final = 2.0

# Rate below which a benchmark counts as standing still. [mm/yr]
STILL_MM_A_YEAR: Final = 1.0

DAYS_A_YEAR: Final = 365.25


class Stability(StrEnum):
    """What repeated levels of a benchmark say."""

    STABLE = "stable"
    MOVING = "moving"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkStability:
    """One benchmark against the others.

    Attributes
    ----------
    verdict
        ``MOVING`` when the interval of the rate excludes 0 and the rate exceeds the limit;
        ``STABLE`` when the whole interval lies within the limit; else ``UNKNOWN``.
    rate_mm_a_year, low, high
        Robust rate of the level and its 95 % interval; NaN when unknown. [mm/yr]
    n
        Epochs behind it.
    reason
        In words.
    """

    verdict: Stability
    rate_mm_a_year: float
    low: float
    high: float
    n: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """How a levelling run came back to where it began.

    Attributes
    ----------
    error_mm
        Closing minus opening level of the benchmark. [mm]
    allowed_mm
        Largest error taken. [mm]
    """

    error_mm: float
    allowed_mm: float

    @property
    def closes(self) -> bool:
        """Whether the run may be used."""
        return abs(self.error_mm) <= self.allowed_mm


def closure(
    opening_mm: float,
    closing_mm: float,
    *,
    length_km: float | None = None,
    setups: int | None = None,
    allowed_mm: float | None = None,
) -> Closure:
    """Return a run's closure error beside what is allowed.

    Parameters
    ----------
    opening_mm, closing_mm
        Level of the benchmark at the start and at the end of the run. [mm]
    length_km, setups
        Length of the run, or its number of instrument setups: ``12 sqrt(km)`` or
        ``2 sqrt(setups)`` mm are allowed. [km]
    allowed_mm
        The project's own limit, before both. [mm]

    Raises
    ------
    ValueError
        Without any of the three: an error has no meaning without its limit.
    """
    if allowed_mm is None:
        if length_km is not None and length_km > 0:
            allowed_mm = MM_PER_ROOT_KM * math.sqrt(length_km)
        elif setups is not None and setups > 0:
            allowed_mm = MM_PER_ROOT_SETUP * math.sqrt(setups)
        else:
            raise ValueError("give the allowed error, the length or the number of setups")
    return Closure(error_mm=closing_mm - opening_mm, allowed_mm=allowed_mm)


def benchmark_stability(
    time_d: ArrayLike, level_mm: ArrayLike, *, limit_mm_a_year: float = STILL_MM_A_YEAR
) -> BenchmarkStability:
    """Judge a benchmark by its levels carried from another one.

    Parameters
    ----------
    time_d, level_mm
        Levels of the benchmark against another benchmark, shape ``(n,)``. [d], [mm]
    limit_mm_a_year
        Rate below which it stands still. [mm/yr]

    Notes
    -----
    Two benchmarks moving together look stable to each other: on a subsiding plain only a
    deep benchmark tells absolute settlement.
    """
    time, level = np.asarray(time_d, dtype=float), np.asarray(level_mm, dtype=float)
    finite = np.isfinite(level)
    time, level = time[finite], level[finite]
    if time.size < FEWEST_POINTS or float(np.ptp(time)) == 0:
        return BenchmarkStability(
            verdict=Stability.UNKNOWN,
            rate_mm_a_year=math.nan,
            low=math.nan,
            high=math.nan,
            n=int(time.size),
            reason=f"{time.size} checks; {FEWEST_POINTS} are needed",
        )
    line = theil_sen(time, level)
    rate, low, high = (each * DAYS_A_YEAR for each in (line.rate, line.low, line.high))
    if (low > 0 or high < 0) and abs(rate) > limit_mm_a_year:
        verdict, reason = Stability.MOVING, "its rate exceeds the limit and its interval excludes 0"
    elif max(abs(low), abs(high)) <= limit_mm_a_year:
        verdict, reason = Stability.STABLE, "the whole interval of its rate lies within the limit"
    else:
        verdict, reason = Stability.UNKNOWN, "the interval of its rate still reaches both sides"
    return BenchmarkStability(
        verdict=verdict, rate_mm_a_year=rate, low=low, high=high, n=line.n, reason=reason
    )
