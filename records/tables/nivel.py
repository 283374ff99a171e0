"""A Leica Nivel's reading lines, as a serial sniffer or a terminal logged them.

::

    265 14:47:56 X:-0.203 Y:-0.002 T:+11.9.

Below 10 degC the instrument pads with a blank (``T: +9.9.``); some lines end with two dots.
"""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMBER = r"\s*([+-]?\d+\.\d+)"
LINE = re.compile(
    rf"^\s*(?:\d+\s+)?(\d\d):(\d\d):(\d\d(?:\.\d+)?)\s+X:{NUMBER}\s+Y:{NUMBER}\s+T:{NUMBER}\s*\.*\s*$"
)

# Out of range, or moved: the instrument then prints this in place of the tilt. [mrad]
OUT_OF_RANGE_MRAD = 9.999

DAY_S = 86_400.0


def is_nivel(first_line: str) -> bool:
    """Say whether a line is a Nivel's reading."""
    return LINE.match(first_line) is not None


def read_nivel(lines: list[str]) -> tuple[NDArray[Any], NDArray[Any], int]:
    """Return times, readings and how many lines were parsed.

    Returns
    -------
    tuple
        Seconds since the first day's midnight, shape ``(n,)``, a new day after each
        midnight; X [mrad], Y [mrad], T [degC], shape ``(3, n)``; lines parsed.
    """
    rows = []
    day, last = 0, -1.0
    for line in lines:
        match = LINE.match(line)
        if match is None:
            continue
        hours, minutes, secs, x, y, temp = match.groups()
        clock = int(hours) * 3600 + int(minutes) * 60 + float(secs)
        if clock < last - DAY_S / 2:
            day += 1
        last = clock
        rows.append((day * DAY_S + clock, float(x), float(y), float(temp)))
    table = np.array(rows, dtype=float).reshape(-1, 4).T
    return table[0], table[1:], len(rows)
