"""Days since 1970 as people read them, and back."""

import datetime as dt
from zoneinfo import ZoneInfo

from plumbline.wire.block import NS

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def iso_of_day(day_d: float) -> str:
    """Return a time in days since 1970 in UTC, to the minute, as ``2026-03-28T06:20Z``."""
    try:
        at = EPOCH + dt.timedelta(days=day_d)
    except OverflowError:
        return "beyond the calendar"
    return at.isoformat(timespec="minutes").replace("+00:00", "Z")


def midnight_ns(day: dt.date, timezone: str) -> int:
    """Return when a day begins where the structure stands. [ns since 1970]"""
    begin = dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(timezone))
    since = begin - EPOCH
    return (since.days * 86_400 + since.seconds) * NS
