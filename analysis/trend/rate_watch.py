"""Has the rate changed? A daily look at a compensated series, with its false alarms counted."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from plumbline.analysis.arrays import Bools
from plumbline.analysis.statistics.hampel import hampel
from plumbline.analysis.statistics.huber import robust_sigma
from plumbline.analysis.statistics.thinning import lag_one

# How long ago the change may have begun. [d]
ONSETS_D: Final = (5, 7, 10, 14, 20, 28, 40, 60, 90)

# Days before the earliest onset that the old line is learned from.
LEARNED_FROM_D: Final = 14

# Days of history before anything may alarm, and the most that is looked back on.
FEWEST_DAYS: Final = 30
MOST_DAYS: Final = 400

# A day this many robust sigma from the median of the week around it is left out, until its
# neighbours bear it out: one bad day is neither a rate nor a step.
BAD_DAY_SIGMA: Final = 6.0
HALF_WEEK: Final = 3

# A still instrument's reading jumps between two digits: less than this many is no change.
CLAIM_DIGITS: Final = 1.5

# Two directions, two kinds of change: all share the budget of one day.
WAYS: Final = 4


class RateChange(StrEnum):
    """What explains the change better."""

    RATE = "rate"
    STEP = "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One day's answer.

    Attributes
    ----------
    day_d
        The day looked at. [d]
    alarm
        Whether the change exceeds what the false-alarm budget allows.
    kind
        Whether a new rate or a step explains it better.
    since_d
        When the best explanation begins. [d]
    size, low, high
        Change of rate [unit/d] or step [unit], and its 95 % interval.
    p
        Probability of so much by chance in one day, all looks of the day included.
    """

    day_d: float
    alarm: bool
    kind: RateChange
    since_d: float
    size: float
    low: float
    high: float
    p: float


def daily_budget(*, false_alarms_a_year: float, channels: int) -> float:
    """Return the probability of a false alarm that one channel may spend on one day.

    Parameters
    ----------
    false_alarms_a_year
        Wanted over all channels together. [1/yr]
    channels
        How many channels are watched.
    """
    if not (false_alarms_a_year > 0 and channels > 0):
        raise ValueError("false alarms a year and channels must be > 0")
    return false_alarms_a_year / (365.25 * channels)


def with_yesterday(daily: ArrayLike) -> NDArray[Any]:
    """Return a daily covariate beside its own value of the day before, shape ``(n, 2)``.

    A structure answers a temperature hours later: between them the two columns hold any lag
    of up to a day.
    """
    today = np.asarray(daily, float)
    return np.column_stack([today, np.concatenate((today[:1], today[:-1]))])


def rate_change(
    day_d: ArrayLike,
    values: ArrayLike,
    *,
    budget: float,
    covariates: ArrayLike | None = None,
    known_steps_d: tuple[float, ...] = (),
    tolerated: float = 0.0,
) -> Change | None:
    """Look at a series of daily medians as of its last day: has its rate changed?

    Parameters
    ----------
    day_d, values
        Daily medians in order of time, shape ``(n,)``, finite. [d], any unit
    budget
        Probability of a false alarm today; see `daily_budget`.
    covariates
        What else moves the series, e.g. the day's temperature `with_yesterday`, ``(n, m)``.
    known_steps_d
        Times of events that may have moved the structure: each gets its own step, so that
        a quake's offset is not taken for a rate. The day of an event is left out. [d]
    tolerated
        Change of rate that is nobody's business (the instrument's own). [unit/d]

    Returns
    -------
    Change or None
        ``None`` while the history is shorter than 30 days.

    Notes
    -----
    A day far from the week around it is left out until others bear it out, so a sudden step
    is told two days later and a single bad day never. Against the line, covariates and
    known steps of the whole history, a ramp and a step are tried at each of `ONSETS_D`, by
    generalised least squares with first-order noise. The best one's Student probability
    times the number of looks is compared with the budget. That union bound, over looks and
    day by day, makes the true false alarms fewer than budgeted, for the looks overlap; the
    noise's correlation is taken one standard error above its estimate, because a short
    history underrates it. Line and covariates are estimated again each day, so a poorly
    known season widens the test instead of alarming it. What moved the series by less than
    one and a half of its last digits is not claimed.
    """
    rows = _Rows.of(day_d, values, covariates, known_steps_d)
    day = rows.day
    if day.size < FEWEST_DAYS:
        return None
    onsets = np.array([day[-1] - o for o in ONSETS_D if day[-1] - o > day[0] + LEARNED_FROM_D])
    after = day[:, np.newaxis] - onsets
    tried = np.hstack([np.maximum(0.0, after), (after > 0).astype(float)])
    phi = 0.0
    # The noise is judged beside the best explanation, else a true change would count as noise.
    for _ in range(2):
        residual = _OnsetFits.of(rows, tried, phi).residual
        phi = lag_one(day, residual, 1.0)
        phi = min(phi + np.sqrt((1.0 - phi**2) / day.size), 0.98)
    found = _answer(_OnsetFits.of(rows, tried, phi), float(day[-1]), onsets, budget, tolerated)
    moved = found.size * (found.day_d - found.since_d if found.kind is RateChange.RATE else 1.0)
    claimed = abs(moved) > CLAIM_DIGITS * _last_digit(rows.values)
    return replace(found, alarm=found.alarm and claimed)


class _Rows(NamedTuple):
    """The days looked at, the series, and what is known to move it."""

    day: NDArray[Any]
    values: NDArray[Any]
    design: NDArray[Any]

    @classmethod
    def of(
        cls,
        day_d: ArrayLike,
        values: ArrayLike,
        covariates: ArrayLike | None,
        known_steps_d: tuple[float, ...],
    ) -> "_Rows":
        day, y = np.asarray(day_d, float), np.asarray(values, float)
        usable = np.ones(day.size, dtype=bool)
        for step in known_steps_d:
            usable &= np.abs(day - step) > 0.5
        usable &= ~_bad_days(y)
        index = np.flatnonzero(usable)[-MOST_DAYS:]
        day = day[index]
        if day.size == 0:
            return cls(day, y[index], np.empty((0, 2)))
        columns = [np.ones(day.size), (day - day[-1]) / 100.0]
        if covariates is not None:
            extra = np.asarray(covariates, float).reshape(usable.size, -1)[index]
            columns += list((extra - extra.mean(axis=0)).T)
        for step in known_steps_d:
            later = (day >= step).astype(float)
            if 0 < later.sum() < day.size:
                columns.append(later)
        return cls(day, y[index], np.column_stack(columns))


class _OnsetFits(NamedTuple):
    """Every explanation fitted beside the old line, whitened; ``(n_looks,)``."""

    size: NDArray[Any]
    sigma: NDArray[Any]
    freedom: int
    residual: NDArray[Any]

    @classmethod
    def of(cls, rows: _Rows, tried: NDArray[Any], phi: float) -> "_OnsetFits":
        together = np.column_stack([rows.values, tried, rows.design])
        white = _whitened(rows.day, together, phi)
        fits = tried.shape[1]
        base, _ = np.linalg.qr(white[:, 1 + fits :])
        free = white[:, : 1 + fits]
        free = free - base @ (base.T @ free)
        target, shapes = free[:, 0], free[:, 1:]
        power = np.maximum(np.sum(shapes**2, axis=0), 1e-12)
        size = (shapes.T @ target) / power
        freedom = rows.day.size - rows.design.shape[1] - 2
        # Coarse digits may leave nothing: no residual is smaller than its rounding.
        rounding = max(freedom * _last_digit(rows.values) ** 2 / 12.0, 1e-300)
        left = np.maximum(target @ target - size**2 * power, rounding)
        explained = np.column_stack([tried[:, int(np.argmin(left))], rows.design])
        fit = np.linalg.lstsq(explained, rows.values, rcond=None)[0]
        residual = rows.values - explained @ fit
        return cls(size, np.sqrt(left / freedom / power), freedom, residual)


def _answer(
    fits: _OnsetFits, today: float, onsets: NDArray[Any], budget: float, tolerated: float
) -> Change:
    n = onsets.size
    best = int(np.argmax(np.abs(fits.size) / fits.sigma))
    # What is tolerated is taken off the best explanation only: an onset tried too late
    # reads any rate too large. A tolerated rate that looks like a step moved this much.
    allowed = tolerated if best < n else tolerated * (today - float(onsets[best % n]))
    t = max(abs(float(fits.size[best])) - allowed, 0.0) / float(fits.sigma[best])
    p = min(1.0, WAYS * n * float(student.sf(t, fits.freedom)))
    reach = float(student.ppf(0.975, fits.freedom)) * float(fits.sigma[best])
    size = float(fits.size[best])
    return Change(
        day_d=today,
        alarm=p < budget,
        kind=RateChange.RATE if best < n else RateChange.STEP,
        since_d=float(onsets[best % n]),
        size=size,
        low=size - reach,
        high=size + reach,
        p=p,
    )


def _bad_days(y: NDArray[Any]) -> Bools:
    """Return which days stand far from the week around them."""
    if y.size < 2 * HALF_WEEK:
        return np.zeros(y.size, dtype=bool)
    usual = robust_sigma(np.diff(y)) / np.sqrt(2.0)
    return hampel(
        y,
        half_window=HALF_WEEK,
        n_sigma=BAD_DAY_SIGMA,
        floor=max(float(usual), _last_digit(y)),
    ).outlier


def _last_digit(y: NDArray[Any]) -> float:
    """Return the smallest difference between two different values, arithmetic's at least."""
    apart = np.diff(np.unique(y))
    arithmetic = 1e-12 * float(np.max(np.abs(y)))
    return max(float(apart.min()), arithmetic) if apart.size else arithmetic


def _whitened(day: NDArray[Any], rows: NDArray[Any], phi: float) -> NDArray[Any]:
    """Return rows with first-order noise of daily correlation ``phi`` made white."""
    if phi <= 0:
        return rows
    carried = (phi ** np.diff(day))[:, np.newaxis]
    later = (rows[1:] - carried * rows[:-1]) / np.sqrt(1.0 - carried**2)
    return np.vstack([rows[:1], later])
