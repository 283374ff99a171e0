"""One channel of a CSMIP volume 1: values, or pairs of time and value; see `records.csmip`."""

import re
from typing import NamedTuple

import numpy as np

from plumbline.records.arrays import Floats
from plumbline.records.csmip_text import peaks, record_of, stated_unit
from plumbline.records.fortran import Layout, take_numbers
from plumbline.records.instant import rate_of
from plumbline.records.record import Quantity, Record, Unit
from plumbline.records.textlines import TextLines

PAIRS = Layout(per_line=10, width=7, decimals=3)
UNIT_LINE = 11

RATE = re.compile(r"at\s+(\d+(?:\.\d*)?)\s*(?:pts|samples?|points)\s*/\s*s", re.IGNORECASE)
COUNT = re.compile(r"NO\.?\s+OF\s+POINTS\s*=\s*(\d+)", re.IGNORECASE)
LENGTH = re.compile(r"RECORD\s+LENGTH\s*=\s*(\d*\.?\d+)", re.IGNORECASE)

EVEN = 0.51
"""Times may stray from the even grid by half a step before they count as uneven."""

ZERO_MEAN_DIGITS = 0.25
"""A mean this near to zero, in units of the last figure, is one the giver removed."""

NOMINAL_WITHIN = 5e-4
"""A film's speed strays this much from the nominal rate, which is then taken for the grid."""


class _Series(NamedTuple):
    """Values on an even grid."""

    values: Floats
    rate_hz: float
    resolution: float
    unit: Unit | None = None
    notes: tuple[str, ...] = ()


def volume_1(lines: TextLines, text: list[str]) -> Record:
    """Read the values that follow the headers of a channel.

    Raises
    ------
    DamagedRecord
        If count, rate or unit are not stated, or a value is no number.
    """
    spoken = any(letter.isalpha() for letter in lines.peek().upper().replace("E", ""))
    series = _plain(lines, text) if spoken else _pairs(lines, text)
    words = text[UNIT_LINE].upper().partition("MAX")[0]
    unit = series.unit or stated_unit(words, Quantity.ACCELERATION)
    if unit is None:
        lines.damaged("the twelfth line states no unit this reader knows")
    peak = peaks(text).get(Quantity.ACCELERATION)
    if peak is not None and unit is Unit.G_TENTH:
        peak *= 10
    zero_mean = abs(float(series.values.mean())) < ZERO_MEAN_DIGITS * series.resolution
    return record_of(
        lines.path,
        text,
        series.values,
        unit,
        series.rate_hz,
        peak,
        offset_removed=zero_mean,
        notes=series.notes,
    )


def _plain(lines: TextLines, text: list[str]) -> _Series:
    heading = lines.take(1, "heading of the values")[0]
    counted = re.match(r"\s*(\d+)", heading)
    layout = Layout.stated(heading.rpartition("(")[2])
    if counted is None or layout is None:
        lines.damaged("expected 'N ... points ... Format: (8f9.6)'")
    values = take_numbers(lines, int(counted[1]), layout, "values")
    words = " ".join(text)
    rate, length = RATE.search(heading) or RATE.search(words), LENGTH.search(words)
    if rate is not None:
        rate_hz = float(rate[1])
    elif length is not None:
        rate_hz = rate_of(float(length[1]) / values.size)
    else:
        lines.damaged("the header states neither rate nor record length")
    unit = stated_unit(heading, Quantity.ACCELERATION)
    return _Series(values, rate_hz, 10.0**-layout.decimals, unit)


def _pairs(lines: TextLines, text: list[str]) -> _Series:
    stated = COUNT.search(" ".join(text))
    if stated is None or int(stated[1]) < 2:
        lines.damaged("the header states no NO. OF POINTS")
    pairs = take_numbers(lines, 2 * int(stated[1]), PAIRS, "time and value pairs")
    values, rate_hz, notes = _evenly(pairs[0::2], pairs[1::2])
    return _Series(values, rate_hz, 10.0**-PAIRS.decimals, None, notes)


def _evenly(time_s: Floats, values: Floats) -> tuple[Floats, float, tuple[str, ...]]:
    """Return values on an even grid, its rate, and a note if they had to be moved onto it."""
    step_s = float(time_s[-1] - time_s[0]) / (time_s.size - 1)
    nominal_s = 1 / round(1 / step_s) if step_s < 1 else step_s
    if abs(step_s / nominal_s - 1) < NOMINAL_WITHIN:
        step_s = nominal_s
    grid = time_s[0] + step_s * np.arange(time_s.size)
    if np.abs(time_s - grid).max() <= EVEN * step_s:
        return values.copy(), rate_of(step_s), ()
    note = f"times are uneven: put on an even grid of {step_s:g} s by straight lines"
    return np.interp(grid, time_s, values), rate_of(step_s), (note,)
