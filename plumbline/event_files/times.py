"""Time columns of tables: which column is one, what its unit is, where it leaps."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plumbline.commands import CommandError

Floats = NDArray[np.float64]

SECONDS = {
    **dict.fromkeys(("t", "time", "time_s", "seconds", "sec", "elapsed", "timestamp", "t_s"), 1.0),
    **dict.fromkeys(("time_ms", "t_ms", "ms", "milliseconds", "timestamp_ms"), 1e-3),
    **dict.fromkeys(("time_us", "t_us", "us", "microseconds", "timestamp_us"), 1e-6),
}
"""Columns that are a time, and what one of theirs is. [s]"""

IN_WORDS = re.compile(r"\s*[\[(]\s*(s|sec|seconds|ms|us)\s*[\])]$")
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
    return {"ms": 1e-3, "us": 1e-6}.get(unit[1], 1.0) if bare in SECONDS else None


def time_gaps(time_s: Floats) -> NDArray[np.intp]:
    """Return before which rows of a time column something is missing, or time runs back."""
    steps = np.diff(time_s)
    middle = float(np.median(steps)) if steps.size else 0.0
    return np.flatnonzero(~((steps <= MISSED * middle) & (steps > 0))) + 1


def rate_of_times(time_s: Floats, path: Path) -> float:
    """Return the rate of a steady time column. [Hz]

    Raises
    ------
    CommandError
        If the times do not run forward steadily.
    """
    gaps = time_gaps(time_s)
    if time_s.size < 2 or gaps.size:
        where = f", first at row {gaps[0] + 1} after {time_s[gaps[0] - 1]:g} s" if gaps.size else ""
        raise CommandError(
            f"{path}: its time column is not steady (gaps: {gaps.size}{where}); mend it, or give "
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
