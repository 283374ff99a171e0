"""Which construction stage, and which commissioning zero, holds at a time.

A date begins at midnight of the structure's own time zone; a time without a zone is of that zone.
"""

import datetime as dt
import math
from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from plumbline.wire.block import NS
from plumbline.wire.inventory.model import Axis, ConstructionStage, Structure, Zero

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@lru_cache(maxsize=4096)
def begins_ns(when: dt.date, timezone: str) -> int:
    """Return when a date or a time of a site begins. [ns since 1970]"""
    moment = when if isinstance(when, dt.datetime) else dt.datetime.combine(when, dt.time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * NS + since.microseconds * 1000


def stage_at(structure: Structure, time_ns: int) -> ConstructionStage | None:
    """Return the construction stage a structure is in; None before the first, or without any."""
    begun = [s for s in structure.stage if begins_ns(s.since, structure.timezone) <= time_ns]
    return begun[-1] if begun else None


def zero_at(axis: Axis, timezone: str, time_ns: int) -> Zero | None:
    """Return the zero of an axis that holds at a time: the latest read by then.

    What was measured before the first zero was read is told from the first.
    """
    read = [zero for zero in axis.zero if begins_ns(zero.when, timezone) <= time_ns]
    return read[-1] if read else next(iter(axis.zero), None)


def zeros_at(axes: Sequence[Axis], timezone: str, time_ns: int) -> tuple[float, ...]:
    """Return the values of the zeros that hold at a time, NaN for an axis that has none."""
    found = [zero_at(axis, timezone, time_ns) for axis in axes]
    return tuple(math.nan if zero is None else zero.value for zero in found)
