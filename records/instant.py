"""Moments and intervals as headers print them, as UTC nanoseconds and hertz."""

from calendar import timegm
from datetime import datetime

SECOND_NS = 1_000_000_000


def utc_ns(
    day: tuple[int, int, int], hour: int, minute: int, second: float, *, ahead_h: float = 0.0
) -> int:
    """Return a moment in UTC. [ns since 1970]

    Parameters
    ----------
    day
        Year, month, day.
    hour, minute, second
        Time of day; seconds to the microsecond.
    ahead_h
        How far the clock it was read from is ahead of UTC. [h]

    Raises
    ------
    ValueError
        If there is no such moment.
    """
    whole = datetime(*day, hour, minute)  # noqa: DTZ001 - the offset is applied below
    if not 0 <= second < 61:
        raise ValueError(f"second must be in [0, 61), not {second}")
    micros = round(second * 1e6) - round(ahead_h * 3600e6)
    return timegm(whole.timetuple()) * SECOND_NS + micros * 1000


def rate_of(step_s: float) -> float:
    """Return the rate of a sampling interval [s]; 0.01 s is 100 Hz, not 99.99999999. [Hz]"""
    rate = 1 / step_s
    return float(round(rate)) if abs(rate - round(rate)) < 1e-6 * rate else rate
