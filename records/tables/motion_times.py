"""Time columns of tables: which column is one, what its unit is, where it leaps."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plumbline.records.arrays import Floats
from plumbline.records.tables.errors import TableError

WORDS = (
    *("t", "time", "time_s", "seconds", "sec", "elapsed", "elapsed time", "timestamp", "t_s"),
    *("epoch", "datetime", "zeit", "เวลา"),
)
SECONDS = {
    **dict.fromkeys(WORDS, 1.0),
    **dict.fromkeys(("time_ms", "t_ms", "ms", "milliseconds", "timestamp_ms"), 1e-3),
    **dict.fromkeys(("time_us", "t_us", "us", "microseconds", "timestamp_us"), 1e-6),
    **dict.fromkeys(("time_ns", "t_ns", "nanoseconds", "timestamp_ns"), 1e-9),
}
"""Columns that are a time, and what one of theirs is; ``ns`` alone is north-south. [s]"""

IN_WORDS = re.compile(r"\s*[\[(]\s*(s|sec|seconds|ms|us|ns)\s*[\])]$")
EPOCHS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))
"""From which size on plain numbers are an epoch in what. [-], [s]"""

EPOCH_FROM_S = 1e8
MISSED = 1.5
"""A step of the time column longer than this many usual ones is a gap, shorter than one over it
is none: times are often rounded to the millisecond."""


def seconds_of(name: str) -> float | None:
    """Return what one of a time column is, None for another column. [s]"""
    word = name.strip().lower()
    unit = IN_WORDS.search(word)
    bare = IN_WORDS.sub("", word).strip()
    if unit is None:
        return SECONDS.get(word)
    return {"ms": 1e-3, "us": 1e-6, "ns": 1e-9}.get(unit[1], 1.0) if bare in SECONDS else None


def in_seconds(name: str, values: Floats) -> Floats:
    """Return a column in seconds if it is a time, as it is if not; epochs are told by their size.

    An epoch of milliseconds under ``timestamp`` is larger than any number of seconds.
    """
    unit_s = seconds_of(name)
    if unit_s is None:
        return values
    size = float(np.nanmedian(np.abs(values))) if np.any(np.isfinite(values)) else 0.0
    if unit_s == 1.0:
        unit_s = next((each for above, each in EPOCHS if size >= above), 1.0)
    return values * unit_s


def epoch_start_ns(time_s: Floats | None) -> int | None:
    """Return when a time column begins, if it counts from 1970. [ns since 1970]"""
    if time_s is None or not time_s.size or not time_s[0] >= EPOCH_FROM_S:
        return None
    return round(float(time_s[0]) * 1e6) * 1000


def time_gaps(time_s: Floats) -> NDArray[np.intp]:
    """Return before which rows of a time column something is missing, or time runs back."""
    steps = np.diff(time_s)
    middle = float(np.median(steps)) if steps.size else 0.0
    return np.flatnonzero(~((steps <= MISSED * middle) & (steps > 0))) + 1


def rate_of_times(time_s: Floats, path: Path) -> float:
    """Return the rate of a steady time column. [Hz]

    Raises
    ------
    TableError
        If the times do not run forward steadily.
    """
    gaps = time_gaps(time_s)
    if time_s.size < 2:
        raise TableError(f"{path}: {time_s.size} row of readings is no record")
    if gaps.size:
        since = time_s[gaps[0] - 1] - time_s[0]
        raise TableError(
            f"{path}: its time column is not steady (gaps: {gaps.size}, first at row "
            f"{gaps[0] + 1} after {since:g} s); mend it, or give "
            "--rate HZ to count the rows instead"
        )
    return _usual_rate(time_s)


def _usual_rate(time_s: Floats) -> float:
    rate = (time_s.size - 1) / float(time_s[-1] - time_s[0])
    return float(round(rate)) if abs(rate - round(rate)) < 1e-4 * rate else rate


def rate_of_parts(time_s: Floats) -> float | None:
    """Return the rate of a time column with gaps, from its longest part without one. [Hz]"""
    edges = np.concatenate([[0], time_gaps(time_s), [time_s.size]])
    longest = int(np.argmax(np.diff(edges)))
    part = time_s[edges[longest] : edges[longest + 1]]
    return _usual_rate(part) if part.size > 1 else None
