"""Times as text and back: ISO 8601 in UTC, and the local time of a structure."""

import datetime as dt
from zoneinfo import ZoneInfo

from plumbline.wire.block import NS

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def time_ns_of(text: str) -> int:
    """Read an ISO 8601 time, UTC where it names no zone, exact to the microsecond.

    Returns
    -------
    int
        [ns since 1970]

    Raises
    ------
    ValueError
        If it is no ISO 8601 time.
    """
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r}: expected a time as 2025-03-28T06:19:00Z") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * NS + since.microseconds * 1_000


def iso_seconds(time_ns: int) -> str:
    """Return a time in UTC to the second, as ``2025-03-28T06:20:00Z``."""
    return f"{_utc(time_ns):%Y-%m-%dT%H:%M:%SZ}"


def iso_milliseconds(time_ns: int) -> str:
    """Return a time in UTC to the millisecond, as ``2025-03-28T06:20:00.000+00:00``."""
    at = EPOCH + dt.timedelta(microseconds=round(time_ns / 1_000))
    return at.isoformat(timespec="milliseconds")


def iso_nanoseconds(time_ns: int) -> str:
    """Return a time in UTC to the nanosecond, as ``2025-03-28T06:20:00.000000000Z``."""
    return f"{_utc(time_ns):%Y-%m-%dT%H:%M:%S}.{time_ns % NS:09d}Z"


def iso_date(time_ns: int) -> str:
    """Return the day of a time in UTC, as ``2025-03-28``."""
    return _utc(time_ns).date().isoformat()


def local_minute(time_ns: int, timezone: str) -> str:
    """Return a time in a zone to the minute, as ``2025-03-28 13:20``."""
    return f"{dt.datetime.fromtimestamp(time_ns // NS, ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


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


def _utc(time_ns: int) -> dt.datetime:
    """Return the whole second of a time."""
    return dt.datetime.fromtimestamp(time_ns // NS, tz=dt.UTC)
