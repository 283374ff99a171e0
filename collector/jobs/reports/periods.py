"""Days and weeks of a structure's own time zone."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from plumbline.wire.block import NS


class Length(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A day, or a week from Monday on.

    Attributes
    ----------
    first
        Its first day.
    timezone
        Whose days: 23 or 25 hours where clocks are changed.
    """

    length: Length
    first: dt.date
    timezone: str

    def __post_init__(self) -> None:
        if self.length is Length.WEEK and self.first.weekday() != 0:
            raise ValueError(f"a week begins on a Monday, {self.first} is none")

    @property
    def name(self) -> str:
        """As ``2026-06-21`` or ``2026-W25``."""
        if self.length is Length.DAY:
            return self.first.isoformat()
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def days(self) -> int:
        """Days in it."""
        return 1 if self.length is Length.DAY else 7

    @property
    def begin_ns(self) -> int:
        """Local midnight it begins at. [ns since 1970]"""
        return _midnight_ns(self.first, self.timezone)

    @property
    def end_ns(self) -> int:
        """Local midnight it ends at. [ns since 1970]"""
        return _midnight_ns(self.first + dt.timedelta(days=self.days), self.timezone)

    def next(self) -> "Period":
        """Return the period after it."""
        following = self.first + dt.timedelta(days=self.days)
        return Period(length=self.length, first=following, timezone=self.timezone)


def period_at(length: Length, timezone: str, time_ns: int) -> Period:
    """Return the day or week a time lies in."""
    day = dt.datetime.fromtimestamp(time_ns / NS, ZoneInfo(timezone)).date()
    if length is Length.WEEK:
        day -= dt.timedelta(days=day.weekday())
    return Period(length=length, first=day, timezone=timezone)


def periods_over(length: Length, timezone: str, since_ns: int, until_ns: int) -> Iterator[Period]:
    """Yield the periods that touch a span and are over by its end, the oldest first."""
    period = period_at(length, timezone, since_ns)
    while period.end_ns <= until_ns:
        yield period
        period = period.next()


def _midnight_ns(day: dt.date, timezone: str) -> int:
    moment = dt.datetime.combine(day, dt.time(), ZoneInfo(timezone))
    return round(moment.timestamp()) * NS
