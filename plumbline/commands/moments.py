"""Times as people type them on the command line."""

import datetime as dt

from plumbline.errors import CommandError

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def moment_ns(option: str, text: str) -> int:
    """Read an ISO 8601 time, UTC where it names no zone, exact to the microsecond."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{option} {text!r}: expected a time as 2025-03-28T06:19:00Z") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    since = moment - EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000


def time_text(time_ns: int) -> str:
    """Return a time as `moment_ns` reads it, to the second."""
    return f"{dt.datetime.fromtimestamp(time_ns // 1_000_000_000, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
