"""What settlement is still to come: a prediction with an interval, or why there is none."""

import math
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plumbline.analysis.settlement.asaoka import AsaokaLine, asaoka, equal_steps

# 95 % of chi-squared with one degree of freedom.
DEPTH_95: Final = 3.841458820694124

# Gates: readings, how far the settlement must have come, how wide an interval may be.
FEWEST_READINGS: Final = 8
SMALLEST_DEGREE: Final = 0.5
WIDEST: Final = 0.5

# Rates tried, per length of record: from nearly straight to over within a twentieth.
RATES: Final = np.geomspace(0.02, 40.0, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Where a consolidating settlement will end.

    Attributes
    ----------
    ultimate_mm, low_mm, high_mm
        Final settlement and its 95 % interval under an exponential approach. [mm]
    rate_per_d
        Its rate constant; ``beta1 = exp(-rate * step)``. [1/d]
    degree_now
        Last settlement over the ultimate one.
    from_d, to_d
        Window the prediction rests on. [d]
    sigma_mm
        Spread of the readings about the curve. [mm]
    line
        Asaoka's line on the same readings at equal steps, beside it.
    step_d
        Its step of time. [d]
    """

    ultimate_mm: float
    low_mm: float
    high_mm: float
    rate_per_d: float
    degree_now: float
    from_d: float
    to_d: float
    sigma_mm: float
    line: AsaokaLine
    step_d: float

    def at(self, time_d: float) -> float:
        """Return the settlement the curve passes through at a time after the window. [mm]"""
        left = self.ultimate_mm * (1.0 - self.degree_now)
        return self.ultimate_mm - left * math.exp(-self.rate_per_d * (time_d - self.to_d))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPrediction:
    """Why nothing is predicted.

    Attributes
    ----------
    reason
        What is wrong, in words.
    """

    reason: str


def predict_settlement(
    time_d: ArrayLike,
    settlement_mm: ArrayLike,
    *,
    load_changes_d: tuple[float, ...] = (),
) -> Prediction | NoPrediction:
    """Predict the final settlement under a constant load (Asaoka's curve).

    Parameters
    ----------
    time_d, settlement_mm
        Settlement since the load, positive down, in order of time, any spacing, shape
        ``(n,)``. [d], [mm]
    load_changes_d
        Times at which the load changed: a floor cast, a pump started. Only readings after
        the last one count, and one after the last reading refuses the prediction. [d]

    Notes
    -----
    Asaoka's recursion is ``s(t) = s_ult - C exp(-k t)``; it is fitted in that form, because
    the regression of ``s_n`` on ``s_(n-1)`` is biased by reading noise. The interval is the
    profile likelihood over ``k``, its depth that of Student's t. Refused: a load change, a
    settlement that does not level off, less than half of it reached, an interval wider than
    half of the settlement, or two halves of the window with different rate constants
    (secondary compression, creep, an unreported load).
    """
    time, s = np.asarray(time_d, dtype=float), np.asarray(settlement_mm, dtype=float)
    finite = np.isfinite(s)
    time, s = time[finite], s[finite]
    if load_changes_d and time.size:
        last = max(load_changes_d)
        if last >= time[-1]:
            return NoPrediction(reason="the load has changed since the last reading")
        time, s = time[time > last], s[time > last]
    if time.size < FEWEST_READINGS:
        return NoPrediction(reason=f"fewer than {FEWEST_READINGS} readings under this load")
    whole = _profile(time, s)
    if whole is None:
        return NoPrediction(reason="the settlement does not level off yet")
    if whole.degree < SMALLEST_DEGREE:
        return NoPrediction(
            reason=f"only {100 * whole.degree:.0f} % of the settlement reached; half is needed"
        )
    if whole.high - whole.low > WIDEST * abs(whole.ultimate):
        return NoPrediction(reason="the interval is wider than half of the settlement: too early")
    reason = _halves(time, s, whole)
    if reason:
        return NoPrediction(reason=reason)
    step_d = float(time[-1] - time[0]) / max(8, min(time.size - 1, 20))
    return Prediction(
        ultimate_mm=whole.ultimate,
        low_mm=whole.low,
        high_mm=whole.high,
        rate_per_d=whole.rate,
        degree_now=whole.degree,
        from_d=float(time[0]),
        to_d=float(time[-1]),
        sigma_mm=whole.sigma,
        line=asaoka(equal_steps(time, s, step_d)),
        step_d=step_d,
    )


def predict_from_half(
    time_d: ArrayLike,
    settlement_mm: ArrayLike,
    *,
    load_changes_d: tuple[float, ...] = (),
) -> Prediction | NoPrediction:
    """Predict the final settlement from what was read after half of the present one.

    Parameters
    ----------
    time_d, settlement_mm, load_changes_d
        As `predict_settlement` takes them.

    Notes
    -----
    Early consolidation is no exponential: on exact Terzaghi up to T = 0.8 with 0.5 % of noise
    the whole record is refused (its halves have different rate constants), and the later half
    of the settlement ends within 1 % of the truth. Where too few readings are that late, the
    whole record is taken.
    """
    time, s = np.asarray(time_d, dtype=float), np.asarray(settlement_mm, dtype=float)
    finite = np.isfinite(s)
    time, s = time[finite], s[finite]
    late = s >= s[-1] / 2 if s.size and s[-1] > 0 else np.ones(s.size, dtype=bool)
    if np.count_nonzero(late) < FEWEST_READINGS or not late[-FEWEST_READINGS:].all():
        late[:] = True
    return predict_settlement(time[late], s[late], load_changes_d=load_changes_d)


class _Curve(NamedTuple):
    ultimate: float
    low: float
    high: float
    rate: float
    rate_low: float
    rate_high: float
    degree: float
    sigma: float


def _profile(time: NDArray[Any], s: NDArray[Any]) -> _Curve | None:
    """Fit ``s_ult - C exp(-k t)``; ``None`` when the data do not bound it."""
    span = float(time[-1] - time[0])
    since = time - time[0]
    freedom = time.size - 3
    depth = DEPTH_95 * (1.0 + 2.0 / freedom)  # Student's t for Gauss, to first order
    lowest, highest = RATES[0] / span, RATES[-1] / span
    for _ in range(3):
        rates = np.geomspace(lowest, highest, RATES.size)
        decay = np.exp(-rates * since[:, np.newaxis])
        mean = decay.mean(axis=0)
        power = np.sum((decay - mean) ** 2, axis=0)
        factor = (s - s.mean()) @ (decay - mean) / power
        squares = np.maximum(np.sum((s - s.mean()) ** 2) - factor**2 * power, 1e-18 * (s @ s))
        ultimate = s.mean() - factor * mean
        best = int(np.argmin(squares))
        deviance = time.size * np.log(squares / squares[best])
        inside = np.flatnonzero(deviance <= depth)
        first, last = max(inside[0] - 1, 0), min(inside[-1] + 1, rates.size - 1)
        if inside[0] == 0 and rates[0] <= 1.001 * RATES[0] / span:
            return None
        lowest, highest = float(rates[first]), float(rates[last])
    if factor[best] >= 0:
        return None
    spread = ultimate[first : last + 1]
    # The level's own error at the best rate, which the profile over k alone leaves out.
    own = 1.96 * math.sqrt(float(squares[best]) / freedom / time.size)
    return _Curve(
        float(ultimate[best]),
        float(spread.min()) - own,
        float(spread.max()) + own,
        float(rates[best]),
        float(rates[first]),
        float(rates[last]),
        float(ultimate[best] + factor[best] * decay[-1, best]) / float(ultimate[best]),
        math.sqrt(float(squares[best]) / freedom),
    )


def _halves(time: NDArray[Any], s: NDArray[Any], whole: _Curve) -> str:
    """Return why the two halves of the window contradict each other; "" if they do not."""
    middle = time.size // 2
    if middle < FEWEST_READINGS or whole.sigma < 1e-6 * abs(whole.ultimate):
        return ""
    early, late = _profile(time[:middle], s[:middle]), _profile(time[middle:], s[middle:])
    if early is None or late is None:
        return ""
    if early.rate_low > late.rate_high or late.rate_low > early.rate_high:
        return "the two halves settle at different rate constants: not one consolidation"
    return ""
