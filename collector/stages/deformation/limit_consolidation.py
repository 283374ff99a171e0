"""Forecast of a settlement that levels off: where consolidation takes it within so many days."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from plumbline.analysis.arrays import Floats
from plumbline.analysis.settlement.prediction import NoPrediction, predict_from_half
from plumbline.analysis.statistics.thinning import thinned


class ConsolidationForecast(NamedTuple):
    """Settlement expected at an instant, and what it rests on.

    Attributes
    ----------
    then_mm
        Value expected, by the high end of the interval. [mm]
    evidence
        Figures for the event, units in the keys.
    """

    then_mm: float
    evidence: dict[str, object]


def consolidation_forecast(
    time_d: Floats, values_mm: Floats, within_d: float, loads_d: Sequence[float]
) -> ConsolidationForecast | str:
    """Return where a settlement will be within some days, or the reason why that is not known.

    Parameters
    ----------
    time_d, values_mm
        Values up to the instant, the last one at it, shape ``(n,)``. [d since 1970], [mm]
    within_d
        How far ahead. [d]
    loads_d
        Days on which the load changed. [d since 1970]

    Notes
    -----
    By daily medians. What is still to come is taken at the high end of the final settlement's
    95 % interval, so that a limit errs to the early side.
    """
    medians = thinned(time_d, values_mm, 1.0)
    if medians.values.size == 0:
        return "no readings"
    first = float(medians.values[0])
    sense = math.copysign(1.0, float(medians.values[-1]) - first)
    origin_d = float(medians.time_d[0])
    found = predict_from_half(
        medians.time_d - origin_d,
        sense * (medians.values - first),
        load_changes_d=tuple(load - origin_d for load in loads_d if load > origin_d),
    )
    if isinstance(found, NoPrediction):
        return found.reason
    now = found.at(float(time_d[-1]) - origin_d)
    share = 1.0 - math.exp(-found.rate_per_d * within_d)
    ends = [first + sense * end for end in (found.low_mm, found.ultimate_mm, found.high_mm)]
    evidence: dict[str, object] = {
        "curve": "consolidation",
        "ultimate_mm": ends[1],
        "ultimate_95_mm": sorted((ends[0], ends[2])),
        "degree_now": found.degree_now,
        "from_d_ago": float(time_d[-1]) - origin_d - found.from_d,
    }
    ahead = max(0.0, found.high_mm - now) * share
    return ConsolidationForecast(float(values_mm[-1]) + sense * ahead, evidence)
