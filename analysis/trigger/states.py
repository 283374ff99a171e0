"""Everything that may change the status of a trigger is in this table.

A trigger is a row of a bank. Once a step, what happened to it is looked up
together with its status; the table is small enough to be applied to all
channels in one indexing operation.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class TriggerStatus(IntEnum):
    """Where a trigger stands."""

    ARMING = 0  # just started: listens, learns, and cannot fire
    ARMED = 1
    RISING = 2  # above the threshold, not yet proven
    ON = 3


class TriggerEvent(IntEnum):
    """What one step brought."""

    NOTHING = 0
    READY = 1  # has listened for the arming time
    ABOVE = 2  # ratio and amplitude are at the threshold or over it
    PROVEN = 3  # stayed there long enough and passed every gate
    FELL = 4  # dropped back before it was proven
    QUIET = 5  # the last seconds were back near the level before
    EXPIRED = 6  # kept its long average frozen for the longest time allowed


TRANSITIONS: dict[tuple[TriggerStatus, TriggerEvent], TriggerStatus] = {
    (TriggerStatus.ARMING, TriggerEvent.NOTHING): TriggerStatus.ARMING,
    (TriggerStatus.ARMING, TriggerEvent.READY): TriggerStatus.ARMED,
    (TriggerStatus.ARMED, TriggerEvent.NOTHING): TriggerStatus.ARMED,
    (TriggerStatus.ARMED, TriggerEvent.ABOVE): TriggerStatus.RISING,
    (TriggerStatus.RISING, TriggerEvent.NOTHING): TriggerStatus.RISING,
    (TriggerStatus.RISING, TriggerEvent.PROVEN): TriggerStatus.ON,
    (TriggerStatus.RISING, TriggerEvent.FELL): TriggerStatus.ARMED,
    (TriggerStatus.RISING, TriggerEvent.EXPIRED): TriggerStatus.ARMED,
    (TriggerStatus.ON, TriggerEvent.NOTHING): TriggerStatus.ON,
    (TriggerStatus.ON, TriggerEvent.QUIET): TriggerStatus.ARMED,
    (TriggerStatus.ON, TriggerEvent.EXPIRED): TriggerStatus.ARMED,
}

FROZEN = (TriggerStatus.RISING, TriggerStatus.ON)
"""While a trigger is here, its long average stands still."""

_NEXT = np.full((len(TriggerStatus), len(TriggerEvent)), -1, dtype=np.int8)
for (_status, _happening), _following in TRANSITIONS.items():
    _NEXT[_status, _happening] = _following


def following(status: NDArray[np.int8], happening: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the status of every trigger after this step.

    Raises
    ------
    ValueError
        If a status cannot meet what happened: the pair is not in the table.
    """
    after: NDArray[np.int8] = _NEXT[status, happening]
    if np.any(after < 0):
        at = int(np.argmax(after < 0))
        pair = (TriggerStatus(status[at]).name, TriggerEvent(happening[at]).name)
        raise ValueError(f"no trigger in status {pair[0]} can meet {pair[1]}")
    return after
