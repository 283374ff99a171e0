"""A rate watch run over a whole record: the alarms it would have given, day by day."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.trend.rate_watch import FEWEST_DAYS, Change, rate_change

# Alarms fewer days apart than this are one.
SAME_ALARM_D: Final = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchHistory:
    """What the watch said.

    Attributes
    ----------
    days
        Days it looked.
    first
        The first look of each alarm, in order of time.
    latest
        The last day's look, alarm or not.
    """

    days: int
    first: tuple[Change, ...]
    latest: Change


def watch_history(
    day_d: NDArray[Any],
    values: NDArray[Any],
    *,
    budget: float,
    covariates: NDArray[Any] | None = None,
    known_steps_d: tuple[float, ...] = (),
    tolerated: float = 0.0,
) -> WatchHistory | None:
    """Run `rate_change` at the end of every day, each look knowing only what came before.

    Parameters are those of `rate_change`; ``None`` while the record is shorter than it needs.
    """
    changes = []
    for end in range(FEWEST_DAYS, day_d.size + 1):
        known = tuple(step for step in known_steps_d if step < day_d[end - 1])
        change = rate_change(
            day_d[:end],
            values[:end],
            budget=budget,
            covariates=None if covariates is None else covariates[:end],
            known_steps_d=known,
            tolerated=tolerated,
        )
        if change is not None:
            changes.append(change)
    if not changes:
        return None
    first: list[Change] = []
    last_alarm = -np.inf
    for change in changes:
        if change.alarm:
            if change.day_d - last_alarm > SAME_ALARM_D:
                first.append(change)
            last_alarm = change.day_d
    return WatchHistory(days=len(changes), first=tuple(first), latest=changes[-1])
